"""What managers and the Board fill in about notices."""

import uuid
from datetime import date, datetime
from typing import cast

from flask_wtf import FlaskForm
from wtforms import (
    DateField,
    DateTimeLocalField,
    Field,
    HiddenField,
    RadioField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length

from disc.core import clock
from disc.exclusions.models import ServedHow
from disc.exclusions.rules import (
    LENGTHS,
    LONGEST_REASONS,
    evidence_problem,
    premises_problem,
    start_problem,
)
from disc.exclusions.service import Proposal, Serving
from disc.exclusions.viewing import HOW
from disc.incidents.models import Incident
from disc.members.models import Premises

EVERYWHERE = "everywhere"
"""The value of the box that stands for every place below it."""
TOO_LONG = f"Use at most {LONGEST_REASONS:,} characters."


class ProposeForm(FlaskForm):
    """A notice to propose. Its id comes with the page, so that sending twice makes one."""

    place_ids: frozenset[uuid.UUID] = frozenset()
    notice_id = HiddenField()
    evidence = SelectMultipleField("Evidence")
    premises = SelectMultipleField("Places")
    months = RadioField(
        "For how long?",
        choices=[SelectChoice(str(length), f"{length} months") for length in LENGTHS],
        validators=[InputRequired("Choose 3, 6 or 12 months.")],
    )
    starts_on = DateField("First day", validators=[InputRequired("Type the first day.")])
    reasons = TextAreaField(
        "Why?",
        validators=[
            DataRequired("Type why this person must stay out."),
            Length(max=LONGEST_REASONS, message=TOO_LONG),
        ],
    )

    def offer(self, reports: list[Incident], places: list[Premises]) -> "ProposeForm":
        """Offer the accepted reports about the person and the places that exclude people."""
        self.place_ids = frozenset(one.id for one in places)
        values = [EVERYWHERE, *map(str, sorted(self.place_ids))]
        self.evidence.choices = [SelectChoice(str(report.id)) for report in reports]
        self.premises.choices = [SelectChoice(value) for value in values]
        return self

    def validate_notice_id(self, field: Field) -> None:
        """Refuse a page that did not come from us."""
        try:
            uuid.UUID(field.data or "")
        except ValueError as error:
            raise ValidationError("Load this page again, then send.") from error

    def validate_evidence(self, field: Field) -> None:
        """Ask for evidence."""
        _refuse(evidence_problem(field.data or ()))

    def validate_premises(self, field: Field) -> None:
        """Ask for a place."""
        _refuse(premises_problem(field.data or ()))

    def validate_starts_on(self, field: Field) -> None:
        """Refuse a day that cannot be the first, once the length is known."""
        if field.data and self.months.data in {str(length) for length in LENGTHS}:
            _refuse(start_problem(field.data, int(self.months.data), clock.today()))

    def proposal(self) -> Proposal:
        """Return the notice as the service takes it."""
        chosen = set(self.premises.data or ())
        everywhere = EVERYWHERE in chosen
        return Proposal(
            id=uuid.UUID(self.notice_id.data),
            evidence=frozenset(map(uuid.UUID, self.evidence.data or ())),
            premises=self.place_ids if everywhere else frozenset(map(uuid.UUID, chosen)),
            starts_on=cast("date", self.starts_on.data),  # the form was validated
            months=int(self.months.data),
            reasons=(self.reasons.data or "").strip(),
        )


class DecideForm(FlaskForm):
    """What the Board decides, and why."""

    outcome = RadioField(
        "What do you decide?",
        choices=[SelectChoice("approve", "Approve"), SelectChoice("refuse", "Refuse")],
        validators=[InputRequired("Choose if you approve or refuse this notice.")],
    )
    decision = TextAreaField(
        "Why?",
        validators=[
            DataRequired("Type why you decide so."),
            Length(max=LONGEST_REASONS, message=TOO_LONG),
        ],
    )


class ServeForm(FlaskForm):
    """How, when and by whom a notice was given to the person."""

    how = RadioField(
        "How did the person get it?",
        choices=[SelectChoice(how.value, words) for how, words in HOW.items()],
        validators=[InputRequired("Choose how the person got the notice.")],
    )
    served_at = DateTimeLocalField(
        "When?", validators=[InputRequired("Type the date and the time.")]
    )
    served_by = StringField(
        "Who gave or sent it?",
        validators=[
            DataRequired("Type the name of who gave or sent it."),
            Length(max=200, message="Use at most 200 characters."),
        ],
    )

    def serving(self) -> Serving:
        """Return the record as the service takes it; the time was typed in local time."""
        typed = cast("datetime", self.served_at.data)  # the form was validated
        return Serving(
            how=ServedHow(self.how.data),
            at=typed.replace(tzinfo=clock.UK),
            by=(self.served_by.data or "").strip(),
        )


def _refuse(problem: str | None) -> None:
    if problem:
        raise ValidationError(problem)
