"""Where phones bring what they kept sealed, and where shared photos arrive without a worker."""

import base64
import uuid
from typing import Any

from flask import Blueprint, current_app, jsonify, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_limiter.util import get_remote_address

from config import Settings
from disc.access.guard import find_actor
from disc.boxes import service
from disc.boxes.errors import BadBox, BadStamp
from disc.boxes.rules import CHUNK, LARGEST_FIRST, MOST_PARTS
from disc.boxes.stamps import Sender, half_of_draft_key, make_stamp, read_stamp
from disc.core import clock
from disc.core.boxkeys import find_box_key
from disc.core.rows import narrow_to
from disc.core.vault import BOX_OVERHEAD
from disc.core.web import MEGABYTE, csrf, limiter, public

bp = Blueprint("boxes", __name__)


def _whose() -> str:
    """Name whose stamp it is for their own limit; who has none is named by their address."""
    try:
        return str(read_stamp(request.headers.get("X-Stamp", "")).member_id)
    except BadStamp:
        return get_remote_address()


@bp.put("/report/boxes/<uuid:submission_id>")
@csrf.exempt  # type: ignore[untyped-decorator] # no cookie counts here: the stamp does
@public
@limiter.limit("120/minute;600/hour", key_func=_whose)
def take_report(submission_id: uuid.UUID) -> ResponseReturnValue:
    """Take the report of a box; its small pictures lie in it."""
    sender, sealed = _opened(LARGEST_FIRST)
    actor = service.sender_now(sender)
    taken = service.take_report(
        actor,
        submission_id,
        _key_id(),
        sealed,
        request.headers["X-Stamp"],
        strict=request.headers.get("X-Writer") == "here",
    )
    reader = find_actor()
    return (
        jsonify(
            report=url_for("incidents.report", incident_id=taken.incident_id, sent=1),
            parts=taken.parts,
            signed_in=reader is not None and reader.id == actor.id,
        ),
        201,
    )


@bp.put("/report/boxes/<uuid:submission_id>/<int:number>")
@csrf.exempt  # type: ignore[untyped-decorator] # as above
@public
@limiter.limit("1200/minute", key_func=_whose)
def take_part(submission_id: uuid.UUID, number: int) -> ResponseReturnValue:
    """Take a part of a photo's original, which stays sealed until all are here."""
    if not 0 < number <= MOST_PARTS:
        raise BadBox
    sender, sealed = _opened(CHUNK + BOX_OVERHEAD)
    service.sender_now(sender)
    return jsonify(missing=service.take_part(sender, submission_id, number, sealed)), 201


@bp.post("/report/share")
@csrf.exempt  # type: ignore[untyped-decorator] # nothing is read and nothing is kept
@public
def share() -> ResponseReturnValue:
    """Say how to report shared photos where the phone's own worker did not take them."""
    return render_template("boxes/share.html")


def _opened(largest: int) -> tuple[Sender, bytes]:
    """Return who sends, and what. A stranger's body is not read. Raises BadStamp."""
    sender = read_stamp(request.headers.get("X-Stamp", ""))
    narrow_to(sender.scheme_id)
    request.max_content_length = largest
    return sender, request.get_data(cache=False)


def _key_id() -> uuid.UUID:
    try:
        return uuid.UUID(request.headers.get("X-Box-Key", ""))
    except ValueError as error:
        raise BadBox from error


@bp.app_context_processor
def _offer() -> dict[str, Any]:
    return {"box_offer": _box_offer}


def _box_offer() -> dict[str, str]:
    """Return what the report page needs to seal boxes; nothing where there is no key yet."""
    actor = find_actor()
    key = find_box_key(actor.scheme_id) if actor else None
    if actor is None or key is None:
        return {}
    settings: Settings = current_app.extensions["settings"]
    return {
        "scheme": str(actor.scheme_id),
        "key-id": str(key.id),
        "public": base64.b64encode(key.public).decode(),
        "stamp": make_stamp(actor),
        "draft-half": half_of_draft_key(actor),
        "most-bytes": str(settings.picture_megabytes * MEGABYTE),
        "now": str(int(clock.now().timestamp() * 1000)),
    }
