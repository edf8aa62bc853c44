"""Reads of what the public asked, for the manager; and of a receipt, for whoever holds it."""

import uuid
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, select

from disc.access.actor import Actor, Role
from disc.core import clock
from disc.core.database import db
from disc.core.errors import Missing
from disc.dataprotection.models import Asked, PublicRequest
from disc.dataprotection.rules import Urgency, urgency

MOST_LISTED = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A row of the desk: nothing in it is personal."""

    id: uuid.UUID
    reference: str
    asked: Asked
    received_at: datetime
    due_on: date
    urgency: Urgency
    decided_at: datetime | None


def open_requests(actor: Actor) -> list[Waiting]:
    """List the scheme's requests without an answer, the nearest day first."""
    found = select(PublicRequest).where(_readable(actor), PublicRequest.decided_at.is_(None))
    order = (PublicRequest.due_on, PublicRequest.received_at)
    return [_waiting(row) for row in db.session.scalars(found.order_by(*order).limit(MOST_LISTED))]


def answered_requests(actor: Actor) -> list[Waiting]:
    """List the scheme's answered requests, the latest answer first."""
    found = select(PublicRequest).where(_readable(actor), PublicRequest.decided_at.is_not(None))
    order = PublicRequest.decided_at.desc()
    return [_waiting(row) for row in db.session.scalars(found.order_by(order).limit(MOST_LISTED))]


def get_request(actor: Actor, request_id: uuid.UUID) -> PublicRequest:
    """Return one of the scheme's requests. Raises Missing."""
    row = db.session.get(PublicRequest, request_id)
    if row is None or row.scheme_id != actor.scheme_id:
        raise Missing
    return row


def find_submission(scheme_id: uuid.UUID, submission_id: uuid.UUID) -> PublicRequest | None:
    """Return the request that a page already sent, so that a retry finds it."""
    return db.session.scalar(
        select(PublicRequest).where(
            PublicRequest.scheme_id == scheme_id, PublicRequest.submission_id == submission_id
        )
    )


def get_by_reference(scheme_id: uuid.UUID, reference: str) -> PublicRequest:
    """Return a request by its reference. Raises Missing."""
    row = db.session.scalar(
        select(PublicRequest).where(
            PublicRequest.scheme_id == scheme_id, PublicRequest.reference == reference
        )
    )
    if row is None:
        raise Missing
    return row


def _readable(actor: Actor) -> ColumnElement[bool]:
    """Return which requests an actor may read: the Board's are the appeals."""
    own = PublicRequest.scheme_id == actor.scheme_id
    return own & (PublicRequest.asked == Asked.APPEAL) if actor.role is Role.BOARD else own


def _waiting(row: PublicRequest) -> Waiting:
    return Waiting(
        id=row.id,
        reference=row.reference,
        asked=row.asked,
        received_at=row.received_at,
        due_on=row.due_on,
        urgency=urgency(clock.today(), row.due_on),
        decided_at=row.decided_at,
    )
