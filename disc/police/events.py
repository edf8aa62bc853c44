"""What happens to shared reports, told to those above."""

import uuid
from dataclasses import dataclass

from disc.core.outbox import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportShared(Event):
    """A report was shared with the police."""

    escalation_id: uuid.UUID
