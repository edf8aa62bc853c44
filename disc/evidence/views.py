"""Sending videos in pieces, taking them out, and the pages of who had which original."""

import uuid
from typing import Any

from flask import Blueprint, Response, current_app, jsonify, render_template, request
from flask.typing import ResponseReturnValue

from config import Settings
from disc.access.actor import Actor
from disc.access.guard import (
    authorise,
    find_actor,
    get_actor,
    in_background,
    note_seen,
    requires,
)
from disc.access.permissions import Permission
from disc.access.policy import may_ever, permits
from disc.core import audit
from disc.core.errors import Missing
from disc.core.transaction import writes
from disc.core.web import limiter, takes_pieces
from disc.evidence import queries, rules, sending, service, telling, viewing
from disc.evidence.errors import PieceCut
from disc.evidence.forms import read_id, read_video
from disc.evidence.models import Video
from disc.incidents.models import Incident
from disc.incidents.queries import get_report
from disc.members import watching
from disc.stills.ports import Handled

bp = Blueprint("evidence", __name__)

HANDLED = {
    Handled.BEGUN: "First byte came",
    Handled.RESUMED: "Went on after a break",
    Handled.RECEIVED: "All of it came",
    Handled.SEALED: "Sealed",
    Handled.RENDITION: "Picture made from it to show",
    Handled.SHARED: "Shared with the police",
    Handled.TAKEN_OUT: "Taken out as a file",
    Handled.COPIED: "Printed",
    Handled.ERASED: "Erased",
}
"""What each act is called on pages."""


@bp.get("/evidence/uploads")
@requires(Permission.REPORT_INCIDENT)
@in_background
def uploads() -> ResponseReturnValue:
    """List the reader's videos of one of their reports, or those that have no report yet."""
    actor = get_actor()
    named = request.args.get("incident", type=uuid.UUID)
    if named is not None:
        _own_report(actor, named)
    return jsonify(uploads=[_state(one) for one in queries.uploads(actor, named)])


@bp.post("/evidence/videos")
@requires(Permission.REPORT_INCIDENT)
@limiter.limit("30/minute", key_func=lambda: str(get_actor().id))
@writes
def begin() -> ResponseReturnValue:
    """Begin to send a video, or go on with one; the answer says which piece comes next."""
    actor, told = get_actor(), request.get_json(silent=True)
    if isinstance(told, dict) and told.get("incident_id"):
        incident = _own_report(actor, read_id(told, "incident_id"))
        told["submission_id"] = str(incident.submission_id)
    return jsonify(_state(sending.begin(actor, read_video(told))))


@bp.get("/evidence/videos/<uuid:video_id>")
@requires(Permission.REPORT_INCIDENT)
@in_background
def upload(video_id: uuid.UUID) -> ResponseReturnValue:
    """Say how much of one's own video is here."""
    return jsonify(_state(queries.get_upload(get_actor(), video_id)))


@bp.put("/evidence/videos/<uuid:video_id>/pieces/<int:number>")
@requires(Permission.REPORT_INCIDENT)
@in_background
@takes_pieces
def piece(video_id: uuid.UUID, number: int) -> ResponseReturnValue:
    """Keep a piece of one's own video; out of turn it is refused with the one that is wanted.

    The body is read only where the piece is the next.
    """
    actor = get_actor()
    video = queries.get_upload(actor, video_id)
    if number > video.pieces_kept or number >= _state(video)["pieces"]:
        return jsonify(code="wrong-piece", title="Another piece comes next.", **_state(video)), 409
    if number == video.pieces_kept:
        length = rules.piece_length(number, video.size, video.piece_bytes)
        video = sending.keep_piece(actor, video_id, number, _body(length))
    return jsonify(_state(video))


@bp.post("/evidence/videos/<uuid:video_id>/finish")
@requires(Permission.REPORT_INCIDENT)
def finish(video_id: uuid.UUID) -> ResponseReturnValue:
    """Check that one's own video came whole, and keep it."""
    return jsonify(_state(sending.finish(get_actor(), video_id)))


