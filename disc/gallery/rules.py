"""Pure rules of the gallery: the two clocks, who may be shown, and what near and late mean."""

import hashlib
import math
from dataclasses import dataclass
from datetime import date
from typing import Any

from disc.core.clock import add_months


@dataclass(frozen=True, slots=True)
class Months:
    """After how many months a record is hidden, and erased."""

    hide: int
    erase: int


LONGEST_BAN = Months(hide=36, erase=48)
"""No report again keeps somebody longer than the longest ban would (exclusions' own rules)."""
UNDO_DAYS = 7
"""Joining two records can be undone within so many days; what was said before is kept so long."""
YOUNG_SHARE = 2
"""The clocks of somebody under 18 or vulnerable run this many times as fast."""


@dataclass(frozen=True, slots=True)
class Clocks:
    """The day a record is hidden and the day it is erased."""

    hide_on: date
    erase_on: date


def clocks(today: date, months: Months, *, careful: bool) -> Clocks:
    """Return a new record's two days; shorter for somebody under 18 or vulnerable."""
    share = YOUNG_SHARE if careful else 1
    return Clocks(
        add_months(today, max(1, months.hide // share)),
        add_months(today, max(1, months.erase // share)),
    )


def at_least(months: Months, least: int) -> Months:
    """Return shorter periods: hidden after ``least`` months, erased as long after that as ever."""
    hide = min(months.hide, least)
    return Months(hide, hide + months.erase - months.hide)


def later(now: Clocks, wanted: Clocks, today: date) -> Clocks:
    """Put the days of somebody who was reported again off; they never come nearer.

    Nor do they go past what the longest ban would make of them, unless they stand there already.
    """
    last = clocks(today, LONGEST_BAN, careful=False)
    return Clocks(
        max(now.hide_on, min(wanted.hide_on, last.hide_on)),
        max(now.erase_on, min(wanted.erase_on, last.erase_on)),
    )


def version_of(*said: dict[str, Any]) -> str:
    """Return a digest of what some records say: another one tells that they were changed."""
    return hashlib.sha256(repr(said).encode()).hexdigest()[:32]


def needs_board(*, under_18: bool, vulnerable: bool) -> bool:
    """Say whether a Board member must agree before the person is shown."""
    return under_18 or vulnerable


def may_be_in(*, under_10: bool, restricted_only: bool, restricted: bool) -> bool:
    """Say whether somebody may be in a gallery, restricted or not."""
    return not under_10 and (restricted or not restricted_only)


PARTS_OF_DAY = ("morning", "afternoon", "evening", "night")
_BEGINS = {5: "morning", 12: "afternoon", 17: "evening", 22: "night"}
NEAR_KM = 2.0
"""How far premises may be from each other to be near: half an hour on foot."""
EARTH_KM = 6371.0


def part_of_day(hour: int) -> str:
    """Return the part of the day of an hour, 0 to 23, of local time."""
    return _BEGINS[max((begins for begins in _BEGINS if begins <= hour), default=22)]


def distance_km(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Return how far apart two places are (haversine); each is latitude, longitude in degrees."""
    (lat, lon), (lat2, lon2) = (tuple(map(math.radians, place)) for place in (one, other))
    half = math.sin((lat2 - lat) / 2) ** 2
    half += math.cos(lat) * math.cos(lat2) * math.sin((lon2 - lon) / 2) ** 2
    return 2 * EARTH_KM * math.asin(math.sqrt(half))
