"""What follows for originals: written down, joined to their report, removed from the store."""

import uuid
from datetime import timedelta

from sqlalchemy import delete, select

from disc.core import clock
from disc.core.blobs import blobs
from disc.core.database import db
from disc.core.jobs import every_hour
from disc.core.outbox import hears
from disc.core.transaction import writing
from disc.evidence import custody
from disc.evidence.events import VideoErased
from disc.evidence.models import VideoPiece
from disc.evidence.pieces import FOLDER, blob_name
from disc.evidence.queries import pictures_of, videos_of
from disc.evidence.service import join_report
from disc.incidents.events import IncidentReported
from disc.incidents.models import Incident
from disc.police.events import ReportShared
from disc.police.models import Escalation
from disc.stills.ports import Handled, Handling, Original, keeps_custody

ORPHAN_AFTER = timedelta(hours=24)
PARTS = len(("scheme", FOLDER, "video", "piece"))


@keeps_custody
def keep_custody(still: Original, handlings: tuple[Handling, ...]) -> None:
    """Write down what was done with the original of a picture."""
    custody.append(still, handlings)


@hears(IncidentReported)
def join_videos(reported: IncidentReported) -> None:
    """Join the videos of a report's page to the report, whichever came first."""
    with writing():
        join_report(db.session.get_one(Incident, reported.incident_id))


@hears(ReportShared)
def note_shared(told: ReportShared) -> None:
    """Write down of each original that the police have it, once."""
    with writing():
        shared = db.session.get(Escalation, told.escalation_id)
        if shared is None:
            return
        done = Handling(act=Handled.SHARED, at=shared.escalated_at, by_id=shared.escalated_by_id)
        stills = [one for one in pictures_of(shared.incident_id) if not one.is_erased]
        originals: list[Original] = [*stills, *videos_of(shared.incident_id)]
        for original in originals:
            if custody.last_of(original, Handled.SHARED, shared.escalated_by_id) is None:
                custody.append(original, [done])


@hears(VideoErased)
def delete_pieces(erased: VideoErased) -> None:
    """Remove the sealed files of a video whose key is gone, then the rows that name them."""
    found = select(VideoPiece.number, VideoPiece.mark).where(VideoPiece.video_id == erased.video_id)
    pieces = db.session.execute(found).all()
    db.session.rollback()
    for number, mark in pieces:
        blobs().delete(blob_name(erased.scheme_id, erased.video_id, number, mark))
    with writing() as session:
        session.execute(delete(VideoPiece).where(VideoPiece.video_id == erased.video_id))


@every_hour
def sweep_pieces() -> None:
    """Remove pieces that no row names: their upload was cut off between file and row."""
    by_video: dict[uuid.UUID, list[str]] = {}
    for name in blobs().names():
        parts = name.split("/")
        if len(parts) == PARTS and parts[1] == FOLDER and _is_old(parts[3]):
            by_video.setdefault(uuid.UUID(parts[2]), []).append(name)
    for video_id, names in by_video.items():
        found = select(VideoPiece.mark).where(VideoPiece.video_id == video_id)
        marks = set(db.session.scalars(found))
        db.session.rollback()
        for name in names:
            if name.rpartition("-")[2] not in marks:
                blobs().delete(name)


def _is_old(file: str) -> bool:
    """A file's mark is a version 7 UUID: it begins with the millisecond of its making."""
    made = (uuid.UUID(file.rpartition("-")[2]).int >> 80) / 1000
    return clock.now().timestamp() - made > ORPHAN_AFTER.total_seconds()
