"""Pure rules of keys and webhooks: what a key is good for, how long, and how news is signed."""

import hashlib
import hmac
import re
from datetime import timedelta
from enum import StrEnum

LONGEST_MONTHS = 24
OLD_SECRET_LASTS = timedelta(days=7)
"""How long the secret before still counts, so that a system can change over without a gap."""
KEYS_KEPT_DAYS = 90
"""After so many days a key that ended is deleted, with what was sent for it."""
SANDBOX_DAYS = 7
DELIVERIES_KEPT_DAYS = 30
MOST_CODES = 500
CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]{0,39}")

RETRIES = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=6),
    timedelta(hours=12),
    timedelta(hours=24),
    timedelta(hours=24),
)
"""How long after each failure news is tried again: 69 hours and 36 minutes in all."""
REST = timedelta(minutes=1)
"""After a failure nothing is sent to that address for so long: a dead one holds up nobody else."""


class Scope(StrEnum):
    """What a key may be made for."""

    REPORT_WRITE = "report:write"
    REPORT_READ = "report:read"
    OUTCOME_READ = "outcome:read"
    ATTACHMENT_WRITE = "attachment:write"


class News(StrEnum):
    """What a webhook tells."""

    STATUS_CHANGED = "report.status_changed"
    OUTCOME = "report.outcome"


def wait_after(failures: int) -> timedelta | None:
    """Return how long to wait after so many failures; None gives up."""
    return RETRIES[failures - 1] if failures <= len(RETRIES) else None


def signed(body: bytes, at: int, secrets: list[str]) -> str:
    """Return the header by which a receiver knows that news is ours, and from when.

    ``at`` is in seconds since 1970. While a secret is changed over there are two signatures;
    either will do. The time is signed too, so that old news cannot be sent again by others.
    """
    signatures = [
        hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
        for secret in secrets
    ]
    return ",".join([f"t={at}", *(f"v1={one}" for one in signatures)])


def read_codes(text: str, kinds: frozenset[str]) -> tuple[dict[str, str], str | None]:
    """Return a retailer's codes with our kind for each, and what is wrong with the list.

    Each line is a code, an equals sign and a kind: ``ST01 = shop-theft``.
    """
    codes: dict[str, str] = {}
    for number, line in enumerate(text.splitlines(), 1):
        code, _, kind = (part.strip() for part in line.partition("="))
        if not line.strip():
            continue
        if not CODE.fullmatch(code):
            return {}, f"Line {number}: type a code, then = and a kind."
        if kind not in kinds:
            return {}, f"Line {number}: the kind must be one of {', '.join(sorted(kinds))}."
        if codes.setdefault(code, kind) != kind:
            return {}, f"Line {number}: {code} is there twice."
    if len(codes) > MOST_CODES:
        return {}, f"Use at most {MOST_CODES} codes."
    return codes, None
