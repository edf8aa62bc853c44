"""What the gallery asks of the features above it."""

import uuid
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from disc.access.actor import Actor


@dataclass(frozen=True, slots=True)
class Badge:
    """A few words on a Subject's tile, with the tone and icon of a status chip.

    ``for_all`` are words that are true for whoever reads them, where ``words`` are for one reader.
    """

    words: str
    tone: str
    icon: str
    for_all: str = ""


class BadgesOf(Protocol):
    """Gives badges to Subjects, such as "Banned until 4 May 2026"."""

    def __call__(self, actor: Actor, subject_ids: set[uuid.UUID]) -> dict[uuid.UUID, list[Badge]]:
        """Return badges by Subject; a merged record's count for the one it was merged into."""


_givers: list[BadgesOf] = []


def gives_badges(giver: BadgesOf) -> BadgesOf:
    """Register a giver of badges."""
    _givers.append(giver)
    return giver


def badges(actor: Actor, subject_ids: set[uuid.UUID]) -> dict[uuid.UUID, list[Badge]]:
    """Gather the badges of some Subjects."""
    gathered: dict[uuid.UUID, list[Badge]] = {subject_id: [] for subject_id in subject_ids}
    for giver in _givers:
        for subject_id, given in giver(actor, subject_ids).items():
            gathered.setdefault(subject_id, []).extend(given)
    return gathered


@dataclass(frozen=True, slots=True)
class Companion:
    """A Known Subject with whom somebody is often seen, as a member reads it."""

    id: uuid.UUID
    name: str


class CompanionsOf(Protocol):
    """Knows with whom somebody is often seen."""

    def __call__(self, actor: Actor, subject_id: uuid.UUID) -> list[Companion]:
        """Return whom this reader may be told of."""


_knowing: list[CompanionsOf] = []


def knows_companions(knows: CompanionsOf) -> CompanionsOf:
    """Register who knows with whom somebody is often seen."""
    _knowing.append(knows)
    return knows


def companions(actor: Actor, subject_id: uuid.UUID) -> list[Companion]:
    """Gather with whom a Subject is often seen, as far as this reader may be told."""
    return [one for knows in _knowing for one in knows(actor, subject_id)]


class NeedsTheName(Protocol):
    """Knows whether something rests on the name of a person."""

    def __call__(self, subject_id: uuid.UUID) -> str:
        """Return a sentence on what to do before the name goes, or "" where nothing rests on it."""


_resting: list[NeedsTheName] = []


def rests_on_name(needs: NeedsTheName) -> NeedsTheName:
    """Register what may rest on a name."""
    _resting.append(needs)
    return needs


def needs_name(subject_id: uuid.UUID) -> list[str]:
    """Gather why the name of a person may not be taken off yet."""
    return [sentence for needs in _resting if (sentence := needs(subject_id))]


class NeedsDays(Protocol):
    """Knows how long a person's record is needed at least."""

    def __call__(self, subject_id: uuid.UUID) -> list[tuple[date, date]]:
        """Return days before which it may not be hidden, each with one before its erasure."""


_needing: list[NeedsDays] = []


def needs_days(needs: NeedsDays) -> NeedsDays:
    """Register who needs records for a time."""
    _needing.append(needs)
    return needs


def needed_until(subject_id: uuid.UUID) -> list[tuple[date, date]]:
    """Gather how long a person's record is needed at least."""
    return [days for needs in _needing for days in needs(subject_id)]


class FindsByVehicle(Protocol):
    """Finds the Subjects who are known to use a vehicle, by its registration mark."""

    def __call__(self, actor: Actor, typed: str) -> set[uuid.UUID]:
        """Return the Subjects; who of them the actor may see is asked afterwards."""


_vehicle_finders: list[FindsByVehicle] = []


def finds_by_vehicle(finder: FindsByVehicle) -> FindsByVehicle:
    """Register who knows vehicles; without any, nobody is found by one."""
    _vehicle_finders.append(finder)
    return finder


def users_of_vehicle(actor: Actor, typed: str) -> set[uuid.UUID]:
    """Return the Subjects who are known to use a vehicle."""
    return {one for finder in _vehicle_finders for one in finder(actor, typed)}
