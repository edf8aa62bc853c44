"""A pair of pictures is answered."""

import uuid
from typing import Any

from disc.access.actor import Actor
from disc.core.errors import Stale
from disc.desk.models import Act
from disc.matching import service as matching
from disc.matching.models import Verdict
from disc.matching.queries import get_pair


def check(actor: Actor, pair_id: uuid.UUID, _act: Act, told: dict[str, Any]) -> dict[str, Any]:
    """Hold a pair that waits for an answer. Raises Missing, Stale."""
    matching.hold_open(actor, pair_id)
    return told


def carry_out(actor: Actor, pair_id: uuid.UUID, act: Act, _told: dict[str, Any]) -> None:
    """Let the answer take effect, with what follows from it. Raises Missing, Stale.

    Where the same answer followed meanwhile from that to another pair, nothing is left to do.
    """
    verdict = Verdict(act.value)
    try:
        matching.judge(actor, pair_id, verdict)
    except Stale:
        if get_pair(actor, pair_id).verdict is not verdict:
            raise
