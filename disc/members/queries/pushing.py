"""Reads of phones that get messages, and of what waits to be sent to them."""

import uuid
from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Select, exists, func, select

from disc.access.actor import Actor
from disc.core.database import db
from disc.core.errors import Missing
from disc.core.keys import keyring
from disc.core.rows import every_scheme
from disc.core.vault import token
from disc.members.models import Member, MemberState, PushKind, PushMessage, PushPhone


def endpoint_token(endpoint: str) -> bytes:
    """Return the digest by which a browser's address at a push service is found."""
    return token(keyring().source.derive("push addresses"), "endpoint", endpoint)


@every_scheme()
def find_phone_at(endpoint: str) -> PushPhone | None:
    """Return the phone at an address, of whichever person and scheme: it is one browser."""
    found = select(PushPhone).where(PushPhone.endpoint_token == endpoint_token(endpoint))
    return db.session.scalar(found)


def find_own_phone(actor: Actor, phone_id: uuid.UUID) -> PushPhone | None:
    """Return one of a person's own phones that get messages."""
    row = db.session.get(PushPhone, phone_id)
    return row if row is not None and row.member_id == actor.id else None


def get_own_phone(actor: Actor, phone_id: uuid.UUID) -> PushPhone:
    """Return one of a person's own phones that get messages. Raises Missing."""
    row = find_own_phone(actor, phone_id)
    if row is None:
        raise Missing
    return row


def own_phones(actor: Actor) -> list[PushPhone]:
    """List a person's phones that get messages, the one used last first."""
    found = select(PushPhone).where(PushPhone.member_id == actor.id)
    return list(db.session.scalars(found.order_by(PushPhone.seen_at.desc())))


def phones_of_session(session_id: uuid.UUID) -> list[PushPhone]:
    """List the phones that get messages under one sign-in."""
    return list(db.session.scalars(select(PushPhone).where(PushPhone.session_id == session_id)))


def phones_of(member_ids: Collection[uuid.UUID]) -> list[PushPhone]:
    """List the phones to which messages to some people go: of those who are let in."""
    found = select(PushPhone).join(Member, Member.id == PushPhone.member_id)
    return list(
        db.session.scalars(
            found.where(
                PushPhone.member_id.in_(member_ids),
                PushPhone.endpoint_token.is_not(None),
                Member.state == MemberState.ACTIVE,
            )
        )
    )


def messages_in(batch_id: uuid.UUID) -> list[PushMessage]:
    """List what of a batch no push service has taken or refused yet."""
    found = select(PushMessage).where(
        PushMessage.batch_id == batch_id,
        PushMessage.accepted_at.is_(None),
        PushMessage.ended_at.is_(None),
    )
    return list(db.session.scalars(found.order_by(PushMessage.id)))


def how_many_opened(phones: Collection[PushPhone]) -> dict[uuid.UUID, tuple[int, int]]:
    """Count, for each phone, what a push service took and what of it was opened."""
    found = (
        select(
            PushMessage.phone_id,
            func.count(PushMessage.accepted_at),
            func.count(PushMessage.seen_at),
        )
        .where(PushMessage.phone_id.in_([phone.id for phone in phones]))
        .group_by(PushMessage.phone_id)
    )
    return {phone_id: (taken, seen) for phone_id, taken, seen in db.session.execute(found)}


def find_own_message(actor: Actor, message_id: uuid.UUID) -> PushMessage | None:
    """Return a message that was sent to one of a person's own phones."""
    row = db.session.get(PushMessage, message_id)
    return row if row is not None and row.member_id == actor.id else None


def was_pushed(kind: PushKind, path: str) -> bool:
    """Say whether somebody was told of a page already, for a listener that hears twice."""
    found = exists().where(PushMessage.kind == kind, PushMessage.path == path)
    return bool(db.session.scalar(select(found)))


def pushed_since(kind: PushKind, since: datetime, most: int) -> Select[uuid.UUID]:
    """Select who has had ``most`` messages of a kind since a moment, however many their phones."""
    return (
        select(PushMessage.member_id)
        .where(PushMessage.kind == kind, PushMessage.made_at >= since)
        .group_by(PushMessage.member_id)
        .having(func.count(func.distinct(PushMessage.batch_id)) >= most)
    )
