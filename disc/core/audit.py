"""Who did or saw what: an append-only chain of ids, in which a changed row shows."""

import hashlib
import hmac
import json
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Protocol

import sqlalchemy as sa
from sqlalchemy import select
from sqlalchemy.orm import Mapped, Session, mapped_column

from disc.core import clock
from disc.core.database import Base, db, new_id
from disc.core.keys import keyring
from disc.core.locks import GRANTED
from disc.core.rows import one_scheme
from disc.core.transaction import apart

RETENTION_MONTHS = 24
"""How long a row says what happened; its digest stays after that, so that the chain holds."""
ERASED_AT_ONCE = 500
BLANKED = ("actor_id", "session_id", "target_id", "detail", "erased")
"""What is changed of a row at that age; nothing else of it ever is, nor may the database let it."""
INSTALLATION = uuid.UUID(int=0)
"""The chain of what belongs to no scheme, such as a failed sign-in of nobody known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One thing to record. ``detail`` holds ids and plain words, never a name or a text.

    ``session_id`` is the sign-in it was done under, which knows the device. ``seen`` stands in
    place of ``target_id`` where one page showed many things of one kind.
    """

    act: str
    scheme_id: uuid.UUID | None = None
    actor_id: uuid.UUID | None = None
    session_id: uuid.UUID | None = None
    target: str = ""
    target_id: uuid.UUID | None = None
    detail: str = ""
    seen: tuple[uuid.UUID, ...] = ()


class Who(Protocol):
    """Somebody who acts: enough of them to write down."""

    @property
    def id(self) -> uuid.UUID:
        """The person."""

    @property
    def scheme_id(self) -> uuid.UUID:
        """Their scheme, to whose chain the entry goes."""

    @property
    def session_id(self) -> uuid.UUID:
        """The sign-in under which they act."""


def by(
    who: Who, act: str, target: str = "", target_id: uuid.UUID | None = None, detail: str = ""
) -> Entry:
    """Return the entry of what somebody did or saw."""
    return Entry(
        act=act,
        scheme_id=who.scheme_id,
        actor_id=who.id,
        session_id=who.session_id,
        target=target,
        target_id=target_id,
        detail=detail,
    )


def joined(entries: Iterable[Entry]) -> list[Entry]:
    """Make one entry of those that differ in their target alone, such as a page's pictures."""
    targets: dict[Entry, list[uuid.UUID]] = {}
    for entry in dict.fromkeys(entries):
        same = targets.setdefault(replace(entry, target_id=None), [])
        if entry.target_id:
            same.append(entry.target_id)
    return [
        replace(entry, seen=tuple(ids))
        if len(ids) > 1
        else replace(entry, target_id=ids[0] if ids else None)
        for entry, ids in targets.items()
    ]


class AuditEvent(Base):
    """One link of a scheme's chain."""

    __tablename__ = "audit_event"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    scheme_id: Mapped[uuid.UUID]
    position: Mapped[int]
    at: Mapped[datetime]
    act: Mapped[str] = mapped_column(sa.String(60))
    actor_id: Mapped[uuid.UUID | None]
    session_id: Mapped[uuid.UUID | None]
    target: Mapped[str] = mapped_column(sa.String(40))
    target_id: Mapped[uuid.UUID | None]
    detail: Mapped[str] = mapped_column(sa.String(400))
    digest: Mapped[bytes]
    link: Mapped[bytes]
    erase_on: Mapped[date] = mapped_column(index=True)
    erased: Mapped[bool] = mapped_column(default=False)

    __table_args__ = (
        sa.UniqueConstraint("scheme_id", "position"),
        sa.Index("ix_audit_event_by_person", "scheme_id", "actor_id", "position"),
        sa.Index("ix_audit_event_by_target", "scheme_id", "target_id", "position"),
        sa.Index("ix_audit_event_by_act", "scheme_id", "act", "position"),
        sa.Index("ix_audit_event_by_day", "scheme_id", "at"),
        {"info": {GRANTED: f"SELECT, INSERT, UPDATE ({', '.join(BLANKED)})"}},
    )


class AuditSeen(Base):
    """One of the many things that the event at this position of a chain showed.

    The event's digest covers them. The key leads from a thing to who saw it, the index from an
    event to its things.
    """

    __tablename__ = "audit_seen"

    scheme_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    target_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)

    __table_args__ = (
        sa.Index("ix_audit_seen_of_event", "scheme_id", "position"),
        {"sqlite_with_rowid": False, "info": {GRANTED: "SELECT, INSERT, DELETE"}},
    )


