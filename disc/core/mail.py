"""Messages to people: kept sealed, sent by the worker, and gone after their day."""

import uuid
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

import sqlalchemy as sa
from flask import Flask, current_app, has_request_context, request
from sqlalchemy import select
from sqlalchemy.orm import Mapped, mapped_column

from config import Settings
from disc.core import clock
from disc.core.database import ERASED, Base, db, new_id
from disc.core.keys import SealedRow, erase_key, sealed_text
from disc.core.outbox import Event, publish
from disc.core.smtp import BadMailServer, Letter, NeverAccepted, hand_over, mail_server
from disc.core.transaction import writing

KEPT_DAYS = 30
"""After so many days a message is erased, sent or not."""
GIVEN_UP_AFTER = timedelta(hours=6)
"""The outbox's eight tries take a little more than four hours."""


class MessageState(StrEnum):
    """What became of a message."""

    WAITING = "waiting"
    SENT = "sent"
    FAILED = "failed"
    KEPT = "kept"
    """There is no mail server: it can be read in the outbox of the scheme alone."""


class Message(SealedRow, Base):
    """One message to one person. ``member_id`` is whom it is for.

    ``caused_by_id`` is who did what it tells, where that was somebody else.
    """

    __tablename__ = "message"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    scheme_id: Mapped[uuid.UUID] = mapped_column(index=True)
    member_id: Mapped[uuid.UUID | None] = mapped_column(index=True)
    caused_by_id: Mapped[uuid.UUID | None]
    kind: Mapped[str] = mapped_column(sa.String(40))
    state: Mapped[MessageState] = mapped_column(default=MessageState.WAITING)
    made_at: Mapped[datetime] = mapped_column(default=clock.now)
    sent_at: Mapped[datetime | None]
    erase_on: Mapped[date] = mapped_column(index=True)
    address_sealed: Mapped[bytes | None]
    subject_sealed: Mapped[bytes | None]
    body_sealed: Mapped[bytes | None]

    address = sealed_text()
    subject = sealed_text()
    body = sealed_text()


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageWritten(Event):
    """A message waits to be sent."""

    message_id: uuid.UUID


def write(  # noqa: PLR0917 - in the order of an envelope: from whom, to whom, what
    scheme_id: uuid.UUID,
    member_id: uuid.UUID | None,
    kind: str,
    address: str,
    subject: str,
    body: str,
    *,
    caused_by_id: uuid.UUID | None = None,
) -> Message:
    """Put a message in the outbox, inside the transaction of what it tells.

    ``caused_by_id`` is whose act it follows, where that is somebody else than its reader. With
    a mail server the worker sends it after the commit; without one it is kept to be read.
    """
    sends = current_app.extensions["smtp"] is not None
    message = Message(
        id=new_id(),
        scheme_id=scheme_id,
        member_id=member_id,
        caused_by_id=caused_by_id,
        kind=kind,
        state=MessageState.WAITING if sends else MessageState.KEPT,
        erase_on=clock.today() + timedelta(days=KEPT_DAYS),
    )
    message.address, message.body = one_line(address), body
    message.subject = one_line(subject)
    db.session.add(message)
    if sends:
        publish(MessageWritten(message_id=message.id))
    return message


def send(message_id: uuid.UUID) -> None:
    """Hand a message to the mail server, and blank what it says once it is sent.

    The outbox's claim keeps two workers from sending it at once. A crash between the server's
    answer and our note of it sends it twice, under the same Message-ID. Raises OSError to be
    tried again.
    """
    letter, server = _letter(message_id), current_app.extensions["smtp"]
    if letter is None or server is None:
        return
    try:
        hand_over(server, letter)
    except NeverAccepted:
        _close(message_id, MessageState.FAILED)
    else:
        _close(message_id, MessageState.SENT)


def give_up_waiting() -> int:
    """Call failed what the outbox has tried for hours, and return how many messages."""
    before = clock.now() - GIVEN_UP_AFTER
    waiting = select(Message).where(Message.state == MessageState.WAITING, Message.made_at < before)
    late = db.session.scalars(waiting).all()
    for message in late:
        message.state = MessageState.FAILED
    return len(late)


def erase_message(message: Message) -> None:
    """Delete a message with its key."""
    erase_key(message)
    db.session.delete(message)


def site_origin() -> str:
    """Return the origin of our own pages, for a link in a message; empty where nobody knows it.

    What a request calls our host is typed by whoever sends it, and could lead the reader of a
    message elsewhere: where the operator named the site's origins, it must be one of them, and
    a mail server is only used where they are named. The worker has no request.
    """
    settings: Settings = current_app.extensions["settings"]
    named = settings.allowed_origins
    asked = request.host_url.rstrip("/") if has_request_context() else ""
    return asked if not named or asked in named else named[0]


def link_to(endpoint: str, *, origin: str | None = None, **values: str) -> str:
    """Return the address of one of our pages for a message.

    ``origin`` is what ``site_origin`` said while there was a request, for what is written later.
    """
    site = site_origin() if origin is None else origin
    return site + current_app.url_map.bind("site").build(endpoint, values)


def one_line(text: str) -> str:
    """Return a text without line breaks, which would begin a new header of a message."""
    return " ".join(text.split())


def install_mail(app: Flask, settings: Settings) -> None:
    """Give the application its mail server, where there is one. Raises BadMailServer."""
    if settings.smtp_url and not settings.allowed_origins:
        raise BadMailServer("Set DISC_ORIGINS to the site's address too: messages hold links.")
    app.extensions["smtp"] = mail_server(settings.smtp_url, settings.mail_from)


def _letter(message_id: uuid.UUID) -> Letter | None:
    """Return what is to be sent, read in a transaction that ends before the sending."""
    message = db.session.get(Message, message_id)
    waits = message is not None and message.state in (MessageState.WAITING, MessageState.FAILED)
    letter = None
    if message is not None and waits and message.body:
        letter = Letter(
            token=str(message.id),
            address=message.address,
            subject=message.subject,
            body=message.body,
        )
    db.session.rollback()
    return letter


def _close(message_id: uuid.UUID, state: MessageState) -> None:
    with writing():
        message = db.session.get(Message, message_id)
        if message is None:
            return
        message.state = state
        if state is MessageState.SENT:
            message.sent_at, message.body = clock.now(), ""
            db.session.info[ERASED] = True  # a link in it must not stay in the log of the file
