"""What is decided about an import, told to the worker that does it."""

import uuid
from dataclasses import dataclass

from disc.core.outbox import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportConfirmed(Event):
    """An Administrator said that the good lines of a file come in."""

    file_id: uuid.UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportCalledBack(Event):
    """An Administrator said that what came in with a file goes again."""

    file_id: uuid.UUID
