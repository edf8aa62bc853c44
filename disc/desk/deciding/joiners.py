"""Somebody who joined and waits is let in, or not."""

import uuid
from typing import Any

from disc.access.actor import Actor
from disc.access.permissions import Permission
from disc.access.policy import permits
from disc.core import mail
from disc.desk.errors import ChangedPerson, MayNotDecideNow
from disc.desk.models import Act
from disc.members import joining
from disc.members.managing import seen_of
from disc.members.models import Member
from disc.members.queries import get_member_to_change

SEEN = "seen"
"""What tells whether what a manager read of somebody is still so."""


def check(actor: Actor, member_id: uuid.UUID, _act: Act, told: dict[str, Any]) -> dict[str, Any]:
    """Hold somebody who waits, and note which site the letter leads to: the worker cannot know.

    Raises Missing, ChangedPerson, or Stale once somebody has decided.
    """
    member = get_member_to_change(actor, member_id)
    joining.require_waiting(actor, member)
    _refuse_unread(member, told[SEEN])
    return told | {"origin": mail.site_origin()}


def carry_out(actor: Actor, member_id: uuid.UUID, act: Act, told: dict[str, Any]) -> None:
    """Let the decision take effect: the person is written to.

    Raises Missing, Stale, ChangedPerson; MayNotDecideNow where they are not the manager's to
    decide any more.
    """
    member = get_member_to_change(actor, member_id)
    if not permits(actor, Permission.MANAGE_MEMBERS, member):
        raise MayNotDecideNow
    joining.require_waiting(actor, member)
    if SEEN in told:  # a decision made before an upgrade has none
        _refuse_unread(member, told[SEEN])
    if act is Act.APPROVE:
        joining.approve(actor, member, origin=told["origin"])
    else:
        joining.refuse(actor, member)


def _refuse_unread(member: Member, seen: str) -> None:
    """Let nobody come in as, or where, the manager did not read that they would."""
    if seen_of(member) != seen:
        raise ChangedPerson
