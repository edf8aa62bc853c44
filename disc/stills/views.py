"""The address of a picture, and of fresh links to pictures already on a page."""

import uuid

from flask import Blueprint, Response, jsonify, request
from flask.typing import ResponseReturnValue

from disc.access.guard import get_actor, in_background, requires
from disc.access.permissions import Permission
from disc.core.errors import Missing
from disc.core.web import limiter
from disc.stills import viewing

MOST_LINKS = 60

bp = Blueprint("stills", __name__)


@bp.get("/img/<link>")
@requires(Permission.SEE_PICTURE)
def picture(link: str) -> Response:
    """Serve one picture, marked for its viewer."""
    return viewing.serve(get_actor(), link)


@bp.post("/img/mint")
@requires(Permission.SEE_PICTURE)
@limiter.limit("240/minute", key_func=lambda: str(get_actor().id))
def mint() -> ResponseReturnValue:
    """Return fresh links for pictures of a page that was open too long."""
    return jsonify(urls=viewing.mint(get_actor(), _wanted()))


@bp.post("/img/check")
@requires(Permission.SEE_PICTURE)
@in_background
@limiter.limit("240/minute", key_func=lambda: str(get_actor().id))
def check() -> ResponseReturnValue:
    """Say which pictures of an open page have gone or changed since their links were minted."""
    found = viewing.check(get_actor(), _links())
    return jsonify(gone=found.gone, changed=found.changed)


def _links() -> list[str]:
    try:
        asked = (request.get_json(silent=True) or {})["links"][:MOST_LINKS]
        return [str(one).removeprefix("/img/") for one in asked]
    except (AttributeError, KeyError, TypeError) as error:
        raise Missing from error


def _wanted() -> list[tuple[uuid.UUID, str]]:
    try:
        asked = (request.get_json(silent=True) or {})["pictures"][:MOST_LINKS]
        return [(uuid.UUID(one["still"]), str(one["rendition"])) for one in asked]
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise Missing from error
