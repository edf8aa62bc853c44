"""Pure rules of data protection: what may be asked, by when it is answered, why we hold data."""

import math
import re
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from disc.core.clock import add_months

COMPLAINT_DAYS = 30
"""A complaint is acknowledged within so many days (Data (Use and Access) Act 2025)."""
ANSWER_MONTHS = 1
"""Anything else is answered within one calendar month (UK GDPR, article 12(3))."""
KEPT_MONTHS = 24
"""How long a request is kept after its answer, so that the scheme can show what it answered."""
SOON_DAYS = 7
MOST_EXPORTED_DAYS = 31
MOST_EXPORTED = 10_000
"""Days and rows of the audit in one file, so that nobody takes all of it away in one go."""
LONGEST_WORDS = 5_000
CERTAIN, LIKELY = 1e-9, 1e-5
"""The greatest chance that a whole search names somebody whose mark is not in the picture."""
REFERENCE = re.compile(r"[A-Z]-[A-Z0-9]{4,10}")

LAWFUL_BASIS = "legitimate interests (UK GDPR, article 6(1)(f))"
CONDITION = (
    "to prevent or detect unlawful acts (Data Protection Act 2018, Schedule 1, paragraph 10)"
)


class Urgency(StrEnum):
    """How near the day of an answer is."""

    LATE = "late"
    SOON = "soon"
    LATER = "later"


class HowSure(StrEnum):
    """How sure it is that a picture carries somebody's mark; below that nobody is named."""

    CERTAIN = "certain"
    LIKELY = "likely"


@dataclass(frozen=True, slots=True)
class Kind:
    """What a person may ask, in their words and in the manager's."""

    words: str
    hint: str
    short: str


@dataclass(frozen=True, slots=True)
class Swept:
    """What one sweep hid and erased in a scheme, by kind, and what it left past its day."""

    hidden: dict[str, int]
    erased: dict[str, int]
    overdue: int = 0

    def __bool__(self) -> bool:
        """Say whether there is anything to tell."""
        return bool(self.hidden or self.erased or self.overdue)

    def __str__(self) -> str:
        """Return the proof as the audit keeps it: plain words and counts."""
        return (
            f"hidden {_counted(self.hidden)}; erased {_counted(self.erased)}; left {self.overdue}"
        )


def read_swept(proof: str) -> Swept:
    """Return what a proof says."""
    hidden, erased, left = proof.split("; ")
    return Swept(_counts(hidden), _counts(erased), int(left.split()[-1]))


def _counted(counts: dict[str, int]) -> str:
    return ", ".join(f"{name.replace('_', ' ')} {count}" for name, count in counts.items()) or "0"


def _counts(words: str) -> dict[str, int]:
    told = words.partition(" ")[2]
    pairs = (one.rpartition(" ") for one in told.split(", ") if one != "0")
    return {name: int(count) for name, _, count in pairs}


def due_on(today: date, *, is_complaint: bool) -> date:
    """Return the day by which a person who asks today hears from the scheme."""
    if is_complaint:
        return today + timedelta(days=COMPLAINT_DAYS)
    return add_months(today, ANSWER_MONTHS)


def urgency(today: date, due: date) -> Urgency:
    """Say how near the day of an answer is; the day itself is not late."""
    left = (due - today).days
    if left < 0:
        return Urgency.LATE
    return Urgency.SOON if left <= SOON_DAYS else Urgency.LATER


def about(typed: str | None) -> str:
    """Return a reference from an address, or nothing where it is not one of ours in form."""
    upper = (typed or "").strip().upper()
    return upper if REFERENCE.fullmatch(upper) else ""


def notice_in(words: str) -> str:
    """Return the reference that stands above somebody's words, or nothing."""
    return about(words.partition("\n")[0].removeprefix("About "))


def with_reference(reference: str, words: str) -> str:
    """Put the reference that a person gave above their words."""
    return f"About {reference}\n\n{words}".strip() if reference else words


def chance_of(score: float, tried: int) -> float:
    """Return at most how likely it is that chance alone gives one of so many patterns a score.

    A score is a sum of independent signs whose weights, squared, make one. So Hoeffding's
    inequality (1963) holds for one pattern, whatever the picture shows, and all tried add up.
    """
    return min(1.0, tried * math.exp(-score * score / 2)) if score > 0 else 1.0


def how_sure(score: float, tried: int) -> HowSure | None:
    """Say how sure a mark is, or None where nobody may be named for it."""
    chance = chance_of(score, tried)
    if chance <= CERTAIN:
        return HowSure.CERTAIN
    return HowSure.LIKELY if chance <= LIKELY else None
