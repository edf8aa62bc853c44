"""A browser's proof that an account was signed in on it before: it has limits of its own.

Strangers who use up the tries of an account, from however many addresses, so do not lock its
owner out of their own phone. The cookie names no person: a random number of the browser, and
keyed digests by which a typed address is recognised. It opens nothing.
"""

import base64
import hashlib
import secrets
import uuid

from flask import Response, current_app, request
from itsdangerous import BadSignature, URLSafeTimedSerializer

from disc.core.database import db
from disc.members.models import Member
from disc.members.queries import email_token

LASTS_SECONDS = 400 * 24 * 60 * 60
"""As long as browsers keep a cookie at most."""
MOST_ACCOUNTS = 5
"""People who share one browser."""


def known_device(email: str) -> str | None:
    """Return the number of this browser, if the account was signed in on it before."""
    device, accounts = _read()
    return device if _mark(email_token(email)) in accounts else None


def known_device_of(member: Member) -> str | None:
    """Return the number of this browser, if this person signed in on it before."""
    device, accounts = _read()
    return device if member.email_token and _mark(member.email_token) in accounts else None


def known_browser() -> str | None:
    """Return the number of this browser, if anybody signed in on it before."""
    device, accounts = _read()
    return device if accounts else None


def know_device(response: Response, member_id: uuid.UUID) -> None:
    """Let this browser keep that the account was signed in on it."""
    held = db.session.get_one(Member, member_id).email_token
    if held is None:
        return
    device, accounts = _read()
    mark = _mark(held)
    kept = [mark, *(each for each in accounts if each != mark)][:MOST_ACCOUNTS]
    response.set_cookie(
        _name(),
        _signer().dumps([device, kept]),
        max_age=LASTS_SECONDS,
        secure=current_app.config["SESSION_COOKIE_SECURE"],
        httponly=True,
        samesite=current_app.config["SESSION_COOKIE_SAMESITE"],
    )


def _read() -> tuple[str, list[str]]:
    """Return the browser's number and accounts; a new number and none where nothing holds."""
    try:
        device, accounts = _signer().loads(request.cookies.get(_name(), ""), LASTS_SECONDS)
    except (BadSignature, ValueError):
        return secrets.token_urlsafe(9), []
    return device, accounts


def _mark(token: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(b"known device" + token).digest()[:9]).decode()


def _name() -> str:
    return "__Host-device" if current_app.config["SESSION_COOKIE_SECURE"] else "device"


def _signer() -> URLSafeTimedSerializer:
    key = current_app.secret_key
    if key is None:
        raise RuntimeError("cookies have no key yet")
    return URLSafeTimedSerializer(
        key, salt="known device", signer_kwargs={"digest_method": hashlib.sha256}
    )
