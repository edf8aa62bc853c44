"""The push services of phones: which there are, who we are to them, and one message handed over."""

import hashlib
import http.client
import json
import logging
import ssl
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from enum import StrEnum
from functools import lru_cache
from http import HTTPStatus
from urllib.parse import SplitResult, urlsplit

from flask import Flask, current_app

from config import Settings
from disc.core import clock
from disc.core.errors import BadSetting
from disc.core.keys import keyring
from disc.core.logs import note
from disc.core.vault import PushKey, from_text, seal_push, to_text

SERVICES = ("fcm.googleapis.com", "updates.push.services.mozilla.com")
"""Hosts of Chrome's and Firefox's push services."""
SERVICES_BELOW = (".push.apple.com", ".notify.windows.com")
"""Domains below which each host is one of Apple's or Microsoft's."""
LOOPBACK = "127.0.0.1"
HTTPS_PORT = 443
LONGEST_ADDRESS = 1000
SECONDS = 6.0
"""How long a push service may take to answer."""
PROVED_FOR = timedelta(hours=12)
"""How long a proof of who sends lasts; 24 hours are the most (RFC 8292, 2)."""
DECLARATIVE = 8030
"""Says to Safari that it may show this without asking our service worker."""
LONGEST_WAIT = timedelta(hours=1)
"""However long a push service asks us to wait."""


class BadPushContact(BadSetting):
    """The setting does not name somebody whom a push service could write to."""


class Urgency(StrEnum):
    """How much of a phone's battery a message is worth (RFC 8030, 5.3)."""

    NORMAL = "normal"
    HIGH = "high"


class Fate(StrEnum):
    """What a push service said of a message."""

    ACCEPTED = "accepted"
    GONE = "gone"
    """This browser takes no more messages at this address."""
    LATER = "later"
    REFUSED = "refused"
    """It will not take this message, however often it is tried."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A push service's answer; ``wait`` is how long it asks us to wait, if it does."""

    fate: Fate
    wait: timedelta | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where one browser takes messages, and the keys that only it can open them with."""

    endpoint: str = field(repr=False)
    public: str = field(repr=False)
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """What a phone shows: a neutral sentence, and the page of ours that it opens.

    ``about`` is what it tells of: a later notice about the same takes the place of an earlier.
    """

    id: str
    words: str
    page: str
    about: str
    lasts: timedelta
    urgency: Urgency


@dataclass(frozen=True, slots=True, kw_only=True)
class Pusher:
    """Who we are to push services; ``loopback`` lets a test be one."""

    key: PushKey = field(repr=False)
    contact: str
    loopback: bool = False


def install_push(app: Flask, settings: Settings) -> None:
    """Let the application send to phones where its address is known. Raises BadPushContact."""
    app.extensions["pusher"] = None
    contact = _contact(settings)
    if contact is None:
        return
    with app.app_context():
        source = keyring().source
        # Derived, never stored: it is there after a restore, and stays when the key is rotated.
        secret = source.derive("push, first half") + source.derive("push, second half")
    app.extensions["pusher"] = Pusher(
        key=PushKey(secret), contact=contact, loopback=settings.push_to_loopback
    )


def find_pusher() -> Pusher | None:
    """Return who we are to push services, or None where nothing is sent to phones."""
    found: Pusher | None = current_app.extensions["pusher"]
    return found


def is_push_service(endpoint: str, *, loopback: bool = False) -> bool:
    """Say whether an address is one of a known push service.

    A browser names it, and so could anybody: our worker connects to no other host for them.
    """
    if len(endpoint) > LONGEST_ADDRESS or not endpoint.isascii() or not endpoint.isprintable():
        return False
    try:
        parts = urlsplit(endpoint)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return False
    if loopback and host == LOOPBACK:
        return True
    plain = parts.username is None and port in {None, HTTPS_PORT} and "\\" not in endpoint
    return parts.scheme == "https" and plain and _is_known(host)


def hand_over(pusher: Pusher, to: Address, notice: Notice) -> Answer:
    """Give a message to the push service of a browser; follows no redirect.

    It touches neither the database nor the application, so that several run at once.
    """
    if not is_push_service(to.endpoint, loopback=pusher.loopback):
        return Answer(Fate.REFUSED)
    parts = urlsplit(to.endpoint)
    try:
        body = seal_push(payload(notice), from_text(to.public), from_text(to.secret))
        return _sent(parts, body, _headers(pusher, parts, notice))
    except (OSError, http.client.HTTPException):
        return Answer(Fate.LATER)


def payload(notice: Notice) -> bytes:
    """Return what is sealed for a phone; Safari shows it as it is, our worker reads it too."""
    shown = {
        "title": notice.words,
        "lang": "en-GB",
        "dir": "ltr",
        "tag": topic(notice.about),
        "navigate": notice.page,
        "data": {"id": notice.id},
    }
    return json.dumps({"web_push": DECLARATIVE, "notification": shown}).encode()


def topic(about: str) -> str:
    """Return a name of at most 32 letters that says nothing (RFC 8030, 5.4)."""
    return to_text(hashlib.sha256(about.encode()).digest()[:24])


def _headers(pusher: Pusher, parts: SplitResult, notice: Notice) -> dict[str, str]:
    expires = int((clock.now() + PROVED_FOR).timestamp())
    token = pusher.key.token(f"{parts.scheme}://{parts.netloc}", pusher.contact, expires)
    return {
        "Authorization": f"vapid t={token}, k={pusher.key.public()}",
        "Content-Encoding": "aes128gcm",
        "Content-Type": "application/octet-stream",
        "TTL": str(max(0, int(notice.lasts.total_seconds()))),
        "Topic": topic(notice.about),
        "Urgency": notice.urgency.value,
    }


def _sent(parts: SplitResult, body: bytes, headers: dict[str, str]) -> Answer:
    connection = _connection(parts)
    path = parts.path + (f"?{parts.query}" if parts.query else "")
    try:
        connection.request("POST", path or "/", body, headers)
        response = connection.getresponse()
        return _answer(parts.hostname or "", response)
    finally:
        connection.close()


def _connection(parts: SplitResult) -> http.client.HTTPConnection:
    host = parts.hostname or ""
    if host == LOOPBACK:
        return http.client.HTTPConnection(host, parts.port, timeout=SECONDS)
    return http.client.HTTPSConnection(host, HTTPS_PORT, timeout=SECONDS, context=_authorities())


@lru_cache(maxsize=1)
def _authorities() -> ssl.SSLContext:
    """Read the system's authorities once: it takes longer than a whole message."""
    return ssl.create_default_context()


