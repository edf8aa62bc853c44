"""All fingerprints of a scheme made again, beside the running site and in small steps."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, func, or_, select, update

from disc.core.blobs import NoSuchBlob
from disc.core.database import db
from disc.core.logs import log_fault
from disc.core.transaction import writing
from disc.core.vault import DoesNotOpen
from disc.matching.comparing import compare, fingerprint_again
from disc.matching.models import Fingerprint
from disc.matching.queries import has_fingerprint, is_shown
from disc.matching.service import forget_fingerprint, forget_still, take_turn, tidy
from disc.stills.models import Still
from disc.stills.service import drop_features

BATCH = 50
"""Stills whose ids are read at once."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How many stills were done, of how many, and how many of them could not be read."""

    done: int
    of: int
    unread: int


def rebuild(scheme_id: uuid.UUID) -> Iterator[Progress]:
    """Make the fingerprints of a scheme's stills again, and drop those of stills that are gone.

    Where it was stopped it goes on: what is to be made again is marked, and found by its old
    fingerprint meanwhile. A still that had none that could be read was not seen by those that
    came after it, so it is compared with them as if it came now.
    """
    _drop_gone(scheme_id)
    _mark(scheme_id)
    of, done, unread = _count(scheme_id), 0, 0
    yield Progress(done, of, unread)
    after = uuid.UUID(int=0)
    while batch := _next(scheme_id, after):
        for still_id in batch:
            unread += not _make_again(still_id)
            done += 1
            yield Progress(done, max(of, done), unread)
        after = batch[-1]


def _make_again(still_id: uuid.UUID) -> bool:
    """Make one fingerprint again and say whether its picture could be read."""
    from disc.matching.likeness.fingerprint import FINGERPRINT_VERSION

    known = has_fingerprint(still_id, FINGERPRINT_VERSION)
    db.session.rollback()
    try:
        if known:
            fingerprint_again(still_id)
        else:
            compare(still_id)
    except (NoSuchBlob, DoesNotOpen):
        with writing():
            forget_fingerprint(still_id)
        return False
    except Exception as error:  # noqa: BLE001 - one bad picture must not stop the rest
        db.session.rollback()
        log_fault(error)
        with writing():
            db.session.execute(
                update(Fingerprint).where(Fingerprint.still_id == still_id).values(again=False)
            )
        return False
    return True


def _mark(scheme_id: uuid.UUID) -> None:
    """Mark every fingerprint to be made again, unless an earlier run did and was stopped.

    A hidden still is left as it is: it is looked at when it is shown again.
    """
    shown = select(Still.id).where(Still.scheme_id == scheme_id, is_shown())
    ours = (Fingerprint.scheme_id == scheme_id, Fingerprint.still_id.in_(shown))
    marked = select(Fingerprint.still_id).where(*ours, Fingerprint.again.is_(True))
    with writing():
        if db.session.scalars(marked.limit(1)).first() is None:
            db.session.execute(update(Fingerprint).where(*ours).values(again=True))


def _wanting(scheme_id: uuid.UUID) -> ColumnElement[bool]:
    from disc.matching.likeness.fingerprint import FINGERPRINT_VERSION

    old = or_(
        Fingerprint.still_id.is_(None),
        Fingerprint.version != FINGERPRINT_VERSION,
        Fingerprint.again.is_(True),
    )
    return (Still.scheme_id == scheme_id) & is_shown() & old


def _count(scheme_id: uuid.UUID) -> int:
    counted = (
        select(func.count())
        .select_from(Still)
        .outerjoin(Fingerprint, Fingerprint.still_id == Still.id)
        .where(_wanting(scheme_id))
    )
    found = db.session.scalar(counted) or 0
    db.session.rollback()
    return found


def _next(scheme_id: uuid.UUID, after: uuid.UUID) -> list[uuid.UUID]:
    """List some of the stills that are still to be done, in the order of their arrival."""
    found = (
        select(Still.id)
        .outerjoin(Fingerprint, Fingerprint.still_id == Still.id)
        .where(_wanting(scheme_id), Still.id > after)
    )
    return _read(found.order_by(Still.id).limit(BATCH))


def _drop_gone(scheme_id: uuid.UUID) -> None:
    """Drop what is left of erased and withdrawn stills, such as a restored backup brings back."""
    gone = (
        select(Still.id)
        .join(Fingerprint, Fingerprint.still_id == Still.id)
        .where(
            Still.scheme_id == scheme_id,
            or_(
                Still.erased_at.is_not(None),
                Still.data_key_id.is_(None),
                Still.withdrawn_at.is_not(None),
            ),
        )
        .limit(BATCH)
    )
    while batch := _read(gone):
        with writing():
            take_turn(scheme_id)
            for still_id in batch:
                forget_still(still_id)
            tidy(scheme_id)
        for still_id in batch:
            drop_features(scheme_id, still_id)


def _read(found: Select[uuid.UUID]) -> list[uuid.UUID]:
    """Read some ids, and end the reading at once."""
    ids = list(db.session.scalars(found))
    db.session.rollback()
    return ids
