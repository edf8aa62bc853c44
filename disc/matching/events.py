"""What happens to pairs, told to those above."""

import uuid
from dataclasses import dataclass

from disc.core.outbox import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class PairChanged(Event):
    """A pair was found, answered, or is open again, and others perhaps by the same act."""

    scheme_id: uuid.UUID
    pair_id: uuid.UUID
