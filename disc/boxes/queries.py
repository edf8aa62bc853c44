"""Reads of boxes."""

import uuid

from sqlalchemy import select

from disc.boxes.models import Box, BoxPart
from disc.boxes.rules import CLOSES_AFTER
from disc.core import clock
from disc.core.database import db
from disc.members.models import Member


def find_sender(member_id: uuid.UUID) -> Member | None:
    """Return whom a stamp names."""
    return db.session.get(Member, member_id)


def find_box(member_id: uuid.UUID, submission_id: uuid.UUID, *, hold: bool = False) -> Box | None:
    """Return a member's box, held so that two parts at once count each other."""
    found = select(Box).where(Box.member_id == member_id, Box.submission_id == submission_id)
    return db.session.scalar(found.with_for_update(of=Box) if hold else found)


def hold_box(box_id: uuid.UUID) -> Box | None:
    """Return a box that nobody else changes meanwhile."""
    return db.session.scalar(select(Box).where(Box.id == box_id).with_for_update(of=Box))


def boxes_of(incident_id: uuid.UUID) -> list[Box]:
    """Return what a report came in; there is one, or none."""
    return list(db.session.scalars(select(Box).where(Box.incident_id == incident_id)))


def parts_here(box_id: uuid.UUID) -> set[int]:
    """Return the numbers of the parts that are here."""
    return set(db.session.scalars(select(BoxPart.number).where(BoxPart.box_id == box_id)))


def open_among(box_ids: set[uuid.UUID]) -> set[uuid.UUID]:
    """Return which boxes still wait for photos; of any scheme, for the sweep."""
    found = select(Box.id).where(Box.id.in_(box_ids), Box.closed_at.is_(None))
    return set(db.session.scalars(found))


def left_open() -> list[Box]:
    """List boxes whose photos will not come any more, held."""
    found = select(Box).where(Box.closed_at.is_(None), Box.received_at < clock.now() - CLOSES_AFTER)
    return list(db.session.scalars(found.limit(50).with_for_update(of=Box, skip_locked=True)))
