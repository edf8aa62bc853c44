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
class ReportAccepted(Event):
    """A manager accepted a report; the people whom it is about are known by then."""

    incident_id: uuid.UUID
