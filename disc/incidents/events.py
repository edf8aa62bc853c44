"""What happens to reports, told to those above."""

import uuid
from dataclasses import dataclass

from disc.core.outbox import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentReported(Event):
    """A member sent a report."""

    incident_id: uuid.UUID
    scheme_id: uuid.UUID
