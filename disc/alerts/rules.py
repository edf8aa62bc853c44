"""Pure rules of alerts: what they say, how long they are open, and what a client missed."""

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

OPEN_FOR = timedelta(minutes=60)
KEPT_DAYS = 90
"""After so many days an alert is deleted, with who answered it."""
OVERLAP = timedelta(minutes=2)
"""How far a replay goes back before what a client says it has: commits do not arrive in order."""
PUSHED_FOR = timedelta(minutes=10)
"""How long the news of an alert is worth a phone's attention."""
MOST_PUSHED = 3
"""So many alerts a day reach a member's closed phone; more would only teach them to look away."""
MINUTE, HOUR = 60, 3600


@dataclass(frozen=True, slots=True)
class Words:
    """What an alert says. ``tone`` is danger or warn; ``icon`` names a drawing."""

    title: str
    body: str
    icon: str
    tone: str


TEMPLATES: dict[str, Words] = {
    "violent-person": Words(
        "Violent person", "Keep away. Call 999 if anyone is in danger.", "danger", "danger"
    ),
    "theft-team": Words(
        "Theft team", "People are working together to steal. Watch your stock.", "people", "warn"
    ),
    "fake-notes": Words(
        "Fake notes", "Someone is paying with false money. Check each note.", "money", "warn"
    ),
    "missing-child": Words(
        "Missing child", "A child is lost. Look in your shop and at your door.", "child", "warn"
    ),
}


@dataclass(frozen=True, slots=True)
class Audience:
    """Whom an alert is for, as a target of the policy."""

    scheme_id: uuid.UUID
    area_id: uuid.UUID


def closes_at(raised_at: datetime) -> datetime:
    """Return when an alert closes by itself."""
    return raised_at + OPEN_FOR


def is_open(now: datetime, *, closes_at: datetime, cancelled_at: datetime | None) -> bool:
    """Say whether an alert still warns."""
    return cancelled_at is None and now < closes_at


def replay_from(after: object) -> datetime | None:
    """Return from when to replay to a client whose newest alert was raised at an ISO moment.

    None where it says nothing, or nothing that makes sense: it then gets all that is open.
    """
    try:
        moment = datetime.fromisoformat(str(after))
        return moment.astimezone(UTC) - OVERLAP if moment.tzinfo else None
    except (ValueError, OverflowError):
        return None


def is_urgent(template: str) -> bool:
    """Say whether an alert is about violence, which no limit of a day holds back."""
    return template == "violent-person"


def stamp(moment: datetime) -> str:
    """Write a moment so that later ones sort after earlier ones as text."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def ago(now: datetime, then: datetime) -> str:
    """Say how long ago something was."""
    seconds = int((now - then).total_seconds())
    if seconds < MINUTE:
        return "now"
    if seconds < HOUR:
        return _count(seconds // MINUTE, "minute")
    return _count(seconds // HOUR, "hour")


def _count(number: int, unit: str) -> str:
    return f"{number} {unit}{'' if number == 1 else 's'} ago"
