"""What happens to reports, told to those above."""

import uuid
from dataclasses import dataclass

from disc.core.outbox import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentReported(Event):
    """A member sent a report."""

    incident_id: uuid.UUID
    scheme_id: uuid.UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportMoved(Event):
    """Something became of a report, which its reporter is told."""

    incident_id: uuid.UUID
    scheme_id: uuid.UUID
    reporter_id: uuid.UUID
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportAmended(Event):
    """A reporter changed a report that waits for a decision, or answered what was asked."""

    incident_id: uuid.UUID
    scheme_id: uuid.UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportAccepted(Event):
    """A manager accepted a report; the people whom it is about are known by then."""

    incident_id: uuid.UUID
