"""Reads of stills."""

import uuid
from datetime import datetime

from sqlalchemy import select

from disc.access.actor import Actor
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
    """Return which stills the actor may see now: hidden and erased ones are seen by nobody."""
    shown = db.session.scalars(
        select(Still.id).where(
            Still.id.in_(still_ids),
            Still.scheme_id == actor.scheme_id,
            Still.hidden_at.is_(None),
            Still.erased_at.is_(None),
        )
    )
    present = set(shown)
    return ports.opened(actor, present) if present else set()


def edited_at(actor: Actor, still_ids: set[uuid.UUID]) -> dict[uuid.UUID, datetime]:
    """Return when each of some stills was edited last, if ever."""
    found = select(Still.id, Still.edited_at).where(
        Still.id.in_(still_ids), Still.scheme_id == actor.scheme_id
    )
    return {row.id: row.edited_at for row in db.session.execute(found) if row.edited_at}
