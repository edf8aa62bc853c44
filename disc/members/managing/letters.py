"""What the other leaders are told when one of them loses their way in: no one acts unseen."""

from disc.access.actor import LEADING, TITLES, Actor, Role
from disc.core import mail
from disc.members.models import Member
from disc.members.queries import active_in_roles

TOLD = frozenset({Role.BOARD, Role.DPO})
"""Who watches over those who run the scheme."""


def tell_the_others(actor: Actor, member: Member, what: str) -> None:
    """Write to the Board and the DPO what was done to a leader, inside the transaction."""
    if member.role not in LEADING:
        return
    words = f"{member.name}, {TITLES[member.role]}, {what}."
    for one in active_in_roles(member.scheme_id, TOLD):
        if one.id not in (actor.id, member.id):
            body = f"Hello\n\n{words}\n\nIf this is not right, speak to your Board.\n"
            subject = "Somebody who leads your scheme"
            mail.write(
                member.scheme_id, one.id, "alarm", one.email, subject, body, caused_by_id=actor.id
            )
