"""People who are asked in by name: each gets a link of their own, which works once."""

import uuid
from dataclasses import dataclass, field

from sqlalchemy import delete

from disc.access.actor import LEADING, Actor, Role
from disc.access.guard import authorise, refuse
from disc.access.permissions import Permission
from disc.core import audit
from disc.core.database import db
from disc.core.errors import Stale
from disc.members import service
from disc.members.joining.letters import write_invitation
from disc.members.models import (
    Area,
    Invitation,
    LinkPurpose,
    Member,
    MemberGroup,
    MemberState,
    Premises,
)
from disc.members.queries import get_scheme, has_others_on_board
from disc.members.rules import state_after_joining


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPerson:
    """Somebody to be asked in."""

    name: str
    email: str
    role: Role
    areas: list[Area] = field(default_factory=list)
    premises: list[Premises] = field(default_factory=list)
    groups: list[MemberGroup] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Invited:
    """Somebody who was asked in, and the token of their link: it is known here and never again."""

    member: Member
    token: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ToBeAdded:
    """What the policy table asks of somebody who is not there yet."""

    scheme_id: uuid.UUID
    role: Role
    group_ids: frozenset[uuid.UUID]
    id: None = None


def invite_by_mail(actor: Actor, person: NewPerson) -> Invited:
    """Ask somebody in and write to them. Raises Missing where it is not for the actor to do.

    Raises AlreadyMember.
    """
    _require_may_add(actor, person)
    member, token = service.invite(
        get_scheme(actor.scheme_id),
        person.name,
        person.email,
        person.role,
        areas=person.areas,
        premises=person.premises,
        groups=person.groups,
        inviter=actor,
    )
    write_invitation(member, token, actor.id)
    return Invited(member, token)


def _require_may_add(actor: Actor, person: NewPerson) -> None:
    """A Group Manager hands on what is their own, and nothing else."""
    group_ids = frozenset(group.id for group in person.groups)
    target = ToBeAdded(scheme_id=actor.scheme_id, role=person.role, group_ids=group_ids)
    authorise(actor, Permission.MANAGE_MEMBERS, target)
    handed_on = group_ids.union(
        (area.id for area in person.areas), (place.id for place in person.premises)
    )
    own = actor.area_ids | actor.premises_ids | actor.group_ids
    if actor.role is Role.GROUP_MANAGER and not handed_on <= own:
        refuse(actor, Permission.MANAGE_MEMBERS)


def invite_again(actor: Actor, member: Member) -> Invited:
    """Send a new link to somebody who has not joined; every older one dies.

    Whoever sends it to a leader could use it: they count as the one who asked the leader in,
    and the Board must agree. Raises Missing, or Stale where the person has joined meanwhile.
    """
    authorise(actor, Permission.MANAGE_MEMBERS, member)
    if member.state is not MemberState.INVITED:
        raise Stale
    older = delete(Invitation).where(
        Invitation.member_id == member.id, Invitation.purpose == LinkPurpose.JOIN
    )
    db.session.execute(older)
    if member.role in LEADING:
        member.invited_by_id = actor.id
    token = service.issue_invitation(member)
    audit.record(audit.by(actor, "member invited again", "member", member.id))
    write_invitation(member, token, actor.id)
    return Invited(member, token)


def accept(token: str, password_hash: str) -> Member:
    """Let an invited person in, or have them wait for the Board. Raises DeadInvitation."""
    member = service.accept_invitation(token, password_hash)
    state = state_after_joining(
        member.role,
        chosen_by_operator=member.invited_by_id is None,
        others_on_board=has_others_on_board(member),
    )
    member.state = MemberState(state)
    return member
