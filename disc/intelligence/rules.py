"""Pure rules of intelligence: 3x5x2 grades, days, and what members read."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from disc.core.clock import add_months

LONGEST_EVIDENCE = 2000
LONGEST_CONDITIONS = 500
MONTHS = (3, 6, 12)
"""For how long a link may hold."""
USUAL_MONTHS = 12
KEPT_MONTHS = 3
"""An ended link is kept so long, so that it is not suggested again, and then erased."""


class AssociationKind(StrEnum):
    """What connects two people, or a person and a vehicle."""

    SEEN_TOGETHER = "seen together"
    FAMILY = "family"
    SAME_ADDRESS = "shares an address"
    USES_VEHICLE = "uses this vehicle"
    PASSENGER = "passenger"
    OTHER = "other"


BETWEEN_PEOPLE = (
    AssociationKind.SEEN_TOGETHER,
    AssociationKind.FAMILY,
    AssociationKind.SAME_ADDRESS,
    AssociationKind.OTHER,
)
WITH_A_VEHICLE = (
    AssociationKind.USES_VEHICLE,
    AssociationKind.PASSENGER,
    AssociationKind.OTHER,
)


class AssociationState(StrEnum):
    """Where an association stands."""

    SUGGESTED = "suggested"
    CONFIRMED = "confirmed"
    EXPIRED = "expired"


class Source(StrEnum):
    """How good a source is (College of Policing, 3x5x2, first figure)."""

    RELIABLE = "1"
    UNTESTED = "2"
    NOT_RELIABLE = "3"


class Assessment(StrEnum):
    """How the source knows (3x5x2, the letter in the middle)."""

    DIRECTLY = "A"
    CORROBORATED = "B"
    INDIRECTLY = "C"
    NOT_KNOWN = "D"
    SUSPECTED_FALSE = "E"


class Handling(StrEnum):
    """Whether it may be passed on (3x5x2, the last letter)."""

    PERMITTED = "P"
    CONDITIONS = "C"


SOURCES = {
    Source.RELIABLE: "Reliable",
    Source.UNTESTED: "Untested",
    Source.NOT_RELIABLE: "Not reliable",
}
ASSESSMENTS = {
    Assessment.DIRECTLY: "The source knows it directly",
    Assessment.CORROBORATED: "The source heard of it, and something else bears it out",
    Assessment.INDIRECTLY: "The source heard of it",
    Assessment.NOT_KNOWN: "Nobody knows how the source knows",
    Assessment.SUSPECTED_FALSE: "It may be false",
}
HANDLINGS = {
    Handling.PERMITTED: "May be passed on",
    Handling.CONDITIONS: "May be passed on only under conditions",
}
SOUND = frozenset({Assessment.DIRECTLY, Assessment.CORROBORATED, Assessment.INDIRECTLY})


@dataclass(frozen=True, slots=True)
class Grading:
    """A 3x5x2 grade. ``conditions`` say how it may be handled, where handling is C."""

    source: Source
    assessment: Assessment
    handling: Handling
    conditions: str = ""

    @property
    def code(self) -> str:
        """Return the grade as the field writes it, such as "2 C P"."""
        return f"{self.source} {self.assessment} {self.handling}"


def kinds_of(*, with_a_vehicle: bool) -> tuple[AssociationKind, ...]:
    """Return the kinds that fit two people, or a person and a vehicle."""
    return WITH_A_VEHICLE if with_a_vehicle else BETWEEN_PEOPLE


def grading_problem(grading: Grading) -> str | None:
    """Return a sentence on why a grade will not do, or None."""
    asks = grading.handling is Handling.CONDITIONS
    return conditions_problem(grading.conditions) if asks else None


def conditions_problem(conditions: str) -> str | None:
    """Return a sentence on why conditions of handling C will not do, or None."""
    return None if conditions.strip() else "Type the conditions."


def days(today: date, months: int, *erase_days: date) -> tuple[date, date]:
    """Return the day on which a link ends and the one on which it is erased.

    Neither is past the day of erasure of the records that it connects.
    """
    expires_on = min(add_months(today, months), *erase_days)
    return expires_on, min(add_months(expires_on, KEPT_MONTHS), *erase_days)


def is_told_to_members(kind: AssociationKind, grading: Grading | None) -> bool:
    """Say whether members may read "Often with" of a confirmed link.

    The words must be true of it, and it must be sound enough to pass on.
    """
    return (
        kind is AssociationKind.SEEN_TOGETHER
        and grading is not None
        and grading.handling is Handling.PERMITTED
        and grading.source is not Source.NOT_RELIABLE
        and grading.assessment in SOUND
    )
