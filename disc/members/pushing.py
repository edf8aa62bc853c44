"""Sending messages to phones: a batch at once, and again later what a push service put off."""

import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta

from disc.core import clock
from disc.core.database import db
from disc.core.outbox import publish
from disc.core.push import Address, Answer, Fate, Notice, Pusher, find_pusher, hand_over
from disc.core.transaction import writing
from disc.members.events import PushAsked
from disc.members.models import PUSH_URGENCY, PUSH_WORDS, MemberState, PushMessage
from disc.members.queries import messages_in
from disc.members.service import lose_address

AT_ONCE = 8
"""Messages on their way at one time."""
FIRST_WAIT = timedelta(seconds=30)
"""After this a message is tried again; each further wait is twice as long."""
OPENED_BY = "from-message"
"""What the address of the page that a message opens says, so that the page can tell us of it."""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One message as it leaves, read in a transaction that ends before it is sent."""

    message_id: uuid.UUID
    to: Address
    notice: Notice


def send(batch_id: uuid.UUID) -> None:
    """Hand a batch over to the push services, and note what they said.

    A crash between their answer and our note of it sends it twice; a phone shows it once, since
    both have one tag. What waits is sent again later by a batch event of its own.
    """
    pusher = find_pusher()
    outgoing = _outgoing(batch_id) if pusher else []
    answers = _handed_over(pusher, outgoing) if pusher and outgoing else {}
    with writing():
        for message in messages_in(batch_id):
            _note(message, answers.get(message.id))
        _again(batch_id)


def _outgoing(batch_id: uuid.UUID) -> list[Outgoing]:
    now = clock.now()
    found = [
        _read(message)
        for message in messages_in(batch_id)
        if message.due_at <= now < message.expires_at and _may_go(message)
    ]
    db.session.rollback()
    return found


def _may_go(message: PushMessage) -> bool:
    """Say whether its phone still has an address, and its person is still let in."""
    let_in = message.phone.session.member.state is MemberState.ACTIVE
    return let_in and message.phone.endpoint_token is not None and not _lacks_key(message)


def _lacks_key(message: PushMessage) -> bool:
    return message.phone.data_key is None


def _read(message: PushMessage) -> Outgoing:
    phone = message.phone
    return Outgoing(
        message.id,
        Address(endpoint=phone.endpoint, public=phone.public, secret=phone.secret),
        Notice(
            id=str(message.id),
            words=PUSH_WORDS[message.kind],
            page=f"{phone.origin}{message.path}?{OPENED_BY}={message.id}",
            about=message.path,
            lasts=message.expires_at - clock.now(),
            urgency=PUSH_URGENCY[message.kind],
        ),
    )


def _handed_over(pusher: Pusher, outgoing: list[Outgoing]) -> dict[uuid.UUID, Answer]:
    """Hand several over at a time: one slow service holds the others up for no more than that."""
    with ThreadPoolExecutor(AT_ONCE) as several:
        answers = several.map(lambda one: hand_over(pusher, one.to, one.notice), outgoing)
        return {one.message_id: answer for one, answer in zip(outgoing, answers, strict=True)}


def _note(message: PushMessage, answer: Answer | None) -> None:
    now, phone = clock.now(), message.phone
    if answer is None:
        if now >= message.expires_at or not _may_go(message):
            message.ended_at = now
        return
    message.tries += 1
    if answer.fate is Fate.ACCEPTED:
        message.accepted_at = phone.accepted_at = now
        phone.failures = 0
        return
    phone.failures += 1
    if answer.fate is Fate.LATER:
        wait = answer.wait or FIRST_WAIT * 2 ** (message.tries - 1)
        message.due_at = now + max(wait, FIRST_WAIT)
        message.ended_at = now if message.due_at >= message.expires_at else None
        return
    message.ended_at = now
    if answer.fate is Fate.GONE:
        lose_address(phone)


def _again(batch_id: uuid.UUID) -> None:
    """Let the outbox take up later what waits."""
    db.session.flush()
    due = [message.due_at for message in messages_in(batch_id)]
    if due:
        publish(PushAsked(batch_id=batch_id), at=min(due))
