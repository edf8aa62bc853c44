"""What is typed to come in by a QR code, to make one, and to send a list of people."""

from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import (
    EmailField,
    Field,
    IntegerField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.validators import InputRequired, Length, NumberRange

from disc.core.mail import one_line
from disc.members.forms.setup import JoinForm
from disc.members.joining import decode
from disc.members.rules import INVITATION_DAYS, LONGEST_CODE_DAYS, MOST_USES, is_address


class JoinAtForm(JoinForm):
    """Who somebody is, and a new password twice."""

    name = StringField(
        "Your name",
        [InputRequired("Type your name."), Length(max=120, message="This name is too long.")],
        filters=[lambda typed: one_line(typed or "")],
    )
    email = EmailField(
        "Your e-mail address",
        [InputRequired("Type your e-mail address.")],
        filters=[lambda typed: (typed or "").strip()],
    )

    def validate_name(self, field: Field) -> None:
        """A name of spaces alone is none."""
        if not field.data:
            raise ValidationError("Type your name.")

    def validate_email(self, field: Field) -> None:
        """Refuse what no message could reach."""
        if not is_address(field.data):
            raise ValidationError("This is no e-mail address.")


class JoinCodeForm(FlaskForm):
    """How many people a QR code lets in, and for how long."""

    uses = IntegerField(
        "How many people?",
        [NumberRange(1, MOST_USES, f"Type a number from 1 to {MOST_USES}.")],
        default=1,
    )
    days = IntegerField(
        "For how many days?",
        [NumberRange(1, LONGEST_CODE_DAYS, f"Type a number from 1 to {LONGEST_CODE_DAYS}.")],
        default=INVITATION_DAYS,
    )


class ListForm(FlaskForm):
    """A spreadsheet's file, or its text."""

    file = FileField("A file from a spreadsheet, saved as CSV")
    text = TextAreaField("Or paste the lines here")

    def words(self) -> str:
        """Return what was sent: the file if there is one, or else the text."""
        sent = self.file.data.read() if self.file.data else b""
        return decode(sent) if sent else self.text.data or ""
