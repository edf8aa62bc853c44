"""What a member fills in to report, and the contact of premises about their goods."""

import uuid
from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import StrEnum
from itertools import chain
from typing import Any, TypeVar

from flask_wtf import FlaskForm
from flask_wtf.file import MultipleFileField
from werkzeug.datastructures import MultiDict
from wtforms import (
    BooleanField,
    HiddenField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional

from disc.access.actor import Actor
from disc.core import clock
from disc.gallery.looks import VOCABULARY
from disc.incidents.goods import MOST_GOODS, goods_of
from disc.incidents.kinds import (
    WELFARE,
    Ending,
    Force,
    GoodsLine,
    Hurt,
    IncidentKind,
    Recovered,
    WeaponKind,
    WeaponUse,
    WelfareNow,
)
from disc.incidents.marks import code_problem, mark_problem, normal_code, normal_mark
from disc.incidents.models import GoodsPreset, Incident, IncidentState
from disc.incidents.rules import LONGEST_NOTE, LONGEST_WORDS, needs_description, pence, time_problem
from disc.incidents.service import NewReport
from disc.members.models import Premises
from disc.members.queries import premises_of

CRIMES = [
    ("shop-theft", "Shop theft"),
    ("violence", "Violence or threat"),
    ("abuse", "Abuse of staff"),
    ("damage", "Damage"),
    ("fraud", "Fraud or fake notes"),
    ("antisocial", "Antisocial behaviour"),
    ("other", "Something else"),
]
HELP = [
    ("ask-for-angela", "Somebody asked for Angela"),
    ("missing-person", "A missing person"),
    ("unwell", "A person is unwell"),
]
KINDS = [*CRIMES, *HELP]
WEAPONS = {WeaponKind.KNIFE: "Knife", WeaponKind.BOTTLE: "Bottle", WeaponKind.OTHER: "Other"}
USES = {
    WeaponUse.THREATENED: "Spoken of, not seen",
    WeaponUse.SHOWN: "Shown",
    WeaponUse.USED: "Used",
}
HURTS = {Hurt.STAFF: "Staff", Hurt.OTHER: "Somebody else", Hurt.BOTH: "Both"}
FORCES = {Force.TO_STEAL: "Before or during the theft", Force.AFTERWARDS: "Only afterwards"}
RECOVERED = {
    Recovered.ALL: "We have all back",
    Recovered.SOME: "We have some back",
    Recovered.NONE: "All are gone",
}
ENDINGS = {
    Ending.DETERRED: "Gave up",
    Ending.EJECTED: "We made them leave",
    Ending.DETAINED: "We hold them",
    Ending.LEFT: "Left",
}
WELFARE_NOW = {
    WelfareNow.WITH_US: "With our staff",
    WelfareNow.HELP_CAME: "Help came",
    WelfareNow.SAFE: "Safe now",
    WelfareNow.LEFT: "Left, we do not know where",
}
E = TypeVar("E", bound=StrEnum)
LONGEST_GOODS = 300
CHOSEN = ("kind", "force", "weapon_kind", "weapon_use", "hurt", "recovered", "ending")
AS_TYPED = ("violence", "weapon", "injured", "words", "vehicle", "forensic_code")
MOST_WITH_GOODS = 3
"""From more premises a page would grow with each; whoever reports for so many types the goods."""

STATES = {
    IncidentState.SUBMITTED: ("Sent", "info"),
    IncidentState.RETURNED: ("Your manager asks you", "warn"),
    IncidentState.ACCEPTED: ("Accepted", "ok"),
    IncidentState.REJECTED: ("Not accepted", "warn"),
    IncidentState.ESCALATED: ("Shared with police", "info"),
    IncidentState.RECORDED: ("Police look into it", "info"),
    IncidentState.OUTCOME: ("Police answered", "ok"),
    IncidentState.CLOSED: ("Closed", "ok"),
}
"""What the reporter reads, and the tone of its chip."""


def _one_of(label: str, names: Mapping[E, str]) -> RadioField:
    choices = [SelectChoice(value.value, name) for value, name in names.items()]
    return RadioField(label, choices=choices, validators=[Optional()])


def _really_sent(field: MultipleFileField) -> list[Any]:
    """Return the files of a field; a browser sends an empty one where none was chosen."""
    return [one for one in field.data or [] if one and one.filename]


def _chosen(kind: type[E], field: RadioField) -> E | None:
    return kind(field.data) if field.data else None


class PlacedForm(FlaskForm):
    """What every report says: where and when, in which words, and from which page."""

    submission_id = HiddenField()
    premises_id = SelectField("Where?", validators=[InputRequired("Choose the place.")])
    occurred_at = StringField("When?")
    words = TextAreaField(
        "What happened, in your words",
        [Length(max=LONGEST_WORDS, message="Use at most 10,000 characters.")],
    )

    def offer(self, places: list[Premises]) -> None:
        """Offer the reporter's own premises."""
        self.premises_id.choices = [SelectChoice(str(one.id), one.name) for one in places]

    def validate_submission_id(self, field: Any) -> None:
        """Refuse a page that did not come from us."""
        check_submission(field.data)

    def validate_occurred_at(self, _field: Any) -> None:
        """Refuse a time that cannot be."""
        try:
            problem = time_problem(self.moment(), clock.now())
        except ValueError as error:
            raise ValidationError("Type the date and the time.") from error
        if problem:
            raise ValidationError(problem)

    def moment(self) -> datetime:
        """Return when it happened, typed in local time; nothing typed means now."""
        typed = (self.occurred_at.data or "").strip()
        if not typed:
            return clock.now()
        return datetime.fromisoformat(typed).replace(tzinfo=clock.UK)


class WelfareForm(PlacedForm):
    """Somebody needs help: three questions, and nothing that describes them."""

    kind = RadioField(
        "What happened?",
        choices=[SelectChoice(*kind) for kind in HELP],
        validators=[InputRequired("Choose what happened.")],
    )
    welfare_now = _one_of("Where is the person now?", WELFARE_NOW)

    def files(self) -> list[Any]:
        """Return no file: nobody who needs help is pictured."""
        return []

    def report(self) -> NewReport:
        """Return the report as the service takes it."""
        return NewReport(
            submission_id=uuid.UUID(self.submission_id.data),
            kind=IncidentKind(self.kind.data),
            occurred_at=self.moment(),
            words=(self.words.data or "").strip(),
            welfare_now=_chosen(WelfareNow, self.welfare_now),
        )


class ReportForm(PlacedForm):
    """One report. Whatever a question that did not matter was answered is left out later."""

    has_photos = False
    """Whether photos came with the report before, where it is changed."""

    kind = RadioField(
        "What happened?",
        choices=[SelectChoice(*kind) for kind in CRIMES],
        validators=[InputRequired("Choose what happened.")],
    )
    pictures = MultipleFileField("Photos")
    violence = BooleanField("Somebody used or threatened violence")
    force = _one_of("When was that?", FORCES)
    weapon = BooleanField("There was a weapon")
    weapon_kind = _one_of("Which weapon?", WEAPONS)
    weapon_use = _one_of("What did they do with it?", USES)
    injured = BooleanField("Somebody was hurt")
    hurt = _one_of("Who was hurt?", HURTS)
    preset = SelectMultipleField("Goods")
    goods = StringField("Goods", [Length(max=LONGEST_GOODS, message="Use at most 300 characters.")])
    value = StringField("Value")
    recovered = _one_of("Do you have the goods back?", RECOVERED)
    known = SelectMultipleField(
        "Somebody from the gallery", coerce=uuid.UUID, validate_choice=False
    )
    description = SelectMultipleField(
        "The person",
        choices=[SelectChoice(chip, chip) for chip in chain.from_iterable(VOCABULARY.values())],
    )
    ending = _one_of("What did the person do then?", ENDINGS)
    vehicle = StringField("Number plate")
    forensic_code = StringField("Forensic code")

    def offer(self, places: list[Premises], presets: Iterable[GoodsPreset] = ()) -> None:
        """Offer the reporter's own premises, and the goods that they often lose."""
        super().offer(places)
        self.offered = list(presets)
        self.preset.choices = [SelectChoice(str(one.id), one.what) for one in self.offered]

    def validate_value(self, field: Any) -> None:
        """Refuse what is not an amount."""
        try:
            pence(field.data or "")
        except ValueError as error:
            raise ValidationError("Type the value in pounds, such as 12.50.") from error

    def validate_description(self, field: Any) -> None:
        """Ask for a second word where one alone would fit too many people."""
        seen = bool(self.files() or self.known.data or self.has_photos)
        if needs_description(has_picture=seen, chips=tuple(field.data or ())):
            raise ValidationError("Choose at least two things about the person, or add a photo.")

    def validate_vehicle(self, field: Any) -> None:
        """Refuse what cannot be a registration mark."""
        mark = normal_mark(field.data or "")
        problem = mark_problem(mark) if mark else None
        if problem:
            raise ValidationError(problem)

    def validate_forensic_code(self, field: Any) -> None:
        """Refuse what cannot be a code."""
        problem = code_problem(normal_code(field.data or ""))
        if problem:
            raise ValidationError(problem)

    def files(self) -> list[Any]:
        """Return the files that were really sent."""
        return _really_sent(self.pictures)

    def lines(self) -> tuple[GoodsLine, ...]:
        """Return the goods that were tapped, of those of the chosen premises."""
        tapped = set(self.preset.data or ())
        here = [one for one in self.offered if str(one.premises_id) == self.premises_id.data]
        return tuple(GoodsLine(one.what, one.pence) for one in here if str(one.id) in tapped)

    def report(self) -> NewReport:
        """Return the report as the service takes it."""
        return NewReport(
            submission_id=uuid.UUID(self.submission_id.data),
            kind=IncidentKind(self.kind.data),
            occurred_at=self.moment(),
            words=(self.words.data or "").strip(),
            goods=(self.goods.data or "").strip(),
            goods_lines=self.lines(),
            value_pence=pence(self.value.data or ""),
            recovered=_chosen(Recovered, self.recovered),
            violence=self.violence.data or self.kind.data == IncidentKind.VIOLENCE,
            force=_chosen(Force, self.force),
            weapon=self.weapon.data,
            weapon_kind=_chosen(WeaponKind, self.weapon_kind),
            weapon_use=_chosen(WeaponUse, self.weapon_use),
            injured=self.injured.data,
            hurt=_chosen(Hurt, self.hurt),
            known_ids=tuple(self.known.data or ()),
            description=tuple(self.description.data or ()),
            ending=_chosen(Ending, self.ending),
            vehicle=self.vehicle.data or "",
            forensic_code=self.forensic_code.data or "",
        )


def filled(incident: Incident, known: Iterable[uuid.UUID]) -> "AnyReport":
    """Return the form with what a report tells now; goods that were tapped are words by then."""
    told = {
        "premises_id": str(incident.premises_id),
        "occurred_at": f"{incident.occurred_at.astimezone(clock.UK):%Y-%m-%dT%H:%M}",
        "submission_id": str(incident.submission_id),
    }
    if incident.kind in WELFARE:
        answers = {name: getattr(incident, name) for name in ("kind", "welfare_now", "words")}
        return WelfareForm(formdata=None, data={**told, **answers})
    goods = [str(line) for line in incident.goods_lines] + (
        [incident.goods] if incident.goods else []
    )
    value = incident.value_pence
    return ReportForm(
        formdata=None,
        data={
            **{name: getattr(incident, name) for name in CHOSEN},
            **{name: getattr(incident, name) for name in AS_TYPED},
            **told,
            "goods": ", ".join(goods)[:LONGEST_GOODS],
            "value": f"{value / 100:.2f}" if value is not None else "",
            "description": list(incident.description),
            "known": [str(one) for one in known],
        },
    )


AnyReport = ReportForm | WelfareForm
"""Either form by which something is reported."""


def form_of(kind: str) -> type[ReportForm] | type[WelfareForm]:
    """Return the form that asks about a kind."""
    return WelfareForm if kind in dict(HELP) else ReportForm


def offer_to(actor: Actor, form: PlacedForm) -> None:
    """Offer what the actor may choose: their premises, and the goods that these often lose."""
    places = premises_of(actor)
    if isinstance(form, ReportForm) and len(places) <= MOST_WITH_GOODS:
        form.offer(places, goods_of([one.id for one in places]))
    else:
        form.offer(places)


class AddForm(FlaskForm):
    """What a reporter answers or adds: words, photos or both."""

    submission_id = HiddenField()
    words = TextAreaField(
        "Your words", [Length(max=LONGEST_NOTE, message="Use at most 2,000 characters.")]
    )
    pictures = MultipleFileField("Photos")

    def validate_submission_id(self, field: Any) -> None:
        """Refuse a page that did not come from us."""
        check_submission(field.data)

    def validate(self, extra_validators: object = None) -> bool:
        """Ask for words or a photo."""
        good: bool = super().validate(extra_validators)
        if not (self.words.data or "").strip() and not self.files():
            self.words.errors = ["Write something, or add a photo."]
            good = False
        return good

    def files(self) -> list[Any]:
        """Return the files that were really sent."""
        return _really_sent(self.pictures)


def check_submission(typed: str | None) -> uuid.UUID:
    """Return the number that a page was given. Raises ValidationError for anything else."""
    try:
        return uuid.UUID(typed or "")
    except ValueError as error:
        raise ValidationError("Load this page again, then send.") from error


class GoodsForm:
    """The goods of premises as a page's rows of name and value; an empty row is none."""

    def __init__(self, sent: MultiDict[str, str]) -> None:
        names, values = sent.getlist("what"), sent.getlist("worth")
        rows = list(zip(names, values, strict=False))[:MOST_GOODS]
        self.rows = [(what.strip(), worth.strip()) for what, worth in rows]
        self.errors: dict[str, list[str]] = {}

    def read(self) -> list[GoodsLine] | None:
        """Return the rows as goods; None where one does not say what, or what it is worth."""
        found = []
        for at, (what, worth) in enumerate(self.rows, start=1):
            if not what and not worth:
                continue
            problem, amount = self._row(what, worth)
            if problem:
                self.errors[f"what-{at}"] = [f"Row {at}: {problem}"]
            found.append(GoodsLine(what, amount))
        return None if self.errors else found

    def _row(self, what: str, worth: str) -> tuple[str, int | None]:
        if not what or len(what) > GoodsPreset.what.type.length:
            return "type what it is, in at most 60 characters.", None
        try:
            amount = pence(worth)
        except ValueError:
            amount = None
        return ("" if amount is not None else "type the value in pounds, such as 12.50."), amount
