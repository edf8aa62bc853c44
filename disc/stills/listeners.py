"""What follows when a still is edited or erased, and the sweep of files that no row names."""

import uuid
from datetime import timedelta

from sqlalchemy import select

from disc.core import clock
from disc.core.blobs import blobs
from disc.core.database import db
from disc.core.jobs import every_hour
from disc.core.outbox import hears
from disc.stills.events import StillEdited, StillErased
from disc.stills.models import Still
from disc.stills.service import FILES, RENDITIONS, blob_name, drop_renditions

ORPHAN_AFTER = timedelta(hours=24)
BATCH = 500
"""Stills asked about in one query."""


@hears(StillErased)
def delete_files(erased: StillErased) -> None:
    """Remove the sealed files of a still whose key is gone."""
    for rendition in FILES:
        blobs().delete(blob_name(erased.scheme_id, erased.still_id, rendition))
    shown_as = _marks({erased.still_id}, erased=True).get(erased.still_id)
    if shown_as:
        drop_renditions(erased.scheme_id, erased.still_id, shown_as)


@hears(StillEdited)
def delete_files_of_before(edited: StillEdited) -> None:
    """Remove the files that showed a still before its edit, where they do not show it again."""
    drop_renditions(edited.scheme_id, edited.still_id, edited.before)


@every_hour
def sweep_orphans() -> None:
    """Remove files that no row names: of pictures whose report was never stored, whose key was
    never stored either, and of edits that were never saved or were followed by others.
    """
    by_still: dict[uuid.UUID, list[str]] = {}
    for name in blobs().names():
        parts = name.split("/")
        if len(parts) == len(("scheme", "still", "rendition")) and _is_old(parts[1]):
            by_still.setdefault(uuid.UUID(parts[1]), []).append(name)
    stills = list(by_still)
    for start in range(0, len(stills), BATCH):
        some = set(stills[start : start + BATCH])
        marks = _marks(some, erased=False)
        for still_id in some:
            for name in by_still[still_id]:
                if still_id not in marks or _is_left_over(name, marks[still_id]):
                    blobs().delete(name)


def _is_left_over(name: str, shown_as: str) -> bool:
    """Say whether a file showed a still before, or was to show it and never did.

    Those of an edit that is being saved just now are young.
    """
    rendition, _, mark = name.rsplit("/", 1)[1].partition("-")
    return rendition in RENDITIONS and mark != shown_as and (not mark or _is_old(mark))


def _is_old(made_as: str) -> bool:
    """A version 7 UUID, of a still or of an edit, begins with the millisecond of its making."""
    made = (uuid.UUID(made_as).int >> 80) / 1000
    return clock.now().timestamp() - made > ORPHAN_AFTER.total_seconds()


def _marks(still_ids: set[uuid.UUID], *, erased: bool) -> dict[uuid.UUID, str]:
    """Return which files show the stills that are, or are not, erased; the reading ends at once."""
    gone = Still.erased_at.is_not(None) if erased else Still.erased_at.is_(None)
    found = select(Still.id, Still.shown_as).where(Still.id.in_(still_ids), gone)
    marks = {row.id: row.shown_as for row in db.session.execute(found)}
    db.session.rollback()
    return marks
