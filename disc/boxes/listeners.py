"""What follows when a box is full or done with, and what its reporter is told of it."""

import uuid

from disc.boxes import originals, queries
from disc.boxes.events import BoxClosed, BoxFilled, PhotoCame
from disc.boxes.rules import clock_words
from disc.boxes.service import box_of, close_box, part_name
from disc.core.blobs import blobs
from disc.core.boxkeys import renew_box_keys
from disc.core.database import db
from disc.core.jobs import every_hour
from disc.core.outbox import hears
from disc.core.transaction import writing
from disc.incidents.kinds import WELFARE
from disc.incidents.models import Incident
from disc.incidents.ports import Fact, tells_reporter

PHONE, PHOTOS = "The phone", "Photos"
BATCH = 500
"""Boxes that are looked up at once."""


@hears(PhotoCame)
def put_original_in_its_place(came: PhotoCame) -> None:
    """Give one photo its original, before the others are here."""
    originals.put_one(came.box_id, int(came.first))


@hears(BoxFilled)
def put_originals_together(filled: BoxFilled) -> None:
    """Give a report's photos the originals that they have not got yet."""
    originals.put_together(filled.box_id)


@hears(BoxClosed)
def delete_parts(closed: BoxClosed) -> None:
    """Remove the sealed parts of a box that nobody needs any more."""
    for number in range(1, int(closed.parts) + 1):
        blobs().delete(part_name(closed.scheme_id, closed.box_id, number))


@every_hour
def give_up_waiting() -> None:
    """Close boxes whose photos did not come whole: the small copies stay."""
    with writing():
        for box in queries.left_open():
            close_box(box, unread=1)


@every_hour
def sweep_parts() -> None:
    """Remove parts of boxes that are closed or gone: of one that came while its box was closed."""
    by_box: dict[uuid.UUID, list[str]] = {}
    for name in blobs().names():
        box_id = box_of(name)
        if box_id is not None:
            by_box.setdefault(box_id, []).append(name)
    waits: set[uuid.UUID] = set()
    boxes = list(by_box)
    for start in range(0, len(boxes), BATCH):
        waits |= queries.open_among(set(boxes[start : start + BATCH]))
        db.session.rollback()
    for name in (name for box_id in boxes if box_id not in waits for name in by_box[box_id]):
        blobs().delete(name)


@every_hour
def renew_keys() -> None:
    """Give each scheme a new key for boxes in time, and delete what opens nothing any more."""
    with writing():
        renew_box_keys()


@tells_reporter
def how_it_came(incident_id: uuid.UUID) -> list[Fact]:
    """Tell of a wrong clock, of photos on their way, and of those that could not be read."""
    facts = []
    for box in queries.boxes_of(incident_id):
        words = clock_words(box.clock_off)
        facts += [Fact(PHONE, words)] if words else []
        if box.closed_at is None:
            facts.append(Fact(PHOTOS, "The full photos are still on their way from the phone."))
        if box.unread:
            facts.append(Fact(PHOTOS, f"{box.unread} {_why_not_here(incident_id)}."))
    return facts


def _why_not_here(incident_id: uuid.UUID) -> str:
    incident = db.session.get(Incident, incident_id)
    if incident is not None and incident.kind in WELFARE:
        return "left out: who needs help is not pictured"
    return "could not be read, or did not come whole"
