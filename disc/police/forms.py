"""What a manager writes to the police, and what the police answer."""

from flask_wtf import FlaskForm
from wtforms import HiddenField, RadioField, StringField, TextAreaField, ValidationError
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length

from disc.gallery.models import PoliceNote
from disc.police.models import Outcome
from disc.police.rules import LONGEST_REASON, crime_number_problem

OUTCOMES = {
    Outcome.INVESTIGATING: "The police are looking into it",
    Outcome.CHARGED: "A person was charged",
    Outcome.COMMUNITY_RESOLUTION: "Settled without court (community resolution)",
    Outcome.CAUTION: "A person got a caution",
    Outcome.CIVIL_ORDER: "A person got an order (such as a CBO or an injunction)",
    Outcome.NO_FURTHER_ACTION: "No further action",
}


NOTES = {
    PoliceNote.PASSED_ON: "Passed to the officer in the case",
    PoliceNote.KNOWN_ALREADY: "The police knew this already",
    PoliceNote.NO_HELP: "It does not help the police",
}


def _trimmed(typed: str | None) -> str:
    return (typed or "").strip()


class EscalateForm(FlaskForm):
    """Why a report goes to the police."""

    reason = TextAreaField(
        "Why do you share this report?",
        filters=[_trimmed],
        validators=[
            DataRequired("Write why you share this report."),
            Length(max=LONGEST_REASON, message="Use at most 1,000 characters."),
        ],
    )


class OutcomeForm(FlaskForm):
    """What the police did."""

    version = HiddenField()
    crime_number = StringField("Crime number", filters=[_trimmed])
    outcome = RadioField(
        "What happened?",
        choices=[SelectChoice(outcome.value, words) for outcome, words in OUTCOMES.items()],
        validators=[InputRequired("Choose what happened.")],
    )

    def validate_crime_number(self, field: StringField) -> None:
        """Refuse what no force writes."""
        problem = crime_number_problem(field.data or "")
        if problem:
            raise ValidationError(problem)


class NoteForm(FlaskForm):
    """What the police did with what members say they know."""

    version = HiddenField()
    note = RadioField(
        "What did you do with it?",
        choices=[SelectChoice(note.value, words) for note, words in NOTES.items()],
        validators=[InputRequired("Choose what you did with it.")],
    )
