"""A person held for a change: as they are now, and only for somebody who may change them."""

import hashlib
import uuid

from disc.access.actor import LEADING, Actor, Role
from disc.access.guard import authorise
from disc.access.permissions import Permission
from disc.core.errors import Stale
from disc.members.errors import LastOne, OwnAccount
from disc.members.models import Member, MemberState
from disc.members.queries import get_member_to_change, has_others_on_board, is_only_active
from disc.members.rules import state_after_joining

NEEDED = frozenset({Role.ADMINISTRATOR, Role.BOARD, Role.DPO})
"""Roles of which a scheme always has somebody who can sign in."""


def hold(
    actor: Actor,
    member_id: uuid.UUID,
    permission: Permission = Permission.MANAGE_MEMBERS,
    *,
    states: frozenset[MemberState],
) -> Member:
    """Return a person to change. Raises Missing, OwnAccount, or Stale in no such state."""
    member = get_member_to_change(actor, member_id)
    authorise(actor, permission, member)
    if member.id == actor.id:
        raise OwnAccount
    if member.state not in states:
        raise Stale
    return member


def keep_one(member: Member) -> None:
    """Raise LastOne where a scheme would lose its last Administrator, Board member or DPO."""
    if member.state is MemberState.ACTIVE and member.role in NEEDED and is_only_active(member):
        raise LastOne


def state_when_let_in(member: Member) -> MemberState:
    """Return the state of somebody whom a manager lets in: leaders wait for the Board."""
    if member.approved_by_id and member.role in LEADING:
        return MemberState.ACTIVE
    state = state_after_joining(
        member.role,
        chosen_by_operator=member.invited_by_id is None,
        others_on_board=has_others_on_board(member),
    )
    return MemberState(state)


def seen_of(member: Member) -> str:
    """Return a digest of somebody's rights, by which a page knows that they changed since."""
    places = (member.areas, member.premises, member.groups)
    told = [member.role.value, member.state.value]
    told += [" ".join(sorted(str(one.id) for one in belongs)) for belongs in places]
    return hashlib.sha256("\n".join(told).encode()).hexdigest()
