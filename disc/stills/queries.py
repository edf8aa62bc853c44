"""Reads of stills."""

import uuid

from sqlalchemy import select

from disc.access.actor import Actor
from disc.core import clock
from disc.core.database import db
from disc.core.errors import Missing
from disc.stills import ports
from disc.stills.models import Still


def get_still(actor: Actor, still_id: uuid.UUID) -> Still:
    """Return one of the scheme's stills. Raises Missing."""
    still = db.session.get(Still, still_id)
    if still is None or still.scheme_id != actor.scheme_id:
        raise Missing
    return still


def viewable(actor: Actor, still_ids: set[uuid.UUID]) -> set[uuid.UUID]:
    """Return which stills the actor may see now: hidden and erased ones are seen by nobody.

    One whose day of erasure has come is erased, though the sweep may come to it an hour later.
    """
    shown = db.session.scalars(
        select(Still.id).where(
            Still.id.in_(still_ids),
            Still.scheme_id == actor.scheme_id,
            Still.hidden_at.is_(None),
            Still.erased_at.is_(None),
            Still.erase_on > clock.today(),
        )
    )
    present = set(shown)
    return ports.opened(actor, present) if present else set()
