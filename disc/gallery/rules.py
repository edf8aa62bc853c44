"""Pure rules of the gallery: the two clocks, who may be shown, what near, late and likely mean."""

import hashlib
import math
import uuid
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from disc.core.clock import add_months
from disc.gallery.names import alike


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


SURENESS = {"sure": 3, "fairly sure": 2, "not sure": 1}
"""What each word of a member weighs, where as many people name somebody otherwise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One member's word on who a person is."""

    id: uuid.UUID
    by_id: uuid.UUID
    name: str
    sureness: str
    at: datetime


def combine(answers: Iterable[Said]) -> list[tuple[Said, ...]]:
    """Put answers that give the same name together, the likeliest name first.

    A name joins a group if it is like each of the group's: else a short name would make one of
    two longer ones. More people come first, however sure they are; then the surer ones, by the
    sum of each person's surest answer; then the newest answer.
    """
    groups: list[list[Said]] = []
    for answer in answers:
        fits = (one for one in groups if all(alike(answer.name, said.name) for said in one))
        found = next(fits, None)
        if found is None:
            groups.append([answer])
        else:
            found.append(answer)
    return sorted(map(tuple, groups), key=_likelihood, reverse=True)


def _likelihood(group: Sequence[Said]) -> tuple[int, int, datetime]:
    surest: dict[uuid.UUID, int] = {}
    for one in group:
        surest[one.by_id] = max(surest.get(one.by_id, 0), SURENESS[one.sureness])
    return len(surest), sum(surest.values()), max(one.at for one in group)


def spelling(group: Sequence[Said]) -> str:
    """Return how a group's name is written: as most do, then as the surest do."""
    written = Counter(one.name for one in group)
    return max(group, key=lambda one: (written[one.name], SURENESS[one.sureness])).name
