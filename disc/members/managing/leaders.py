"""The second person, of the Board, who lets somebody into a leading role."""

import uuid

from disc.access.actor import LEADING, Actor
from disc.access.permissions import Permission
from disc.core import audit
from disc.core.errors import Stale
from disc.members.managing.held import hold
from disc.members.models import Member, MemberState
from disc.members.service import leave
from disc.members.signin import rights_changed

WAITING = frozenset({MemberState.WAITING})


def confirm(actor: Actor, member_id: uuid.UUID) -> Member:
    """Let a leader in, as the second person. Raises Missing, or Stale once it is decided."""
    member = _waiting(actor, member_id)
    member.approved_by_id, member.role_before = actor.id, None
    member.state = MemberState.ACTIVE
    rights_changed(member.id)
    audit.record(audit.by(actor, "leader confirmed", "member", member.id, detail=member.role.value))
    return member


def refuse(actor: Actor, member_id: uuid.UUID) -> Member:
    """Do not let somebody into a leading role: they become again what they were.

    A newcomer was nothing, and leaves. Somebody who led before is suspended: the Board has just
    said that it does not trust them to lead. Raises Missing, or Stale once it is decided.
    """
    member = _waiting(actor, member_id)
    audit.record(audit.by(actor, "leader refused", "member", member.id, detail=member.role.value))
    before, member.role_before = member.role_before, None
    if before is None:
        leave(actor, member)
    else:
        member.role = before
        member.state = MemberState.SUSPENDED if before in LEADING else MemberState.ACTIVE
    rights_changed(member.id)
    return member


def _waiting(actor: Actor, member_id: uuid.UUID) -> Member:
    member = hold(actor, member_id, Permission.CONFIRM_LEADER, states=WAITING)
    if member.role not in LEADING:
        raise Stale
    return member