class AuditCheck(Base):
    """The result of one check of a scheme's chain, with its head at that time."""

    __tablename__ = "audit_check"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    scheme_id: Mapped[uuid.UUID] = mapped_column(index=True)
    at: Mapped[datetime] = mapped_column(default=clock.now)
    links: Mapped[int]
    broken: Mapped[int]
    head: Mapped[bytes]

    __table_args__ = ({"info": {GRANTED: "SELECT, INSERT"}},)


def record(*entries: Entry) -> None:
    """Append inside the transaction of what was done, so that both stand or fall together."""
    _append(db.session(), entries)


def journal(*entries: Entry) -> None:
    """Append at once, on a connection of its own: the security journal outlives a rollback."""
    with apart() as session:
        _append(session, entries)


def erase_old(on: date) -> int:
    """Blank some rows whose retention has ended and return how many; the chain still verifies.

    At most ``ERASED_AT_ONCE`` of them: call it again, in another transaction, until it returns 0.
    """
    due = select(AuditEvent).where(AuditEvent.erase_on <= on, AuditEvent.erased.is_(False))
    rows = db.session.scalars(due.limit(ERASED_AT_ONCE)).all()
    for row in rows:
        row.actor_id = row.session_id = row.target_id = None
        row.detail, row.erased = "", True
        gone = (AuditSeen.scheme_id == row.scheme_id, AuditSeen.position == row.position)
        db.session.execute(sa.delete(AuditSeen).where(*gone))
    return len(rows)


def _append(session: Session, entries: Iterable[Entry]) -> None:
    by_chain: dict[uuid.UUID, list[Entry]] = {}
    for entry in entries:
        by_chain.setdefault(entry.scheme_id or INSTALLATION, []).append(entry)
    session.flush()
    for scheme_id in sorted(by_chain):
        with one_scheme(scheme_id):
            _append_to_chain(session, scheme_id, by_chain[scheme_id])


def _append_to_chain(session: Session, scheme_id: uuid.UUID, entries: list[Entry]) -> None:
    _take_turn(session, scheme_id)
    last = session.execute(
        select(AuditEvent.position, AuditEvent.link)
        .where(AuditEvent.scheme_id == scheme_id)
        .order_by(AuditEvent.position.desc())
        .limit(1)
    ).first()
    key = chain_key()
    position, previous = (last.position, last.link) if last else (0, scheme_id.bytes)
    seen: list[dict[str, Any]] = []
    for entry in entries:
        position += 1
        row = _row(entry, scheme_id, position)
        row.digest = digest_of(row, entry.seen)
        row.link = previous = link_of(key, previous, row)
        session.add(row)
        seen += [
            {"scheme_id": scheme_id, "target_id": one, "position": position} for one in entry.seen
        ]
    session.flush()
    if seen:  # RETURNING lets SQLAlchemy write them in one statement, not one for each
        session.execute(sa.insert(AuditSeen).returning(AuditSeen.position), seen)


def _take_turn(session: Session, scheme_id: uuid.UUID) -> None:
    """Let one writer at a time extend a chain; on SQLite the write transaction already does."""
    if session.get_bind().dialect.name == "postgresql":
        number = int.from_bytes(scheme_id.bytes[-8:], signed=True)
        session.execute(select(sa.func.pg_advisory_xact_lock(number)))


def _row(entry: Entry, scheme_id: uuid.UUID, position: int) -> AuditEvent:
    at = clock.now()
    return AuditEvent(
        id=new_id(),
        scheme_id=scheme_id,
        position=position,
        at=at,
        act=entry.act,
        actor_id=entry.actor_id,
        session_id=entry.session_id,
        target=entry.target,
        target_id=entry.target_id,
        detail=entry.detail,
        erase_on=clock.add_months(at.date(), RETENTION_MONTHS),
    )


def digest_of(row: Any, seen: Sequence[uuid.UUID]) -> bytes:
    """Return the digest of all that a row says."""
    told = [
        row.id,
        row.at.isoformat(),
        row.act,
        row.actor_id,
        row.target,
        row.target_id,
        row.detail,
        *([row.session_id] if row.session_id else []),  # rows from before it was written down hold
        *([sorted(map(str, seen))] if seen else []),  # as above
    ]
    return hashlib.sha256(json.dumps(told, default=str).encode()).digest()


def link_of(key: bytes, previous: bytes, row: Any) -> bytes:
    """Bind a row to the one before it, and its date of erasure, which blanking relies on."""
    told = previous + row.digest + row.erase_on.isoformat().encode()
    return hmac.new(key, told, hashlib.sha256).digest()


def chain_key() -> bytes:
    """Return the secret without which nobody makes a link."""
    return keyring().source.derive("audit chain")
