"""The bodies of the reporting interface: strict, and the source of its published description."""

import uuid
from dataclasses import fields
from typing import Annotated, Any, TypeVar

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError, model_validator

from disc.api.errors import BadBody, NotJson
from disc.api.rules import CODE, Scope
from disc.core import clock
from disc.gallery.looks import VOCABULARY
from disc.incidents.kinds import (
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
from disc.incidents.models import IncidentState
from disc.incidents.rules import LONGEST_WORDS, needs_description, time_problem
from disc.incidents.service import NewReport
from disc.police.models import Outcome

CHIPS = frozenset(chip for chips in VOCABULARY.values() for chip in chips)
MOST_PENCE = 100_000_000
NO_CONTROLS = r"^[^\x00-\x08\x0b-\x1f\x7f]*$"
TOLD = 20
"""Problems that one answer names at most."""


class Body(BaseModel):
    """What every body shares: a field that we do not know is refused, and nothing is guessed."""

    model_config = ConfigDict(extra="forbid", strict=True)


def _kept(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _chip_is_known(chips: list[str]) -> list[str]:
    unknown = sorted(set(chips) - CHIPS)
    if unknown:
        raise ValueError(f"not one of the words: {', '.join(unknown)}")
    return chips


def _mark_and_code_are_possible(vehicle: str, forensic_code: str) -> None:
    mark = normal_mark(vehicle)
    wrong_mark = mark_problem(mark) if mark else None
    if wrong_mark:
        raise ValueError(f"vehicle: {wrong_mark}")
    wrong_code = code_problem(normal_code(forensic_code))
    if wrong_code:
        raise ValueError(f"forensic_code: {wrong_code}")


class Goods(Body):
    """Goods of one kind: how many, and what one of them is worth."""

    what: Annotated[str, Field(min_length=1, max_length=60, pattern=NO_CONTROLS)]
    pence: Annotated[int, Field(ge=0, le=MOST_PENCE)] | None = None
    count: Annotated[int, Field(ge=1, le=999)] = 1

    def line(self) -> GoodsLine:
        """Return the goods as the service takes them."""
        return GoodsLine(self.what, self.pence, self.count)


class ReportBody(Body):
    """A report. Give either a code of your own, which is mapped, or one of our kinds."""

    submission_id: uuid.UUID | None = Field(
        None, description="The report's own id; or send the header Idempotency-Key."
    )
    premises_id: uuid.UUID = Field(description="One of the premises that GET /codes lists.")
    code: Annotated[str, Field(pattern=f"^{CODE.pattern}$")] | None = Field(
        None, description="Your own code for what happened."
    )
    kind: IncidentKind | None = None
    occurred_at: AwareDatetime = Field(description="When it happened, with its zone.")
    words: Annotated[str, Field(max_length=LONGEST_WORDS, pattern=NO_CONTROLS)] = Field(
        "", description="What happened, in the words of who was there."
    )
    goods: Annotated[str, Field(max_length=300, pattern=NO_CONTROLS)] = ""
    value_pence: Annotated[int, Field(ge=0, le=MOST_PENCE)] | None = Field(
        None, description="What the goods are worth, in pence."
    )
    goods_lines: list[Goods] = Field(
        default_factory=list,
        max_length=20,
        description="Goods one by one; their worth counts where value_pence is not sent.",
    )
    recovered: Recovered | None = Field(None, description="Whether the goods are back.")
    violence: bool = Field(default=False, description="Somebody used or threatened violence.")
    force: Force | None = Field(None, description="Of a theft with violence: when that was.")
    weapon: bool = False
    weapon_kind: WeaponKind | None = None
    weapon_use: WeaponUse | None = None
    injured: bool = Field(default=False, description="Somebody was hurt.")
    hurt: Hurt | None = Field(None, description="Who was hurt.")
    ending: Ending | None = Field(None, description="What the person did then.")
    vehicle: Annotated[str, Field(max_length=20)] = Field("", description="A registration mark.")
    forensic_code: Annotated[str, Field(max_length=40)] = Field(
        "", description="The code of a forensic marking spray."
    )
    welfare_now: WelfareNow | None = Field(
        None, description="Of somebody who needs help: where they are now."
    )
    description: list[str] = Field(
        default_factory=list,
        max_length=len(CHIPS),
        description="Words about the person, of those that GET /codes lists; at least two.",
    )

    @model_validator(mode="after")
    def _is_possible(self) -> "ReportBody":
        """Refuse what the form for people refuses."""
        _chip_is_known(self.description)
        if (self.code is None) == (self.kind is None):
            raise ValueError("send either code or kind")
        problem = time_problem(self.occurred_at, clock.now())
        if problem:
            raise ValueError(f"occurred_at: {problem}")
        if needs_description(has_picture=False, chips=tuple(self.description)):
            raise ValueError("description: choose at least two things about the person")
        _mark_and_code_are_possible(self.vehicle, self.forensic_code)
        return self

    def report(self, submission_id: uuid.UUID, kind: IncidentKind) -> NewReport:
        """Return the report as the service takes it: fields of one name are one field."""
        known = {field.name for field in fields(NewReport)} & set(type(self).model_fields)
        told = {name: _kept(getattr(self, name)) for name in known}
        told["goods_lines"] = tuple(one.line() for one in self.goods_lines)
        violence = self.violence or kind is IncidentKind.VIOLENCE
        told |= {"submission_id": submission_id, "kind": kind, "violence": violence}
        return NewReport(**told)


class PretendBody(Body):
    """What is to become of a report of the sandbox."""

    status: IncidentState


class Taken(Body):
    """A report was taken in. A retry has the same answer."""

    id: uuid.UUID
    reference: str
    received_at: AwareDatetime
    kind: IncidentKind
    sandbox: bool


class Step(Body):
    """A state that a report came into, and when."""

    status: IncidentState
    at: AwareDatetime


class PoliceOutcome(Body):
    """What the police did."""

    outcome: Outcome
    crime_number: str | None


class ReportAnswer(Body):
    """Where a report stands. ``outcome`` is there for a key with the scope outcome:read alone."""

    id: uuid.UUID
    reference: str
    kind: IncidentKind
    premises_id: uuid.UUID
    occurred_at: AwareDatetime
    received_at: AwareDatetime
    status: IncidentState
    reason: str | None = Field(None, description="Why a report was not accepted.")
    timeline: list[Step]
    attachments: int
    outcome: PoliceOutcome | None = None
    sandbox: bool


class ReportPage(Body):
    """Some reports, the oldest first. ``next`` is the cursor of the page after; null is the end."""

    reports: list[ReportAnswer]
    next: uuid.UUID | None


class AttachmentAnswer(Body):
    """A picture was taken in. A retry has the same answer."""

    id: uuid.UUID
    sha256: str


class PlaceAnswer(Body):
    """Premises for which the key may report."""

    id: uuid.UUID
    name: str


class CodesAnswer(Body):
    """What the key may send."""

    kinds: list[IncidentKind]
    codes: dict[str, IncidentKind] = Field(description="Your own codes, and our kind for each.")
    description: dict[str, list[str]] = Field(description="Words about a person, by what they say.")
    premises: list[PlaceAnswer]
    scopes: list[Scope]
    sandbox: bool


class Problem(BaseModel):
    """Why a request was refused (RFC 9457). ``title`` is a sentence for a person."""

    type: str
    title: str
    status: int
    code: str
    problems: list[dict[str, str]] | None = None


B = TypeVar("B", bound=Body)


def read_body(kind: type[B], data: bytes) -> B:
    """Return a body from JSON. Raises NotJson, or BadBody with each field and what is wrong."""
    try:
        return kind.model_validate_json(data)
    except ValidationError as error:
        problems = error.errors(include_url=False, include_input=False, include_context=False)
        if problems[0]["type"] == "json_invalid":
            raise NotJson from error
        raise BadBody(problems=[_told(one) for one in problems[:TOLD]]) from error


SENTENCES = {"missing": "This is needed.", "extra_forbidden": "We do not know this field."}


def _told(problem: Any) -> dict[str, str]:
    where = ".".join(str(part) for part in problem["loc"])[:80]
    said = SENTENCES.get(problem["type"]) or str(problem["msg"]).removeprefix("Value error, ")
    return {"field": where, "sentence": said[:200]}
