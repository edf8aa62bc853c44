"""Whom a try to sign in counts against.

A browser on which the account was signed in before counts for itself alone, so that strangers
who use up the tries of an account or of a shared address lock nobody out of their own device.
"""

from flask import session
from flask_limiter.util import get_remote_address

from disc.access.guard import find_actor
from disc.members import proving, service
from disc.members.errors import StartAgain
from disc.members.forms import SignInForm
from disc.members.rules import normal_email

WAITING = "second factor"
"""Where the cookie keeps the token of a sign-in that waits for its second factor."""


def address() -> str:
    """Name where a try by password comes from."""
    return _known() or get_remote_address()


def account() -> str:
    """Name the account of a try by password; the digest, never the address."""
    return f"{_digest()} {_known() or ''}"


def account_from_here() -> str:
    """Name the account and where the try comes from."""
    return f"{_digest()} {address()}"


def browser() -> str:
    """Name the browser where no account is typed, if anybody signed in on it before."""
    device = proving.known_browser()
    return f"device {device}" if device else get_remote_address()


def waiting_account() -> str:
    """Name the account whose second factor is tried."""
    try:
        member, _factors = proving.who_waits(session.get(WAITING, ""))
    except StartAgain:
        return get_remote_address()
    return f"{member.id} {proving.known_device_of(member) or ''}"


def person() -> str:
    """Name who is signed in."""
    actor = find_actor()
    return str(actor.id) if actor else get_remote_address()


def _typed() -> str:
    return SignInForm().email.data or ""


def _digest() -> str:
    return service.digest(normal_email(_typed())).hex()


def _known() -> str | None:
    device = proving.known_device(_typed())
    return f"device {device}" if device else None
