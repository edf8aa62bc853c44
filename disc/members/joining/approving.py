"""People who joined with a QR code and wait: a manager lets them in, or does not."""

import uuid

from disc.access.actor import LEADING, Actor
from disc.access.guard import authorise
from disc.access.permissions import Permission
from disc.core import audit
from disc.core.errors import Stale
from disc.members import service
from disc.members.joining.letters import write_let_in, write_refused
from disc.members.models import Member, MemberState


def approve(actor: Actor, member: Member, *, origin: str | None = None) -> None:
    """Let in somebody who waits. Raises Missing, or Stale once somebody has decided.

    ``origin`` is the site that the letter leads to, where no request says it.
    """
    require_waiting(actor, member)
    service.tell_of_joiner(member)
    member.state, member.approved_by_id = MemberState.ACTIVE, actor.id
    audit.record(audit.by(actor, "member approved", "member", member.id))
    write_let_in(member, actor.id, origin=origin)


def refuse(actor: Actor, member: Member) -> None:
    """Do not let in somebody who waits. Raises Missing, or Stale once somebody has decided."""
    require_waiting(actor, member)
    write_refused(member, actor.id)
    audit.record(audit.by(actor, "member refused", "member", member.id))
    service.leave(actor, member)


def tell_let_in(member: Member, by_id: uuid.UUID | None = None) -> None:
    """Write to somebody whom the Board let in."""
    write_let_in(member, by_id)


def require_waiting(actor: Actor, member: Member) -> None:
    """Refuse to decide about who does not wait for the actor. Raises Missing, Stale.

    A leader waits for the Board, whose page is another.
    """
    authorise(actor, Permission.MANAGE_MEMBERS, member)
    if member.state is not MemberState.WAITING or member.role in LEADING:
        raise Stale
