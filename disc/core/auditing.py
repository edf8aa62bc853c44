"""Checking the chain of who did what, and searching it."""

import hmac
import sys
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, func, select, union

from disc.core import clock
from disc.core.audit import AuditEvent, AuditSeen, chain_key, digest_of, link_of
from disc.core.database import db
from disc.core.errors import Missing

PIECE = 2000
"""Links checked in one reading."""
MOST_WAYS = 200
"""Ways followed in one statement, of which SQLite joins 500 at most."""
MOST_POSITION = 2**31 - 1
MOST_DIGITS = 10
SKEW = timedelta(hours=1)
"""How far the clocks of two hosts may differ, at the very most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """Some links of a chain, checked: where they end, and at which positions they do not hold."""

    position: int
    link: bytes
    broken: tuple[int, ...] = ()
    is_last: bool = False


def begin(scheme_id: uuid.UUID) -> Piece:
    """Return what stands before the first link of a chain."""
    return Piece(position=0, link=scheme_id.bytes)


def check_piece(scheme_id: uuid.UUID, before: Piece, links: int = PIECE) -> Piece:
    """Check the next links of a chain, in one short reading."""
    key, previous, last = chain_key(), before.link, before.position
    broken: list[int] = []
    found = (
        select(*AuditEvent.__table__.columns)
        .where(AuditEvent.scheme_id == scheme_id, AuditEvent.position > last)
        .order_by(AuditEvent.position)
        .limit(links)
    )
    rows = db.session.execute(found).all()
    seen = _seen_by_event(scheme_id, last, rows[-1].position) if rows else {}
    for row in rows:
        if row.position != last + 1 or not _holds(key, previous, row, seen.get(row.position, [])):
            broken.append(row.position)
        previous, last = row.link, row.position
    db.session.rollback()
    return Piece(position=last, link=previous, broken=tuple(broken), is_last=len(rows) < links)


def broken_links(scheme_id: uuid.UUID) -> list[int]:
    """Return the positions at which a scheme's chain does not hold."""
    piece = begin(scheme_id)
    broken: list[int] = []
    while not piece.is_last:
        piece = check_piece(scheme_id, piece)
        broken += piece.broken
    return broken


def _holds(key: bytes, previous: bytes, row: Any, seen: list[uuid.UUID]) -> bool:
    return hmac.compare_digest(row.link, link_of(key, previous, row)) and (
        _rightly_erased(row) or hmac.compare_digest(row.digest, digest_of(row, seen))
    )


def _seen_by_event(scheme_id: uuid.UUID, after: int, to: int) -> dict[int, list[uuid.UUID]]:
    found = select(AuditSeen.position, AuditSeen.target_id).where(
        AuditSeen.scheme_id == scheme_id,
        AuditSeen.position > after,
        AuditSeen.position <= to,
    )
    by_event: dict[int, list[uuid.UUID]] = {}
    for position, target_id in db.session.execute(found):
        by_event.setdefault(position, []).append(target_id)
    return by_event


def head(scheme_id: uuid.UUID) -> tuple[int, bytes]:
    """Return the last position of a chain and its link, to be kept elsewhere.

    Rows cut off the end leave a chain that holds: only its head, noted before, shows the cut.
    """
    row = db.session.execute(
        select(AuditEvent.position, AuditEvent.link)
        .where(AuditEvent.scheme_id == scheme_id)
        .order_by(AuditEvent.position.desc())
        .limit(1)
    ).first()
    return (row.position, row.link) if row else (0, scheme_id.bytes)


def link_at(scheme_id: uuid.UUID, position: int) -> bytes | None:
    """Return the link at a position of a chain, to compare with a head noted earlier."""
    return db.session.scalar(
        select(AuditEvent.link).where(
            AuditEvent.scheme_id == scheme_id, AuditEvent.position == position
        )
    )


def chains() -> list[uuid.UUID]:
    """List the schemes that have a chain."""
    return list(db.session.scalars(select(AuditEvent.scheme_id).distinct()))


def _rightly_erased(row: Any) -> bool:
    return bool(row.erased and row.erase_on <= clock.today())


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """What is looked for in a chain; each part narrows it, and all that are None narrow nothing.

    ``since`` and ``until`` are moments, the second one left out. ``own_of`` finds what one
    person did and what others did to them, but for those acts of others that are ``untold``.
    """

    scheme_id: uuid.UUID
    actor_id: uuid.UUID | None = None
    own_of: uuid.UUID | None = None
    untold: frozenset[str] = frozenset()
    target_ids: frozenset[uuid.UUID] | None = None
    acts: frozenset[str] | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Looker:
    """One person who saw something: how often, and when first and last."""

    actor_id: uuid.UUID | None
    times: int
    first: datetime
    last: datetime


def position_in(address: str) -> int | None:
    """Return the position that an address holds, if one. Raises Missing for what none can be."""
    if not address:
        return None
    if not address.isdecimal() or len(address) > MOST_DIGITS:
        raise Missing
    return min(int(address), MOST_POSITION)


def find_events(search: Search, *, before: int | None = None, limit: int) -> list[AuditEvent]:
    """Return the newest events of a search, those under a position if one is given.

    Each way to an event follows an index downwards and ends after ``limit``, so that a page
    costs the same however long the chain is.
    """
    newest = [
        select(way.order_by(way.selected_columns[0].desc()).limit(limit).subquery().c.position)
        for way in _ways(search, before)
    ]
    positions: set[int] = set()
    for start in range(0, len(newest), MOST_WAYS):
        positions.update(db.session.scalars(union(*newest[start : start + MOST_WAYS])))
    found = select(AuditEvent).where(
        AuditEvent.scheme_id == search.scheme_id,
        AuditEvent.position.in_(sorted(positions, reverse=True)[:limit]),
    )
    return list(db.session.scalars(found.order_by(AuditEvent.position.desc())))


