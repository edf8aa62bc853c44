"""What a scheme decides for itself, how it opens, and which record it hides at once."""

from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    IntegerField,
    RadioField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange

from disc.members.models import Reoffending

MONTHS = [
    InputRequired("Type a number of months from 1 to 84."),
    NumberRange(1, 84, "Type a number of months from 1 to 84."),
]
PICTURES = [
    InputRequired("Type a number of pictures from 60 to 10,000."),
    NumberRange(60, 10_000, "Type a number of pictures from 60 to 10,000."),
]


class StepForm(FlaskForm):
    """One step of the go-live checklist, with where its proof is."""

    proof = StringField(
        "Where is the proof?", [InputRequired("Say where the proof is."), Length(max=300)]
    )


class SettingsForm(FlaskForm):
    """What a scheme decides for itself."""

    contact = TextAreaField(
        "How can the public reach you?",
        [InputRequired("Say how people can reach you."), Length(max=400)],
    )
    police_may_see_gallery = BooleanField("The police contact may see the gallery")
    prints_pictures = BooleanField("Managers may print pictures of people")
    show_birth_dates = BooleanField("Members may read a date of birth")
    id_sought_by_themselves = BooleanField("Unknown people are shown by themselves")
    approve_joiners = BooleanField("A manager lets in each person who joins by a QR code")
    id_sought_hide_months = IntegerField("Unknown people: hidden after", MONTHS)
    id_sought_erase_months = IntegerField("Unknown people: erased after", MONTHS)
    known_hide_months = IntegerField("Known people: hidden after", MONTHS)
    known_erase_months = IntegerField("Known people: erased after", MONTHS)
    report_erase_months = IntegerField("Reports: erased after", MONTHS)
    reoffending = RadioField(
        "When a person is reported again",
        choices=[
            SelectChoice(Reoffending.RESTART, "Their days begin anew"),
            SelectChoice(Reoffending.AT_LEAST, "They are shown for at least so many months"),
            SelectChoice(Reoffending.NEVER, "Their days stay as they are"),
        ],
        coerce=Reoffending,
        default=Reoffending.RESTART,
    )
    reoffending_months = IntegerField(
        "At least so many months",
        [
            InputRequired("Type a number of months from 1 to 36."),
            NumberRange(1, 36, "Type a number of months from 1 to 36."),
        ],
    )
    pictures_slow = IntegerField("A person waits for each further picture after", PICTURES)
    pictures_stop = IntegerField("A person is stopped after", PICTURES)

    def validate(self, extra_validators: object = None) -> bool:
        """Refuse to erase before hiding."""
        good: bool = super().validate(extra_validators)
        hidden_first = "A record cannot be erased before it is hidden."
        pairs = (
            (self.id_sought_hide_months, self.id_sought_erase_months, hidden_first),
            (self.known_hide_months, self.known_erase_months, hidden_first),
            (self.pictures_slow, self.pictures_stop, "A person waits before they are stopped."),
        )
        for first, then, sentence in pairs:
            if good and first.data > then.data:
                then.errors = [sentence]
                return False
        return good


class HideForm(FlaskForm):
    """Which record to hide at once."""

    number = StringField(
        "What is the number of the record?", [InputRequired("Type the number."), Length(max=20)]
    )
