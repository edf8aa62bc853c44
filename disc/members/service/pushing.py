"""Messages to phones: turned on and off, asked for, and forgotten."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import timedelta

from sqlalchemy import delete, func, or_, select

from disc.access.actor import Actor
from disc.core import audit, clock
from disc.core.database import db, new_id
from disc.core.keys import erase_key
from disc.core.mail import site_origin
from disc.core.outbox import publish
from disc.core.push import find_pusher, is_push_service
from disc.core.rows import every_scheme
from disc.core.vault import are_browser_keys, from_text
from disc.members.errors import BadPhone, NoMessagesHere
from disc.members.events import PushAsked
from disc.members.models import PushKind, PushMessage, PushPhone, UserSession
from disc.members.queries import (
    endpoint_token,
    find_own_message,
    find_own_phone,
    find_phone_at,
    own_phones,
    phones_of,
    phones_of_session,
)

MOST_PHONES = 10
"""So many may one person have; the one opened longest ago gives way to another."""
UNSEEN_DAYS = 90
"""After so many days in which the app was not opened, or nothing arrived, a phone is forgotten."""
MESSAGES_KEPT_DAYS = 30
"""After so many days it is forgotten what was sent, and whether it was seen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """What a browser gave a page: its address at a push service, and keys in base64url."""

    endpoint: str = field(repr=False)
    public: str = field(repr=False)
    secret: str = field(repr=False)


def push_to(
    member_ids: Collection[uuid.UUID], kind: PushKind, path: str, lasts: timedelta
) -> uuid.UUID | None:
    """Tell people something on their phones, inside the transaction; the worker sends it after.

    ``path`` is the page of ours that a tap opens, and ``lasts`` how long it is worth telling.
    Those who turned messages on and are let in get it, on each of their phones; what it says are
    the kind's words and nothing else. Returns the batch, or None where nobody gets it. Raises
    ValueError for a path that is not on this site.
    """
    return _push(phones_of(member_ids) if find_pusher() else [], kind, path, lasts)


def try_out(phone: PushPhone) -> uuid.UUID | None:
    """Send a message to one phone alone, to see it arrive; None where it has no address."""
    can = find_pusher() is not None and phone.endpoint_token is not None
    return _push([phone] if can else [], PushKind.TEST, "/me/messages", timedelta(minutes=10))


def turn_on(actor: Actor, given: Subscription) -> PushPhone:
    """Let a browser get somebody's messages; whoever had it before gets none there any more.

    Raises NoMessagesHere on a shared tablet or where nothing is sent, and BadPhone.
    """
    check(actor, given)
    before = _taken_from_others(actor, given.endpoint)
    phone = before or PushPhone(id=new_id(), scheme_id=actor.scheme_id, member_id=actor.id)
    if before is None:
        for old in own_phones(actor)[MOST_PHONES - 1 :]:
            forget_phone(old)
        db.session.add(phone)
    _fill(phone, actor, given)
    audit.record(audit.by(actor, "messages turned on", "phone", phone.id))
    return phone


def renew(
    actor: Actor, given: Subscription, *, phone_id: uuid.UUID | None, before: str
) -> PushPhone | None:
    """Note that the app was opened on a phone, and its address, which may be a new one.

    ``phone_id`` is what the browser kept of turning messages on; ``before`` is the address that
    it had, where the browser changed it by itself. None where its person has turned them off
    since, or somebody else is signed in now. Raises as ``turn_on``.
    """
    check(actor, given)
    phone = find_own_phone(actor, phone_id) if phone_id else None
    if phone is None and before:
        found = find_phone_at(before)
        phone = found if found is not None and found.member_id == actor.id else None
    there = _taken_from_others(actor, given.endpoint)
    if there is not None and phone is not None and there is not phone:
        forget_phone(there)
        db.session.flush()
    phone = phone or there
    if phone is not None:
        _fill(phone, actor, given)
    return phone


def turn_off(actor: Actor, phone: PushPhone) -> None:
    """Let a phone get no more messages."""
    audit.record(audit.by(actor, "messages turned off", "phone", phone.id))
    forget_phone(phone)


