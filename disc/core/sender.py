"""What a request says of its sending: when it came, and what the sender's clock said."""

from datetime import UTC, datetime

from flask import g, has_request_context, request

from disc.core import clock

HEADER, FIELD = "X-Device-Time", "device_time"
LONGEST = 40
"""Letters of a time: what is longer is no time."""


def came_at() -> datetime:
    """Return when this request's first byte was read; outside of one, now."""
    begun: datetime | None = g.get("started") if has_request_context() else None
    return begun or clock.now()


def device_time() -> str:
    """Return what the sender's clock said when it sent, in UTC; empty where it said no time.

    It is what the device said: it may be wrong, and proves nothing.
    """
    if not has_request_context():
        return ""
    return moment(request.headers.get(HEADER) or request.form.get(FIELD) or "")


def moment(typed: str) -> str:
    """Return a moment with a zone (ISO 8601) in UTC, or nothing where it is none."""
    if len(typed) > LONGEST:
        return ""
    try:
        told = datetime.fromisoformat(typed)
        return told.astimezone(UTC).isoformat(timespec="seconds") if told.tzinfo else ""
    except (ValueError, OverflowError):
        return ""
