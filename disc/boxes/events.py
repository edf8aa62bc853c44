"""What happens to boxes."""

import uuid
from dataclasses import dataclass

from disc.core.outbox import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class PhotoCame(Event):
    """Every part of one photo is here, and others are still to come; ``first`` is its first."""

    box_id: uuid.UUID
    first: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BoxFilled(Event):
    """Every part of a box is here."""

    box_id: uuid.UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class BoxClosed(Event):
    """A box is done with; ``parts`` is how many sealed files of it there may be."""

    box_id: uuid.UUID
    scheme_id: uuid.UUID
    parts: str