def note_seen(actor: Actor, message_id: uuid.UUID) -> None:
    """Note that a message was tapped: that, and not a push service's word, says it arrived."""
    message = find_own_message(actor, message_id)
    if message is not None and message.seen_at is None:
        message.seen_at = message.phone.seen_at = clock.now()
        message.phone.session_id = actor.session_id  # it is the one of the browser that opened it


def forget_phone(phone: PushPhone) -> None:
    """Delete a phone inside the transaction, with its key and what was sent to it."""
    erase_key(phone)
    db.session.delete(phone)


def lose_address(phone: PushPhone) -> None:
    """Erase an address that a push service knows no more; opening the app there gives a new one."""
    phone.endpoint_token = None
    erase_key(phone)
    phone.endpoint_sealed = phone.public_sealed = phone.secret_sealed = None


def forget_phones_of(session: UserSession) -> None:
    """Delete the phones of a sign-in that ends."""
    for phone in phones_of_session(session.id):
        forget_phone(phone)


def carry_phones(before: UserSession, after: UserSession) -> None:
    """Keep the phones of a person who signs in again where they are signed in."""
    for phone in phones_of_session(before.id):
        phone.session_id = after.id
    db.session.flush()


def forget_old_pushes() -> int:
    """Delete phones that nothing reaches any more and messages of long ago; count the phones.

    A push service may take messages for a phone that is no more: opening the app is what counts.
    """
    before = clock.now() - timedelta(days=UNSEEN_DAYS)
    silent = (PushPhone.failures > 0) & (
        func.coalesce(PushPhone.accepted_at, PushPhone.made_at) < before
    )
    signed_in_long_ago = select(UserSession.id).where(UserSession.last_seen_at < before)
    unseen = (PushPhone.seen_at < before) | PushPhone.session_id.in_(signed_in_long_ago)
    gone = db.session.scalars(select(PushPhone).where(or_(unseen, silent))).all()
    for phone in gone:
        forget_phone(phone)
    long_ago = clock.now() - timedelta(days=MESSAGES_KEPT_DAYS)
    db.session.execute(delete(PushMessage).where(PushMessage.made_at < long_ago))
    return len(gone)


def check(actor: Actor, given: Subscription) -> None:
    """Refuse a shared tablet, and what no browser of a known push service gave.

    Raises NoMessagesHere and BadPhone.
    """
    pusher = find_pusher()
    if pusher is None or actor.tablet_id is not None:
        raise NoMessagesHere
    try:
        keys = are_browser_keys(from_text(given.public), from_text(given.secret))
    except ValueError:
        keys = False
    if not keys or not is_push_service(given.endpoint, loopback=pusher.loopback):
        raise BadPhone


def _push(phones: list[PushPhone], kind: PushKind, path: str, lasts: timedelta) -> uuid.UUID | None:
    if not path.startswith("/") or path.startswith("//"):
        raise ValueError("a message leads to a page of this site")
    if not phones:
        return None
    now, batch_id = clock.now(), new_id()
    db.session.add_all(
        PushMessage(
            id=new_id(),
            scheme_id=phone.scheme_id,
            batch_id=batch_id,
            phone_id=phone.id,
            member_id=phone.member_id,
            kind=kind,
            path=path,
            made_at=now,
            due_at=now,
            expires_at=now + lasts,
        )
        for phone in phones
    )
    publish(PushAsked(batch_id=batch_id))
    return batch_id


def _taken_from_others(actor: Actor, endpoint: str) -> PushPhone | None:
    """Return the person's own phone at an address; anybody else's there is forgotten."""
    found = find_phone_at(endpoint)
    if found is None or found.member_id == actor.id:
        return found
    with every_scheme():
        forget_phone(found)
        db.session.flush()
    return None


def _fill(phone: PushPhone, actor: Actor, given: Subscription) -> None:
    phone.session_id, phone.origin = actor.session_id, site_origin()
    phone.seen_at = clock.now()
    known = endpoint_token(given.endpoint)
    if phone.endpoint_token != known:
        phone.endpoint_token, phone.failures, phone.accepted_at = known, 0, None
    phone.endpoint, phone.public, phone.secret = given.endpoint, given.public, given.secret
    db.session.flush()
