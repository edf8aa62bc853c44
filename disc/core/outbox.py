"""What must follow a commit: rows written with it, delivered after it, at least once."""

import logging
import uuid
from collections.abc import Callable
from dataclasses import asdict, dataclass, fields
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, TypeVar

import sqlalchemy as sa
from flask import current_app
from sqlalchemy import select
from sqlalchemy.orm import Mapped, Session, mapped_column, scoped_session

from disc.core import clock
from disc.core.database import Base, db, new_id
from disc.core.locks import OPEN
from disc.core.logs import log_fault, note
from disc.core.rows import EVERYBODY, rows_now

TRIES = 8
"""After so many failures a row waits for a person (``flask disc outbox``)."""


SKEW = timedelta(seconds=5)
"""How far the clocks of two hosts may differ; less than the shortest time a row is put off."""


ROWS = "rows"
"""Key of a payload: whose rows existed for who published it; no others do for who hears it."""


class Lane(StrEnum):
    """Where a listener runs."""

    JOB = "job"
    LIVE = "live"


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happened, told in the past tense; it carries ids, never personal data."""


class Outbox(Base):
    """One event on its way to one listener."""

    __tablename__ = "outbox"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    listener: Mapped[str] = mapped_column(sa.String(80))
    lane: Mapped[Lane]
    payload: Mapped[dict[str, Any]] = mapped_column(sa.JSON)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    due_at: Mapped[datetime] = mapped_column(default=clock.now, index=True)
    tries: Mapped[int] = mapped_column(default=0)

    __table_args__ = (
        {"info": {OPEN: "ids and plain words; whose they are, its listener finds out"}},
    )


@dataclass(frozen=True, slots=True)
class Listener:
    """Who hears an event, and in which lane."""

    name: str
    lane: Lane
    event: type[Event]
    hear: Callable[[Any], None]


E = TypeVar("E", bound=Event)
_listeners: dict[str, Listener] = {}


def hears(
    event: type[E], lane: Lane = Lane.JOB
) -> Callable[[Callable[[E], None]], Callable[[E], None]]:
    """Let a function hear an event after the commit that published it.

    It may hear the same event twice (a crash between its work and the row's removal), so it
    must be idempotent. It commits its own work with ``writing()``.
    """

    def register(hear: Callable[[E], None]) -> Callable[[E], None]:
        name = f"{hear.__module__.removeprefix('disc.')}.{hear.__name__}"
        _listeners[name] = Listener(name, lane, event, hear)
        return hear

    return register


def publish(happened: Event, *, at: datetime | None = None) -> None:
    """Write an event to the outbox inside the transaction of what it reports.

    ``at`` puts off those who hear it in the job lane until then: what is written is kept however
    often a process stops meanwhile. Those in the live lane hear it at once.
    """
    payload = {key: str(value) for key, value in asdict(happened).items()} | {ROWS: rows_now()}
    for listener in _listeners.values():
        if isinstance(happened, listener.event):
            row = Outbox(id=new_id(), listener=listener.name, lane=listener.lane, payload=payload)
            later = at if listener.lane is Lane.JOB else None
            row.due_at = later or clock.now()
            db.session.add(row)
            db.session.info.setdefault("published", []).append((row.id, row.lane, later))


SomeSession = Session | scoped_session[Any]
Published = tuple[uuid.UUID, Lane, datetime | None]
"""A row, where it is heard, and when, if not at once."""


def published(session: SomeSession) -> list[Published]:
    """Take the rows that this transaction published."""
    rows: list[Published] = session.info.pop("published", [])
    return rows


def set_off(rows: list[Published]) -> None:
    """Start the delivery of rows just committed; a failure is left to the sweep."""
    for row_id, lane, at in rows:
        try:
            lanes = current_app.extensions["outbox"]
            lanes[lane](row_id, at) if at else lanes[lane](row_id)
        except Exception as error:  # noqa: BLE001 - the commit stands; the sweep delivers later
            log_fault(error)


def claim(session: Session, row_id: uuid.UUID) -> tuple[Listener, Event, str] | None:
    """Return who must hear what, and which rows exist meanwhile; put the row off for the others.

    A row whose listener this version of the code does not have is put off as a failure is.
    """
    row = session.scalar(
        select(Outbox).where(Outbox.id == row_id).with_for_update(skip_locked=True)
    )
    if row is None or row.tries >= TRIES or row.due_at > clock.now() + SKEW:
        return None
    row.tries += 1
    row.due_at = clock.now() + timedelta(seconds=30 * 2**row.tries)
    listener = _listeners.get(row.listener)
    if listener is None:
        note("no such listener", logging.ERROR, listener=row.listener, row=str(row_id))
        return None
    return listener, _event(listener.event, row.payload), row.payload.get(ROWS, EVERYBODY)


def given_up(session: Session) -> list[Outbox]:
    """List rows that failed too often, oldest first."""
    return list(session.scalars(select(Outbox).where(Outbox.tries >= TRIES).order_by(Outbox.id)))


def try_again(session: Session) -> int:
    """Let the sweep take up what was given up; return how many rows."""
    rows = given_up(session)
    for row in rows:
        row.tries, row.due_at = 0, clock.now()
    return len(rows)


def overdue(session: Session, lane: Lane) -> list[uuid.UUID]:
    """List rows whose delivery was not started, or failed and is due again."""
    due = select(Outbox.id).where(
        Outbox.lane == lane,
        Outbox.due_at < clock.now() - timedelta(seconds=2),
        Outbox.tries < TRIES,
    )
    return list(session.scalars(due.order_by(Outbox.id).limit(500)))


def _event(kind: type[Event], payload: dict[str, str]) -> Event:
    """Make the event again from the row; ids and plain words are all it may carry."""
    values = {
        field.name: uuid.UUID(payload[field.name]) if field.type is not str else payload[field.name]
        for field in fields(kind)
    }
    return kind(**values)
