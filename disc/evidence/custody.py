"""The chain of each original: what was done with it is added at its end, and never changed.

A link is bound to the one before it with a key that the database does not hold. The newest link
of each change is also written into the scheme's audit, so that an end that was cut off shows.
"""

import hashlib
import hmac
import json
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy import ColumnElement, select

from disc.core import audit, clock
from disc.core.database import db, new_id
from disc.core.keys import keyring
from disc.core.vault import DoesNotOpen, open_sealed, seal
from disc.evidence.models import CustodyEntry, Video
from disc.stills.models import Still
from disc.stills.ports import Handled, Handling, Original

NOTED = "custody noted"
FORGOTTEN_AFTER_MONTHS = audit.RETENTION_MONTHS
"""After an original was erased: as long as the audit says what happened."""
AT_ONCE = 200
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One thing that was done with an original, opened."""

    position: int
    at: datetime
    act: Handled
    by_id: uuid.UUID | None
    size: int | None
    said: dict[str, str] = field(default_factory=dict)
    link: str


@dataclass(frozen=True, slots=True)
class Custody:
    """What was done with one original. ``broken_at`` is the first place that was changed."""

    lines: tuple[Line, ...]
    broken_at: int | None


def append(original: Original, handlings: Iterable[Handling]) -> None:
    """Write down what was done with an original, inside the transaction in which it was done."""
    kind, own = _of(original)
    db.session.flush()
    db.session.execute(select(kind.id).where(kind.id == original.id).with_for_update())
    last = db.session.scalar(
        select(CustodyEntry).where(own).order_by(CustodyEntry.position.desc()).limit(1)
    )
    entry, by_id = last, None
    for one in handlings:
        entry, by_id = _entry(original, one, entry), one.by_id or by_id
        db.session.add(entry)
    db.session.flush()
    if entry is not None:
        audit.record(
            audit.Entry(
                act=NOTED,
                scheme_id=original.scheme_id,
                actor_id=by_id,
                target=kind.__tablename__,
                target_id=original.id,
                detail=_head(entry),
            )
        )


def read(original: Still | Video) -> Custody:
    """Return what was done with an original, and whether somebody changed that since."""
    _, own = _of(original)
    found = db.session.scalars(select(CustodyEntry).where(own).order_by(CustodyEntry.position))
    entries = list(found)
    lines = tuple(_line(original, one) for one in entries)
    return Custody(lines, _broken_at(original, entries))


def last_of(original: Original, act: Handled, by_id: uuid.UUID) -> datetime | None:
    """Return when somebody last did something with an original."""
    _, own = _of(original)
    found = select(sa.func.max(CustodyEntry.at)).where(
        own, CustodyEntry.act == act, CustodyEntry.by_id == by_id
    )
    return db.session.scalar(found)


def forget_old() -> int:
    """Forget what was done with originals that were erased long ago; return how many.

    At most AT_ONCE of each kind: the next sweep goes on.
    """
    before = clock.now() - FORGOTTEN_AFTER_MONTHS * 31 * DAY
    forgotten = 0
    for kind, column in ((Still, CustodyEntry.still_id), (Video, CustodyEntry.video_id)):
        old = select(kind.id).join(CustodyEntry, column == kind.id).where(kind.erased_at < before)
        ids = set(db.session.scalars(old.distinct().limit(AT_ONCE)))
        db.session.execute(sa.delete(CustodyEntry).where(column.in_(ids)))
        forgotten += len(ids)
    return forgotten


def _of(original: Original) -> tuple[type[Still] | type[Video], ColumnElement[bool]]:
    if isinstance(original, Video):
        return Video, CustodyEntry.video_id == original.id
    return Still, CustodyEntry.still_id == original.id


def _entry(original: Original, done: Handling, last: CustodyEntry | None) -> CustodyEntry:
    entry = CustodyEntry(
        id=new_id(),
        scheme_id=original.scheme_id,
        position=last.position + 1 if last else 1,
        at=done.at,
        act=done.act,
        by_id=done.by_id,
        size=done.size,
    )
    if isinstance(original, Video):
        entry.video_id = original.id
    else:
        entry.still_id = original.id
    if done.said:
        told = json.dumps(dict(done.said)).encode()
        entry.said_sealed = seal(original.open_key(), told, _context(entry))
    entry.link = _link(original.id, entry, last)
    return entry


def _link(original_id: uuid.UUID, entry: CustodyEntry, last: CustodyEntry | None) -> bytes:
    told = [
        original_id,
        entry.id,
        entry.position,
        entry.at.isoformat(),
        entry.act.value,
        entry.by_id,
        entry.size,
        hashlib.sha256(entry.said_sealed or b"").hexdigest(),
    ]
    key = keyring().source.derive("custody chain")
    before = last.link if last else b""
    return hmac.new(key, before + json.dumps(told, default=str).encode(), hashlib.sha256).digest()


def _line(original: Still | Video, entry: CustodyEntry) -> Line:
    return Line(
        position=entry.position,
        at=entry.at,
        act=entry.act,
        by_id=entry.by_id,
        size=entry.size,
        said=_said(original, entry),
        link=entry.link.hex(),
    )


def _said(original: Still | Video, entry: CustodyEntry) -> dict[str, str]:
    if entry.said_sealed is None or original.data_key is None:
        return {}
    try:
        plain = open_sealed(original.open_key(), entry.said_sealed, _context(entry))
    except DoesNotOpen:
        return {}  # changed since: the chain says so
    said: dict[str, str] = json.loads(plain)
    return said


def _context(entry: CustodyEntry) -> str:
    return f"{entry.scheme_id}|{CustodyEntry.__tablename__}|said|{entry.id}"


def _broken_at(original: Still | Video, entries: Sequence[CustodyEntry]) -> int | None:
    last: CustodyEntry | None = None
    for at, entry in enumerate(entries, start=1):
        is_next = entry.position == at
        if not is_next or not hmac.compare_digest(entry.link, _link(original.id, entry, last)):
            return at
        last = entry
    noted = _noted(original)
    if noted is not None and (last is None or noted != _head(last)):
        return len(entries) + 1
    return None


def _noted(original: Still | Video) -> str | None:
    """Return the newest link that the audit holds of an original."""
    found = (
        select(audit.AuditEvent.detail)
        .where(
            audit.AuditEvent.scheme_id == original.scheme_id,
            audit.AuditEvent.target_id == original.id,
            audit.AuditEvent.act == NOTED,
        )
        .order_by(audit.AuditEvent.position.desc())
        .limit(1)
    )
    return db.session.scalar(found)


def _head(entry: CustodyEntry) -> str:
    return f"{entry.position} {entry.link.hex()}"
