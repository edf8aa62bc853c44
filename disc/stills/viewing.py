"""Serving a picture: a link of 60 seconds, one viewer, one mark, one row in the journal.

A preview shows whoever moderates what an edit would make of a picture before it is saved.
"""

import functools
import hashlib
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from flask import Response, after_this_request, current_app
from itsdangerous import BadData, URLSafeTimedSerializer

from disc.access.actor import Actor
from disc.access.guard import find_actor, get_actor, note_seen
from disc.access.permissions import Permission
from disc.access.policy import may_ever
from disc.core import audit, clock
from disc.core.errors import Missing
from disc.core.offload import offload
from disc.core.pictures import pattern_of, render, watermark
from disc.core.pictures.steps import Step, pack, unpack
from disc.members import watching
from disc.members.errors import TooFast
from disc.stills.queries import edited_at, get_still, viewable
from disc.stills.service import ORIGINAL, RENDITIONS, VIEW, open_rendition

LINK_SECONDS = 60
PREVIEW = "preview"


def picture_url(still_id: uuid.UUID, rendition: str) -> str:
    """Mint a link to a picture for the reader of this page, and note that it was shown."""
    actor = find_actor()
    if actor is None or rendition not in RENDITIONS:
        raise Missing
    note_seen(audit.by(actor, "picture shown", "still", still_id, detail=rendition))
    return "/img/" + _signer().dumps([still_id.hex, rendition, actor.session_id.hex])


def preview_url(still_id: uuid.UUID, steps: tuple[Step, ...]) -> str:
    """Mint a link to what some steps would make of a picture, and note that it was shown."""
    actor = get_actor()
    note_seen(audit.by(actor, "picture shown", "still", still_id, detail=PREVIEW))
    return "/img/" + _signer().dumps([still_id.hex, PREVIEW, actor.session_id.hex, pack(steps)])


@dataclass(frozen=True, slots=True)
class OutOfDate:
    """Pictures on an open page: those that its reader may not see any more, and those edited."""

    gone: list[str]
    changed: list[str]


def check(actor: Actor, links: Iterable[str]) -> OutOfDate:
    """Say what is out of date of a page whose pictures came by some links, however old.

    Nothing is shown by it, and so nothing written down.
    """
    minted: dict[uuid.UUID, datetime] = {}
    for still_id, at in filter(None, (_minted(actor, link) for link in links)):
        minted[still_id] = min(at, minted.get(still_id, at))
    gone = set(minted) - viewable(actor, set(minted))
    edited = edited_at(actor, set(minted) - gone)
    return OutOfDate(
        gone=[str(one) for one in gone],
        changed=[str(one) for one, at in edited.items() if at >= minted[one]],
    )


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
    still_id, rendition, steps = _read(actor, link)
    _look(actor, f"{still_id.hex}{rendition}")
    if still_id not in viewable(actor, {still_id}):
        raise Missing
    still, code = get_still(actor, still_id), actor.viewer_code
    if rendition == PREVIEW:
        plain = offload(render, open_rendition(still, ORIGINAL), unpack(steps))[VIEW].bytes
    else:
        plain = open_rendition(still, rendition)
    pattern = pattern_of(still.open_key(), code)
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


def _read(actor: Actor, link: str) -> tuple[uuid.UUID, str, str]:
    try:
        still, rendition, session, *steps = _signer().loads(link, max_age=LINK_SECONDS)
        if session != actor.session_id.hex or not _may_open(actor, rendition):
            raise Missing
        return uuid.UUID(still), rendition, "".join(steps)
    except (BadData, ValueError, TypeError) as error:
        raise Missing from error


def _minted(actor: Actor, link: str) -> tuple[uuid.UUID, datetime] | None:
    """Return which picture a link of this sign-in shows, and the second in which it was made."""
    try:
        (still, _rendition, session, *_), at = _signer().loads(link, return_timestamp=True)
        return (uuid.UUID(still), at) if session == actor.session_id.hex else None
    except (BadData, ValueError, TypeError):
        return None


def _may_open(actor: Actor, rendition: str) -> bool:
    if rendition == PREVIEW:
        return may_ever(actor, Permission.MODERATE)
    return rendition in RENDITIONS


def _signer() -> URLSafeTimedSerializer:
    return _signer_with(current_app.secret_key or b"")


@functools.lru_cache(maxsize=1)
def _signer_with(key: str | bytes) -> URLSafeTimedSerializer:
    """Make the signer once: a page of the gallery signs 24 links."""
    return URLSafeTimedSerializer(
        key, salt="picture", signer_kwargs={"digest_method": hashlib.sha256}
    )
