"""Who did or saw what: an append-only chain of ids, in which a changed row shows."""

import hashlib
import hmac
import json
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

import sqlalchemy as sa
from sqlalchemy import select
from sqlalchemy.orm import Mapped, Session, mapped_column

from disc.core import clock
from disc.core.database import Base, db, new_id
from disc.core.keys import keyring
from disc.core.transaction import apart

RETENTION_MONTHS = 24
"""How long a row says what happened; its digest stays after that, so that the chain holds."""
ERASED_AT_ONCE = 500
INSTALLATION = uuid.UUID(int=0)
"""The chain of what belongs to no scheme, such as a failed sign-in of nobody known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One thing to record. ``detail`` holds ids and plain words, never a name or a text."""

    act: str
    scheme_id: uuid.UUID | None = None
    actor_id: uuid.UUID | None = None
    target: str = ""
    target_id: uuid.UUID | None = None
    detail: str = ""


class Who(Protocol):
    """Somebody who acts: enough of them to write down."""

    @property
    def id(self) -> uuid.UUID:
        """The person."""

    @property
    def scheme_id(self) -> uuid.UUID:
        """Their scheme, to whose chain the entry goes."""


def by(
    who: Who, act: str, target: str = "", target_id: uuid.UUID | None = None, detail: str = ""
) -> Entry:
    """Return the entry of what somebody did or saw."""
    return Entry(
        act=act,
        scheme_id=who.scheme_id,
        actor_id=who.id,
        target=target,
        target_id=target_id,
        detail=detail,
    )


class AuditEvent(Base):
    """One link of a scheme's chain."""

    __tablename__ = "audit_event"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    scheme_id: Mapped[uuid.UUID]
    position: Mapped[int]
    at: Mapped[datetime]
    act: Mapped[str] = mapped_column(sa.String(60))
    actor_id: Mapped[uuid.UUID | None] = mapped_column(index=True)
    target: Mapped[str] = mapped_column(sa.String(40))
    target_id: Mapped[uuid.UUID | None] = mapped_column(index=True)
    detail: Mapped[str] = mapped_column(sa.String(400))
    digest: Mapped[bytes]
    link: Mapped[bytes]
    erase_on: Mapped[date] = mapped_column(index=True)
    erased: Mapped[bool] = mapped_column(default=False)

    __table_args__ = (sa.UniqueConstraint("scheme_id", "position"),)


def record(*entries: Entry) -> None:
    """Append inside the transaction of what was done, so that both stand or fall together."""
    _append(db.session(), entries)


def journal(*entries: Entry) -> None:
    """Append at once, on a connection of its own: the security journal outlives a rollback."""
    with apart() as session:
        _append(session, entries)


def broken_links(scheme_id: uuid.UUID) -> list[int]:
    """Return the positions at which a scheme's chain does not hold."""
    key, previous, expected, broken = _key(), scheme_id.bytes, 1, []
    rows = select(AuditEvent).where(AuditEvent.scheme_id == scheme_id).order_by(AuditEvent.position)
    for row in db.session.scalars(rows.execution_options(yield_per=1000)):
        holds = (
            row.position == expected
            and hmac.compare_digest(row.link, _link(key, previous, row))
            and (_rightly_erased(row) or hmac.compare_digest(row.digest, _digest(row)))
        )
        if not holds:
            broken.append(row.position)
        previous, expected = row.link, row.position + 1
    return broken


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


def erase_old(on: date) -> int:
    """Blank some rows whose retention has ended and return how many; the chain still verifies.

    At most ``ERASED_AT_ONCE`` of them: call it again, in another transaction, until it returns 0.
    """
    due = select(AuditEvent).where(AuditEvent.erase_on <= on, AuditEvent.erased.is_(False))
    rows = db.session.scalars(due.limit(ERASED_AT_ONCE)).all()
    for row in rows:
        row.actor_id = row.target_id = None
        row.detail, row.erased = "", True
    return len(rows)


def _append(session: Session, entries: Iterable[Entry]) -> None:
    by_chain: dict[uuid.UUID, list[Entry]] = {}
    for entry in entries:
        by_chain.setdefault(entry.scheme_id or INSTALLATION, []).append(entry)
    for scheme_id in sorted(by_chain):
        _append_to_chain(session, scheme_id, by_chain[scheme_id])


def _append_to_chain(session: Session, scheme_id: uuid.UUID, entries: list[Entry]) -> None:
    session.flush()
    _take_turn(session, scheme_id)
    last = session.scalar(
        select(AuditEvent)
        .where(AuditEvent.scheme_id == scheme_id)
        .order_by(AuditEvent.position.desc())
        .limit(1)
    )
    key = _key()
    position, previous = (last.position, last.link) if last else (0, scheme_id.bytes)
    for entry in entries:
        position += 1
        row = _row(entry, scheme_id, position)
        row.digest = _digest(row)
        row.link = previous = _link(key, previous, row)
        session.add(row)
    session.flush()


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
        target=entry.target,
        target_id=entry.target_id,
        detail=entry.detail,
        erase_on=clock.add_months(at.date(), RETENTION_MONTHS),
    )


def _digest(row: AuditEvent) -> bytes:
    told = [
        row.id,
        row.at.isoformat(),
        row.act,
        row.actor_id,
        row.target,
        row.target_id,
        row.detail,
    ]
    return hashlib.sha256(json.dumps(told, default=str).encode()).digest()


def _link(key: bytes, previous: bytes, row: AuditEvent) -> bytes:
    """Bind a row to the one before it, and its date of erasure, which blanking relies on."""
    told = previous + row.digest + row.erase_on.isoformat().encode()
    return hmac.new(key, told, hashlib.sha256).digest()


def _rightly_erased(row: AuditEvent) -> bool:
    return row.erased and row.erase_on <= clock.today()


def _key() -> bytes:
    return keyring().source.derive("audit chain")
