"""Days and records of a scheme whose clocks run, for tests."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time

import time_machine
from sqlalchemy import func, select

from disc.core import clock
from disc.core.database import Base, db
from disc.core.transaction import writing
from disc.gallery import service as gallery
from disc.gallery.leafing import gallery_page
from disc.gallery.queries import get_subject
from disc.incidents.queries import stills_of
from tests.world import Place

STARTED = datetime(2026, 1, 10, 12, tzinfo=UTC)


@contextmanager
def at(day: date, hour: int = 12) -> Iterator[None]:
    """Let it be a day, in the United Kingdom."""
    moment = datetime.combine(day, time(hour), clock.UK)
    with time_machine.travel(moment, tick=False):
        db.session.rollback()
        yield
        db.session.rollback()


@contextmanager
def beginning() -> Iterator[None]:
    with at(STARTED.date()):
        yield


def months(count: int) -> date:
    return clock.add_months(STARTED.date(), count)


def person(place: Place, still_ids: list[uuid.UUID] | None = None, **more: object) -> uuid.UUID:
    """Show an unknown person and return their id."""
    new = gallery.NewSubject(
        area_ids=frozenset({place.area_id}),
        still_ids=tuple(still_ids or ()),
        description=("tall", "red top"),
        caption="Took meat.",
        **more,
    )
    with writing():
        return gallery.add_subject(place.actor("administrator"), new).id


def named(place: Place, expiry_months: int = 6) -> uuid.UUID:
    """Show a Known person in a gallery and return their id."""
    subject_id, manager = person(place), place.actor("administrator")
    with writing():
        shown = gallery.add_gallery(manager, "Banned", "", expiry_months)
        subject = get_subject(manager, subject_id)
        gallery.name_subject(manager, subject, "Robin Doe", [shown.id])
    return subject_id


def pictures_of(incident_id: uuid.UUID) -> list[uuid.UUID]:
    return stills_of([incident_id])[incident_id]


def count(table: type[Base]) -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(table)) or 0


def get(table: type[Base], row_id: uuid.UUID) -> object:
    db.session.rollback()
    return db.session.get(table, row_id)


def seen(place: Place) -> list[uuid.UUID]:
    db.session.rollback()
    return [subject.id for subject in gallery_page(place.actor("member"))]
