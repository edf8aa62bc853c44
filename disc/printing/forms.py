"""What is filled in to have pictures printed."""

import uuid

from flask_wtf import FlaskForm
from wtforms import Field, HiddenField, IntegerField, StringField, TextAreaField, ValidationError
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange

from disc.printing.rules import MOST_COPIES
from disc.printing.service import Wanted

SO_MANY = f"Type a number of copies from 1 to {MOST_COPIES}."


class PrintForm(FlaskForm):
    """Why, for whom and how many. Its id comes with the page, so that sending twice prints once."""

    printout_id = HiddenField()
    reason = TextAreaField(
        "Why is this needed on paper?",
        validators=[
            DataRequired("Type why this is needed on paper."),
            Length(max=1000, message="Use at most 1,000 characters."),
        ],
    )
    for_whom = StringField(
        "Who gets the copies?",
        validators=[
            DataRequired("Type who gets the copies."),
            Length(max=80, message="Use at most 80 characters."),
        ],
    )
    copies = IntegerField(
        "How many copies?",
        default=1,
        validators=[InputRequired(SO_MANY), NumberRange(1, MOST_COPIES, SO_MANY)],
    )

    def validate_printout_id(self, field: Field) -> None:
        """Refuse a page that did not come from us."""
        try:
            uuid.UUID(field.data or "")
        except ValueError as error:
            raise ValidationError("Load this page again, then send.") from error

    def wanted(self) -> Wanted:
        """Return what is wanted as the service takes it."""
        return Wanted(
            id=uuid.UUID(self.printout_id.data),
            reason=(self.reason.data or "").strip(),
            for_whom=" ".join((self.for_whom.data or "").split()),
            copies=int(self.copies.data or 1),
        )
