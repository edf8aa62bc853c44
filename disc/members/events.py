"""What happens to members, told to those above."""

import uuid
from dataclasses import dataclass

from disc.core.outbox import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionEnded(Event):
    """A sign-in was ended by the server: its open pages must close."""

    session_id: uuid.UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class RightsChanged(Event):
    """Somebody's role, Areas, premises or groups changed: their open pages must ask anew."""

    member_id: uuid.UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class JoinerChanged(Event):
    """Somebody waits for a manager to let them in, or waits no more."""

    scheme_id: uuid.UUID
    member_id: uuid.UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class RulesChanged(Event):
    """A scheme published a document, or changed how long an acceptance lasts."""

    scheme_id: uuid.UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class ViewingStopped(Event):
    """Somebody opened too many pictures, and sees none until they are let."""

    member_id: uuid.UUID
    scheme_id: uuid.UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class PushAsked(Event):
    """Messages to phones wait to be sent; they are rows with one batch."""

    batch_id: uuid.UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class ResetAsked(Event):
    """Somebody asked for a link to choose a new password; it leads to ``origin``."""

    ceremony_id: uuid.UUID
    origin: str
