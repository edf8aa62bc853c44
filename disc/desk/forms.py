"""What a manager decides at the desk."""

import uuid
from typing import Any

from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    DateField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from disc.core import clock
from disc.core.errors import Missing
from disc.core.pictures.steps import Blur, Crop, Levels, Step, Turn, added, size_after, unpack
from disc.members.models import Reoffending
from disc.stills.models import Source
from disc.stills.service import Authority

MONTHS = [
    InputRequired("Type a number of months from 1 to 84."),
    NumberRange(1, 84, "Type a number of months from 1 to 84."),
]
PICTURES = [
    InputRequired("Type a number of pictures from 60 to 10,000."),
    NumberRange(60, 10_000, "Type a number of pictures from 60 to 10,000."),
]
YES_NO = [SelectChoice("yes", "Yes"), SelectChoice("no", "No")]
TURNS = {"left": Turn(3), "right": Turn(1)}
NO_BOX = (
    "Draw a box on the picture, or type its four sides: each from 0 to 100, "
    "with left less than right and top less than bottom."
)
LEAST_SIDE = 48
"""Pixels that a cut leaves of each side at least, as of a picture that comes in."""
SOURCES = {
    Source.MEMBER.value: "A shop or other premises",
    Source.POLICE.value: "The police",
    Source.PUBLIC.value: "Somebody else",
}
"""Where a picture came from."""
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


class AuthorityForm(FlaskForm):
    """Who let one picture be shared, when and how far, and until when it is seen."""

    source = RadioField(
        "Who is the picture from?",
        choices=[SelectChoice(key, words) for key, words in SOURCES.items()],
        default=Source.MEMBER.value,
    )
    by = StringField("Who allowed it?", [Length(max=80)])
    on = DateField("When?", [Optional()])
    limits = StringField("Limits", [Length(max=300)])
    conditions = StringField("Conditions of the police", [Length(max=300)])
    hide_on = DateField("Hidden from", [Optional()])

    def validate(self, extra_validators: object = None) -> bool:
        """Ask for the day where somebody is named, and for a day that has come."""
        good: bool = super().validate(extra_validators)
        named = bool((self.by.data or "").strip() or (self.limits.data or "").strip())
        if good and named and self.on.data is None:
            self.on.errors = ["Type the day on which it was allowed."]
            return False
        if good and self.on.data and self.on.data > clock.today():
            self.on.errors = ["That day has not come yet."]
            return False
        return good

    def authority(self) -> Authority:
        """Return it as the service takes it."""
        return Authority(
            source=Source(self.source.data),
            by=(self.by.data or "").strip(),
            on=self.on.data,
            limits=(self.limits.data or "").strip(),
            conditions=(self.conditions.data or "").strip(),
            hide_on=self.hide_on.data,
        )


class EditForm(FlaskForm):
    """How a picture is shown: the steps so far, which are saved only by Save, and one more.

    The box is in per cent of the picture that the page shows.
    """

    steps = HiddenField()
    version = HiddenField()
    left = StringField("Left")
    top = StringField("Top")
    right = StringField("Right")
    bottom = StringField("Bottom")
    brightness = StringField("Brightness")
    contrast = StringField("Contrast")

    def draft(self) -> tuple[Step, ...]:
        """Return the steps that the page held. Raises Missing for what no page of ours holds."""
        try:
            return unpack(self.steps.data or "")
        except ValueError as error:
            raise Missing from error

    def opened_version(self) -> int:
        """Return the version that the page was opened with. Raises Missing."""
        try:
            return int(self.version.data or "")
        except ValueError as error:
            raise Missing from error

    def stepped(self, act: str, size: tuple[int, int]) -> tuple[Step, ...]:
        """Return the steps after a button was pressed; ``size`` is that of the picture as sent.

        What cannot be done adds an error instead. Raises Missing for a button that is not there.
        """
        steps = self.draft()
        if act in ("undo", "clear"):
            return steps[:-1] if act == "undo" else ()
        step = self._step(act)
        if step is None:
            return steps
        if isinstance(step, Crop) and min(size_after((*steps, step), *size)) < LEAST_SIDE:
            self.left.errors = ["That part is too small. Draw a larger box."]
            return steps
        try:
            return added(steps, step)
        except ValueError:
            self.left.errors = ["That is the most that one picture takes. Save it, or undo a step."]
            return steps

    def _step(self, act: str) -> Step | None:
        if act in TURNS:
            return TURNS[act]
        if act == "levels":
            return self._levels()
        if act not in ("blur", "crop"):
            raise Missing
        kind: Any = Blur if act == "blur" else Crop
        try:
            sides = [float(side.data) / 100 for side in self.box()]
            return kind(*sides)  # type: ignore[no-any-return]
        except (TypeError, ValueError):
            self.left.errors = [NO_BOX]
            return None

    def box(self) -> tuple[StringField, ...]:
        """Return the fields of the box, in the order of a box's sides."""
        return self.left, self.top, self.right, self.bottom

    def _levels(self) -> Step | None:
        try:
            return Levels(int(self.brightness.data or 0), int(self.contrast.data or 0))
        except ValueError:
            self.brightness.errors = ["Type a whole number from -100 to 100."]
            return None
