"""The lock on every route: no stamp, no entry; refused looks like missing, and is written down."""

import uuid
from collections.abc import Callable
from http import HTTPStatus
from typing import Any, TypeVar

from flask import Flask, Response, current_app, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from disc.access.actor import Actor
from disc.access.permissions import Permission
from disc.access.policy import may_ever, permits
from disc.core import audit
from disc.core.errors import DiscError, Missing, wants_json
from disc.core.logs import note

V = TypeVar("V", bound=Callable[..., ResponseReturnValue])
OPEN_BY_NAME = {"static"}


class SignInFirst(DiscError):
    """Nobody is signed in, or the sign-in has ended."""

    code, status = "sign-in-first", 401
    sentence = "Your sign-in has ended. Sign in, then send again."


def requires(permission: Permission) -> Callable[[V], V]:
    """Stamp a view with what its caller must be permitted."""

    def stamp(view: V) -> V:
        view.__dict__["requires"] = permission
        return view

    return stamp


def in_background(view: V) -> V:
    """Stamp a view that pages call by themselves: it does not keep an idle sign-in alive."""
    view.__dict__["in_background"] = True
    return view


def is_in_background() -> bool:
    """Say whether a page asked this by itself, without its reader."""
    view = current_app.view_functions.get(request.endpoint or "")
    return bool(getattr(view, "in_background", False))


def install_guard(app: Flask) -> None:
    """Check every request before its view runs."""
    app.before_request(_check)


def find_actor() -> Actor | None:
    """Return who asks, or None."""
    return current_user.actor if current_user.is_authenticated else None


def get_actor() -> Actor:
    """Return who asks. Raises SignInFirst."""
    actor = find_actor()
    if actor is None:
        raise SignInFirst
    return actor


def authorise(actor: Actor, permission: Permission, target: Any) -> None:
    """Raise Missing, and write the refusal down, unless the actor may do this to this thing."""
    if not permits(actor, permission, target):
        refuse(actor, permission, getattr(target, "id", None))


def refuse(actor: Actor, permission: Permission, target_id: uuid.UUID | None = None) -> None:
    """Refuse so that it looks like nothing is there; the journal says what was tried."""
    g.to_journal = [audit.by(actor, "refused", target_id=target_id, detail=permission.value)]
    raise Missing


def note_seen(entry: audit.Entry) -> None:
    """Note what this page shows of somebody; written down before a byte of it is sent."""
    g.setdefault("to_journal", []).append(entry)


def journal_request(response: Response) -> Response:
    """Write down what was seen and refused once the request's own transaction has ended.

    So is asking for a row that is not there for the asker: it may be another scheme's. One
    commit holds it all, on a connection of its own, so that a rollback takes nothing away.
    """
    entries: list[audit.Entry] = g.pop("to_journal", [])
    if response.status_code == HTTPStatus.NOT_FOUND and not entries:
        entries = _rows_out_of_reach()
    if entries:
        audit.journal(*dict.fromkeys(entries))
    return response


def _rows_out_of_reach() -> list[audit.Entry]:
    named = [value for value in (request.view_args or {}).values() if isinstance(value, uuid.UUID)]
    actor = find_actor() if named else None
    if actor is None:
        return []
    return [audit.by(actor, "refused", target_id=named[0], detail="no such row for this reader")]


def _check() -> ResponseReturnValue | None:
    if request.endpoint is None or request.endpoint in OPEN_BY_NAME:
        return None
    view = current_app.view_functions[request.endpoint]
    if getattr(view, "public", False):
        return None
    permission = getattr(view, "requires", None)
    if permission is None:
        note("unstamped route", route=request.endpoint)
        raise Missing
    actor = find_actor()
    if actor is None:
        return _ask_to_sign_in()
    if not may_ever(actor, permission):
        refuse(actor, permission)
    return None


def _ask_to_sign_in() -> ResponseReturnValue:
    if request.method != "GET" or wants_json() or request.headers.get("HX-Request"):
        raise SignInFirst
    return redirect(url_for("members.sign_in", next=request.full_path.rstrip("?")))
