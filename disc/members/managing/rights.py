"""Where a person belongs, and what they are to the scheme."""

import uuid
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy import update

from disc.access.actor import LEADING, Actor, Role
from disc.access.permissions import Permission
from disc.core import audit
from disc.core.database import db
from disc.core.errors import Missing, Stale
from disc.members.managing.held import hold, keep_one, seen_of, state_when_let_in
from disc.members.models import Area, Member, MemberGroup, MemberState, Premises
from disc.members.service import tell_of_joiner
from disc.members.signin import end_sessions_of, rights_changed

T = TypeVar("T", Area, Premises, MemberGroup)
HERE = frozenset(MemberState) - {MemberState.LEFT, MemberState.SYSTEM}
LET_IN = frozenset({MemberState.ACTIVE, MemberState.SUSPENDED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Belonging:
    """Where somebody belongs. ``seen`` is what the manager's page showed (``seen_of``)."""

    areas: list[Area]
    premises: list[Premises]
    groups: list[MemberGroup]
    seen: str


def move(actor: Actor, member_id: uuid.UUID, to: Belonging) -> Member:
    """Give somebody other Areas, premises and groups. Raises Missing, OwnAccount or Stale."""
    member = hold(actor, member_id, states=HERE)
    _require_seen(member, to.seen)
    tell_of_joiner(member)
    _put(actor, member, to)
    rights_changed(member.id)
    return member


def change_role(actor: Actor, member_id: uuid.UUID, role: Role, to: Belonging) -> Member:
    """Give somebody another role, under which they sign in anew.

    For a leading role they wait until the Board agrees. A leader who waits is the Board's to
    decide: another role would let them in without it. Raises Missing, OwnAccount, LastOne, or
    Stale where the person changed meanwhile.
    """
    states = frozenset({MemberState.ACTIVE, MemberState.SUSPENDED, MemberState.WAITING})
    member = hold(actor, member_id, Permission.CHANGE_ROLE, states=states)
    _require_seen(member, to.seen)
    if member.state is MemberState.WAITING and member.role in LEADING:
        raise Stale("This person waits for the Board. The Board decides first.")
    if role is not member.role:
        keep_one(member)
        tell_of_joiner(member)
        audit.record(
            audit.by(actor, "role changed", "member", member.id, detail=f"{member.role} to {role}")
        )
        _become(actor, member, role)
    _put(actor, member, to)
    rights_changed(member.id)
    return member


def _become(actor: Actor, member: Member, role: Role) -> None:
    before = member.role_before or (member.role if member.state in LET_IN else None)
    member.role = role
    if role in LEADING:
        member.approved_by_id, member.invited_by_id, member.role_before = None, actor.id, before
        if member.state is MemberState.ACTIVE:
            member.state = state_when_let_in(member)
    else:
        member.role_before = None
        if member.state is MemberState.WAITING and before is not None:
            member.state = MemberState.ACTIVE
    if member.state is MemberState.ACTIVE:
        member.role_before = None
    end_sessions_of(member)


def _require_seen(member: Member, seen: str) -> None:
    if seen != seen_of(member):
        raise Stale("Somebody changed this person a moment ago. Look again, then decide.")


def _put(actor: Actor, member: Member, to: Belonging) -> None:
    """Set where somebody belongs; what lies beyond the manager's reach stays as it is."""
    before = seen_of(member)
    member.areas = _chosen(member.areas, to.areas, _reach(actor, actor.area_ids))
    member.premises = _chosen(member.premises, to.premises, _reach(actor, actor.premises_ids))
    member.groups = _chosen(member.groups, to.groups, _reach(actor, actor.group_ids))
    db.session.flush()
    _speak_only_for_own_premises(member)
    if seen_of(member) != before:
        audit.record(audit.by(actor, "places changed", "member", member.id))


def _reach(actor: Actor, own: frozenset[uuid.UUID]) -> Collection[uuid.UUID] | None:
    """Return what a Group Manager may hand on, which is their own; None is everything."""
    return own if actor.role is Role.GROUP_MANAGER else None


def _chosen(now: Iterable[T], chosen: list[T], reach: Collection[uuid.UUID] | None) -> list[T]:
    if reach is None:
        return chosen
    if any(one.id not in reach for one in chosen):
        raise Missing
    return [one for one in now if one.id not in reach] + chosen


def _speak_only_for_own_premises(member: Member) -> None:
    """Take away that somebody is the contact of premises where they no longer work."""
    own = [place.id for place in member.premises]
    db.session.execute(
        update(Premises)
        .where(Premises.contact_id == member.id, Premises.id.not_in(own))
        .values(contact_id=None)
    )
