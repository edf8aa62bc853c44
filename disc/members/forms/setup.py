"""What people type to sign in, to join, and to set a scheme up."""

import uuid

from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    DateField,
    EmailField,
    HiddenField,
    PasswordField,
    SelectField,
    StringField,
    ValidationError,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import EqualTo, InputRequired, Length, Optional

from disc.core import clock
from disc.members.models import Area, Member, Premises
from disc.members.service import Authority, Details, seen_of_details
from disc.members.service.places import LIMITS


class SignInForm(FlaskForm):
    """Address and password."""

    email = EmailField(
        "E-mail address", [InputRequired("Type your e-mail address."), Length(max=254)]
    )
    password = PasswordField("Password", [InputRequired("Type your password."), Length(max=200)])
    next = HiddenField()


class JoinForm(FlaskForm):
    """A new password, twice."""

    password = PasswordField("Password", [InputRequired("Choose a password."), Length(max=200)])
    again = PasswordField(
        "The same password again",
        [
            InputRequired("Type the password again."),
            EqualTo("password", "The two passwords are not the same."),
        ],
    )


class PremisesForm(FlaskForm):
    """New premises, and the owner's authority to share pictures."""

    name = StringField("Name", [InputRequired("Type a name."), Length(max=120)])
    area_id = SelectField("Area", validators=[InputRequired("Choose an Area.")])
    sector = StringField("What kind of shop?", [Length(max=60)])
    authority_by = StringField("Who allowed pictures to be shared? Their post.", [Length(max=80)])
    authority_on = DateField("On which day?", [Optional()])
    may_exclude = BooleanField("The scheme may ban people from these premises")

    def offer(self, areas: list[Area]) -> "PremisesForm":
        """Offer the scheme's Areas."""
        self.area_id.choices = [SelectChoice(str(area.id), area.name) for area in areas]
        return self

    def validate_authority_on(self, field: DateField) -> None:
        """Refuse a day to come, and a day on which nobody is said to have agreed."""
        if field.data and field.data > clock.today():
            raise ValidationError("This day is in the future.")
        if field.data and not (self.authority_by.data or "").strip():
            raise ValidationError("Say who allowed it, too.")


class AuthorityForm(FlaskForm):
    """What the owner of premises allows from now on; nobody filled in takes it back."""

    authority_by = StringField(
        "Who allows pictures to be shared? Their post. Empty means nobody.",
        [Length(max=80, message="Use at most 80 characters.")],
    )
    limits = StringField(
        "With whom, and what for?", [Length(max=300, message="Use at most 300 characters.")]
    )
    may_exclude = BooleanField("The scheme may ban people from these premises")
    excludes_since = DateField("Since which day?", [Optional()])

    def validate_excludes_since(self, field: DateField) -> None:
        """Refuse a day to come."""
        if field.data and field.data > clock.today():
            raise ValidationError("This day is in the future.")

    def show(self, place: Premises) -> "AuthorityForm":
        """Fill in what the owner allows now."""
        self.authority_by.data = place.authority_role if place.authority_on else ""
        self.limits.data = place.authority_limits or LIMITS
        self.may_exclude.data = place.excludes_since is not None
        self.excludes_since.data = place.excludes_since
        return self

    def allowed(self) -> Authority:
        """Return what the owner allows."""
        return Authority(
            by=(self.authority_by.data or "").strip(),
            limits=(self.limits.data or "").strip() or LIMITS,
            excludes=self.may_exclude.data,
            excludes_since=self.excludes_since.data,
        )


class DetailsForm(FlaskForm):
    """What is known of premises."""

    name = StringField("Name", [InputRequired("Type a name."), Length(max=120)])
    area_id = SelectField("Area", validators=[InputRequired("Choose an Area.")])
    sector = StringField("What kind of shop?", [Length(max=60)])
    address = StringField("Address", [Length(max=200)])
    latitude = StringField("Latitude, in degrees")
    longitude = StringField("Longitude, in degrees")
    others_may_report = BooleanField("Investigators and the police may report for these premises")
    contact_id = SelectField("Contact")
    seen = HiddenField()

    def offer(self, areas: list[Area], people: list[Member]) -> "DetailsForm":
        """Offer the scheme's Areas, and the people who can speak for the premises."""
        self.area_id.choices = [SelectChoice(str(one.id), one.name) for one in areas]
        self.contact_id.choices = [
            SelectChoice("", "Nobody yet"),
            *(SelectChoice(str(one.id), one.name) for one in people),
        ]
        return self

    def show(self, place: Premises) -> "DetailsForm":
        """Fill in what is known."""
        self.process(obj=place, seen=seen_of_details(place))
        for field in (self.area_id, self.contact_id, self.latitude, self.longitude):
            field.data = "" if field.data is None else str(field.data)
        return self

    def validate_latitude(self, field: StringField) -> None:
        """Take a number on the globe; a place has both numbers."""
        _require_degrees(field, 90)
        if bool(_typed(field)) != bool(_typed(self.longitude)):
            raise ValidationError("Type both numbers, or none.")

    def validate_longitude(self, field: StringField) -> None:
        """Take a number on the globe."""
        _require_degrees(field, 180)

    def details(self) -> Details:
        """Return what was typed; the form was validated."""
        return Details(
            name=self.name.data.strip(),
            area_id=uuid.UUID(self.area_id.data),
            sector=_typed(self.sector),
            address=_typed(self.address),
            latitude=_degrees(self.latitude),
            longitude=_degrees(self.longitude),
            others_may_report=self.others_may_report.data,
            contact_id=uuid.UUID(self.contact_id.data) if self.contact_id.data else None,
        )


def _typed(field: StringField) -> str:
    return (field.data or "").strip()


def _degrees(field: StringField) -> float | None:
    return float(_typed(field)) if _typed(field) else None


def _require_degrees(field: StringField, most: int) -> None:
    try:
        found = _degrees(field) or 0.0
    except ValueError as error:
        raise ValidationError("Type a number such as 50.72.") from error
    if not abs(found) <= most:  # so that "nan" is refused as well
        raise ValidationError(f"Type a number between -{most} and {most}.")
