"""What follows when a still is edited, hidden or erased: on open pages at once, and in the store.

And the sweep of files that no row names.
"""

import uuid
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select

from disc.access.permissions import Permission
from disc.access.policy import permits
from disc.core import clock
from disc.core.blobs import blobs
from disc.core.database import db
from disc.core.jobs import every_hour
from disc.core.live import News, follows, live
from disc.core.outbox import Lane, hears
from disc.core.transaction import writing
from disc.stills.events import (
    ManyViewsChanged,
    StillEdited,
    StillErased,
    StillGone,
    StillViewChanged,
)
from disc.stills.models import Still
from disc.stills.service import FILES, RENDITIONS, blob_name, drop_renditions, hide_past_day

ORPHAN_AFTER = timedelta(hours=24)
HIDDEN_AT_ONCE = 50
"""Stills a transaction."""
BATCH = 500
"""Stills asked about in one query."""


@dataclass(frozen=True, slots=True)
class _Seen:
    """A picture as a target of the policy."""

    scheme_id: uuid.UUID


@hears(StillGone, Lane.LIVE)
def tell_gone(gone: StillGone) -> None:
    """Tell every process that nobody may see a picture any more."""
    live().tell("picture_gone", id=gone.still_id, scheme_id=gone.scheme_id)


@hears(StillViewChanged, Lane.LIVE)
def tell_changed(changed: StillViewChanged) -> None:
    """Tell every process that a picture is seen otherwise, or by fewer."""
    live().tell("picture_changed", id=changed.still_id, scheme_id=changed.scheme_id)


@hears(ManyViewsChanged, Lane.LIVE)
def tell_many_changed(changed: ManyViewsChanged) -> None:
    """Tell every process that many pictures of a scheme are seen by others: once, not for each."""
    live().tell("pictures_changed", scheme_id=changed.scheme_id)


@follows("picture_gone")
def send_gone(told: News) -> None:
    """Take a picture off the open pages of this process's sockets."""
    _send("picture_gone", told, {"id": told["id"]})


@follows("picture_changed")
def send_changed(told: News) -> None:
    """Let the open pages that show a picture ask for it again; who may see it is asked then."""
    _send("picture_changed", told, {"id": told["id"]})


@follows("pictures_changed")
def send_many_changed(told: News) -> None:
    """Let the scheme's open pages ask about their pictures; who may see which is answered then."""
    _send("check_pictures", told, {})


@follows("gap")
def send_after_gap(_told: News) -> None:
    """Let open pages ask about their pictures: this process may have missed news of them."""
    live().send(
        "check_pictures", {}, may=lambda actor: permits(actor, Permission.SEE_PICTURE, actor)
    )


def _send(event: str, told: News, news: News) -> None:
    target = _Seen(uuid.UUID(told["scheme_id"]))
    live().send(
        event,
        news,
        may=lambda actor: permits(actor, Permission.SEE_PICTURE, target),
    )


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
def hide_on_their_day() -> None:
    """Hide each picture on its day; links and pages are refused from midnight by the day itself."""
    due = select(Still).where(
        Still.hide_on <= clock.today(), Still.hidden_at.is_(None), Still.erased_at.is_(None)
    )
    while True:
        with writing():
            found = list(db.session.scalars(due.limit(HIDDEN_AT_ONCE).with_for_update(of=Still)))
            for still in found:
                hide_past_day(still)
        if len(found) < HIDDEN_AT_ONCE:
            return


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
