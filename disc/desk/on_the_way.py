"""What was decided and has no effect yet, and what could have none, in words for managers."""

import uuid
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from disc.access.actor import Actor
from disc.core.database import db
from disc.desk import deciding, leases
from disc.desk.models import Act, ItemKind, PendingDecision
from disc.gallery.models import Subject
from disc.gallery.queries import everybody
from disc.incidents.forms import KINDS
from disc.incidents.queries import reports_by_id
from disc.members.ports import tells_of_joiner
from disc.members.queries import member_names

SAID = {
    ItemKind.REPORT: {Act.APPROVE: "Approved", Act.REJECT: "Rejected"},
    ItemKind.PAIR: {
        Act.SAME: "Called the same picture",
        Act.DIFFERENT: "Called different",
        Act.SAME_CAMERA: "Put under one camera",
    },
    ItemKind.NAMES: {
        Act.USED: "Used",
        Act.NOT_USED: "Not used",
        Act.LOOKING: "Still looked into",
    },
    ItemKind.JOINER: {Act.APPROVE: "Let in", Act.REJECT: "Not let in"},
}
"""What is said of each decision, before "by" and a name."""
THIS = {
    ItemKind.REPORT: "This report",
    ItemKind.PAIR: "Two pictures",
    ItemKind.NAMES: "What members say of a person",
    ItemKind.JOINER: "Somebody who waits",
}
"""How one of each kind is called where nothing better is known."""


@dataclass(frozen=True, slots=True)
class OnItsWay:
    """A decision that has not taken effect; ``mine`` can be undone by whoever asks."""

    batch_id: uuid.UUID
    said: str
    title: str
    href: str
    who: str
    mine: bool
    effective_at: datetime


@dataclass(frozen=True, slots=True)
class NotDone:
    """A decision of the actor's that could not take effect, about what waits no more."""

    said: str
    title: str
    href: str
    problem: str


def on_their_way(actor: Actor, rows: Sequence[PendingDecision]) -> list[OnItsWay]:
    """Tell of decisions, one line for those that one press made."""
    if not rows:
        return []
    names = member_names(actor, {row.member_id for row in rows})
    counts = Counter(row.batch_id for row in rows)
    first = {row.batch_id: row for row in rows}
    titles = _titles(actor, first.values())
    return [
        OnItsWay(
            batch_id=row.batch_id,
            said=SAID[row.kind][row.act],
            title=f"{counts[row.batch_id]} reports"
            if counts[row.batch_id] > 1
            else titles[row.item_id],
            href=href_of(row.kind, row.item_id),
            who=names[row.member_id],
            mine=row.member_id == actor.id,
            effective_at=row.effective_at,
        )
        for row in first.values()
    ]


def not_done(
    actor: Actor, failed: Iterable[PendingDecision], waiting: set[uuid.UUID]
) -> list[NotDone]:
    """Tell whoever decided what had no effect, where the thing does not wait and tell it itself."""
    rows = [row for row in failed if row.member_id == actor.id and row.item_id not in waiting]
    titles = _titles(actor, rows)
    return [
        NotDone(
            said=SAID[row.kind][row.act],
            title=titles[row.item_id],
            href=href_of(row.kind, row.item_id),
            problem=row.problem,
        )
        for row in rows
    ]


def told_of(actor: Actor, kind: ItemKind, item_id: uuid.UUID) -> dict[str, Any]:
    """Return what the page of something tells of the desk.

    That is a decision that has not taken effect, why the last one could not, and who else looks
    at it now.
    """
    return told_of_each(actor, kind, [item_id])[item_id]


def told_of_each(
    actor: Actor, kind: ItemKind, item_ids: Iterable[uuid.UUID]
) -> dict[uuid.UUID, dict[str, Any]]:
    """Return what a page tells of the desk about each of several things."""
    wanted = set(item_ids)
    rows = [row for row in deciding.waiting(actor) if row.item_id in wanted]
    decisions = {row.item_id: on_their_way(actor, [row])[0] for row in rows}
    problems, holders = deciding.problems(actor), leases.holders(actor)
    others = {one: holders.get((kind, one)) for one in wanted}
    names = member_names(actor, {who for who in others.values() if who and who != actor.id})
    return {
        one: {
            "on_its_way": decisions.get(one),
            "problem": problems.get(one),
            "looked_at_by": names.get(who, "") if who else "",
        }
        for one, who in others.items()
    }


@tells_of_joiner
def told_of_joiner(actor: Actor, member_id: uuid.UUID) -> dict[str, Any]:
    """Return what the page of somebody who waits tells of the desk."""
    return told_of(actor, ItemKind.JOINER, member_id)


def href_of(kind: ItemKind, item_id: uuid.UUID) -> str:
    """Return the address of the page on which something is decided."""
    return {
        ItemKind.REPORT: f"/desk/reports/{item_id}",
        ItemKind.PAIR: f"/desk/duplicates/{item_id}",
        ItemKind.NAMES: f"/desk/answers?about={item_id}",
        ItemKind.JOINER: f"/desk/members/people/{item_id}",
    }[kind]


def _titles(actor: Actor, rows: Iterable[PendingDecision]) -> dict[uuid.UUID, str]:
    """Return how each thing is called, as its row of the queue calls it."""
    kinds = {row.item_id: row.kind for row in rows}
    ids = {kind: [one for one, of in kinds.items() if of is kind] for kind in ItemKind}
    titles = {one: THIS[kind] for one, kind in kinds.items()}
    if ids[ItemKind.REPORT]:
        words, reports = dict(KINDS), reports_by_id(actor, ids[ItemKind.REPORT])
        titles |= {one.id: f"{words[one.kind]}, {one.premises.name}" for one in reports}
    if ids[ItemKind.NAMES]:
        people = everybody(actor).where(Subject.id.in_(ids[ItemKind.NAMES]))
        titles |= {one.id: f"Who is {one.reference}?" for one in db.session.scalars(people)}
    if ids[ItemKind.JOINER]:
        titles |= member_names(actor, ids[ItemKind.JOINER])
    return titles
