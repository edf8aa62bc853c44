"""Reads of schemes, Areas and premises."""

import uuid
from collections.abc import Iterable

from sqlalchemy import ColumnElement, exists, select

from disc.access.actor import Actor, Role
from disc.core.database import db
from disc.core.errors import Missing
from disc.core.rows import enter_scheme, every_scheme
from disc.members.models import (
    Area,
    GoLiveStep,
    Member,
    MemberGroup,
    MemberPremises,
    MemberState,
    Premises,
    Scheme,
)
from disc.members.rules import missing_steps


def get_scheme(scheme_id: uuid.UUID) -> Scheme:
    """Return a scheme. Raises Missing."""
    scheme = db.session.get(Scheme, scheme_id)
    if scheme is None:
        raise Missing
    return scheme


def get_scheme_by_slug(slug: str) -> Scheme:
    """Return the scheme of a public page's address, and enter it. Raises Missing."""
    with every_scheme():
        scheme = db.session.scalar(select(Scheme).where(Scheme.slug == slug))
    if scheme is None:
        raise Missing
    enter_scheme(scheme.id)
    return scheme


def areas_of(actor: Actor) -> list[Area]:
    """List the actor's Areas by name."""
    found = select(Area).where(Area.scheme_id == actor.scheme_id, Area.id.in_(actor.area_ids))
    return list(db.session.scalars(found.order_by(Area.name)))


def premises_of(actor: Actor) -> list[Premises]:
    """List the premises from which the actor may report."""
    found = select(Premises).where(
        Premises.scheme_id == actor.scheme_id, Premises.id.in_(actor.premises_ids)
    )
    return list(db.session.scalars(found.order_by(Premises.name)))


def works_at(actor: Actor, premises_id: uuid.UUID) -> bool:
    """Say whether premises are the actor's own, not others' for which they may report."""
    own = exists().where(
        MemberPremises.member_id == actor.id, MemberPremises.premises_id == premises_id
    )
    return bool(db.session.scalar(select(own)))


def scheme_premises(actor: Actor) -> list[Premises]:
    """List the scheme's premises by name."""
    found = select(Premises).where(Premises.scheme_id == actor.scheme_id)
    return list(db.session.scalars(found.order_by(Premises.name)))


def get_premises(actor: Actor, premises_id: uuid.UUID) -> Premises:
    """Return one of the scheme's premises. Raises Missing."""
    place = db.session.get(Premises, premises_id)
    if place is None or place.scheme_id != actor.scheme_id:
        raise Missing
    return place


def get_area(actor: Actor, area_id: uuid.UUID) -> Area:
    """Return one of the scheme's Areas. Raises Missing."""
    area = db.session.get(Area, area_id)
    if area is None or area.scheme_id != actor.scheme_id:
        raise Missing
    return area


def groups_of(actor: Actor) -> list[MemberGroup]:
    """List the groups that the actor looks after, by name: a Group Manager's own, or all."""
    found = select(MemberGroup).where(MemberGroup.scheme_id == actor.scheme_id)
    if actor.role is Role.GROUP_MANAGER:
        found = found.where(MemberGroup.id.in_(actor.group_ids))
    return list(db.session.scalars(found.order_by(MemberGroup.name)))


def get_group(actor: Actor, group_id: uuid.UUID) -> MemberGroup:
    """Return one of the scheme's groups. Raises Missing."""
    group = db.session.get(MemberGroup, group_id)
    if group is None or group.scheme_id != actor.scheme_id:
        raise Missing
    return group


def places_of(actor: Actor, member_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, list[str]]:
    """Return the names of the premises where each of some of the scheme's people works."""
    found = (
        select(MemberPremises.member_id, Premises.name)
        .join(Premises, Premises.id == MemberPremises.premises_id)
        .where(Premises.scheme_id == actor.scheme_id, MemberPremises.member_id.in_(set(member_ids)))
        .order_by(Premises.name)
    )
    places: dict[uuid.UUID, list[str]] = {}
    for member_id, name in db.session.execute(found):
        places.setdefault(member_id, []).append(name)
    return places


def people_at(place: Premises) -> list[Member]:
    """List who works at premises and has not left, by name."""
    return _named(Member.premises.any(Premises.id == place.id))


def people_in(group: MemberGroup) -> list[Member]:
    """List who is in a group and has not left, by name."""
    return _named(Member.groups.any(MemberGroup.id == group.id))


def _named(within: ColumnElement[bool]) -> list[Member]:
    gone = (MemberState.LEFT, MemberState.SYSTEM)
    found = select(Member).where(within, Member.state.not_in(gone))
    return sorted(db.session.scalars(found), key=lambda member: member.name.casefold())


def go_live_steps(scheme_id: uuid.UUID) -> dict[str, GoLiveStep]:
    """Return the steps done, by name."""
    rows = db.session.scalars(select(GoLiveStep).where(GoLiveStep.scheme_id == scheme_id))
    return {row.step: row for row in rows}


def is_live(scheme: Scheme) -> bool:
    """Say whether a scheme may hold records about people: the demo's are invented."""
    return scheme.is_demo or not missing_steps(go_live_steps(scheme.id))
