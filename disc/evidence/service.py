"""Videos: joined to their report, given up, erased."""

import uuid
from datetime import date, timedelta

from flask import current_app
from sqlalchemy import select

from config import Settings
from disc.access.actor import Actor
from disc.core import audit, clock
from disc.core.blobs import blobs
from disc.core.database import db
from disc.core.keys import erase_key
from disc.core.outbox import publish
from disc.core.transaction import writing
from disc.evidence import custody, queries
from disc.evidence.errors import BelongsToReport, NoVideoOfWelfare
from disc.evidence.events import VideoErased
from disc.evidence.models import Video
from disc.evidence.pieces import Pieces
from disc.incidents.kinds import WELFARE
from disc.incidents.models import Incident
from disc.incidents.queries import find_submission
from disc.stills.ports import Handled, Handling


def use(actor: Actor, video_id: uuid.UUID, submission_id: uuid.UUID) -> Video:
    """Let a video that has no report yet go with the report of a page. Raises Missing."""
    video = queries.get_upload(actor, video_id, hold=True)
    if video.incident_id is None:
        video.submission_id = submission_id
        join(video, find_submission(actor, submission_id))
    return video


def give_up(actor: Actor, video_id: uuid.UUID) -> None:
    """Erase a video that its sender takes back before it has a report, or before it is whole.

    It begins its own transaction. Raises Missing, or BelongsToReport.
    """
    with writing():
        video = queries.get_upload(actor, video_id, hold=True)
        if video.finished_at is not None and video.incident_id is not None:
            raise BelongsToReport
        erase_video(video, actor.id)


def join_report(incident: Incident) -> None:
    """Join the videos of the page on which a report was written to the report.

    To one of somebody who needs help none is joined: it is erased on its day, as one without any.
    """
    if incident.kind in WELFARE:
        return
    found = select(Video).where(
        Video.uploader_id == incident.reporter_id,
        Video.submission_id == incident.submission_id,
        Video.incident_id.is_(None),
        Video.erased_at.is_(None),
    )
    for video in db.session.scalars(found.with_for_update(of=Video)):
        join(video, incident)


def erase_video(video: Video, by_id: uuid.UUID | None = None) -> None:
    """Erase a video: its key now, its sealed files right after the commit."""
    if video.erased_at is not None:
        return
    note(video, Handled.ERASED, by_id)
    erase_key(video)
    for column in Video.__table__.columns:
        if column.name.endswith("_sealed"):
            setattr(video, column.name, None)
    video.erased_at = clock.now()
    video.upload_id = video.id  # the file may come again
    db.session.flush()
    publish(VideoErased(video_id=video.id, scheme_id=video.scheme_id))
    audit.record(
        audit.Entry(
            act="video erased",
            scheme_id=video.scheme_id,
            actor_id=by_id,
            target="video",
            target_id=video.id,
        )
    )


def pieces_of(video: Video) -> Pieces:
    """Return a video's pieces with what opens them; reading them needs no database."""
    return Pieces(
        store=blobs(),
        scheme_id=video.scheme_id,
        video_id=video.id,
        key=video.open_key(),
        size=video.size,
        piece=video.piece_bytes,
        marks=queries.marks_of(video.id),
    )


def settings() -> Settings:
    """Return the choices of the installation."""
    chosen: Settings = current_app.extensions["settings"]
    return chosen


def swept_on() -> date:
    """Return the day on which an upload that nobody finished or used is erased."""
    return clock.today() + timedelta(days=settings().video_days)


def join(video: Video, incident: Incident | None) -> None:
    """Let a video belong to a report; whole, it then stays as long as the report does.

    Raises NoVideoOfWelfare.
    """
    if incident is not None and incident.kind in WELFARE:
        raise NoVideoOfWelfare
    if incident is not None and incident.erased_at is None:
        video.incident_id, video.submission_id = incident.id, incident.submission_id
        if video.finished_at is not None:
            video.erase_on = incident.erase_on
            _note_if_shared(video)
    elif video.finished_at is None:
        video.erase_on = swept_on()
    db.session.flush()


def _note_if_shared(video: Video) -> None:
    """Say that the police have a video that came after its report was shared with them."""
    shared = queries.shared_report(video.incident_id) if video.incident_id else None
    if shared is not None:
        note(video, Handled.SHARED, shared.escalated_by_id)


def note(
    video: Video,
    act: Handled,
    by_id: uuid.UUID | None,
    *,
    size: int | None = None,
    said: dict[str, str] | None = None,
) -> None:
    """Write down what was done with a video."""
    custody.append(video, [Handling(act=act, by_id=by_id, size=size, said=said or {})])


def said(**words: str) -> dict[str, str]:
    """Return what was said of a video, of what was said at all."""
    return {name: told for name, told in words.items() if told}
