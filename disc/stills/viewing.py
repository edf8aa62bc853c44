"""Serving a picture: a link of 60 seconds, one viewer, one mark, one row in the journal."""

import hashlib
import uuid
from collections.abc import Iterable

from flask import Response, after_this_request, current_app
from itsdangerous import BadData, URLSafeTimedSerializer

from disc.access.actor import Actor
from disc.access.guard import find_actor, note_seen
from disc.core import audit, clock
from disc.core.errors import Missing
from disc.core.offload import offload
from disc.core.pictures import pattern_of, watermark
from disc.members import watching
from disc.members.errors import TooFast
from disc.stills.queries import get_still, viewable
from disc.stills.service import RENDITIONS, open_rendition

LINK_SECONDS = 60


def picture_url(still_id: uuid.UUID, rendition: str) -> str:
    """Mint a link to a picture for the reader of this page, and note that it was shown."""
    actor = find_actor()
    if actor is None or rendition not in RENDITIONS:
        raise Missing
    note_seen(audit.by(actor, "picture shown", "still", still_id, detail=rendition))
    return "/img/" + _signer().dumps([still_id.hex, rendition, actor.session_id.hex])


def mint(actor: Actor, wanted: Iterable[tuple[uuid.UUID, str]]) -> dict[str, str]:
    """Mint links anew, for the pictures that the actor may still see."""
    watching.require_viewing(actor)
    pairs = list(wanted)
    allowed = viewable(actor, {still_id for still_id, _ in pairs})
    return {f"{i}:{r}": picture_url(i, r) for i, r in pairs if i in allowed and r in RENDITIONS}


def serve(actor: Actor, link: str) -> Response:
    """Return a picture marked for its viewer. Raises Missing for a link that is not theirs now.

    Whoever opens pictures too fast waits, or is stopped: ``watching.look`` says how.
    """
    still_id, rendition = _read(actor, link)
    _look(actor, f"{still_id.hex}{rendition}")
    if still_id not in viewable(actor, {still_id}):
        raise Missing
    still, code = get_still(actor, still_id), actor.viewer_code
    plain, pattern = open_rendition(still, rendition), pattern_of(still.open_key(), code)
    at = f"{clock.now():%d%m%y %H:%M}"
    marked = offload(watermark, plain, code, at, pattern)
    response = Response(marked, mimetype="image/jpeg")
    response.headers["Content-Disposition"] = "inline"
    return response


def _look(actor: Actor, picture: str) -> None:
    try:
        watching.look(actor, picture)
    except TooFast:
        after_this_request(_say_when)
        raise


def _say_when(response: Response) -> Response:
    response.headers["Retry-After"] = "2"
    return response


def _read(actor: Actor, link: str) -> tuple[uuid.UUID, str]:
    try:
        still, rendition, session = _signer().loads(link, max_age=LINK_SECONDS)
        if session != actor.session_id.hex or rendition not in RENDITIONS:
            raise Missing
        return uuid.UUID(still), rendition
    except (BadData, ValueError, TypeError) as error:
        raise Missing from error


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(
        current_app.secret_key or b"",
        salt="picture",
        signer_kwargs={"digest_method": hashlib.sha256},
    )
