"""What follows when a still is erased, and the sweep of files that never got a row."""

import uuid
from datetime import timedelta

from sqlalchemy import select

from disc.core import clock
from disc.core.blobs import blobs
from disc.core.database import db
from disc.core.jobs import every_hour
from disc.core.outbox import hears
from disc.stills.events import StillErased
from disc.stills.models import Still
from disc.stills.service import FILES, blob_name

ORPHAN_AFTER = timedelta(hours=24)
BATCH = 500
"""Stills asked about in one query."""


@hears(StillErased)
def delete_files(erased: StillErased) -> None:
    """Remove the sealed files of a still whose key is gone."""
    for rendition in FILES:
        blobs().delete(blob_name(erased.scheme_id, erased.still_id, rendition))


@every_hour
def sweep_orphans() -> None:
    """Remove files of pictures whose report was never stored; their key was never stored either."""
    by_still: dict[uuid.UUID, list[str]] = {}
    for name in blobs().names():
        parts = name.split("/")
        if len(parts) == len(("scheme", "still", "rendition")) and _is_old(parts[1]):
            by_still.setdefault(uuid.UUID(parts[1]), []).append(name)
    stills = list(by_still)
    for start in range(0, len(stills), BATCH):
        some = set(stills[start : start + BATCH])
        for orphan in some - _alive(some):
            for name in by_still[orphan]:
                blobs().delete(name)


def _is_old(still_id: str) -> bool:
    """A version 7 UUID begins with the millisecond of its making."""
    made = (uuid.UUID(still_id).int >> 80) / 1000
    return clock.now().timestamp() - made > ORPHAN_AFTER.total_seconds()


def _alive(still_ids: set[uuid.UUID]) -> set[uuid.UUID]:
    """Return which stills have a row that is not erased; the reading ends at once."""
    found = select(Still.id).where(Still.id.in_(still_ids), Still.erased_at.is_(None))
    alive = set(db.session.scalars(found))
    db.session.rollback()
    return alive
