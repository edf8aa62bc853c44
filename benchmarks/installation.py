"""An installation with invented Subjects, filled through the product's own services."""

import functools
import secrets
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from unittest.mock import patch

from flask import current_app
from sqlalchemy import delete

from benchmarks.pictures import small_picture
from config import from_environment
from disc.access.actor import Actor, Role
from disc.app import create_app
from disc.core import clock
from disc.core.database import db
from disc.core.outbox import Lane, Outbox
from disc.core.pictures import take_in
from disc.core.preparing import prepare
from disc.core.rows import every_scheme
from disc.core.transaction import writing
from disc.gallery.models import Gallery
from disc.gallery.service import NewSubject, add_gallery, add_subject, name_subject
from disc.members import service as members
from disc.members.models import Area, Member, MemberState, Premises, Scheme
from disc.stills import service as stills

EMAIL = "member@harbour.example"
DIFFERENT_PICTURES = 12
AT_ONCE = 50
"""Subjects in one transaction."""
LOOKS = ("looks like a man", "slim build", "short hair", "red top", "rucksack")


@dataclass(frozen=True, slots=True)
class Ground:
    """Where Subjects are added, and by whom."""

    manager: Actor
    area_id: uuid.UUID
    premises_id: uuid.UUID
    gallery_id: uuid.UUID


def make_installation(folder: Path, subjects: int, **settings: str) -> str:
    """Make a database with one scheme and its Subjects; return the password of EMAIL.

    Each Subject has a picture with a key and sealed files of its own, but only
    DIFFERENT_PICTURES of them were drawn and decoded. The job worker is not told of them:
    it would take each for a copy of the others.
    """
    with application(folder, **settings):
        prepare()
        password, ground = _scheme()
        pictures = [small_picture(seed) for seed in range(DIFFERENT_PICTURES)]
        with patch.object(stills, "take_in", functools.cache(take_in)):
            for start in range(0, subjects, AT_ONCE):
                _add(ground, pictures, range(start, min(start + AT_ONCE, subjects)))
        with writing() as session:
            session.execute(delete(Outbox))
    return password


def more_members(folder: Path, count: int, password: str, **settings: str) -> list[str]:
    """Add members with one password to the installation's scheme; return their addresses."""
    emails = [f"member-{number}@harbour.example" for number in range(count)]
    with application(folder, **settings), writing() as session:
        scheme = session.query(Scheme).filter_by(slug="harbour").one()
        area = session.query(Area).filter_by(scheme_id=scheme.id).one()
        shop = session.query(Premises).filter_by(scheme_id=scheme.id).one()
        hashed = current_app.extensions["passwords"].hash(password)
        for email in emails:
            member, _ = members.invite(
                scheme, "Sam Pebble", email, Role.MEMBER, areas=[area], premises=[shop]
            )
            member.password_hash, member.state = hashed, MemberState.ACTIVE
    return emails


@contextmanager
def application(folder: Path, **settings: str) -> Iterator[None]:
    """Enter the application of an installation; its events reach nobody."""
    app = create_app(from_environment({"DISC_INSTANCE": str(folder), **settings}))
    app.extensions["outbox"] = dict.fromkeys(Lane, lambda _row_id: None)
    with app.app_context(), every_scheme():
        try:
            yield
        finally:
            db.session.remove()
            db.engine.dispose()


def _scheme() -> tuple[str, Ground]:
    password = secrets.token_urlsafe(16)
    with writing() as session:
        scheme = members.create_scheme("harbour", "Harbour Watch", is_demo=True)
        area = members.add_area(scheme, "Old Town")
        session.flush()
        shop = members.add_premises(area, "Shop", authority_on=clock.today(), by="The owner")
        session.flush()
        manager, _ = members.invite(
            scheme, "Alex Harbourne", "manager@harbour.example", Role.ADMINISTRATOR, areas=[area]
        )
        member, _ = members.invite(
            scheme, "Sam Pebble", EMAIL, Role.MEMBER, areas=[area], premises=[shop]
        )
        member.password_hash = current_app.extensions["passwords"].hash(password)
        member.state = MemberState.ACTIVE
        session.flush()
        actor = _actor(manager, area)
        banned = add_gallery(actor, "Banned", "", 12)
        return password, Ground(actor, area.id, shop.id, banned.id)


def _actor(member: Member, area: Area) -> Actor:
    return Actor(
        id=member.id,
        session_id=uuid.uuid4(),
        scheme_id=member.scheme_id,
        role=member.role,
        area_ids=frozenset({area.id}),
        premises_ids=frozenset(),
        viewer_code=member.viewer_code,
    )


def _add(ground: Ground, pictures: list[bytes], numbers: range) -> None:
    """Add some Subjects, each third of them by name and in a gallery."""
    scheme_id = ground.manager.scheme_id
    prepared = [stills.prepare(scheme_id, pictures[each % len(pictures)]) for each in numbers]
    with writing() as session:
        place = session.get_one(Premises, ground.premises_id)
        gallery = session.get_one(Gallery, ground.gallery_id)
        for number, picture in zip(numbers, prepared, strict=True):
            still = stills.add_still(picture, place, clock.add_months(clock.today(), 6))
            new = NewSubject(
                area_ids=frozenset({ground.area_id}), still_ids=(still.id,), description=LOOKS
            )
            subject = add_subject(ground.manager, new)
            subject.last_reported_at = clock.now() - timedelta(minutes=number)
            if number % 3 == 0:
                name_subject(ground.manager, subject, f"Invented {number}", [gallery.id])
