"""Reads of a person's rights."""

import uuid

from sqlalchemy import literal, select, union_all

from disc.access.actor import EVERYWHERE, FOR_OTHERS, Actor, Gate
from disc.core.database import db, new_id
from disc.members.models import (
    Area,
    Member,
    MemberArea,
    MemberGroupMember,
    MemberPremises,
    Premises,
    UserSession,
)
from disc.members.queries.documents import rules_are_due
from disc.members.queries.proofs import factors_of


def actor_of(member: Member, session: UserSession | None = None) -> Actor:
    """Return a person's rights as they are now, under a sign-in if there is one."""
    areas, premises, groups = _belongings(member)
    return Actor(
        id=member.id,
        session_id=session.id if session else new_id(),
        scheme_id=member.scheme_id,
        role=member.role,
        area_ids=_every_area(member) if member.role in EVERYWHERE else areas,
        premises_ids=premises | _for_others(areas) if member.role in FOR_OTHERS else premises,
        viewer_code=member.viewer_code,
        police_may_see_gallery=member.scheme.police_may_see_gallery,
        prints_pictures=member.scheme.prints_pictures,
        group_ids=groups,
        gate=_gate(member, session),
        proved_at=session.proved_at if session else None,
        tablet_id=session.tablet_id if session else None,
    )


def _belongings(member: Member) -> tuple[frozenset[uuid.UUID], ...]:
    """Return the Areas, the premises and the groups that a member belongs to, by one statement."""
    kinds = (
        (MemberArea.area_id, MemberArea.member_id),
        (MemberPremises.premises_id, MemberPremises.member_id),
        (MemberGroupMember.group_id, MemberGroupMember.member_id),
    )
    found = union_all(
        *(
            select(literal(number), belongs_to).where(who == member.id)
            for number, (belongs_to, who) in enumerate(kinds)
        )
    )
    rows = db.session.execute(found).all()
    return tuple(frozenset(one for at, one in rows if at == kind) for kind in range(len(kinds)))


def _every_area(member: Member) -> frozenset[uuid.UUID]:
    """Return all Areas of the scheme: whoever runs or watches over it serves all of them."""
    return frozenset(db.session.scalars(select(Area.id).where(Area.scheme_id == member.scheme_id)))


def _for_others(area_ids: frozenset[uuid.UUID]) -> frozenset[uuid.UUID]:
    """Return the premises of some Areas for which an Investigator or the police may report too."""
    found = select(Premises.id).where(Premises.area_id.in_(area_ids), Premises.others_may_report)
    return frozenset(db.session.scalars(found))


def _gate(member: Member, session: UserSession | None) -> Gate | None:
    """Say what is first to do; on a shared tablet the tablet itself is the second factor."""
    on_tablet = session is not None and session.tablet_id is not None
    if not (member.scheme.is_demo or on_tablet or factors_of(member).any):
        return Gate.SECOND_FACTOR
    if rules_are_due(member):
        return Gate.RULES
    return None
