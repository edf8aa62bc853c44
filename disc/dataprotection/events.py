"""What happens in data protection, told to those who do the rest of it."""

import uuid
from dataclasses import dataclass

from disc.core.outbox import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckBegun(Event):
    """A chain is being checked, and holds or not up to this position; the rest comes next.

    One event is one piece of work, so that other work of the worker goes on between two.
    """

    check_id: uuid.UUID
    scheme_id: uuid.UUID
    position: str
    link: str
    broken: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LeakBrought(Event):
    """The DPO brought a leaked picture; it waits to be looked at."""

    search_id: uuid.UUID
