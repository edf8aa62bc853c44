"""Reads of stills."""

import uuid
from collections.abc import Iterable

from sqlalchemy import select

from disc.access.actor import Actor
from disc.core import clock
from disc.core.database import db
from disc.core.errors import Missing
from disc.core.keys import DataKey, SealedRecord, keyring
from disc.core.vault import DoesNotOpen
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


def hints(still_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, str]:
    """Return what stands in the place of some stills while they load, of those that have it.

    The caller has found out already that its reader may see them.
    """
    found = (
        select(Still.id, Still.scheme_id, Still.hint_sealed, DataKey.id, DataKey.wrapped)
        .join(DataKey, DataKey.id == Still.data_key_id)
        .where(Still.id.in_(list(still_ids)), Still.hint_sealed.is_not(None))
    )
    opened: dict[uuid.UUID, str] = {}
    for still_id, scheme_id, sealed, key_id, wrapped in db.session.execute(found):
        record = SealedRecord(
            id=still_id,
            scheme_id=scheme_id,
            table=Still.__tablename__,
            key_id=key_id,
            wrapped=wrapped,
            values={"hint_sealed": sealed},
        )
        try:
            opened |= {still_id: keyring().open_record(record)["hint_sealed"]}
        except DoesNotOpen:
            continue
    return opened
