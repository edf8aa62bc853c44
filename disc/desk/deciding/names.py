"""What members say of a person is used, or not."""

import uuid
from typing import Any

from disc.access.actor import Actor
from disc.desk.models import Act
from disc.gallery import identifying
from disc.gallery.models import AnswerOutcome


def check(actor: Actor, subject_id: uuid.UUID, act: Act, told: dict[str, Any]) -> dict[str, Any]:
    """Hold a person and the answers about them. Raises Missing, NeedsName, Stale."""
    outcome = AnswerOutcome(act.value)
    identifying.hold_answers(actor, subject_id, _answers(told), outcome, seen=told["seen"])
    return told


def carry_out(actor: Actor, subject_id: uuid.UUID, act: Act, told: dict[str, Any]) -> None:
    """Let the decision take effect: whoever gave the answers is told. Raises as ``check``."""
    outcome = AnswerOutcome(act.value)
    identifying.decide(actor, subject_id, _answers(told), outcome, seen=told["seen"])


def _answers(told: dict[str, Any]) -> list[uuid.UUID]:
    return [uuid.UUID(one) for one in told["answers"]]
