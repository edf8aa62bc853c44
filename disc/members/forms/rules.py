"""What people tick and type about the scheme's documents."""

from flask_wtf import FlaskForm
from wtforms import (
    IntegerField,
    SelectMultipleField,
    StringField,
    SubmitField,
    TextAreaField,
    ValidationError,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange

from disc.members.models import RulesDocument

LONGEST_DOCUMENT = 40_000
LONGEST_RENEWAL = 36


class AcceptForm(FlaskForm):
    """One box for each document; nothing is ticked beforehand.

    ``shown`` are the ids of the documents on the page, so that a newer one is not accepted unread.
    """

    shown = SelectMultipleField(validate_choice=False)
    accepted = SelectMultipleField(validate_choice=False)

    def offer(self, documents: list[RulesDocument]) -> "AcceptForm":
        """Offer the current documents, by their ids."""
        ids = [SelectChoice(str(row.id), row.title) for row in documents]
        self.shown.choices = self.accepted.choices = ids
        return self

    def validate_accepted(self, field: SelectMultipleField) -> None:
        """Ask for every box of what was shown."""
        if set(self.shown.data or ()) - set(field.data or ()):
            raise ValidationError("Read each one, then tick each box.")


class DocumentForm(FlaskForm):
    """The next version of a document. ``after`` is the version that its author began from."""

    title = StringField("Title", [DataRequired("Type a title."), Length(max=120)])
    body = TextAreaField(
        "Text",
        [
            DataRequired("Type the text."),
            Length(max=LONGEST_DOCUMENT, message=f"Use at most {LONGEST_DOCUMENT:,} characters."),
        ],
    )
    after = IntegerField(validators=[InputRequired(), NumberRange(min=0)])
    preview = SubmitField("See how it looks")
    publish = SubmitField("Publish")


class RenewalForm(FlaskForm):
    """How long an acceptance lasts."""

    rules_renew_months = IntegerField(
        "After how many months must everybody accept again?",
        [
            InputRequired("Type a number of months."),
            NumberRange(1, LONGEST_RENEWAL, f"Choose from 1 to {LONGEST_RENEWAL} months."),
        ],
    )
