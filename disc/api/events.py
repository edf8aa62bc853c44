"""What the interface tells itself: news waits to be sent."""

import uuid
from dataclasses import dataclass

from disc.core.outbox import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryDue(Event):
    """News for a retailer's system is to be sent now."""

    delivery_id: uuid.UUID
