"""What a member fills in to report."""

import uuid
from datetime import datetime
from itertools import chain
from typing import Any

from flask_wtf import FlaskForm
from flask_wtf.file import MultipleFileField
from wtforms import (
    BooleanField,
    HiddenField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from disc.core import clock
from disc.gallery.looks import VOCABULARY
from disc.incidents.models import IncidentKind
from disc.incidents.rules import LONGEST_WORDS, needs_description, pence, time_problem
from disc.incidents.service import NewReport
from disc.members.models import Premises

KINDS = [
    ("shop-theft", "Shop theft"),
    ("violence", "Violence or threat"),
    ("abuse", "Abuse of staff"),
    ("damage", "Damage"),
    ("fraud", "Fraud or fake notes"),
    ("antisocial", "Antisocial behaviour"),
    ("other", "Something else"),
]


class ReportForm(FlaskForm):
    """One report."""

    submission_id = HiddenField()
    kind = RadioField(
        "What happened?",
        choices=[SelectChoice(*kind) for kind in KINDS],
        validators=[InputRequired("Choose what happened.")],
    )
    premises_id = SelectField("Where?", validators=[InputRequired("Choose the place.")])
    occurred_at = StringField("When?")
    pictures = MultipleFileField("Photos")
    violence = BooleanField("Somebody used or threatened violence")
    weapon = BooleanField("There was a weapon")
    injured = BooleanField("Somebody was hurt")
    goods = StringField("Goods", [Length(max=300, message="Use at most 300 characters.")])
    value = StringField("Value")
    description = SelectMultipleField(
        "The person",
        choices=[SelectChoice(chip, chip) for chip in chain.from_iterable(VOCABULARY.values())],
    )
    words = TextAreaField(
        "What happened, in your words",
        [Length(max=LONGEST_WORDS, message="Use at most 10,000 characters.")],
    )

    def offer(self, places: list[Premises]) -> "ReportForm":
        """Offer the reporter's own premises."""
        self.premises_id.choices = [SelectChoice(str(one.id), one.name) for one in places]
        return self

    def validate_submission_id(self, field: Any) -> None:
        """Refuse a page that did not come from us."""
        try:
            uuid.UUID(field.data or "")
        except ValueError as error:
            raise ValidationError("Load this page again, then send.") from error

    def validate_occurred_at(self, _field: Any) -> None:
        """Refuse a time that cannot be."""
        try:
            problem = time_problem(self.moment(), clock.now())
        except ValueError as error:
            raise ValidationError("Type the date and the time.") from error
        if problem:
            raise ValidationError(problem)

    def validate_value(self, field: Any) -> None:
        """Refuse what is not an amount."""
        try:
            pence(field.data or "")
        except ValueError as error:
            raise ValidationError("Type the value in pounds, such as 12.50.") from error

    def validate_description(self, field: Any) -> None:
        """Ask for a second word where one alone would fit too many people."""
        if needs_description(has_picture=bool(self.files()), chips=tuple(field.data or ())):
            raise ValidationError("Choose at least two things about the person, or add a photo.")

    def files(self) -> list[Any]:
        """Return the files that were really sent."""
        return [one for one in self.pictures.data or [] if one and one.filename]

    def moment(self) -> datetime:
        """Return when it happened, typed in local time; nothing typed means now."""
        typed = (self.occurred_at.data or "").strip()
        if not typed:
            return clock.now()
        return datetime.fromisoformat(typed).replace(tzinfo=clock.UK)

    def report(self) -> NewReport:
        """Return the report as the service takes it."""
        return NewReport(
            submission_id=uuid.UUID(self.submission_id.data),
            kind=IncidentKind(self.kind.data),
            occurred_at=self.moment(),
            words=(self.words.data or "").strip(),
            goods=(self.goods.data or "").strip(),
            value_pence=pence(self.value.data or ""),
            violence=self.violence.data or self.kind.data == IncidentKind.VIOLENCE,
            weapon=self.weapon.data,
            injured=self.injured.data,
            description=tuple(self.description.data or ()),
        )
