"""Pure rules of exclusion notices: what follows what, how long, and when one is in force."""

from collections.abc import Collection
from datetime import date, datetime, timedelta
from enum import StrEnum

from disc.core.clock import UK, add_months

LENGTHS = (3, 6, 12)
"""Months that a notice may last."""
LONGEST_MONTHS = 36
"""A notice ends within so many months of the day on which it is proposed."""
KEPT_MONTHS = 12
"""A notice is erased so long after its last day."""
LEAST_EVIDENCE = 1
"""Accepted reports without which nobody is excluded."""
LONGEST_REASONS = 3000

MOVES: dict[str, frozenset[str]] = {
    "proposed": frozenset({"approved", "refused"}),
    "approved": frozenset({"served", "lifted"}),
    "served": frozenset({"lifted"}),
    "refused": frozenset(),
    "lifted": frozenset(),
}
"""Which state may follow which. A proposal is never lifted: the Board refuses it."""


class Standing(StrEnum):
    """What a notice is on a day: its state, and what its dates make of it."""

    AWAITS_BOARD = "awaits board"
    REFUSED = "refused"
    TO_SERVE = "to serve"
    SERVED = "served"
    IN_FORCE = "in force"
    ENDED = "ended"
    LIFTED = "lifted"


def may_move(state: str, to: str) -> bool:
    """Say whether a notice in one state may go to another."""
    return to in MOVES[state]


def last_day(starts_on: date, months: int) -> date:
    """Return the last day on which a notice holds: 3 months from 24 May end on 23 August."""
    return add_months(starts_on, months) - timedelta(days=1)


def first_day_after(ends_on: date) -> date:
    """Return the first day on which a notice holds no more: the person may be hidden from then."""
    return ends_on + timedelta(days=1)


def erasure_day(ends_on: date) -> date:
    """Return the day on which a notice is erased."""
    return add_months(ends_on, KEPT_MONTHS)


def standing(state: str, starts_on: date, ends_on: date, today: date) -> Standing:
    """Return what a notice is today; that it has ended follows from its dates alone."""
    if state in ("proposed", "refused", "lifted"):
        return {
            "proposed": Standing.AWAITS_BOARD,
            "refused": Standing.REFUSED,
            "lifted": Standing.LIFTED,
        }[state]
    if has_ended(ends_on, today):
        return Standing.ENDED
    if state == "approved":
        return Standing.TO_SERVE
    return Standing.IN_FORCE if starts_on <= today else Standing.SERVED


def has_ended(ends_on: date, today: date) -> bool:
    """Say whether a notice's last day is over."""
    return ends_on < today


def months_problem(months: int) -> str | None:
    """Return a sentence on why a notice cannot last so long, or None."""
    return None if months in LENGTHS else "Choose 3, 6 or 12 months."


def start_problem(starts_on: date, months: int, today: date) -> str | None:
    """Return a sentence on why a notice cannot start on a day, or None."""
    if starts_on < today:
        return "The first day is in the past. Choose today or a later day."
    if starts_on > add_months(today, LONGEST_MONTHS):  # also keeps the sum below within a calendar
        return "The notice starts too late. Choose an earlier first day."
    if last_day(starts_on, months) > add_months(today, LONGEST_MONTHS):
        return f"The notice ends more than {LONGEST_MONTHS} months from now. Choose an earlier day."
    return None


def evidence_problem(chosen: Collection[object]) -> str | None:
    """Return a sentence on why there is too little evidence, or None."""
    if len(chosen) < LEAST_EVIDENCE:
        return "Choose at least one report. A notice needs evidence."
    return None


def premises_problem(chosen: Collection[object]) -> str | None:
    """Return a sentence on why a notice covers no place, or None."""
    return None if chosen else "Choose at least one place."


def serving_problem(
    served_at: datetime, decided_at: datetime, ends_on: date, now: datetime
) -> str | None:
    """Return a sentence on why a notice cannot have been served then, or None.

    The decision counts from its minute on, since people type no seconds.
    """
    if served_at > now:
        return "The time is in the future. Type when the person got the notice."
    if served_at < decided_at.replace(second=0, microsecond=0):
        return "The time is before the Board decided. Type when the person got the notice."
    if has_ended(ends_on, served_at.astimezone(UK).date()):
        return "The notice had ended by then. It cannot be served any more."
    return None
