"""Writing down that somebody asked for rows that are not there for them: not without end.

Such a row may be another scheme's, so each is written down. Whoever asks for thousands shall not
fill the database with it: one entry then stands for the rest of the minute.
"""

import uuid

from limits import RateLimitItem, parse

from disc.access.actor import Actor
from disc.core import audit
from disc.core.web import limiter

MOST = parse("60/minute")
"""Entries a person; nobody who follows old links by hand makes as many."""
ONCE = parse("1/minute")
UNFOUND = "no such row for this reader"
AND_MORE = f"more than {MOST.amount} in a minute: {UNFOUND}"


def unfound(actor: Actor, target_id: uuid.UUID) -> list[audit.Entry]:
    """Return what to write down of somebody who asked for a row that is not there for them."""
    if _counts(MOST, actor):
        return [audit.by(actor, "refused", target_id=target_id, detail=UNFOUND)]
    if _counts(ONCE, actor):
        return [audit.by(actor, "refused", target_id=target_id, detail=AND_MORE)]
    return []


def _counts(limit: RateLimitItem, actor: Actor) -> bool:
    """Count one more, and say whether it is within a limit."""
    return not limiter.enabled or limiter.limiter.hit(limit, "unfound", str(actor.id))
