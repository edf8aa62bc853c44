"""Each scheme's sketches in the worker's memory, brought up to date before they are searched.

Several workers may run, and each hears only some of the news. So a shelf asks the database what
was made and what was erased since it last asked. What a search names is looked up in the database
once more: a shelf is never the last word on whether a still is there.
"""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from threading import Lock
from typing import TYPE_CHECKING

from flask import current_app
from sqlalchemy import select

from disc.core import clock
from disc.core.database import db
from disc.core.vault import DoesNotOpen, open_sealed
from disc.matching.models import Fingerprint
from disc.matching.queries import sketch_context
from disc.stills.models import Still

if TYPE_CHECKING:
    from disc.matching.likeness.shelf import Shelf

OVERLAP = timedelta(minutes=2)
"""How far back a shelf asks again: rows are stamped before their commit, by clocks that differ."""
BATCH = 500
"""Sketches read in one transaction."""


class LiveShelf:
    """One scheme's shelf, and until when it is known to be complete."""

    def __init__(self, scheme_id: uuid.UUID) -> None:
        from disc.matching.likeness.shelf import Shelf

        self.lock = Lock()
        self.shelf: Shelf = Shelf()
        self._scheme_id = scheme_id
        self._asked_at: datetime | None = None
        self._lately: dict[uuid.UUID, datetime] = {}

    def refresh(self) -> None:
        """Take up what was made since the last time, and drop what was erased."""
        since = self._asked_at and self._asked_at - OVERLAP
        now = clock.now()
        made = _made(self._scheme_id, since)
        news = [one for one, at in made.items() if self._lately.get(one) != at]
        for start in range(0, len(news), BATCH):
            for still_id, packed in _sketches(news[start : start + BATCH]):
                self._put(still_id, packed)
        if since is not None:
            for still_id in _erased(self._scheme_id, since):
                self.shelf.remove(still_id)
        self._asked_at = now
        self._lately = {one: at for one, at in made.items() if at >= now - OVERLAP}

    def _put(self, still_id: uuid.UUID, packed: bytes) -> None:
        from disc.matching.likeness.fingerprint import Sketch

        self.shelf.add(still_id, Sketch.unpack(packed))


@contextmanager
def shelf_of(scheme_id: uuid.UUID) -> Iterator["Shelf"]:
    """Give a scheme's shelf as it is now, to whoever searches it; one at a time."""
    live = _shelves().get(scheme_id) or _shelves().setdefault(scheme_id, LiveShelf(scheme_id))
    with live.lock:
        live.refresh()
        db.session.rollback()  # what follows takes long, and must hold no reading open
        yield live.shelf


def forget(scheme_id: uuid.UUID, still_id: uuid.UUID) -> None:
    """Take a still off this process's shelf, if it has one."""
    live = _shelves().get(scheme_id)
    if live is not None:
        with live.lock:
            live.shelf.remove(still_id)


def _shelves() -> dict[uuid.UUID, LiveShelf]:
    found: dict[uuid.UUID, LiveShelf] = current_app.extensions.setdefault("shelves", {})
    return found


def _made(scheme_id: uuid.UUID, since: datetime | None) -> dict[uuid.UUID, datetime]:
    """Return which fingerprints the code can read, and when each was made."""
    from disc.matching.likeness.fingerprint import FINGERPRINT_VERSION

    found = select(Fingerprint.still_id, Fingerprint.made_at).where(
        Fingerprint.scheme_id == scheme_id, Fingerprint.version == FINGERPRINT_VERSION
    )
    if since is not None:
        found = found.where(Fingerprint.made_at >= since)
    return {row.still_id: row.made_at for row in db.session.execute(found)}


def _sketches(still_ids: list[uuid.UUID]) -> Iterator[tuple[uuid.UUID, bytes]]:
    """Open some sketches; a still that was erased meanwhile has none."""
    found = (
        select(Fingerprint.sketch, Still)
        .join(Still, Still.id == Fingerprint.still_id)
        .where(Fingerprint.still_id.in_(still_ids), Still.erased_at.is_(None))
    )
    for sealed, still in db.session.execute(found).all():
        try:
            yield still.id, open_sealed(still.open_key(), sealed, sketch_context(still))
        except DoesNotOpen:
            continue
    db.session.rollback()


def _erased(scheme_id: uuid.UUID, since: datetime) -> list[uuid.UUID]:
    found = select(Still.id).where(Still.scheme_id == scheme_id, Still.erased_at >= since)
    return list(db.session.scalars(found))
