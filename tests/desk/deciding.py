"""The ten seconds after a decision, passed at once."""

import uuid
from datetime import timedelta

from sqlalchemy import select

from disc.core import clock
from disc.core.database import db
from disc.core.transaction import writing
from disc.desk import deciding
from disc.desk.models import PendingDecision

NEW = {"about": "new", "under_18": "no", "vulnerable": "no"}


def make_due() -> list[uuid.UUID]:
    """Let the time of every decision that waits be over; return them, the oldest first."""
    with writing():
        rows = db.session.scalars(
            select(PendingDecision)
            .where(PendingDecision.failed_at.is_(None))
            .order_by(PendingDecision.id)
        ).all()
        for row in rows:
            row.made_at = clock.now() - timedelta(seconds=11)
            row.effective_at = clock.now() - timedelta(seconds=1)
        return [row.id for row in rows]


def take_effect() -> None:
    """Carry out what was decided, as the worker does ten seconds later."""
    for decision_id in make_due():
        deciding.carry_out(decision_id)
    db.session.rollback()  # what a test reads after this is what is there then
