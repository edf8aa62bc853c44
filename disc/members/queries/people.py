"""Reads of people and of the links that let them in."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import ColumnElement, func, select

from disc.access.actor import LEADING, Actor, Role
from disc.core import clock
from disc.core.database import db
from disc.core.errors import Missing
from disc.core.keys import keyring
from disc.core.rows import every_scheme, narrow_to
from disc.core.vault import token
from disc.members.models import (
    Invitation,
    LinkPurpose,
    Member,
    MemberGroup,
    MemberState,
    Passkey,
    RecoveryCode,
    UserSession,
)
from disc.members.rules import normal_email


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many people wait for a manager, and how many for the Board."""

    joiners: int
    leaders: int


@dataclass(frozen=True, slots=True)
class SignInFacts:
    """How often and by which means somebody signs in, as far back as sign-ins are kept."""

    count: int
    last_at: datetime | None
    passkeys: int
    recovery_codes: int


def member_names(actor: Actor, member_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, str]:
    """Return names of the scheme's people by id, for those who may read them."""
    found = select(Member).where(
        Member.scheme_id == actor.scheme_id, Member.id.in_(set(member_ids))
    )
    return {
        member.id: member.name or "Someone who has left" for member in db.session.scalars(found)
    }


def get_member(actor: Actor, member_id: uuid.UUID) -> Member:
    """Return one of the scheme's people. Raises Missing, for a system too."""
    member = db.session.get(Member, member_id)
    if member is None or member.scheme_id != actor.scheme_id or member.state is MemberState.SYSTEM:
        raise Missing
    return member


def get_member_to_change(actor: Actor, member_id: uuid.UUID) -> Member:
    """Return one of the scheme's people as they are now, held until the transaction ends.

    Those who lead the scheme are held with them, in one order, so that two managers cannot
    each take away the last one that the other left. Raises Missing.
    """
    held = (
        select(Member)
        .where(
            Member.scheme_id == actor.scheme_id,
            Member.state != MemberState.SYSTEM,
            sa.or_(Member.id == member_id, Member.role.in_(LEADING)),
        )
        .order_by(Member.id)
        .with_for_update(of=Member)
        .execution_options(populate_existing=True)
    )
    found = {member.id: member for member in db.session.scalars(held)}
    if member_id not in found:
        raise Missing
    return found[member_id]


def scheme_members(actor: Actor) -> list[Member]:
    """List the people whom the actor may see by name, those who left last."""
    found = db.session.scalars(select(Member).where(*_within_reach(actor)))
    return sorted(found, key=lambda one: (one.state is MemberState.LEFT, one.name.casefold()))


def count_waiting(actor: Actor) -> "Waiting":
    """Count who joined and waits: for a manager, and for the Board."""
    waiting = select(Member.role).where(*_within_reach(actor), Member.state == MemberState.WAITING)
    roles = list(db.session.scalars(waiting))
    leaders = sum(role in LEADING for role in roles)
    return Waiting(joiners=len(roles) - leaders, leaders=leaders)


def leaders_to_confirm(actor: Actor) -> list[Member]:
    """List the people of leading roles who wait for the Board, by name."""
    waiting = select(Member).where(
        Member.scheme_id == actor.scheme_id,
        Member.state == MemberState.WAITING,
        Member.role.in_(LEADING),
    )
    return sorted(db.session.scalars(waiting), key=lambda member: member.name.casefold())


def is_only_active(member: Member) -> bool:
    """Say whether nobody else of somebody's role can sign in."""
    others = select(Member.id).where(
        Member.scheme_id == member.scheme_id,
        Member.role == member.role,
        Member.state == MemberState.ACTIVE,
        Member.id != member.id,
    )
    return db.session.scalar(others.limit(1)) is None


def sign_in_facts(member: Member) -> "SignInFacts":
    """Return when and how somebody signs in; nothing of any secret."""
    sessions = select(func.count(), func.max(UserSession.started_at)).where(
        UserSession.member_id == member.id
    )
    count, last = db.session.execute(sessions).one()
    keys = select(func.count()).where(Passkey.member_id == member.id)
    codes = select(func.count()).where(
        RecoveryCode.member_id == member.id, RecoveryCode.used_at.is_(None)
    )
    return SignInFacts(
        count=count,
        last_at=last,
        passkeys=db.session.scalar(keys) or 0,
        recovery_codes=db.session.scalar(codes) or 0,
    )


def _within_reach(actor: Actor) -> tuple[ColumnElement[bool], ...]:
    own_scheme = Member.scheme_id == actor.scheme_id
    person = Member.state != MemberState.SYSTEM
    if actor.role is not Role.GROUP_MANAGER:
        return own_scheme, person
    return (own_scheme, person, Member.groups.any(MemberGroup.id.in_(actor.group_ids)))


def email_token(email: str) -> bytes:
    """Return the digest by which an address is found."""
    return token(keyring().source.derive("member e-mail"), "email", normal_email(email))


@every_scheme()
def find_member_by_email(email: str) -> Member | None:
    """Return the member with an address, of whichever scheme: it is one person's alone."""
    return db.session.scalar(select(Member).where(Member.email_token == email_token(email)))


def active_in_roles(scheme_id: uuid.UUID, roles: Iterable[Role]) -> list[Member]:
    """List those of a scheme who can sign in under one of some roles."""
    found = select(Member).where(
        Member.scheme_id == scheme_id,
        Member.role.in_(tuple(roles)),
        Member.state == MemberState.ACTIVE,
    )
    return list(db.session.scalars(found))


def find_member_by_code(code: str) -> Member | None:
    """Return the member whose mark is on a picture."""
    return db.session.scalar(select(Member).where(Member.viewer_code == code.strip().upper()))


def find_invitation(digest: bytes, *, hold: bool = False) -> tuple[Invitation, Member] | None:
    """Return an invitation that still lets somebody in and whom it is for."""
    return _find_link(digest, LinkPurpose.JOIN, MemberState.INVITED, hold=hold)


def find_reset(digest: bytes, *, hold: bool = False) -> tuple[Invitation, Member] | None:
    """Return an unused link to choose a new password, and whose it is."""
    return _find_link(digest, LinkPurpose.RESET, MemberState.ACTIVE, hold=hold)


def _find_link(
    digest: bytes, purpose: LinkPurpose, state: MemberState, *, hold: bool
) -> tuple[Invitation, Member] | None:
    """Return a link that is still good, and narrow to its person's scheme.

    It is held where it is about to be used, so that it is used once.
    """
    found = (
        select(Invitation, Member)
        .join(Member, Member.id == Invitation.member_id)
        .where(
            Invitation.token_digest == digest,
            Invitation.purpose == purpose,
            Invitation.used_at.is_(None),
            Invitation.expires_at > clock.now(),
            Member.state == state,
        )
    )
    held = found.with_for_update(of=Invitation) if hold else found
    row = db.session.execute(held).first()
    if row is None:
        return None
    narrow_to(row[1].scheme_id)
    return row[0], row[1]
