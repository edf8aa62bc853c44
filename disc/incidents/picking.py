"""Whom a reporter may point at in the gallery: a hint to the manager, and never a decision."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from disc.access.actor import Actor
from disc.core.database import db
from disc.gallery import finding
from disc.gallery.leafing import gallery_page, visible
from disc.gallery.models import Subject
from disc.gallery.ports import Badge, badges
from disc.gallery.queries import stills_of

MOST_SHOWN = 12
"""Faces on the list: what fits on three screens of a phone."""


@dataclass(frozen=True, slots=True)
class Face:
    """Somebody to point at."""

    subject: Subject
    still_id: uuid.UUID | None
    badges: list[Badge]


def recent_faces(actor: Actor) -> list[Face]:
    """List those whom the gallery shows the actor, banned ones first, then the newest report."""
    found = _faces(actor, gallery_page(actor))
    return sorted(found, key=lambda one: not one.badges)[:MOST_SHOWN]


def faces_called(actor: Actor, typed: str) -> list[Face]:
    """List those whom a name or a number finds, of those whom the gallery shows the actor.

    It yields, as a search does, so it may not be called inside a write transaction.
    """
    return _faces(actor, finding.find(actor, typed, visible).people[:MOST_SHOWN])


def chosen_faces(actor: Actor, subject_ids: Iterable[uuid.UUID]) -> list[Face]:
    """List those of some Subjects whom the gallery shows the actor."""
    wanted = visible(actor).where(Subject.id.in_(list(subject_ids)[:MOST_SHOWN]))
    return _faces(actor, list(db.session.scalars(wanted)))


def _faces(actor: Actor, people: Sequence[Subject]) -> list[Face]:
    ids = {one.id for one in people}
    stills, told = stills_of(ids), badges(actor, ids)
    return [
        Face(one, next(iter(stills.get(one.id, ())), None), told.get(one.id, [])) for one in people
    ]
