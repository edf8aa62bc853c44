"""What a report's own page asks of the features above: what became of it."""

import uuid
from dataclasses import dataclass
from typing import Protocol


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
