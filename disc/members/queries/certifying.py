"""Reads of which premises are to be certified, by whom, and who works there."""

import uuid
from datetime import timedelta

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import aliased

from disc.access.actor import MANAGERS, SHOP_FLOOR, Actor
from disc.core import clock
from disc.core.database import db
from disc.members.models import Member, MemberPremises, MemberState, Premises
from disc.members.queries.places import get_premises
from disc.members.rules import REMIND_DAYS


def due_premises(actor: Actor) -> list[Premises]:
    """List the premises whose contact is the actor and whose day has come, oldest day first."""
    found = select(Premises).where(_of(actor), Premises.contact_id == actor.id, _is_due(0))
    return list(db.session.scalars(found.order_by(Premises.certify_by, Premises.name)))


def premises_to_certify(actor: Actor) -> list[Premises]:
    """List the premises that the actor may certify; a manager may answer for every contact."""
    mine = _of(actor)
    if actor.role not in MANAGERS:
        mine = mine & (Premises.contact_id == actor.id)
    found = select(Premises).where(mine)
    return list(db.session.scalars(found.order_by(Premises.certify_by, Premises.name)))


def overdue_premises(actor: Actor) -> list[tuple[Premises, Member | None]]:
    """List premises that nobody certified for the managers to see, each with its contact.

    A contact has a fortnight; where no contact is active the managers see it on the day.
    """
    contact = aliased(Member)
    found = (
        select(Premises, contact)
        .outerjoin(contact, and_(contact.id == Premises.contact_id, *_may_certify(contact)))
        .where(_of(actor), _is_due(0), or_(contact.id.is_(None), _is_due(REMIND_DAYS)))
        .order_by(Premises.certify_by, Premises.name)
    )
    return [(place, who) for place, who in db.session.execute(found)]


def premises_to_ask_about() -> list[tuple[Premises, Member]]:
    """List, in every scheme, the premises whose day has come, with the contact to be asked."""
    found = (
        select(Premises, Member)
        .join(Member, Member.id == Premises.contact_id)
        .where(*_may_certify(Member), _is_due(0))
        .order_by(Premises.id)
        .with_for_update(of=Premises, skip_locked=True)
    )
    return [(place, contact) for place, contact in db.session.execute(found)]


def get_premises_to_certify(
    actor: Actor, premises_id: uuid.UUID, *, lock: bool = False
) -> Premises:
    """Return one of the scheme's premises; locked, nobody is added to it meanwhile.

    Raises Missing.
    """
    place = get_premises(actor, premises_id)
    if lock:
        db.session.refresh(place, with_for_update={"of": Premises})
    return place


def people_there(actor: Actor, place: Premises) -> tuple[list[Member], list[Member]]:
    """Return who works at premises, by name: the shop floor, and everybody with another role.

    Of the first a contact says whether they are still there. The others run or watch over the
    scheme, or are police: a contact does not shut them out. Who asks is in neither list.
    """
    found = (
        select(Member)
        .join(MemberPremises, MemberPremises.member_id == Member.id)
        .where(
            MemberPremises.premises_id == place.id,
            Member.scheme_id == actor.scheme_id,
            Member.id != actor.id,
            Member.state.not_in((MemberState.LEFT, MemberState.SYSTEM)),
        )
    )
    people = sorted(db.session.scalars(found), key=lambda one: (one.name.casefold(), str(one.id)))
    floor = [one for one in people if one.role in SHOP_FLOOR]
    return floor, [one for one in people if one.role not in SHOP_FLOOR]


def _of(actor: Actor) -> ColumnElement[bool]:
    return Premises.scheme_id == actor.scheme_id


def _may_certify(contact: type[Member]) -> tuple[ColumnElement[bool], ...]:
    """Select contacts who can answer: active, of the same scheme, in a role that may certify."""
    return (
        contact.state == MemberState.ACTIVE,
        contact.scheme_id == Premises.scheme_id,
        contact.role.in_(SHOP_FLOOR | MANAGERS),
    )


def _is_due(days: int) -> ColumnElement[bool]:
    """Select premises whose day came at least so many days ago."""
    return Premises.certify_by <= clock.today() - timedelta(days=days)
