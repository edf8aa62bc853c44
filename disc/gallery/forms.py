"""What members and managers fill in about Subjects."""

import uuid
from collections.abc import Iterable, Mapping
from datetime import date

from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    DateField,
    FloatField,
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
from wtforms.validators import AnyOf, DataRequired, InputRequired, Length, NumberRange, Optional

from disc.access.actor import Actor
from disc.core import clock
from disc.core.errors import Missing
from disc.gallery.filtering import WORDS, Wanted
from disc.gallery.galleries import Terms
from disc.gallery.looks import CLOTHING, HAIR, LEGENDS, VOCABULARY, WARNINGS, Looks
from disc.gallery.models import (
    AnswerOutcome,
    Audience,
    Gallery,
    GalleryOrder,
    Subject,
    Sureness,
)
from disc.gallery.queries import areas_of_galleries
from disc.gallery.service import Correction
from disc.gallery.unnaming import Why
from disc.members.queries import areas_of

TOO_LONG = "That is too long. Use at most %(max)d letters."
EARLIEST_BIRTH = date(1900, 1, 1)

SURENESS = [
    (Sureness.SURE, "Sure"),
    (Sureness.FAIRLY_SURE, "Fairly sure"),
    (Sureness.NOT_SURE, "Not sure"),
]


MOST_LETTERS = 100
BECAME = {
    AnswerOutcome.USED: ("The manager used it", "ok"),
    AnswerOutcome.NOT_USED: ("The manager could not use it", "muted"),
    AnswerOutcome.LOOKING: ("The manager is still looking", "info"),
}
"""What is read of an answer that the manager dealt with, and the tone of its chip."""


class SearchForm(FlaskForm):
    """Somebody looks for a person."""

    words = StringField(
        "Name, nickname, number or car",
        [
            DataRequired("Type a name or a number first."),
            Length(max=MOST_LETTERS, message="That is too long. Use at most 100 letters."),
        ],
    )


def wanted(args: Mapping[str, str]) -> Wanted:
    """Return what an address filters by. Raises Missing for a word that is in no list."""
    words = {kind: word for kind in WORDS if (word := args.get(kind, ""))}
    if any(word not in WORDS[kind] for kind, word in words.items()):
        raise Missing
    return Wanted(words=words, area_id=asked_for(args, "area"), near_id=asked_for(args, "near"))


def asked_for(args: Mapping[str, str], name: str) -> uuid.UUID | None:
    """Return an id that an address or a form may name. Raises Missing for what is none."""
    try:
        return uuid.UUID(value) if (value := args.get(name, "")) else None
    except ValueError as error:
        raise Missing from error


class NearForm(FlaskForm):
    """Where a phone is, to about a kilometre; kept nowhere."""

    latitude = FloatField("Latitude", [InputRequired(), NumberRange(-90, 90)])
    longitude = FloatField("Longitude", [InputRequired(), NumberRange(-180, 180)])

    def place(self) -> tuple[float, float]:
        """Return the place, as roughly as it should have been sent."""
        return round(self.latitude.data, 2), round(self.longitude.data, 2)


POLICE_TOO = "police"


class KnowForm(FlaskForm):
    """I know this person. ``seen_by`` is who the page said reads it: the police too, or not."""

    seen_by = HiddenField()
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


class AnswerForm(FlaskForm):
    """A manager decides on some of the answers about a person."""

    seen = HiddenField()
    answers = SelectMultipleField(validate_choice=False, coerce=uuid.UUID)
    decision = HiddenField(validators=[AnyOf([one.value for one in AnswerOutcome])])


class NameForm(FlaskForm):
    """A manager names a Subject and chooses the galleries.

    ``answer`` is the id of the member's answer that the name was taken from, if it was.
    """

    answer = HiddenField()
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

    def answer_id(self) -> uuid.UUID | None:
        """Return the answer that the name was taken from. Raises Missing for no id."""
        return asked_for({"answer": self.answer.data or ""}, "answer")


class UnnameForm(FlaskForm):
    """Why a manager takes a name off."""

    why = RadioField(
        "Why?",
        choices=[
            SelectChoice(Why.SOMEBODY_ELSE.value, "It is the name of somebody else"),
            SelectChoice(Why.NOT_SURE.value, "We are not sure enough"),
            SelectChoice(Why.NOT_ALLOWED.value, "We may not use this name"),
        ],
        validators=[InputRequired("Choose why the name goes.")],
    )


class GalleryForm(FlaskForm):
    """A gallery, new or changed."""

    name = StringField("Name", [InputRequired("Type a name."), Length(max=80, message=TOO_LONG)])
    description = StringField("What is it for?", [Length(max=300, message=TOO_LONG)])
    expiry_months = IntegerField(
        "How many months does a person stay?",
        [
            InputRequired("Type a number of months from 1 to 36."),
            NumberRange(1, 36, "Type a number of months from 1 to 36."),
        ],
    )
    sorted_by = RadioField(
        "In which order?",
        choices=[
            SelectChoice(GalleryOrder.NEWEST.value, "The newest report first"),
            SelectChoice(GalleryOrder.BY_NAME.value, "By name, from A to Z"),
        ],
        default=GalleryOrder.NEWEST.value,
    )
    seen_by = RadioField(
        "Who sees it?",
        choices=[
            SelectChoice(Audience.EVERYBODY.value, "Everybody who sees the gallery"),
            SelectChoice(Audience.RESTRICTED.value, "Managers, the Board and Group Managers only"),
        ],
        default=Audience.EVERYBODY.value,
    )
    areas = SelectMultipleField("In which Areas?")

    def offer(self, actor: Actor) -> "GalleryForm":
        """Offer the scheme's Areas."""
        self.areas.choices = [SelectChoice(str(one.id), one.name) for one in areas_of(actor)]
        return self

    @classmethod
    def of(cls, gallery: Gallery) -> "GalleryForm":
        """Return the form as a gallery stands."""
        areas = areas_of_galleries([gallery.id])[gallery.id]
        return cls(
            formdata=None,
            data={
                "name": gallery.name,
                "description": gallery.description,
                "expiry_months": gallery.expiry_months,
                "sorted_by": gallery.sorted_by.value,
                "seen_by": gallery.seen_by.value,
                "areas": [str(one) for one in areas],
            },
        )

    def refuse_taken(self, others: Iterable[Gallery]) -> bool:
        """Refuse the name of another gallery; say whether the form is good."""
        taken = {one.name.casefold() for one in others}
        if not self.errors and _line(self.name.data).casefold() in taken:
            self.name.errors = ["There is a gallery of that name already."]
        return not self.errors

    def terms(self) -> Terms:
        """Return what was decided; all Areas chosen are the same as none."""
        chosen = frozenset(map(uuid.UUID, self.areas.data or ()))
        return Terms(
            name=_line(self.name.data),
            description=_line(self.description.data),
            expiry_months=self.expiry_months.data,
            sorted_by=GalleryOrder(self.sorted_by.data),
            seen_by=Audience(self.seen_by.data),
            area_ids=chosen if len(chosen) < len(self.areas.choices) else frozenset(),
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
