"""How pictures are shown, who let them be shared, and what cameras are called."""

import uuid
from typing import Any

from flask_wtf import FlaskForm
from wtforms import (
    DateField,
    HiddenField,
    RadioField,
    StringField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Length, Optional

from disc.core import clock
from disc.core.errors import Missing
from disc.core.pictures.steps import Blur, Crop, Levels, Step, Turn, added, size_after, unpack
from disc.stills.models import Source
from disc.stills.service import Authority

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
