"""What a person writes to a scheme, and what the manager answers."""

import uuid

from flask_wtf import FlaskForm
from wtforms import HiddenField, RadioField, StringField, TextAreaField, ValidationError
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length

from disc.dataprotection.models import Asked
from disc.dataprotection.rules import LONGEST_WORDS, Kind, with_reference
from disc.dataprotection.service import NewRequest

KINDS = {
    Asked.ACCESS: Kind(
        "I want to know what you hold about me",
        "You can have a copy. You can ask us to correct it.",
        "Wants to know what we hold",
    ),
    Asked.OBJECT: Kind(
        "I object to what you hold or share",
        "You can ask us to hide it or to erase it.",
        "Objects",
    ),
    Asked.APPEAL: Kind(
        "I appeal against a ban or a warning",
        "People who did not decide it will look at it again.",
        "Appeals",
    ),
    Asked.COMPLAIN: Kind(
        "I complain about how you used my data",
        "We tell you within 30 days that we have your complaint.",
        "Complains",
    ),
}


def _trimmed(typed: str | None) -> str:
    return (typed or "").strip()


class AskForm(FlaskForm):
    """One request of the public."""

    submission_id = HiddenField()
    asked = RadioField(
        "What do you want to ask?",
        choices=[SelectChoice(asked.value, kind.words) for asked, kind in KINDS.items()],
        validators=[InputRequired("Choose what you want to ask.")],
    )
    about = StringField(
        "Reference",
        filters=[_trimmed],
        validators=[Length(max=20, message="Use at most 20 characters.")],
    )
    name = StringField(
        "Your name",
        filters=[_trimmed],
        validators=[
            DataRequired("Write your name."),
            Length(max=200, message="Use at most 200 characters."),
        ],
    )
    contact = TextAreaField(
        "How can we reach you?",
        filters=[_trimmed],
        validators=[
            DataRequired("Write how we can reach you."),
            Length(max=500, message="Use at most 500 characters."),
        ],
    )
    words = TextAreaField(
        "What do you want to tell us?",
        filters=[_trimmed],
        validators=[
            DataRequired("Write what you want to tell us."),
            Length(max=LONGEST_WORDS, message="Use at most 5,000 characters."),
        ],
    )

    def validate_submission_id(self, field: HiddenField) -> None:
        """Refuse a page that did not come from us."""
        try:
            uuid.UUID(field.data or "")
        except ValueError as error:
            raise ValidationError("Load this page again, then send.") from error

    def request(self) -> NewRequest:
        """Return the request as the service takes it."""
        return NewRequest(
            submission_id=uuid.UUID(self.submission_id.data or ""),
            asked=Asked(self.asked.data),
            name=self.name.data or "",
            contact=self.contact.data or "",
            words=with_reference(self.about.data or "", self.words.data or ""),
        )


class DecideForm(FlaskForm):
    """What the scheme decided, and told the person."""

    decision = TextAreaField(
        "What did you decide, and what did you tell the person?",
        filters=[_trimmed],
        validators=[
            DataRequired("Write what you decided."),
            Length(max=LONGEST_WORDS, message="Use at most 5,000 characters."),
        ],
    )
    notice = StringField("What is the number of the notice?", filters=[_trimmed])
    """Asked of an appeal alone."""
