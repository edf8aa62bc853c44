"""What happens to members, told to those above."""

import uuid
from dataclasses import dataclass

from disc.core.outbox import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionEnded(Event):
    """A sign-in was ended by the server: its open pages must close."""

    session_id: uuid.UUID
