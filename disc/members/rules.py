"""Pure rules of membership: passwords, sign-in lifetimes, the go-live checklist."""

from collections.abc import Iterable
from datetime import datetime, timedelta

SHORTEST_PASSWORD = 12
WEAKEST_SCORE = 3
"""zxcvbn's score, 0 to 4, below which a password is too easy to guess."""
INVITATION_DAYS = 7
LEAVERS_KEPT_DAYS = 90
"""After so many days the name and the address of somebody who left are erased."""
SIGN_INS_KEPT_DAYS = 90
"""After so many days unused, the row of a sign-in or an invitation is deleted."""

GO_LIVE_STEPS: dict[str, tuple[str, str]] = {
    "controller": ("The controller is named", "Name and address of who decides what is held."),
    "ico": ("The controller is registered with the ICO", "The registration number."),
    "impact": ("The impact assessment is signed", "Its date, and who signed it (their post)."),
    "rules": ("Members' rules are agreed", "The version and date of the rules."),
    "privacy": ("The privacy notice is published", "Where people can read it."),
    "retention": ("How long records are kept is agreed", "The date the Board agreed the periods."),
    "board": ("A Board can approve and hear appeals", "How many people, and the date they met."),
}
"""What must be in place before a scheme holds a person's record (UK GDPR articles 5, 13, 35)."""


def missing_steps(done: Iterable[str]) -> list[str]:
    """Return the steps of the checklist not yet done, in order."""
    finished = set(done)
    return [step for step in GO_LIVE_STEPS if step not in finished]


def password_problem(password: str, score: int) -> str | None:
    """Return a sentence on why a password will not do, or None."""
    if len(password) < SHORTEST_PASSWORD:
        return f"Use at least {SHORTEST_PASSWORD} characters. Three or four words work well."
    if score < WEAKEST_SCORE:
        return "This password is easy to guess. Use three or four words that do not go together."
    return None


def sign_in_lasts(
    now: datetime, *, started: datetime, seen: datetime, idle: timedelta, longest: timedelta
) -> bool:
    """Say whether a sign-in still counts."""
    return now - seen < idle and now - started < longest


def normal_email(email: str) -> str:
    """Return an address as we compare it."""
    return email.strip().casefold()
