"""What happens to sign-ins and rights reaches the open sockets; messages reach people."""

from disc.core import mail
from disc.core.jobs import every_hour
from disc.core.live import live
from disc.core.outbox import Lane, hears
from disc.core.transaction import writing
from disc.members import pushing
from disc.members.certifying import ask_contacts
from disc.members.events import PushAsked, ResetAsked, RightsChanged, RulesChanged, SessionEnded
from disc.members.proving import send_reset
from disc.members.queries import signed_in_people


@hears(SessionEnded, Lane.LIVE)
def close_sockets(ended: SessionEnded) -> None:
    """Tell every process to drop the sockets of a sign-in."""
    live().tell("dropped", session_id=ended.session_id)


@hears(RightsChanged, Lane.LIVE)
def open_sockets_again(changed: RightsChanged) -> None:
    """Tell every process to let a person's sockets open anew, under the rights they have now."""
    live().tell("rights", member_id=changed.member_id)


@hears(mail.MessageWritten)
def send_message(written: mail.MessageWritten) -> None:
    """Send a message once what it tells is committed."""
    mail.send(written.message_id)


@every_hour
def give_up_messages() -> None:
    """Call failed what was tried for hours."""
    with writing():
        mail.give_up_waiting()


@hears(RulesChanged, Lane.LIVE)
def hold_who_must_accept(changed: RulesChanged) -> None:
    """Close the sockets of a scheme's people: who must accept first may not open another."""
    for member_id in signed_in_people(changed.scheme_id):
        live().tell("rights", member_id=member_id)


@every_hour
def ask_who_still_works_there() -> None:
    """Ask the contacts of premises whose day has come."""
    ask_contacts()


@hears(ResetAsked)
def answer_reset(asked: ResetAsked) -> None:
    """Send the link for which somebody asked, where the address is a member's."""
    send_reset(asked)


@hears(PushAsked)
def send_to_phones(asked: PushAsked) -> None:
    """Send messages to phones once what they tell is committed."""
    pushing.send(asked.batch_id)
