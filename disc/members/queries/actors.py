"""Reads of a person's rights."""

import uuid

from sqlalchemy import select

from disc.access.actor import EVERYWHERE, FOR_OTHERS, Actor, Gate
from disc.core.database import db, new_id
from disc.members.models import (
    Area,
    Member,
    Premises,
    UserSession,
)
from disc.members.queries.documents import rules_are_due
from disc.members.queries.proofs import factors_of


def actor_of(member: Member, session: UserSession | None = None) -> Actor:
    """Return a person's rights as they are now, under a sign-in if there is one."""
    return Actor(
        id=member.id,
        session_id=session.id if session else new_id(),
        scheme_id=member.scheme_id,
        role=member.role,
        area_ids=area_ids_of(member),
        premises_ids=premises_ids_of(member),
        viewer_code=member.viewer_code,
        police_may_see_gallery=member.scheme.police_may_see_gallery,
        prints_pictures=member.scheme.prints_pictures,
        group_ids=frozenset(group.id for group in member.groups),
        gate=_gate(member, session),
        proved_at=session.proved_at if session else None,
        tablet_id=session.tablet_id if session else None,
    )


def area_ids_of(member: Member) -> frozenset[uuid.UUID]:
    """Return a member's Areas; whoever runs or watches over the scheme serves all of them."""
    if member.role in EVERYWHERE:
        every = select(Area.id).where(Area.scheme_id == member.scheme_id)
        return frozenset(db.session.scalars(every))
    return frozenset(area.id for area in member.areas)


def premises_ids_of(member: Member) -> frozenset[uuid.UUID]:
    """Return the premises a member reports from.

    An Investigator and the police contact also report for those of their Areas that let others.
    """
    own = {place.id for place in member.premises}
    if member.role in FOR_OTHERS:
        for_others = select(Premises.id).where(
            Premises.area_id.in_([area.id for area in member.areas]), Premises.others_may_report
        )
        own.update(db.session.scalars(for_others))
    return frozenset(own)


def _gate(member: Member, session: UserSession | None) -> Gate | None:
    """Say what is first to do; on a shared tablet the tablet itself is the second factor."""
    on_tablet = session is not None and session.tablet_id is not None
    if not (member.scheme.is_demo or on_tablet or factors_of(member).any):
        return Gate.SECOND_FACTOR
    if rules_are_due(member):
        return Gate.RULES
    return None
