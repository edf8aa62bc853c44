"""Changes to people: invited, joined, left."""

import secrets
from datetime import timedelta

from sqlalchemy import delete, update

from disc.access.actor import Actor, Role
from disc.core import audit, clock
from disc.core.database import db, new_id
from disc.core.outbox import publish
from disc.members.errors import AlreadyMember, DeadInvitation, OwnAccount
from disc.members.events import JoinerChanged
from disc.members.models import (
    Area,
    Ceremony,
    Invitation,
    Member,
    MemberGroup,
    MemberState,
    Passkey,
    Premises,
    RecoveryCode,
    Scheme,
)
from disc.members.queries import email_token, find_invitation, find_member_by_email
from disc.members.rules import INVITATION_DAYS
from disc.members.service.tokens import digest

CODE_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""No I, O, 0 or 1: a code is read off a photograph of a screen."""


def new_code() -> str:
    """Return a code to mark pictures with, that can be read aloud."""
    return "".join(secrets.choice(CODE_LETTERS) for _ in range(7))


def invite(
    scheme: Scheme,
    name: str,
    email: str,
    role: Role,
    *,
    areas: list[Area] | None = None,
    premises: list[Premises] | None = None,
    groups: list[MemberGroup] | None = None,
    inviter: Actor | None = None,
) -> tuple[Member, str]:
    """Add a person and return them with the token of their invitation. Raises AlreadyMember."""
    if find_member_by_email(email) is not None:
        raise AlreadyMember
    member = Member(
        id=new_id(),
        scheme_id=scheme.id,
        role=role,
        email_token=email_token(email),
        viewer_code=new_code(),
        areas=areas or [],
        premises=premises or [],
        groups=groups or [],
        invited_by_id=inviter.id if inviter else None,
    )
    member.scheme = scheme
    member.name, member.email = name, email.strip()
    db.session.add(member)
    db.session.flush()
    audit.record(
        audit.Entry(
            act="member invited",
            scheme_id=scheme.id,
            actor_id=inviter.id if inviter else None,
            target="member",
            target_id=member.id,
            detail=role.value,
        )
    )
    return member, issue_invitation(member)


def add_system(scheme: Scheme, name: str, premises: list[Premises]) -> Member:
    """Add a retailer's own system, which reports for some premises by a key alone."""
    areas = {place.area_id: db.session.get_one(Area, place.area_id) for place in premises}
    member = Member(
        id=new_id(),
        scheme_id=scheme.id,
        role=Role.MEMBER,
        state=MemberState.SYSTEM,
        viewer_code=new_code(),
        areas=list(areas.values()),
        premises=premises,
    )
    member.scheme, member.name = scheme, name
    db.session.add(member)
    db.session.flush()
    return member


def issue_invitation(member: Member) -> str:
    """Make a person a link to join with and return its token; only the digest is kept."""
    token = secrets.token_urlsafe(32)
    db.session.add(
        Invitation(
            id=new_id(),
            member_id=member.id,
            token_digest=digest(token),
            expires_at=clock.now() + timedelta(days=INVITATION_DAYS),
        )
    )
    return token


def accept_invitation(token: str, password_hash: str) -> Member:
    """Let an invited person in with their password. Raises DeadInvitation."""
    found = find_invitation(digest(token), hold=True)
    if found is None or found[0].expires_at < clock.now():
        raise DeadInvitation
    invitation, member = found
    invitation.used_at = clock.now()
    member.password_hash, member.state = password_hash, MemberState.ACTIVE
    audit.record(
        audit.Entry(
            act="member joined",
            scheme_id=member.scheme_id,
            actor_id=member.id,
            target="member",
            target_id=member.id,
        )
    )
    return member


def leave(actor: Actor, member: Member) -> None:
    """Record that a person left; nobody shuts themselves out. Raises OwnAccount."""
    if member.id == actor.id:
        raise OwnAccount
    tell_of_joiner(member)
    member.state = MemberState.LEFT
    take_ways_in(member)
    member.email_token, member.left_at = None, clock.now()  # the address may be invited again
    speaks_for = update(Premises).where(Premises.contact_id == member.id)
    db.session.execute(speaks_for.values(contact_id=None))
    audit.record(audit.by(actor, "member left", "member", member.id))


def tell_of_joiner(member: Member) -> None:
    """Tell the open desks of somebody who waits; before a change, that they may wait no more."""
    if member.state is MemberState.WAITING:
        publish(JoinerChanged(scheme_id=member.scheme_id, member_id=member.id))


def take_ways_in(member: Member) -> None:
    """Take away everything with which a person can sign in or join."""
    member.password_hash = member.pin_hash = None
    member.totp_sealed = member.totp_step = None
    for table in (Passkey, RecoveryCode, Ceremony, Invitation):
        db.session.execute(delete(table).where(table.member_id == member.id))
