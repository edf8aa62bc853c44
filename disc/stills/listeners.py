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
from disc.stills.service import ORIGINAL, RENDITIONS, blob_name

ORPHAN_AFTER = timedelta(hours=24)


@hears(StillErased)
def delete_files(erased: StillErased) -> None:
    """Remove the sealed files of a still whose key is gone."""
    for rendition in (ORIGINAL, *RENDITIONS):
        blobs().delete(blob_name(erased.scheme_id, erased.still_id, rendition))


@every_hour
def sweep_orphans() -> None:
    """Remove files of pictures whose report was never stored; their key was never stored either."""
    for name in list(blobs().names()):
        parts = name.split("/")
        if len(parts) == 3 and _is_old(parts[1]) and _is_orphan(parts[1]):  # noqa: PLR2004 - scheme/still/rendition
            blobs().delete(name)
    db.session.rollback()


def _is_old(still_id: str) -> bool:
    """A version 7 UUID begins with the millisecond of its making."""
    made = (uuid.UUID(still_id).int >> 80) / 1000
    return clock.now().timestamp() - made > ORPHAN_AFTER.total_seconds()


def _is_orphan(still_id: str) -> bool:
    row = db.session.execute(select(Still.erased_at).where(Still.id == uuid.UUID(still_id))).first()
    return row is None or row[0] is not None
