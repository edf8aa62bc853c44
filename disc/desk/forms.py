"""What a manager decides at the desk."""

import uuid
from datetime import date

from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    DateField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from disc.core import clock
from disc.gallery.looks import CLOTHING, HAIR, LEGENDS, VOCABULARY, WARNINGS, Looks
from disc.gallery.models import Subject
from disc.gallery.service import Correction

MONTHS = [
    InputRequired("Type a number of months from 1 to 84."),
    NumberRange(1, 84, "Type a number of months from 1 to 84."),
]
PICTURES = [
    InputRequired("Type a number of pictures from 60 to 10,000."),
    NumberRange(60, 10_000, "Type a number of pictures from 60 to 10,000."),
]
TOO_LONG = "That is too long. Use at most %(max)d letters."
EARLIEST_BIRTH = date(1900, 1, 1)
YES_NO = [SelectChoice("yes", "Yes"), SelectChoice("no", "No")]
REASONS = {
    "unclear": "The picture does not show enough.",
    "not-needed": "Sharing this is not needed to prevent a crime.",
    "wrong-place": "This did not happen at premises of the scheme.",
    "twice": "The same report was sent before.",
    "details": "Important details are missing. Please send a new report with them.",
    "other": "",
}


class ApproveForm(FlaskForm):
    """Who a report is about, and whether that person needs special care."""

    about = SelectField(
        "Who is this report about?", validators=[InputRequired("Choose who it is about.")]
    )
    under_18 = RadioField("Is this person under 18?", choices=YES_NO, validators=[Optional()])
    vulnerable = RadioField("Is this person vulnerable?", choices=YES_NO, validators=[Optional()])
    caption = StringField("A short note for members", [Length(max=200)])

    def offer(self, people: list[tuple[uuid.UUID, str]]) -> "ApproveForm":
        """Offer a new record, known records, or nobody."""
        known = [SelectChoice(str(row), f"The same person as {label}") for row, label in people]
        fixed = [
            SelectChoice("new", "A person who is not in the gallery yet"),
            SelectChoice("nobody", "Nobody who should be in the gallery"),
        ]
        self.about.choices = [fixed[0], *known, fixed[1]]
        return self

    def validate(self, extra_validators: object = None) -> bool:
        """Ask about age and care whenever a person would be shown."""
        good: bool = super().validate(extra_validators)
        if self.about.data != "nobody":
            for field in (self.under_18, self.vulnerable):
                if field.data not in ("yes", "no"):
                    field.errors = ["Answer yes or no."]
                    good = False
        return good

    def care(self) -> tuple[bool, bool]:
        """Return whether the person is under 18, and vulnerable."""
        return self.under_18.data == "yes", self.vulnerable.data == "yes"


class RejectForm(FlaskForm):
    """Why a report is not accepted; the reporter reads it."""

    why = RadioField(
        "Why?",
        choices=[SelectChoice(key, words or "Another reason") for key, words in REASONS.items()],
        validators=[InputRequired("Choose a reason.")],
    )
    words = TextAreaField("Tell the reporter", [Length(max=500)])

    def validate(self, extra_validators: object = None) -> bool:
        """Ask for words where no ready reason was chosen."""
        good: bool = super().validate(extra_validators)
        if self.why.data == "other" and not (self.words.data or "").strip():
            self.words.errors = ["Type the reason."]
            good = False
        return good

    def reason(self) -> str:
        """Return the reason as the reporter reads it."""
        return " ".join(filter(None, [REASONS[self.why.data], (self.words.data or "").strip()]))


class GalleryForm(FlaskForm):
    """A new gallery."""

    name = StringField("Name", [InputRequired("Type a name."), Length(max=80)])
    description = StringField("What is it for?", [Length(max=300)])
    months = IntegerField(
        "How many months does a person stay?",
        [
            InputRequired("Type a number of months from 1 to 36."),
            NumberRange(1, 36, "Type a number of months from 1 to 36."),
        ],
    )