def _answer(host: str, response: http.client.HTTPResponse) -> Answer:
    status = response.status
    if HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
        return Answer(Fate.ACCEPTED)
    if status in {HTTPStatus.NOT_FOUND, HTTPStatus.GONE}:
        return Answer(Fate.GONE)
    if status == HTTPStatus.TOO_MANY_REQUESTS or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return Answer(Fate.LATER, _wait(response.getheader("Retry-After")))
    note("push refused", logging.WARNING, host=host, status=status)
    return Answer(Fate.REFUSED)


def _wait(told: str | None) -> timedelta | None:
    """Read how long to wait: seconds, or a day and time (RFC 9110, 10.2.3)."""
    if not told:
        return None
    if told.isascii() and told.isdigit():
        return min(timedelta(seconds=min(int(told), 86_400)), LONGEST_WAIT)
    try:
        until: datetime = parsedate_to_datetime(told)
        return min(max(until - clock.now(), timedelta()), LONGEST_WAIT)
    except (ValueError, TypeError):
        return None


def _is_known(host: str) -> bool:
    return host in SERVICES or host.endswith(SERVICES_BELOW)


def _contact(settings: Settings) -> str | None:
    """Return whom a push service may write to; Apple takes no message without somebody real."""
    if settings.push_contact:
        if not settings.push_contact.startswith(("mailto:", "https://")):
            raise BadPushContact("DISC_PUSH_CONTACT must begin with mailto: or https://.")
        if not settings.allowed_origins:
            raise BadPushContact("Set DISC_ORIGINS to the site's address too: messages open pages.")
        return settings.push_contact
    own = settings.allowed_origins[0] if settings.allowed_origins else ""
    return own if own.startswith("https://") else None