def lookers(search: Search) -> list[Looker]:
    """Return who did to some things, or saw of them, what a search finds; the latest first."""
    ids = sorted(search.target_ids or ())
    direct = select(AuditEvent.position).where(
        AuditEvent.scheme_id == search.scheme_id, AuditEvent.target_id.in_(ids)
    )
    with_others = select(AuditSeen.position).where(
        AuditSeen.scheme_id == search.scheme_id, AuditSeen.target_id.in_(ids)
    )
    last = func.max(AuditEvent.at)
    found = (
        select(AuditEvent.actor_id, func.count(), func.min(AuditEvent.at), last)
        .where(
            AuditEvent.scheme_id == search.scheme_id,
            AuditEvent.position.in_(union(direct, with_others)),
            *_conditions(search, None),
        )
        .group_by(AuditEvent.actor_id)
        .order_by(last.desc())
    )
    return [
        Looker(actor_id=row[0], times=row[1], first=row[2], last=row[3])
        for row in db.session.execute(found)
    ]


def seen_in(events: Sequence[AuditEvent]) -> dict[int, list[uuid.UUID]]:
    """Return the many things that some events of one chain showed, by the event's position."""
    if not events:
        return {}
    found = select(AuditSeen.position, AuditSeen.target_id).where(
        AuditSeen.scheme_id == events[0].scheme_id,
        AuditSeen.position.in_([event.position for event in events]),
    )
    by_event: dict[int, list[uuid.UUID]] = {}
    for position, target_id in db.session.execute(found):
        by_event.setdefault(position, []).append(target_id)
    return by_event


def acts_in(scheme_id: uuid.UUID) -> list[str]:
    """List the acts of a chain; each is one step down an index, not a reading of the chain."""
    own = AuditEvent.scheme_id == scheme_id
    acts = select(func.min(AuditEvent.act).label("act")).where(own).cte("acts", recursive=True)
    following = select(func.min(AuditEvent.act)).where(own, AuditEvent.act > acts.c.act)
    acts = acts.union_all(select(following.scalar_subquery()).where(acts.c.act.is_not(None)))
    return [act for act in db.session.scalars(select(acts.c.act)) if act is not None]


def _ways(search: Search, before: int | None) -> list[Select[int]]:
    """Return the indexed ways that together lead to every event of a search."""
    conditions = _conditions(search, before)
    events = select(AuditEvent.position).where(AuditEvent.scheme_id == search.scheme_id)
    events = events.where(*conditions)
    if search.own_of:
        own = AuditEvent.actor_id == search.own_of
        to_them = events.where(AuditEvent.target_id == search.own_of)
        return [
            events.where(own),
            to_them.where(AuditEvent.act.not_in(search.untold)) if search.untold else to_them,
        ]
    if search.target_ids is not None:
        return [
            way
            for one in search.target_ids
            for way in (
                events.where(AuditEvent.target_id == one),
                _shown_with_others(search.scheme_id, one, conditions),
            )
        ]
    if search.acts is not None and search.actor_id is None:
        return [events.where(AuditEvent.act == act) for act in search.acts]
    return [events]


def _shown_with_others(
    scheme_id: uuid.UUID, target_id: uuid.UUID, conditions: list[ColumnElement[bool]]
) -> Select[int]:
    """Lead from a thing to the pages that showed it with others, along the key, newest first."""
    way = select(AuditSeen.position).where(
        AuditSeen.scheme_id == scheme_id, AuditSeen.target_id == target_id
    )
    if not conditions:
        return way
    event = (AuditEvent.scheme_id == AuditSeen.scheme_id) & (
        AuditEvent.position == AuditSeen.position
    )
    return way.where(exists().where(event, *conditions))


def _conditions(search: Search, before: int | None) -> list[ColumnElement[bool]]:
    wanted: list[ColumnElement[bool]] = []
    if search.actor_id:
        wanted.append(AuditEvent.actor_id == search.actor_id)
    if search.acts is not None:
        wanted.append(AuditEvent.act.in_(search.acts))
    if before is not None:
        wanted.append(AuditEvent.position < before)
    if search.since:
        wanted += [AuditEvent.at >= search.since, AuditEvent.position >= _near(search, oldest=True)]
    if search.until:
        wanted += [AuditEvent.at < search.until, AuditEvent.position <= _near(search, oldest=False)]
    return wanted


def _near(search: Search, *, oldest: bool) -> int:
    """Return a position near a search's first or last moment, so that nothing far is read.

    Positions follow time but for the difference of two hosts' clocks, hence the hour.
    """
    own, position = AuditEvent.scheme_id == search.scheme_id, select(AuditEvent.position)
    if oldest:
        after = AuditEvent.at >= (search.since or clock.now()) - SKEW
        found = position.where(own, after).order_by(AuditEvent.at).limit(1)
        return db.session.scalar(found) or sys.maxsize
    until = AuditEvent.at < (search.until or clock.now()) + SKEW
    found = position.where(own, until).order_by(AuditEvent.at.desc()).limit(1)
    return db.session.scalar(found) or 0
