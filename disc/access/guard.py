"""The lock on every route: no stamp, no entry; refused looks like missing, and is written down."""

import uuid
from collections.abc import Callable
from datetime import timedelta
from http import HTTPStatus
from typing import Any, TypeVar

from flask import Flask, Response, abort, current_app, g, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from disc.access.actor import Actor, Gate
from disc.access.permissions import Permission
from disc.access.policy import may_ever, permits
from disc.access.systems import OutOfScope, let_system_in, scope_here, system_here
from disc.access.unfound import unfound
from disc.core import audit, clock
from disc.core.errors import DiscError, Missing, wants_json
from disc.core.logs import note
from disc.core.rows import enter_every_scheme, enter_scheme

V = TypeVar("V", bound=Callable[..., ResponseReturnValue])
OPEN_BY_NAME = {"static"}
FRESH = timedelta(minutes=10)
"""How long a proof of who one is counts for grave acts (OWASP ASVS 5.0, 7.5.3)."""
SHARED_COOKIE = "shared"
"""A hint without a secret: this browser is a shop's tablet, whose way in is its lock screen."""
GATES = {Gate.SECOND_FACTOR: "members.security", Gate.RULES: "members.rules"}
"""The page that opens each gate."""


class SignInFirst(DiscError):
    """Nobody is signed in, or the sign-in has ended."""

    code, status = "sign-in-first", 401
    sentence = "Your sign-in has ended. Sign in, then send again."


class ProveFirst(DiscError):
    """The act is grave: whoever does it proves who they are once more."""

    code, status = "prove-first", 401
    sentence = "Show once more that it is you. Then send again."


class GateFirst(DiscError):
    """Signed in, with something to do before records may be seen."""

    code, status = "gate-first", 403
    sentence = "You are not ready to do this yet. Go to the first page and follow it."


def requires(permission: Permission) -> Callable[[V], V]:
    """Stamp a view with what its caller must be permitted."""

    def stamp(view: V) -> V:
        view.__dict__["requires"] = permission
        return view

    return stamp


def freshly_proved(view: V) -> V:
    """Stamp a view as grave: its caller has proved who they are within ``FRESH``."""
    view.__dict__["freshly_proved"] = True
    return view


def require_fresh(actor: Actor) -> None:
    """Raise ProveFirst unless the actor proved within ``FRESH`` who they are."""
    if actor.proved_at is None or clock.now() - actor.proved_at > FRESH:
        raise ProveFirst


def lead_to_proof(actor: Actor) -> None:
    """Send a page's reader to prove who they are unless they did within ``FRESH``."""
    try:
        require_fresh(actor)
    except ProveFirst as proof:
        abort(make_response(_lead_to("members.prove", proof)))


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
    """Return who asks, or None: where systems ask, by their key alone."""
    if scope_here() is not None:
        return system_here()
    return current_user.actor if current_user.is_authenticated else None


def find_listener() -> Actor | None:
    """Return who asks to hear alerts, unless a gate holds them or their role hears none."""
    actor = find_actor()
    if actor is None or actor.gate is not None or not may_ever(actor, Permission.SEE_ALERT):
        return None
    return actor


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
        audit.journal(*audit.joined(entries))
    return response


def _rows_out_of_reach() -> list[audit.Entry]:
    named = [value for value in (request.view_args or {}).values() if isinstance(value, uuid.UUID)]
    actor = find_actor() if named else None
    if actor is None:
        return []
    return unfound(actor, named[0])


def _check() -> ResponseReturnValue | None:
    if request.endpoint is None or request.endpoint in OPEN_BY_NAME:
        return None
    view = current_app.view_functions[request.endpoint]
    if getattr(view, "public", False):
        enter_every_scheme()  # what its address or form names says which scheme to enter
        return None
    permission = getattr(view, "requires", None)
    if permission is None:
        note("unstamped route", route=request.endpoint)
        raise Missing
    scope = scope_here()
    actor = find_actor() if scope is None else let_system_in()
    if actor is None:
        return _ask_to_sign_in()
    enter_scheme(actor.scheme_id)
    if not may_ever(actor, permission):
        refuse(actor, permission)
    if scope and scope not in actor.scopes:
        g.to_journal = [audit.by(actor, "refused", detail=f"scope {scope}")]
        raise OutOfScope(f"This key may not do that. It would need {scope}.")
    return _ask_for_more(actor, permission, view)


def _ask_for_more(actor: Actor, permission: Permission, view: object) -> ResponseReturnValue | None:
    if actor.gate is not None and permission is not Permission.USE_OWN_ACCOUNT:
        return _lead_to(GATES[actor.gate], GateFirst())
    if getattr(view, "freshly_proved", False):
        try:
            require_fresh(actor)
        except ProveFirst as proof:
            return _lead_to("members.prove", proof)
    return None


def _ask_to_sign_in() -> ResponseReturnValue:
    on_a_tablet = SHARED_COOKIE in request.cookies
    return _lead_to("members.lock_screen" if on_a_tablet else "members.sign_in", SignInFirst())


def _lead_to(endpoint: str, otherwise: DiscError) -> ResponseReturnValue:
    """Send a person's page to where they can go on; refuse everything else."""
    if request.method != "GET" or wants_json() or request.headers.get("HX-Request"):
        raise otherwise
    return redirect(url_for(endpoint, next=request.full_path.rstrip("?")))
