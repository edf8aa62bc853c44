"""The goods that premises often lose, with what they are usually worth: one tap in a report."""

import uuid
from collections.abc import Iterable

from sqlalchemy import delete, select

from disc.access.actor import Actor
from disc.core import audit
from disc.core.database import db
from disc.incidents.kinds import GoodsLine
from disc.incidents.models import GoodsPreset
from disc.members.models import Premises

MOST_GOODS = 12
"""Rows of a premises' list: more would be slower to look through than to type."""


def goods_of(premises_ids: Iterable[uuid.UUID]) -> list[GoodsPreset]:
    """List the goods of some premises, each premises' in its own order."""
    found = select(GoodsPreset).where(GoodsPreset.premises_id.in_(list(premises_ids)))
    return list(db.session.scalars(found.order_by(GoodsPreset.premises_id, GoodsPreset.position)))


def set_goods(actor: Actor, premises: Premises, lines: list[GoodsLine]) -> None:
    """Replace the goods of premises by at most ``MOST_GOODS`` lines, each with its value."""
    db.session.refresh(premises, with_for_update={"of": Premises})
    db.session.execute(delete(GoodsPreset).where(GoodsPreset.premises_id == premises.id))
    for position, line in enumerate(lines[:MOST_GOODS]):
        db.session.add(
            GoodsPreset(
                premises_id=premises.id, position=position, what=line.what, pence=line.pence or 0
            )
        )
    db.session.flush()
    entry = audit.by(actor, "goods set", "premises", premises.id)
    audit.record(entry)
