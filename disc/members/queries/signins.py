"""Reads of sign-ins, and of the shared tablets on which some of them are."""

import uuid
from datetime import datetime

import sqlalchemy as sa
from flask import current_app
from sqlalchemy import and_, or_, select
from sqlalchemy.orm import joinedload, lazyload

from disc.access.actor import MANAGERS, SHOP_FLOOR, Actor, Role
from disc.core import clock
from disc.core.database import db
from disc.core.errors import Missing
from disc.core.rows import every_scheme, narrow_to
from disc.members.models import (
    Member,
    MemberPremises,
    MemberState,
    Tablet,
    UserSession,
)
from disc.members.rules import Lifetime, lifetime_of


def open_sessions(member_id: uuid.UUID) -> list[UserSession]:
    """List a member's sign-ins that were not ended."""
    found = select(UserSession).where(
        UserSession.member_id == member_id, UserSession.ended_at.is_(None)
    )
    return list(db.session.scalars(found))


def sessions_on_tablet(tablet_id: uuid.UUID) -> list[UserSession]:
    """List a tablet's sign-ins that were not ended."""
    found = select(UserSession).where(
        UserSession.tablet_id == tablet_id, UserSession.ended_at.is_(None)
    )
    return list(db.session.scalars(found))


def own_sessions(actor: Actor) -> list[UserSession]:
    """List a person's sign-ins that still count, the one used last first."""
    found = select(UserSession).join(Member).where(Member.id == actor.id, still_counts(clock.now()))
    return list(db.session.scalars(found.order_by(UserSession.last_seen_at.desc())))


def get_own_session(actor: Actor, session_id: uuid.UUID) -> UserSession:
    """Return one of a person's sign-ins. Raises Missing."""
    row = db.session.get(UserSession, session_id)
    if row is None or row.member_id != actor.id:
        raise Missing
    return row


def find_session(digest: bytes) -> UserSession | None:
    """Return the sign-in that a cookie names, whether or not it still counts.

    Its member comes along, but not all that the member belongs to: this runs for each request,
    and ``actor_of`` reads the ids of that in one statement.
    """
    found = select(UserSession).where(UserSession.token_digest == digest)
    later = (lazyload(one) for one in (Member.areas, Member.premises, Member.groups))
    return db.session.scalar(found.options(joinedload(UserSession.member).options(*later)))


@every_scheme()
def live_sessions(session_ids: set[uuid.UUID]) -> set[uuid.UUID]:
    """Return which of these sign-ins still count."""
    if not session_ids:
        return set()
    found = (
        select(UserSession.id)
        .join(Member)
        .where(UserSession.id.in_(session_ids), still_counts(clock.now()))
    )
    return set(db.session.scalars(found))


def lifetime_of_session(row: UserSession) -> Lifetime:
    """Return how long a sign-in lasts."""
    return lifetime_of(row.member.role, on_tablet=row.tablet_id is not None, most=_most())


def still_counts(now: datetime) -> sa.ColumnElement[bool]:
    """State that a sign-in was not ended and has not run out, for a query that joins its member."""
    own, shared = UserSession.tablet_id.is_(None), UserSession.tablet_id.is_not(None)
    kinds = [(and_(own, Member.role == role), _lifetime(role, on_tablet=False)) for role in Role]
    kinds.append((shared, _lifetime(Role.MEMBER, on_tablet=True)))
    return and_(
        UserSession.ended_at.is_(None),
        Member.state == MemberState.ACTIVE,
        or_(
            *(
                and_(
                    kind,
                    UserSession.last_seen_at > now - lifetime.idle,
                    UserSession.started_at > now - lifetime.longest,
                )
                for kind, lifetime in kinds
            )
        ),
    )


def find_tablet(digest: bytes) -> Tablet | None:
    """Return the tablet that a cookie names, unless it was taken back."""
    found = db.session.scalar(
        select(Tablet).where(Tablet.token_digest == digest, Tablet.ended_at.is_(None))
    )
    if found is not None:
        narrow_to(found.scheme_id)
    return found


def get_tablet(actor: Actor, tablet_id: uuid.UUID) -> Tablet:
    """Return a tablet of the scheme; its premises are for the policy to check. Raises Missing."""
    row = db.session.get(Tablet, tablet_id)
    if row is None or row.scheme_id != actor.scheme_id:
        raise Missing
    return row


def tablets_of(actor: Actor) -> list[Tablet]:
    """List the tablets in use that a person looks after, by name."""
    found = select(Tablet).where(Tablet.scheme_id == actor.scheme_id, Tablet.ended_at.is_(None))
    if actor.role not in MANAGERS:
        found = found.where(Tablet.premises_id.in_(actor.premises_ids))
    return list(db.session.scalars(found.order_by(Tablet.name)))


def people_of_tablet(tablet: Tablet) -> list[Member]:
    """List who may sign in on a tablet with a PIN, by name.

    They are active, on the shop floor of its premises, and have chosen a PIN.
    """
    found = (
        select(Member)
        .join(MemberPremises, MemberPremises.member_id == Member.id)
        .where(
            MemberPremises.premises_id == tablet.premises_id,
            Member.scheme_id == tablet.scheme_id,
            Member.state == MemberState.ACTIVE,
            Member.role.in_(SHOP_FLOOR),
            Member.pin_hash.is_not(None),
        )
    )
    return sorted(db.session.scalars(found), key=lambda member: member.name.casefold())


def _lifetime(role: Role, *, on_tablet: bool) -> Lifetime:
    return lifetime_of(role, on_tablet=on_tablet, most=_most())


def _most() -> Lifetime:
    most: Lifetime = current_app.extensions["longest sign-in"]
    return most
