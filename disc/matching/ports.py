"""What matching asks of the features above: whose stills to search, and which came together."""

import uuid
from typing import Protocol

from sqlalchemy import Select

from disc.access.actor import Actor
from disc.matching.likeness.evidence import Likeness


class Partners(Protocol):
    """Schemes that agreed to search each other's stills; there are none unless it is registered.

    A pair's row belongs to one scheme. So what is found elsewhere is told, and not stored here.
    """

    def whom(self, scheme_id: uuid.UUID) -> set[uuid.UUID]:
        """Return the other schemes whose stills may be searched for one of this scheme's."""

    def found(
        self, still_id: uuid.UUID, there: uuid.UUID, matches: list[tuple[uuid.UUID, Likeness]]
    ) -> None:
        """Hear what a still is like in a partner's scheme, likeliest first; called in the worker.

        The same may be told twice.
        """


_partners: list[Partners] = []


def searches_partners(partners: Partners) -> Partners:
    """Register who knows the partners of a scheme."""
    _partners.append(partners)
    return partners


def partners_of(scheme_id: uuid.UUID) -> list[tuple[Partners, uuid.UUID]]:
    """List the partners of a scheme, each with who is to hear of it."""
    return [
        (asked, there)
        for asked in _partners
        for there in sorted(asked.whom(scheme_id))
        if there != scheme_id
    ]


class CameWith(Protocol):
    """Says which stills somebody sent together with one."""

    def __call__(self, still_id: uuid.UUID) -> set[uuid.UUID]:
        """Return them; the one itself may be among them."""


_senders: list[CameWith] = []


def knows_what_came_together(came_with: CameWith) -> CameWith:
    """Register who knows what was sent together."""
    _senders.append(came_with)
    return came_with


def came_with(still_id: uuid.UUID) -> set[uuid.UUID]:
    """Return the stills sent together with one: that they are alike is no news to anybody."""
    return {other for asked in _senders for other in asked(still_id)} - {still_id}


class KeptBack(Protocol):
    """Says which stills somebody who moderates may not see, and so is not asked about either."""

    def __call__(self, actor: Actor) -> Select[uuid.UUID] | None:
        """Select those stills by their ids; None where nothing is kept back from the actor."""


_keepers: list[KeptBack] = []


def keeps_back(kept: KeptBack) -> KeptBack:
    """Register who knows stills that are kept back from some."""
    _keepers.append(kept)
    return kept


def kept_back(actor: Actor) -> list[Select[uuid.UUID]]:
    """Gather the stills that are kept back from an actor."""
    return [found for keeper in _keepers if (found := keeper(actor)) is not None]
