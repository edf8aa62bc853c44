"""Routes for retailers' own systems: opened by a key in each request, never by a cookie."""

from collections.abc import Callable
from typing import TypeVar

from flask import current_app, g, has_request_context, request
from flask.typing import ResponseReturnValue

from disc.access.actor import Actor
from disc.core.errors import DiscError

V = TypeVar("V", bound=Callable[..., ResponseReturnValue])
ANY_SCOPE = ""
"""What a view asks for that every key may call."""
Finder = Callable[[str], Actor]

_finders: list[Finder] = []


class KeyFirst(DiscError):
    """A system must send its key."""

    code, status = "key-first", 401
    sentence = "Send your key in the header Authorization: Bearer."


class NoCookies(DiscError):
    """A sign-in came along: whoever calls is a browser, or leaks somebody's cookie."""

    code, status = "no-cookies", 400
    sentence = "Send your key alone, without the cookie of a sign-in."


class OutOfScope(DiscError):
    """The key was not made for this."""

    code, status = "out-of-scope", 403


def by_key(scope: str) -> Callable[[V], V]:
    """Stamp a view as one for systems, whose key must have this scope; no cookie opens it."""

    def stamp(view: V) -> V:
        view.__dict__["scope"] = scope
        return view

    return stamp


def finds_system(finder: Finder) -> Finder:
    """Register who finds the system that a key belongs to; it raises KeyFirst for any other."""
    _finders[:] = [finder]
    return finder


def scope_here() -> str | None:
    """Return the scope that this request's view asks of a key; None is no view for systems."""
    if not has_request_context():
        return None
    view = current_app.view_functions.get(request.endpoint or "")
    scope: str | None = getattr(view, "scope", None)
    return scope


def system_here() -> Actor | None:
    """Return the system whose key opened this request, or None."""
    found: Actor | None = g.get("system")
    return found


def let_system_in() -> Actor:
    """Return the system whose key came with this request. Raises KeyFirst or NoCookies."""
    if current_app.config["SESSION_COOKIE_NAME"] in request.cookies:
        raise NoCookies
    kind, _, secret = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() != "bearer" or not secret or not _finders:
        raise KeyFirst
    system = _finders[0](secret.strip())
    g.system = system
    return system
