"""What a report's own page asks of the features above: what became of it."""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from disc.access.actor import Actor


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that the reporter may know, such as a crime number."""

    label: str
    value: str


class FactsOf(Protocol):
    """Tells facts about a report, in words for its reporter."""

    def __call__(self, incident_id: uuid.UUID) -> list[Fact]:
        """Return what there is to tell, in order."""


_tellers: list[FactsOf] = []


def tells_reporter(teller: FactsOf) -> FactsOf:
    """Register a teller of facts."""
    _tellers.append(teller)
    return teller


def facts_of(incident_id: uuid.UUID) -> list[Fact]:
    """Gather what the reporter may know about a report."""
    return [fact for tell in _tellers for fact in tell(incident_id)]


@dataclass(frozen=True, slots=True)
class Led:
    """How many people, or reports, something happened to, such as "2 named"."""

    count: int
    word: str


People = Mapping[uuid.UUID, set[uuid.UUID]]
"""The Subjects whom each report is about."""


def all_of(people: People) -> set[uuid.UUID]:
    """Return everybody whom some reports are about, each once."""
    return {one for several in people.values() for one in several}


class LedTo(Protocol):
    """Counts what somebody's reports led to."""

    def __call__(self, actor: Actor, people: People, /) -> Led:
        """Count."""


_counters: dict[int, LedTo] = {}


def counts_what_followed(place: int) -> Callable[[LedTo], LedTo]:
    """Register a counter at its place in the sentence."""

    def register(counter: LedTo) -> LedTo:
        _counters[place] = counter
        return counter

    return register


def led_to(actor: Actor, people: People) -> list[Led]:
    """Count what reports led to, in the sentence's order and without noughts."""
    found = [_counters[place](actor, people) for place in sorted(_counters)] if people else []
    return [one for one in found if one.count]
