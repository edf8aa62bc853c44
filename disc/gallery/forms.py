"""What members and managers fill in about Subjects."""

from flask_wtf import FlaskForm
from wtforms import RadioField, SelectMultipleField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from disc.gallery.models import Gallery, Sureness

SURENESS = [
    (Sureness.SURE, "Sure"),
    (Sureness.FAIRLY_SURE, "Fairly sure"),
    (Sureness.NOT_SURE, "Not sure"),
]


class KnowForm(FlaskForm):
    """I know this person."""

    sureness = RadioField(
        "How sure are you?",
        choices=[SelectChoice(value.value, label) for value, label in SURENESS],
        validators=[InputRequired("Choose how sure you are.")],
    )
    answer = StringField(
        "What is their name?",
        [InputRequired("Type the name, or what people call them."), Length(max=200)],
    )
    how = TextAreaField("How do you know?", [Length(max=1000)])


class NameForm(FlaskForm):
    """A manager names a Subject and chooses the galleries."""

    name = StringField(
        "Name", [InputRequired("Type the name of the person first."), Length(max=200)]
    )
    galleries = SelectMultipleField(
        "Galleries", validators=[InputRequired("Choose at least one gallery.")]
    )

    def offer(self, galleries: list[Gallery]) -> "NameForm":
        """Offer the scheme's galleries."""
        self.galleries.choices = [SelectChoice(str(one.id), one.name) for one in galleries]
        return self
