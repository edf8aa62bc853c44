"""Pure rules of the gallery: the two clocks, and who may be shown."""

from dataclasses import dataclass
from datetime import date

from disc.core.clock import add_months

YOUNG_SHARE = 2
"""The clocks of somebody under 18 or vulnerable run this many times as fast."""


@dataclass(frozen=True, slots=True)
class Clocks:
    """The day a record is hidden and the day it is erased."""

    hide_on: date
    erase_on: date


def clocks(today: date, hide_months: int, erase_months: int, *, careful: bool) -> Clocks:
    """Return a new record's two days; shorter for somebody under 18 or vulnerable."""
    share = YOUNG_SHARE if careful else 1
    return Clocks(
        add_months(today, max(1, hide_months // share)),
        add_months(today, max(1, erase_months // share)),
    )


def needs_board(*, under_18: bool, vulnerable: bool) -> bool:
    """Say whether a Board member must agree before the person is shown."""
    return under_18 or vulnerable
