"""What happens to alerts, told to those who listen."""

import uuid
from dataclasses import dataclass

from disc.core.outbox import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertRaised(Event):
    """A member warned an Area."""

    alert_id: uuid.UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertAnswered(Event):
    """A member said that they saw an alert, or that whom it is about is with them."""

    alert_id: uuid.UUID
    answer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertClosed(Event):
    """An alert was taken back before its hour was over."""

    alert_id: uuid.UUID
