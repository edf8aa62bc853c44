"""One queue of all that waits for a manager: reports, pictures, names and joiners."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from disc.access.actor import LEADING, Actor
from disc.core import clock
from disc.desk import deciding, leases
from disc.desk.afterwards import NextStep, next_steps
from disc.desk.models import ItemKind
from disc.desk.on_the_way import NotDone, OnItsWay, href_of, not_done, on_their_way
from disc.desk.rules import AMBER, FINDINGS, SENT_BEFORE, age_in_words, in_order
from disc.gallery import identifying
from disc.gallery.models import Identification, Subject
from disc.gallery.queries import everybody, held_for
from disc.gallery.settling import is_open
from disc.incidents.forms import KINDS
from disc.incidents.kinds import WELFARE
from disc.incidents.models import Incident, IncidentState
from disc.incidents.queries import count_in, queue, stills_of
from disc.incidents.telling import is_urgent
from disc.matching.models import PossibleDuplicate
from disc.matching.queries import count_open_pairs, oldest_open_pairs
from disc.members.managing import seen_of
from disc.members.models import MemberState
from disc.members.queries import count_waiting, member_names, scheme_members

WORDS = {
    ItemKind.REPORT: ("Report", "document"),
    ItemKind.PAIR: ("Photos", "camera"),
    ItemKind.NAMES: ("Name", "people"),
    ItemKind.JOINER: ("Joiner", "me"),
}
"""How each kind is called, and its icon."""
MOST = 200
"""Rows that one page holds; the others come when these are decided."""

Chip = tuple[str, str, str | None]
"""Its word, tone and icon."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One thing that waits. ``asks_nothing`` where one key approves it: nobody could be known.

    ``looked_at_by`` is somebody else who looks at it, and ``problem`` why the last decision could
    not take effect.
    """

    kind: ItemKind
    id: uuid.UUID
    title: str
    meta: str
    at: datetime
    urgent: bool = False
    version: str = ""
    """What tells that its page says what was read. A pair has none: only its answer changes."""
    asks_nothing: bool = False
    chips: tuple[Chip, ...] = ()
    looked_at_by: str = ""
    problem: str = ""

    @property
    def href(self) -> str:
        """The address of its page."""
        return href_of(self.kind, self.id)

    @property
    def word(self) -> str:
        """What kind it is."""
        return WORDS[self.kind][0]

    @property
    def icon(self) -> str:
        """The kind's icon."""
        return WORDS[self.kind][1]

    @property
    def age(self) -> str:
        """How long it has waited, in words."""
        return age_in_words(clock.now() - self.at)


@dataclass(frozen=True, slots=True)
class Queue:
    """What waits, in order; ``total`` counts what one page does not hold as well.

    ``not_done`` are decisions of whoever asks that had no effect, about what waits no more, and
    ``next_steps`` what their answers to pairs lead on to.
    """

    items: list[Item]
    total: int
    on_their_way: list[OnItsWay]
    not_done: list[NotDone]
    next_steps: list[NextStep]


def whole_queue(actor: Actor) -> Queue:
    """Put together all that waits: who may be in danger first, then who waits longest.

    Of very many each kind gives its first by that same order, so that the first of all are right.
    """
    rows, failed = deciding.waiting(actor), deciding.failed(actor)
    decided = {row.item_id for row in rows}
    names, joiners = list(_names(actor, decided)), list(_joiners(actor, decided))
    found = [
        *_reports(actor, queue(actor, but=decided)),
        *map(_pair, oldest_open_pairs(actor, but=decided)),
        *names,
        *joiners,
    ]
    found.sort(key=lambda item: in_order(item.urgent, item.at))
    reports = count_in(actor, IncidentState.SUBMITTED, but=decided)
    pairs = count_open_pairs(actor, but=decided)
    return Queue(
        items=_with_desk(actor, found[:MOST], {row.item_id: row.problem for row in failed}),
        total=reports + pairs + len(names) + len(joiners),
        on_their_way=on_their_way(actor, rows),
        not_done=not_done(actor, failed, {item.id for item in found}),
        next_steps=next_steps(actor),
    )


def _with_desk(actor: Actor, items: list[Item], problems: dict[uuid.UUID, str]) -> list[Item]:
    """Say who else looks at each, which have waited too long, and which decisions had no effect."""
    holders = leases.holders(actor)
    names = member_names(actor, set(holders.values()))
    amber = clock.now() - AMBER
    told = []
    for item in items:
        who = holders.get((item.kind, item.id))
        late: tuple[Chip, ...] = (
            (("Waits over 3 days", "warn", "clock"),) if item.at < amber else ()
        )
        other = names[who] if who and who != actor.id else ""
        told.append(
            replace(
                item,
                looked_at_by=other,
                chips=(*item.chips, *late),
                problem=problems.get(item.id, ""),
            )
        )
    return told


def _reports(actor: Actor, reports: list[Incident]) -> Iterator[Item]:
    names = member_names(actor, {one.reporter_id for one in reports})
    stills = stills_of([one.id for one in reports])
    kinds = dict(KINDS)
    for one in reports:
        risks: tuple[tuple[bool, Chip], ...] = (
            (one.kind in WELFARE, ("Needs help", "warn", "people")),
            (one.violence, ("Violence", "danger", None)),
            (one.weapon, ("Weapon", "danger", "knife")),
            (one.injured, ("Hurt", "danger", "warn")),
        )
        chips = tuple(chip for is_so, chip in risks if is_so)
        yield Item(
            kind=ItemKind.REPORT,
            id=one.id,
            title=f"{kinds[one.kind]}, {one.premises.name}",
            meta=f"{one.reference}. {names[one.reporter_id]}",
            at=one.reported_at,
            urgent=is_urgent(one),
            version=str(one.amended),
            asks_nothing=not one.description and not stills[one.id],
            chips=chips,
        )


def _pair(pair: PossibleDuplicate) -> Item:
    return Item(
        kind=ItemKind.PAIR,
        id=pair.id,
        title=SENT_BEFORE[pair.finding],
        meta="Compare two pictures",
        at=pair.found_at,
        chips=((FINDINGS[pair.finding], "info", "camera"),),
    )


def _names(actor: Actor, decided: set[uuid.UUID]) -> Iterator[Item]:
    undecided = (held_for(actor), is_open(), Identification.outcome.is_(None))
    people = everybody(actor).where(Subject.id.not_in(decided))
    for subject, answers in identifying.by_person(actor, people, *undecided).items():
        count = len({one.by_id for one in answers})
        yield Item(
            kind=ItemKind.NAMES,
            id=subject.id,
            title=f"Who is {subject.reference}?",
            meta="One member gave a name" if count == 1 else f"{count} members gave a name",
            at=min(one.at for one in answers),
            version=identifying.manager_version(answers),
        )


def _joiners(actor: Actor, decided: set[uuid.UUID]) -> Iterator[Item]:
    if not count_waiting(actor).joiners:
        return
    for member in scheme_members(actor):
        if member.id in decided or member.role in LEADING:
            continue
        if member.state is MemberState.WAITING:
            yield Item(
                kind=ItemKind.JOINER,
                id=member.id,
                title=member.name,
                meta="Waits to be let in",
                at=member.joined_at,
                version=seen_of(member),
            )
