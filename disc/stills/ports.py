"""Stills ask the features above who may see a picture."""

import uuid
from typing import Protocol

from disc.access.actor import Actor


class Audience(Protocol):
    """Says which of some stills an actor may see, for one reason (a gallery, an own report…)."""

    def __call__(self, actor: Actor, still_ids: set[uuid.UUID]) -> set[uuid.UUID]:
        """Return the stills that this reason opens to the actor."""


_audiences: list[Audience] = []


def opens_stills(audience: Audience) -> Audience:
    """Register a reason for which stills may be seen; without any, nobody sees any."""
    _audiences.append(audience)
    return audience


def opened(actor: Actor, still_ids: set[uuid.UUID]) -> set[uuid.UUID]:
    """Return which stills some reason opens to the actor."""
    found: set[uuid.UUID] = set()
    for audience in _audiences:
        found |= audience(actor, still_ids - found)
        if found == still_ids:
            break
    return found
