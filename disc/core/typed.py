"""What a person typed into a form that could not be taken, so that they need not type it again."""

from collections.abc import Iterable

from flask import request
from werkzeug.exceptions import RequestEntityTooLarge

PREFIX = "typed-"
"""Before each field's name while somebody signs in between typing and sending."""
SECRETS = {"csrf_token", "password", "again", "old", "otp", "recovery_code", "pin"}
PRESSED = ("pressed", "again")
"""Stands for a form in which there was nothing to type, but a button to press."""

Field = tuple[str, str]


def typed_here() -> list[Field]:
    """Return the fields of a form that our own page sent, without secrets and files.

    There is at least one, so that a form with a mere button can be sent again as well. A form
    from another site gets nothing: nobody shall be led to send a stranger's words.
    """
    if request.method != "POST" or not _from_our_page():
        return []
    return _kept(_fields()) or [PRESSED]


def carried() -> list[Field]:
    """Return the fields that were carried through the sign-in form."""
    fields = ((name.removeprefix(PREFIX), value) for name, value in _fields() if _is_carried(name))
    return _kept(fields)


def _fields() -> list[Field]:
    try:
        return list(request.form.items(multi=True))
    except RequestEntityTooLarge:
        return []


def _kept(fields: Iterable[Field]) -> list[Field]:
    return [(name, value) for name, value in fields if name not in SECRETS and value]


def _is_carried(name: str) -> bool:
    return name.startswith(PREFIX)


def _from_our_page() -> bool:
    """Browsers say with each POST where it comes from; a request that does not say is not one."""
    origin = request.headers.get("Origin", "")
    return origin == request.host_url.rstrip("/")