class CameraForm(FlaskForm):
    """What a camera is called; ``then`` is the pair to which its manager goes on."""

    name = StringField(
        "Name of the camera", [Length(max=60, message="Use at most 60 letters for the name.")]
    )
    then = HiddenField()

    def next_pair(self) -> uuid.UUID | None:
        """Return the pair to go on to, or None where there is none, or no such number."""
        try:
            return uuid.UUID(self.then.data or "")
        except ValueError:
            return None


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
    show_birth_dates = BooleanField("Members may read a date of birth")
    approve_joiners = BooleanField("A manager lets in each person who joins by a QR code")
    id_sought_hide_months = IntegerField("Unknown people: hidden after", MONTHS)
    id_sought_erase_months = IntegerField("Unknown people: erased after", MONTHS)
    known_hide_months = IntegerField("Known people: hidden after", MONTHS)
    known_erase_months = IntegerField("Known people: erased after", MONTHS)
    report_erase_months = IntegerField("Reports: erased after", MONTHS)
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


def _one_of(kind: str) -> SelectField:
    """Offer the words of one kind, and that it is not known."""
    known = [SelectChoice(word, word.capitalize()) for word in VOCABULARY[kind]]
    return SelectField(LEGENDS[kind], choices=[SelectChoice("", "Not known"), *known], default="")


def _some_of(label: str, words: tuple[str, ...]) -> SelectMultipleField:
    return SelectMultipleField(
        label, choices=[SelectChoice(word, word.capitalize()) for word in words]
    )


AS_THEY_ARE = (
    *("name", "born", "modus", "warnings", "welfare"),
    *("caption", "police_reference", "under_18", "vulnerable"),
)
"""Fields of the form that are fields of the record."""


class CorrectForm(FlaskForm):
    """All that a record says, to be put right."""

    name = StringField("Name", [Length(max=200, message=TOO_LONG)])
    aliases = StringField("Also called", [Length(max=200, message=TOO_LONG)])
    born = DateField("Date of birth", [Optional()])
    age_band = _one_of("age_band")
    sex = _one_of("sex")
    build = _one_of("build")
    height = _one_of("height")
    hair = _some_of(LEGENDS["hair"], HAIR)
    clothing = _some_of(LEGENDS["clothing"], CLOTHING)
    other_clothing = StringField("Other clothing", [Length(max=200, message=TOO_LONG)])
    marks = StringField("Tattoos, scars and other marks", [Length(max=300, message=TOO_LONG)])
    modus = TextAreaField("How this person works", [Length(max=1000, message=TOO_LONG)])
    warnings = _some_of("Warnings", WARNINGS)
    welfare = TextAreaField("How to help this person", [Length(max=500, message=TOO_LONG)])
    caption = StringField("Note for members", [Length(max=200, message=TOO_LONG)])
    police_reference = StringField("Number that the police use", [Length(max=60, message=TOO_LONG)])
    under_18 = BooleanField("Under 18")
    vulnerable = BooleanField("Vulnerable")

    @classmethod
    def of(cls, subject: Subject) -> "CorrectForm":
        """Return the form as the record stands; words of before that fit nowhere go to marks."""
        looks = subject.looks
        listed = [word for word in looks.clothing if word in CLOTHING]
        return cls(
            formdata=None,
            data={name: getattr(looks, name) for name in VOCABULARY}
            | {name: getattr(subject, name) for name in AS_THEY_ARE}
            | {
                "aliases": ", ".join(subject.aliases),
                "age_band": "" if subject.born else looks.age_band,
                "clothing": listed,
                "other_clothing": ", ".join(w for w in looks.clothing if w not in listed),
                "marks": ", ".join((*subject.marks, *looks.other)),
            },
        )

    def validate_born(self, field: DateField) -> None:
        """Refuse a birth that cannot be."""
        if field.data and not EARLIEST_BIRTH <= field.data <= clock.today():
            raise ValidationError("Type a date of birth that is possible.")

    def correction(self) -> Correction:
        """Return what was typed as the service takes it."""
        return Correction(
            name=_line(self.name.data),
            aliases=_phrases(self.aliases.data),
            born=self.born.data,
            looks=Looks(
                sex=self.sex.data,
                age_band=self.age_band.data,
                build=self.build.data,
                height=self.height.data,
                hair=tuple(self.hair.data or ()),
                clothing=(*(self.clothing.data or ()), *_phrases(self.other_clothing.data)),
            ),
            marks=_phrases(self.marks.data),
            modus=_line(self.modus.data),
            warnings=tuple(self.warnings.data or ()),
            welfare=_line(self.welfare.data),
            caption=_line(self.caption.data),
            police_reference=_line(self.police_reference.data),
        )


def _line(typed: str | None) -> str:
    return (typed or "").strip()


def _phrases(typed: str | None) -> tuple[str, ...]:
    return tuple(filter(None, (phrase.strip() for phrase in (typed or "").split(","))))
