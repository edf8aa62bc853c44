"""Reads of stills."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, false, or_, select

from disc.access.actor import Actor, Role
from disc.core import clock, paging
from disc.core.database import db
from disc.core.errors import Missing
from disc.core.keys import DataKey, SealedRecord, keyring
from disc.core.vault import DoesNotOpen
from disc.members.models import Premises
from disc.stills import ports
from disc.stills.models import Source, Still


@dataclass(frozen=True, slots=True)
class Owned:
    """A still as a target of the policy: whose it is to withdraw."""

    id: uuid.UUID
    scheme_id: uuid.UUID
    area_id: uuid.UUID
    contact_id: uuid.UUID | None
    is_from_police: bool


def shown_now(still: type[Still] = Still) -> ColumnElement[bool]:
    """Select stills that may be seen today: neither hidden nor erased, nor past their days."""
    return and_(
        still.hidden_at.is_(None),
        still.erased_at.is_(None),
        still.erase_on > clock.today(),
        or_(still.hide_on.is_(None), still.hide_on > clock.today()),
    )


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
            shown_now(),
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


def edited_at(actor: Actor, still_ids: set[uuid.UUID]) -> dict[uuid.UUID, datetime]:
    """Return when each of some stills was edited last, if ever."""
    found = select(Still.id, Still.edited_at).where(
        Still.id.in_(still_ids), Still.scheme_id == actor.scheme_id
    )
    return {row.id: row.edited_at for row in db.session.execute(found) if row.edited_at}


def hold_still(actor: Actor, still_id: uuid.UUID) -> Still:
    """Return one of the scheme's stills as it is now, so that nobody else changes it.

    Raises Missing for an erased one too.
    """
    still = db.session.scalar(
        select(Still)
        .where(Still.id == still_id, Still.scheme_id == actor.scheme_id)
        .with_for_update(of=Still)
        .execution_options(populate_existing=True)
    )
    if still is None or still.is_erased:
        raise Missing
    return still


def get_owned(actor: Actor, still_id: uuid.UUID) -> Owned:
    """Return whose one of the scheme's stills is. Raises Missing."""
    found = (
        select(Still, Premises)
        .join(Premises, Premises.id == Still.premises_id)
        .where(Still.id == still_id, Still.scheme_id == actor.scheme_id, Still.erased_at.is_(None))
    )
    row = db.session.execute(found).first()
    if row is None:
        raise Missing
    still, place = row
    is_from_police = still.source is Source.POLICE
    return Owned(still.id, still.scheme_id, place.area_id, place.contact_id, is_from_police)


def owned_stills(actor: Actor, number: int = 1) -> paging.Page[tuple[Still, Premises]]:
    """List the stills that the actor may withdraw or give back, newest first, a page of them."""
    of_police = and_(Still.source == Source.POLICE, Premises.area_id.in_(actor.area_ids))
    found = (
        select(Still, Premises)
        .join(Premises, Premises.id == Still.premises_id)
        .where(
            Still.scheme_id == actor.scheme_id,
            Still.erased_at.is_(None),
            or_(
                Premises.contact_id == actor.id,
                of_police if actor.role is Role.SPOC else false(),
            ),
        )
        .order_by(Still.id.desc())
    )
    rows = db.session.execute(paging.window(found, number))
    return paging.cut([(row[0], row[1]) for row in rows], number)


def conditions_of(still_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, str]:
    """Return what the police ask of whoever sees some stills, where they ask anything."""
    found = select(Still).where(Still.id.in_(set(still_ids)), Still.conditions_sealed.is_not(None))
    return {still.id: still.conditions for still in db.session.scalars(found)}


def allowed_one_by_one(still_ids: Iterable[uuid.UUID]) -> bool:
    """Say whether somebody allowed each of some stills to be shared, and not only its premises."""
    wanted = set(still_ids)
    found = select(Still.id).where(Still.id.in_(wanted), Still.authority_on.is_not(None))
    return set(db.session.scalars(found)) == wanted
