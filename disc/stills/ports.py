"""Stills ask the features above who may see a picture, and tell what is done with originals."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from disc.access.actor import Actor
from disc.core import clock


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


class Handled(StrEnum):
    """What happens to the original of a picture or a video, from its first byte to its end."""

    BEGUN = "begun"
    RESUMED = "resumed"
    RECEIVED = "received"
    SEALED = "sealed"
    RENDITION = "rendition"
    SHARED = "shared"
    TAKEN_OUT = "taken-out"
    COPIED = "copied"
    ERASED = "erased"


@dataclass(frozen=True, slots=True, kw_only=True)
class Handling:
    """One thing that was done with an original. ``said`` is kept sealed: digests, clocks, names."""

    act: Handled
    at: datetime = field(default_factory=clock.now)
    by_id: uuid.UUID | None = None
    size: int | None = None
    said: Mapping[str, str] = field(default_factory=dict)


class Original(Protocol):
    """What is kept as it came: a row with a key of its own."""

    id: uuid.UUID
    scheme_id: uuid.UUID

    def open_key(self) -> bytes:
        """Return the key under which what is said of it is sealed."""


class Custodian(Protocol):
    """Writes down, inside the transaction, what was done with the original of a picture."""

    def __call__(self, still: Original, handlings: tuple[Handling, ...]) -> None:
        """Write it down."""


_custodians: list[Custodian] = []


def keeps_custody(custodian: Custodian) -> Custodian:
    """Register who writes down what is done with originals."""
    _custodians.append(custodian)
    return custodian


def note_handled(still: Original, *handlings: Handling) -> None:
    """Let it be written down what was done with the original of a picture."""
    for custodian in _custodians:
        custodian(still, handlings)
