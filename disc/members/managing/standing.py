"""Whether a person is let in: suspended, let back in, given a new way in, gone."""

import uuid

from disc.access.actor import LEADING, Actor, Role
from disc.access.guard import refuse
from disc.access.permissions import Permission
from disc.core import audit
from disc.members.managing.held import hold, keep_one, state_when_let_in
from disc.members.managing.letters import tell_the_others
from disc.members.models import Member, MemberState
from disc.members.rules import Suspension
from disc.members.service import leave, take_ways_in, tell_of_joiner
from disc.members.signin import end_sessions_of, rights_changed

HERE = frozenset(MemberState) - {MemberState.LEFT, MemberState.SYSTEM}
NOT_SUSPENDED = HERE - {MemberState.SUSPENDED}


def suspend(actor: Actor, member_id: uuid.UUID, why: Suspension) -> Member:
    """Shut somebody out for a time. Raises Missing, OwnAccount, LastOne or Stale."""
    member = hold(actor, member_id, states=frozenset({MemberState.ACTIVE}))
    keep_one(member)
    member.state = MemberState.SUSPENDED
    _shut(member)
    tell_the_others(actor, member, "was suspended")
    audit.record(audit.by(actor, "member suspended", "member", member.id, detail=why.value))
    return member


def let_back_in(actor: Actor, member_id: uuid.UUID) -> Member:
    """End a suspension; a leader whom nobody has confirmed waits for the Board.

    Not by a Group Manager: somebody else may have had a reason that they do not know.
    """
    if actor.role is Role.GROUP_MANAGER:
        refuse(actor, Permission.MANAGE_MEMBERS, member_id)
    member = hold(actor, member_id, states=frozenset({MemberState.SUSPENDED}))
    member.state = state_when_let_in(member)
    if member.state is MemberState.WAITING:
        member.role_before = member.role_before or member.role
    rights_changed(member.id)
    audit.record(audit.by(actor, "member let back in", "member", member.id))
    return member


def shut_out(actor: Actor, member_id: uuid.UUID) -> Member:
    """Record that somebody left. Raises Missing, OwnAccount, LastOne or Stale."""
    member = hold(actor, member_id, states=HERE)
    keep_one(member)
    tell_the_others(actor, member, "was shut out")
    _shut(member)
    leave(actor, member)
    return member


def start_over(actor: Actor, member_id: uuid.UUID) -> Member:
    """Take away every way in that somebody has, so that they join anew by an invitation.

    For who lost their phone and their codes. Whoever holds the new link could be somebody else:
    a leader therefore waits until the Board confirms them again. Raises Missing, OwnAccount,
    LastOne, or Stale for somebody who is suspended or has left.
    """
    member = hold(actor, member_id, states=NOT_SUSPENDED)
    keep_one(member)
    tell_of_joiner(member)
    _shut(member)
    take_ways_in(member)
    if member.role in LEADING:
        if member.state is MemberState.ACTIVE:
            member.role_before = member.role
        member.approved_by_id, member.invited_by_id = None, actor.id
    member.state = MemberState.INVITED
    tell_the_others(actor, member, "was given a new way in, and waits for the Board")
    audit.record(audit.by(actor, "new way in given", "member", member.id))
    return member


def start_over_by_operator(member: Member) -> None:
    """Take away every way in that somebody has, at the word of who runs the server.

    For the last Administrator or Board member, whom nobody in the scheme can help. They need no
    confirmation: the operator made the scheme's first accounts in the same way.
    """
    _shut(member)
    take_ways_in(member)
    member.invited_by_id = member.approved_by_id = None
    member.state = MemberState.INVITED
    audit.record(
        audit.Entry(
            act="new way in given",
            scheme_id=member.scheme_id,
            target="member",
            target_id=member.id,
            detail="by the operator",
        )
    )


def _shut(member: Member) -> None:
    end_sessions_of(member)
    rights_changed(member.id)
