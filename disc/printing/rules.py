"""Pure rules of pictures on paper: who is left out, how long a copy lives, what it says.

Paper cannot be hidden or erased, so a copy has a number, a reader, a mark and an end.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from disc.core.clock import add_months

MOST_DAYS = 28
"""No copy lives longer, whoever is on it."""
MOST_COPIES = 10
MOST_PEOPLE = 60
"""People on one print: a page holds nine."""
MOST_PICTURES = 4
"""Pictures on the print of one person, the newest ones."""
PRINT_MINUTES = 10
"""How long a copy can be taken out after it was asked for; nothing of it is kept."""
KEPT_MONTHS = 12
"""How long the register keeps a print after its day, so that a copy that turns up is known."""


class LeftOut(StrEnum):
    """Why somebody is not on a print."""

    NOT_SHOWN = "not shown"
    CARE = "care"
    FEW = "few"
    NO_PICTURE = "no picture"


class CalledBack(StrEnum):
    """Why copies are to be brought back before their day."""

    PERSON = "person"
    PICTURE = "picture"
    WORDS = "words"


class Stands(StrEnum):
    """Where a copy stands today."""

    DESTROYED = "destroyed"
    OVERDUE = "overdue"
    CALLED_BACK = "called back"
    OUT = "out"


WHY_LEFT_OUT = {
    LeftOut.NOT_SHOWN: "members do not see {them} today",
    LeftOut.CARE: "{they_are} under 18 or vulnerable",
    LeftOut.FEW: "not every member may see {them}",
    LeftOut.NO_PICTURE: "there is no picture of {them} that may be printed",
}
CALLED_BACK = {
    CalledBack.PERSON: "Has a person on it who was taken out on {day}: get it back.",
    CalledBack.PICTURE: "Has a picture on it that was taken back or changed on {day}: get it back.",
    CalledBack.WORDS: "Says of a person what was changed or taken back on {day}: get it back.",
}
HANDLING = (
    "Do not photograph or copy this paper.",
    "Do not put it on a wall or a till that the public sees.",
    "Do not show it to anybody but members of the scheme.",
    "A picture can be wrong. Never stop anybody because of this paper alone.",
    "Give it back, or shred it, by its last day. Then tell the manager.",
)


def why_left_out(
    *, shown: bool, needs_care: bool, shown_to_all: bool, pictures: int
) -> LeftOut | None:
    """Say why somebody is not printed, or None. ``shown_to_all`` asks about every member."""
    if not shown:
        return LeftOut.NOT_SHOWN
    if needs_care:
        return LeftOut.CARE
    if not shown_to_all:
        return LeftOut.FEW
    return None if pictures else LeftOut.NO_PICTURE


def in_words(left_out: Counter[LeftOut]) -> list[str]:
    """Say how many are left out and why, without saying who."""
    return [_sentence(count, why) for why, count in sorted(left_out.items()) if count]


def _sentence(count: int, why: LeftOut) -> str:
    one = count == 1
    words = WHY_LEFT_OUT[why].format(
        them="this person" if one else "them", they_are="this person is" if one else "they are"
    )
    return f"{'1 person is' if one else f'{count} people are'} left out, because {words}."


def last_day(today: date, leaving: Iterable[date]) -> date:
    """Return the last day of a copy: the last on which everybody on it is still shown.

    ``leaving`` are the days from which somebody or a picture is not shown any more, all of them
    after today. Never over ``MOST_DAYS``.
    """
    return min([today + timedelta(days=MOST_DAYS), *(one - timedelta(days=1) for one in leaving)])


def erasure_day(destroy_by: date) -> date:
    """Return the day on which the register forgets a print."""
    return add_months(destroy_by, KEPT_MONTHS)


def is_open(asked_at: datetime, now: datetime) -> bool:
    """Say whether copies that were asked for can still be taken out."""
    return now - asked_at <= timedelta(minutes=PRINT_MINUTES)


def stands(*, destroyed: bool, destroy_by: date, called_back: bool, today: date) -> Stands:
    """Say where a copy stands."""
    if destroyed:
        return Stands.DESTROYED
    if destroy_by < today:
        return Stands.OVERDUE
    return Stands.CALLED_BACK if called_back else Stands.OUT


def number_of(reference: str, number: int, copies: int) -> str:
    """Return what a copy is called, such as "G-4KX2M7, copy 2 of 3"."""
    return f"{reference}, copy {number} of {copies}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Marked:
    """A picture that carries the mark of its copy; sides in pixels."""

    jpeg: bytes
    width: int
    height: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Face:
    """One person on a sheet: what is said beside the picture, and the pictures as JPEG."""

    name: str
    reference: str
    notes: tuple[str, ...]
    pictures: tuple[Marked, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """All that one copy says; days are written as they shall be read."""

    scheme: str
    title: str
    number: str
    for_whom: str
    printed: str
    destroy_by: str
    mark: str
    faces: tuple[Face, ...]
    handling: tuple[str, ...] = HANDLING
