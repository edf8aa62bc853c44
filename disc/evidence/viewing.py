"""A video taken out: opened a piece at a time, whole or in part, and written down first."""

import re
from datetime import timedelta

from flask import Response, request

from disc.access.actor import Actor
from disc.access.guard import note_seen
from disc.core import audit, clock
from disc.core.transaction import writing
from disc.evidence import custody
from disc.evidence.models import Video
from disc.evidence.queries import get_video
from disc.evidence.service import pieces_of
from disc.stills.ports import Handled, Handling

ONE_TAKING = timedelta(minutes=10)
"""Parts that the same person asks for within it are one taking out."""
RANGE = re.compile(r"bytes=(\d*)-(\d*)")


def take_out(actor: Actor, video: Video) -> Response:
    """Return a video, or the part of it that was asked for, as a file to save.

    That it was taken out is committed before a byte is sent. The caller has authorised it.
    """
    stored, kind, name = pieces_of(video), video.kind, _file_name(video)
    start, end = asked_part(request.headers.get("Range", ""), video.size)
    is_part = (start, end) != (0, video.size)
    if start >= end:
        return _unfit(video.size)
    if request.method != "HEAD":
        note_seen(audit.by(actor, "video taken out", "video", video.id))
        _write_down(actor, video)
    response = Response(stored.parts(start, end), 206 if is_part else 200)
    response.headers["Content-Type"] = "application/octet-stream"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.{kind}"'
    response.headers["Content-Length"] = str(end - start)
    response.headers["Accept-Ranges"] = "bytes"
    if is_part:
        response.headers["Content-Range"] = f"bytes {start}-{end - 1}/{stored.size}"
    return response


def asked_part(header: str, size: int) -> tuple[int, int]:
    """Return where the part that was asked for begins and ends; all of it where none was.

    Several parts at once, or what is no range, count as none (RFC 9110, 14.2). A part that
    lies past the end is empty.
    """
    found = RANGE.fullmatch(header.strip())
    if found is None or found.groups() == ("", ""):
        return 0, size
    first, last = found.groups()
    if not first:
        return max(0, size - int(last[:20])), size
    if last and int(last[:20]) < int(first[:20]):
        return 0, size
    end = int(last[:20]) + 1 if last else size
    return int(first[:20]), min(end, size)


def _unfit(size: int) -> Response:
    return Response(status=416, headers={"Content-Range": f"bytes */{size}"})


def _file_name(video: Video) -> str:
    """Name the file after its row: the name that the phone gave is nobody's to run."""
    return f"video-{video.id.hex[-12:]}"


def _write_down(actor: Actor, video: Video) -> None:
    with writing():
        held, _ = get_video(actor, video.id)
        before = custody.last_of(held, Handled.TAKEN_OUT, actor.id)
        if before is None or clock.now() - before > ONE_TAKING:
            custody.append(held, [Handling(act=Handled.TAKEN_OUT, by_id=actor.id)])
