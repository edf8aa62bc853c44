"""What people type to sign in, to join, and to set a scheme up."""

from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    DateField,
    EmailField,
    HiddenField,
    PasswordField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    ValidationError,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import EqualTo, InputRequired, Length, Optional, Regexp

from disc.access.actor import Role
from disc.core import clock
from disc.members.models import Area, Premises


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


class AreaForm(FlaskForm):
    """A new Area."""

    name = StringField("Name of the Area", [InputRequired("Type a name."), Length(max=120)])


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
    """What the owner of premises allows from now on; nothing filled in takes it back."""

    authority_by = StringField("Who allowed it? Their post.", [Length(max=80)])
    may_exclude = BooleanField("The scheme may ban people from these premises")


class InviteForm(FlaskForm):
    """A new person of the scheme."""

    name = StringField("Name", [InputRequired("Type the name."), Length(max=120)])
    email = EmailField(
        "E-mail address",
        [
            InputRequired("Type the e-mail address."),
            Length(max=254),
            Regexp(r"^\s*[^@\s]+@[^@\s]+\.[^@\s]+\s*$", message="This is no e-mail address."),
        ],
    )
    role = RadioField(
        "Role",
        choices=[
            SelectChoice(Role.MEMBER.value, "Member: works in a shop"),
            SelectChoice(Role.ADMINISTRATOR.value, "Administrator: runs the scheme"),
            SelectChoice(Role.BOARD.value, "Board: decides notices"),
            SelectChoice(Role.SPOC.value, "Police contact"),
        ],
        validators=[InputRequired("Choose a role.")],
    )
    areas = SelectMultipleField("Areas")
    premises = SelectMultipleField("Premises")

    def offer(self, areas: list[Area], places: list[Premises]) -> "InviteForm":
        """Offer the scheme's own Areas and premises."""
        self.areas.choices = [SelectChoice(str(one.id), one.name) for one in areas]
        self.premises.choices = [SelectChoice(str(one.id), one.name) for one in places]
        return self

    def validate_areas(self, field: SelectMultipleField) -> None:
        """Members and police see only their Areas, so they need at least one."""
        if self.role.data in (Role.MEMBER, Role.SPOC) and not field.data:
            raise ValidationError("Choose at least one Area.")

    def validate_premises(self, field: SelectMultipleField) -> None:
        """A member reports from premises."""
        if self.role.data == Role.MEMBER and not field.data:
            raise ValidationError("Choose where this person works.")
