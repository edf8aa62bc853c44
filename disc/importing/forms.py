"""What an Administrator fills in to bring a file."""

from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import HiddenField, RadioField, ValidationError
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired

from disc.importing.columns import Kind

CALLED = {Kind.INCIDENTS: "Past incidents", Kind.MEMBERS: "Members"}


class BringForm(FlaskForm):
    """A file, and what it holds. Its name is not looked at."""

    kind = RadioField(
        "What is in the file?",
        choices=[SelectChoice(kind.value, words) for kind, words in CALLED.items()],
        validators=[InputRequired("Choose what is in the file.")],
    )
    file = FileField("A CSV file from a spreadsheet")

    def validate_file(self, field: FileField) -> None:
        """Ask for a file where none came."""
        if not field.data:
            raise ValidationError("Choose a file.")


class ConfirmForm(FlaskForm):
    """The file that the page showed, by its digest."""

    digest = HiddenField()
