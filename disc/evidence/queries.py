"""Reads of originals: a member's own uploads, and what belongs to a report."""

import uuid
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import ColumnElement, func, or_, select

from disc.access.actor import Actor
from disc.core import clock
from disc.core.database import db
from disc.core.errors import Missing
from disc.evidence.models import Video, VideoPiece
from disc.incidents.models import Incident, IncidentStill
from disc.incidents.queries import get_report
from disc.police.models import Escalation
from disc.police.queries import find_escalation
from disc.stills.models import Still

MOST_LISTED = 20
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Evidence:
    """A report's originals as a target of the policy."""

    id: uuid.UUID
    scheme_id: uuid.UUID
    area_id: uuid.UUID
    is_shared: bool
    """Whether the police have the report."""


def get_upload(actor: Actor, video_id: uuid.UUID, *, hold: bool = False) -> Video:
    """Return a video that the actor sends or sent; held, nobody else changes it. Raises Missing."""
    found = select(Video).where(Video.id == video_id, *_own(actor))
    if hold:
        found = found.with_for_update(of=Video).execution_options(populate_existing=True)
    video = db.session.scalar(found)
    if video is None:
        raise Missing
    return video


def uploads(actor: Actor, incident_id: uuid.UUID | None) -> list[Video]:
    """List the actor's videos of a report; without one, those that have no report yet."""
    found = select(Video).where(*_own(actor), Video.incident_id == incident_id)
    return list(db.session.scalars(found.order_by(Video.begun_at).limit(MOST_LISTED)))


def find_upload(actor: Actor, upload_id: uuid.UUID) -> list[Video]:
    """List the actor's uploads of one file, the newest first."""
    found = select(Video).where(*_own(actor), Video.upload_id == upload_id)
    return list(db.session.scalars(found.order_by(Video.begun_at.desc())))


def unfinished(actor: Actor) -> int:
    """Count the actor's uploads that have not come to their end."""
    found = select(func.count()).where(*_own(actor), Video.finished_at.is_(None))
    return db.session.scalar(found) or 0


def sent_lately(actor: Actor) -> int:
    """Count the bytes of the actor's videos of the last day, and of those without a report."""
    lately = or_(Video.begun_at > clock.now() - DAY, Video.incident_id.is_(None))
    return db.session.scalar(select(func.sum(Video.size)).where(*_own(actor), lately)) or 0


def marks_of(video_id: uuid.UUID) -> tuple[str, ...]:
    """Return the marks of a video's sealed files, in order."""
    found = select(VideoPiece.mark).where(VideoPiece.video_id == video_id)
    return tuple(db.session.scalars(found.order_by(VideoPiece.number)))


def videos_of(incident_id: uuid.UUID) -> list[Video]:
    """List the videos of a report that are whole."""
    found = select(Video).where(Video.incident_id == incident_id, *_whole())
    return list(db.session.scalars(found.order_by(Video.begun_at)))


def all_videos_of(incident_id: uuid.UUID) -> list[Video]:
    """List every video of a report, unfinished and erased ones too."""
    found = select(Video).where(Video.incident_id == incident_id)
    return list(db.session.scalars(found.order_by(Video.begun_at)))


def pictures_of(incident_id: uuid.UUID) -> list[Still]:
    """List every picture of a report, erased ones too."""
    found = select(Still).join(IncidentStill).where(IncidentStill.incident_id == incident_id)
    return list(db.session.scalars(found.order_by(Still.id)))


def get_evidence(actor: Actor, incident_id: uuid.UUID) -> tuple[Incident, Evidence]:
    """Return a report of the scheme, and what the policy asks of it. Raises Missing."""
    incident = get_report(actor, incident_id)
    return incident, as_target(incident)


def as_target(incident: Incident) -> Evidence:
    """Return a report's originals as a target of the policy."""
    shared = shared_report(incident.id) is not None
    return Evidence(incident.id, incident.scheme_id, incident.area_id, shared)


def shared_report(incident_id: uuid.UUID) -> Escalation | None:
    """Return how a report was shared with the police, while they have it."""
    shared = find_escalation(incident_id)
    return shared if shared is not None and shared.erase_on > clock.today() else None


def get_video(actor: Actor, video_id: uuid.UUID) -> tuple[Video, Evidence]:
    """Return a whole video of a report of the scheme, with its report. Raises Missing."""
    found = select(Video).where(Video.id == video_id, Video.scheme_id == actor.scheme_id)
    video = db.session.scalar(found.where(*_whole()))
    if video is None or video.incident_id is None:
        raise Missing
    return video, get_evidence(actor, video.incident_id)[1]


def _whole() -> tuple[ColumnElement[bool], ...]:
    return (
        Video.finished_at.is_not(None),
        Video.erased_at.is_(None),
        Video.erase_on > clock.today(),
    )


def _own(actor: Actor) -> tuple[ColumnElement[bool], ...]:
    return (
        Video.scheme_id == actor.scheme_id,
        Video.uploader_id == actor.id,
        Video.erased_at.is_(None),
        Video.erase_on > clock.today(),
    )
