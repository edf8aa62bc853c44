"""What happens at the desk, told to its open pages and to the worker."""

import uuid
from dataclasses import dataclass

from disc.core.outbox import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueChanged(Event):
    """Something of the queue came, went, or is looked at by somebody else now."""

    scheme_id: uuid.UUID
    kind: str
    item_id: uuid.UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionMade(Event):
    """A manager decided; the decision takes effect when this is heard."""

    decision_id: uuid.UUID