@bp.post("/evidence/videos/<uuid:video_id>/use")
@requires(Permission.REPORT_INCIDENT)
@writes
def use(video_id: uuid.UUID) -> ResponseReturnValue:
    """Let one's own video that has no report go with the report of the page in hand."""
    actor = get_actor()
    queries.get_upload(actor, video_id)
    told = read_id(request.get_json(silent=True), "submission_id")
    return jsonify(_state(service.use(actor, video_id, told)))


@bp.post("/evidence/videos/<uuid:video_id>/give-up")
@requires(Permission.REPORT_INCIDENT)
def give_up(video_id: uuid.UUID) -> ResponseReturnValue:
    """Erase one's own video that is not whole, or has no report."""
    service.give_up(get_actor(), video_id)
    return "", 204


@bp.get("/evidence/videos/<uuid:video_id>/file")
@requires(Permission.SEE_EVIDENCE)
def take_out(video_id: uuid.UUID) -> Response:
    """Send a video as a file; who took it out is written down first."""
    actor = get_actor()
    watching.require_viewing(actor)
    video, target = queries.get_video(actor, video_id)
    authorise(actor, Permission.SEE_EVIDENCE, target)
    return viewing.take_out(actor, video)


@bp.get("/evidence/reports/<uuid:incident_id>")
@requires(Permission.SEE_EVIDENCE)
def report(incident_id: uuid.UUID) -> ResponseReturnValue:
    """Show what was done with each original of a report, by whom and when."""
    actor = get_actor()
    incident, target = queries.get_evidence(actor, incident_id)
    authorise(actor, Permission.SEE_EVIDENCE, target)
    note_seen(audit.by(actor, "custody read", "incident", incident.id))
    return render_template(
        "evidence/report.html",
        report=incident,
        originals=telling.originals_of(actor, incident),
        acts=HANDLED,
        shared=queries.shared_report(incident.id),
        manages=may_ever(actor, Permission.MODERATE),
    )


@bp.get("/evidence/reports/<uuid:incident_id>/custody.json")
@requires(Permission.SEE_EVIDENCE)
def custody_file(incident_id: uuid.UUID) -> ResponseReturnValue:
    """Send the same as JSON, for a pack of evidence."""
    actor = get_actor()
    incident, target = queries.get_evidence(actor, incident_id)
    authorise(actor, Permission.SEE_EVIDENCE, target)
    note_seen(audit.by(actor, "custody taken out", "incident", incident.id))
    answer = jsonify(telling.as_file(actor, incident))
    name = f"custody-{incident.reference}.json"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


@bp.app_template_global()
def videos_of(incident: Incident) -> list[Video] | None:
    """List a report's whole videos for the reader of a page; None where they may see none."""
    actor = find_actor()
    if actor is None or not permits(actor, Permission.SEE_EVIDENCE, queries.as_target(incident)):
        return None
    return queries.videos_of(incident.id)


@bp.app_template_global()
def video_megabytes() -> int:
    """Return how large a video may be."""
    settings: Settings = current_app.extensions["settings"]
    return settings.video_megabytes


def _own_report(actor: Actor, incident_id: uuid.UUID) -> Incident:
    incident = get_report(actor, incident_id)
    if incident.reporter_id != actor.id or incident.is_erased:
        raise Missing
    return incident


def _body(length: int) -> bytes:
    """Read a piece, and no more than it should have. Raises PieceCut for one of another length."""
    if request.content_length != length:
        raise PieceCut
    return request.get_data(cache=False)


def _state(video: Video) -> dict[str, Any]:
    """Return what a phone must know to go on."""
    return {
        "id": str(video.id),
        "upload_id": str(video.upload_id),
        "name": video.name,
        "size": video.size,
        "piece_bytes": video.piece_bytes,
        "pieces": rules.piece_count(video.size, video.piece_bytes),
        "next": video.pieces_kept,
        "received": min(video.size, video.pieces_kept * video.piece_bytes),
        "finished": video.finished_at is not None,
        "has_report": video.incident_id is not None,
    }
