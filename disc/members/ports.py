"""What a person's own page asks of the features above: what was decided about who waits."""

import uuid
from typing import Any, Protocol

from disc.access.actor import Actor


class ToldOfJoiner(Protocol):
    """Tells the page of somebody who waits what was decided about them."""

    def __call__(self, actor: Actor, member_id: uuid.UUID) -> dict[str, Any]:
        """Return it by the names that the page knows."""


_tellers: list[ToldOfJoiner] = []


def tells_of_joiner(teller: ToldOfJoiner) -> ToldOfJoiner:
    """Register a teller."""
    _tellers.append(teller)
    return teller


def told_of_joiner(actor: Actor, member_id: uuid.UUID) -> dict[str, Any]:
    """Gather what the page of somebody who waits is told."""
    return {name: value for one in _tellers for name, value in one(actor, member_id).items()}
