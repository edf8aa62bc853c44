"""A video on its way: begun, kept piece by piece, finished.

Files are written before the row that names them, and outside of any transaction: a crash between
leaves the video as it was, and the sweep removes the file.
"""

import uuid
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select

from disc.access.actor import Actor
from disc.core import audit, clock
from disc.core.blobs import NoSuchBlob, blobs
from disc.core.database import db, new_id
from disc.core.transaction import writing
from disc.core.vault import DoesNotOpen
from disc.evidence import queries, rules, service
from disc.evidence.errors import (
    DamagedVideo,
    NoRoom,
    NotAVideo,
    PieceCut,
    TooManyVideos,
    Unfinished,
    VideoTooLarge,
)
from disc.evidence.models import Video, VideoPiece
from disc.evidence.pieces import blob_name, keep
from disc.incidents.models import Incident
from disc.incidents.queries import find_submission
from disc.members.models import Member
from disc.members.service import require_live
from disc.stills.ports import Handled

MEGABYTE = 1024 * 1024
KEPT_FREE = 1024 * MEGABYTE
"""Bytes of the disk that no video may fill."""
INTERRUPTED = timedelta(minutes=1)
"""After so long without a piece an upload was interrupted, and is written down as gone on with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewVideo:
    """What a phone says of a video before it sends it; ``goes_on`` that it has sent of it already.

    The report is named by its number, or by that of the page on which it is still being written.
    """

    upload_id: uuid.UUID
    submission_id: uuid.UUID
    incident_id: uuid.UUID | None
    size: int
    name: str
    sha256: str = ""
    device_time: str = ""
    goes_on: bool = False


def begin(actor: Actor, new: NewVideo) -> Video:
    """Begin a video, or go on with one that was begun before. Raises what ``errors`` says."""
    require_live(actor.scheme_id)
    db.session.execute(select(Member.id).where(Member.id == actor.id).with_for_update())
    video = _begun(actor, new)
    if video is None:
        _require_room(actor, new.size)
        video = _row(actor, new)
        db.session.add(video)
        service.note(
            video,
            Handled.BEGUN,
            actor.id,
            said=service.said(device=new.device_time, name=video.name),
        )
        audit.record(audit.by(actor, "video begun", "video", video.id))
    elif video.finished_at is None:
        service.note(video, Handled.RESUMED, actor.id, said=service.said(device=new.device_time))
        video.touched_at = clock.now()
    service.join(video, _report_of(actor, new))
    return video


def keep_piece(actor: Actor, video_id: uuid.UUID, number: int, plain: bytes) -> Video:
    """Keep the piece that comes next; one that is there already is left as it is.

    It begins its own transaction. ``number`` is at most how many there are. Raises PieceCut, or
    NotAVideo, which gives the upload up.
    """
    video = queries.get_upload(actor, video_id)
    if number < video.pieces_kept or video.finished_at is not None:
        return video
    if len(plain) != rules.piece_length(number, video.size, video.piece_bytes):
        raise PieceCut
    kind = rules.kind_of(plain[: rules.HEAD_BYTES]) if number == 0 else video.kind
    if kind is None:
        service.give_up(actor, video_id)
        raise NotAVideo
    stored, mark = service.pieces_of(video), new_id().hex
    db.session.rollback()
    keep(stored, number, plain, mark)
    with writing():
        video = queries.get_upload(actor, video_id, hold=True)
        was_first = number == video.pieces_kept
        if was_first:
            _add_piece(actor, video, VideoPiece(video_id=video.id, number=number, mark=mark), kind)
    if not was_first:  # the same piece came from another tab meanwhile
        blobs().delete(blob_name(stored.scheme_id, video_id, number, mark))
    return queries.get_upload(actor, video_id)


def finish(actor: Actor, video_id: uuid.UUID) -> Video:
    """Read a video whole, piece by piece, and keep its digest: only now may it be taken out.

    It begins its own transaction. Raises Unfinished, or DamagedVideo, which gives the upload up.
    """
    video = queries.get_upload(actor, video_id)
    if video.finished_at is not None:
        return video
    if video.pieces_kept != rules.piece_count(video.size, video.piece_bytes):
        raise Unfinished
    stored, wanted = service.pieces_of(video), video.said_sha256
    db.session.rollback()
    try:
        sha256 = stored.sha256()
    except (DoesNotOpen, NoSuchBlob):
        sha256 = ""
    if not sha256 or (wanted and wanted != sha256):
        service.give_up(actor, video_id)
        raise DamagedVideo
    made = rules.container_time(stored.read_part, stored.size)
    with writing():
        video = queries.get_upload(actor, video_id, hold=True)
        if video.finished_at is None:
            _finish(actor, video, sha256, made.isoformat() if made else "")
    return queries.get_upload(actor, video_id)


def _begun(actor: Actor, new: NewVideo) -> Video | None:
    """Return the upload of the same file to go on with: of this report, or one cut off without any.

    Another page may be sending the same file at this moment, for a report of its own. One that
    came whole may lie in wait for another page's report: only ``service.use`` takes it from there.
    """
    same = [one for one in queries.find_upload(actor, new.upload_id) if one.size == new.size]
    for video in same:
        if video.submission_id == new.submission_id:
            return video
    idle = clock.now() - INTERRUPTED
    for video in same:
        is_cut_off = video.finished_at is None and (new.goes_on or video.touched_at < idle)
        if is_cut_off and video.incident_id is None:
            video.submission_id = new.submission_id
            return video
    return None


def _require_room(actor: Actor, size: int) -> None:
    settings = service.settings()
    if size > settings.video_megabytes * MEGABYTE:
        raise VideoTooLarge(settings.video_megabytes)
    most = settings.video_megabytes_a_day * MEGABYTE
    too_many = queries.unfinished(actor) >= settings.videos_at_once
    if too_many or queries.sent_lately(actor) + size > most:
        raise TooManyVideos
    if not blobs().has_room(size, KEPT_FREE):
        raise NoRoom


def _row(actor: Actor, new: NewVideo) -> Video:
    settings = service.settings()
    video = Video(
        id=new_id(),
        scheme_id=actor.scheme_id,
        uploader_id=actor.id,
        upload_id=new.upload_id,
        submission_id=new.submission_id,
        size=new.size,
        piece_bytes=settings.video_piece_kilobytes * 1024,
        erase_on=service.swept_on(),
    )
    video.name, video.said_sha256 = rules.clean_name(new.name), new.sha256
    video.device_time = new.device_time
    return video


def _report_of(actor: Actor, new: NewVideo) -> Incident | None:
    if new.incident_id is not None:
        return db.session.get(Incident, new.incident_id)
    return find_submission(actor, new.submission_id)


def _add_piece(actor: Actor, video: Video, piece: VideoPiece, kind: str) -> None:
    if clock.now() - video.touched_at > INTERRUPTED:
        kept = video.pieces_kept * video.piece_bytes
        service.note(video, Handled.RESUMED, actor.id, size=kept)
    video.kind, video.touched_at = kind, clock.now()
    video.pieces_kept = piece.number + 1
    db.session.add(piece)


def _finish(actor: Actor, video: Video, sha256: str, captured: str) -> None:
    video.sha256, video.captured, video.finished_at = sha256, captured, clock.now()
    said = service.said(sha256=sha256, device=video.device_time, captured=captured, name=video.name)
    service.note(video, Handled.RECEIVED, actor.id, size=video.size, said=said)
    service.note(video, Handled.SEALED, None)
    audit.record(audit.by(actor, "video received", "video", video.id))
    if video.incident_id is not None:
        service.join(video, db.session.get(Incident, video.incident_id))
