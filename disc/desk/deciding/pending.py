"""A decision is a row for ten seconds: put off, undone, carried out once, or given back."""

import dataclasses
import json
import uuid
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, select

from disc.access.actor import Actor
from disc.access.policy import may_ever
from disc.core import audit, clock
from disc.core.database import db, new_id
from disc.core.errors import DiscError
from disc.core.keys import erase_key
from disc.core.outbox import publish
from disc.core.transaction import writing
from disc.desk import leases
from disc.desk.deciding.ways import WAYS
from disc.desk.errors import DecidedAlready, MayNotDecideNow, TooLate
from disc.desk.events import DecisionMade, QueueChanged
from disc.desk.models import Act, ItemKind, PendingDecision
from disc.desk.rules import KEPT, UNDO
from disc.members.models import Member, MemberState
from disc.members.queries import actor_of, member_names

LATE = timedelta(minutes=30)
"""So long after its time a decision that still failed, for a fault of ours, is given back."""
NOT_DONE = "We could not carry it out. Decide again."


def put_off(
    actor: Actor,
    kind: ItemKind,
    item_id: uuid.UUID,
    act: Act,
    told: dict[str, Any],
    *,
    batch_id: uuid.UUID | None = None,
) -> uuid.UUID:
    """Write a decision down; return by which number it is undone.

    ``told`` is sealed. The thing is held meanwhile, so that nobody else does the same. Raises what
    the kind's ``check`` does; DecidedAlready, LookedAt.
    """
    told = WAYS[kind].check(actor, item_id, act, told)
    require_undecided(actor, kind, item_id)
    row = PendingDecision(
        id=new_id(),
        scheme_id=actor.scheme_id,
        batch_id=batch_id or new_id(),
        kind=kind,
        item_id=item_id,
        act=act,
        member_id=actor.id,
        session_id=actor.session_id,
        made_at=clock.now(),
    )
    row.effective_at = row.made_at + UNDO
    row.payload = json.dumps(told)
    db.session.add(row)
    db.session.flush()
    leases.end(actor, kind, item_id)
    audit.record(audit.by(actor, "decision made", WAYS[kind].target, item_id, detail=act.value))
    publish(DecisionMade(decision_id=row.id), at=row.effective_at)
    _tell(row)
    return row.batch_id


def require_undecided(actor: Actor, kind: ItemKind, item_id: uuid.UUID) -> None:
    """Refuse where a decision waits, or somebody else looks at the thing.

    Why an earlier one failed is forgotten with the new decision. Raises DecidedAlready, LookedAt.
    """
    found = select(PendingDecision).where(
        PendingDecision.kind == kind, PendingDecision.item_id == item_id
    )
    rows = db.session.scalars(found.execution_options(populate_existing=True)).all()
    for row in rows:
        if row.failed_at is None:
            raise DecidedAlready(member_names(actor, [row.member_id])[row.member_id])
    leases.require_free(actor, kind, item_id)
    for row in rows:
        _drop(row)
    db.session.flush()


def undo(actor: Actor, batch_id: uuid.UUID) -> int:
    """Take back what the actor decided with one press; return how many. Raises TooLate."""
    found = (
        select(PendingDecision)
        .where(
            PendingDecision.scheme_id == actor.scheme_id,
            PendingDecision.member_id == actor.id,
            PendingDecision.batch_id == batch_id,
            PendingDecision.failed_at.is_(None),
        )
        .order_by(PendingDecision.id)
        .with_for_update(of=PendingDecision)
        .execution_options(populate_existing=True)
    )
    rows = db.session.scalars(found).all()
    if not rows:
        raise TooLate
    for row in rows:
        audit.record(audit.by(actor, "decision undone", WAYS[row.kind].target, row.item_id))
        _forget(row)
    return len(rows)


def carry_out(decision_id: uuid.UUID) -> None:
    """Let a decision take effect, once, or write down why it cannot.

    The row goes in the same transaction as its effect: after a crash either both or neither are
    there. Whoever decided must still be allowed to.
    """
    try:
        with writing():
            row = _due(decision_id)
            if row is None:
                return
            way, actor = WAYS[row.kind], _who_decided(row)
            way.carry_out(actor, row.item_id, row.act, json.loads(row.payload))
            _forget(row)
    except DiscError as refusal:
        with writing():
            _fail(decision_id, refusal.sentence)


def waiting(actor: Actor) -> list[PendingDecision]:
    """List the decisions that have not taken effect, the newest first."""
    return _rows(actor, PendingDecision.failed_at.is_(None))


def decided_now(actor: Actor, kind: ItemKind) -> set[uuid.UUID]:
    """Return about which things of a kind a decision waits."""
    return {row.item_id for row in waiting(actor) if row.kind is kind}


def failed(actor: Actor) -> list[PendingDecision]:
    """List the decisions that could not take effect, the newest first."""
    return _rows(actor, PendingDecision.failed_at.is_not(None))


def problems(actor: Actor) -> dict[uuid.UUID, str]:
    """Return why the last decision about some things could not take effect."""
    return {row.item_id: row.problem for row in failed(actor)}


def forget_old() -> None:
    """Delete what was told long enough: why decisions could not take effect, and old leases."""
    leases.forget_over()
    overdue = PendingDecision.failed_at.is_(None), PendingDecision.effective_at < clock.now() - LATE
    held = select(PendingDecision).where(*overdue)
    for row in db.session.scalars(held.with_for_update(of=PendingDecision, skip_locked=True)).all():
        _give_back(row, NOT_DONE)  # but for one that is carried out at this moment
    old = PendingDecision.failed_at < clock.now() - KEPT
    for row in db.session.scalars(select(PendingDecision).where(old)).all():
        _drop(row)


def _rows(actor: Actor, wanted: ColumnElement[bool]) -> list[PendingDecision]:
    found = select(PendingDecision).where(PendingDecision.scheme_id == actor.scheme_id, wanted)
    return list(db.session.scalars(found.order_by(PendingDecision.id.desc())))


def _due(decision_id: uuid.UUID) -> PendingDecision | None:
    row = db.session.scalar(
        select(PendingDecision)
        .where(PendingDecision.id == decision_id)
        .with_for_update(of=PendingDecision)
        .execution_options(populate_existing=True)
    )
    is_due = row is not None and row.failed_at is None and row.effective_at <= clock.now()
    return row if is_due else None


def _who_decided(row: PendingDecision) -> Actor:
    """Return who decided, with the rights that they have now. Raises MayNotDecideNow."""
    member = db.session.get_one(Member, row.member_id)
    actor = dataclasses.replace(actor_of(member), session_id=row.session_id)
    is_here = member.state is MemberState.ACTIVE
    if not is_here or not may_ever(actor, WAYS[row.kind].permission):
        raise MayNotDecideNow
    return actor


def _fail(decision_id: uuid.UUID, sentence: str) -> None:
    row = _due(decision_id)
    if row is not None:
        _give_back(row, sentence)


def _give_back(row: PendingDecision, sentence: str) -> None:
    """Let what was decided wait in the queue again, with why."""
    row.failed_at, row.payload, row.problem = clock.now(), "", sentence
    _tell(row)


def _forget(row: PendingDecision) -> None:
    _tell(row)
    _drop(row)


def _drop(row: PendingDecision) -> None:
    erase_key(row)
    db.session.delete(row)


def _tell(row: PendingDecision) -> None:
    told = QueueChanged(scheme_id=row.scheme_id, kind=row.kind.value, item_id=row.item_id)
    publish(told)
