"""Galleries themselves: what one is for, who sees it and where, and what its end does."""

import uuid
from dataclasses import dataclass

from sqlalchemy import delete, func, select

from disc.access.actor import Actor
from disc.core import audit, clock
from disc.core.database import db
from disc.core.outbox import publish
from disc.gallery.models import (
    Audience,
    Gallery,
    GalleryArea,
    GalleryEntry,
    GalleryOrder,
    Subject,
    SubjectKind,
    SubjectState,
)
from disc.gallery.queries import areas_of_galleries
from disc.stills.events import ManyViewsChanged


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What a manager decides about a gallery. No Area means that all of them see it."""

    name: str
    description: str
    expiry_months: int
    sorted_by: GalleryOrder = GalleryOrder.NEWEST
    seen_by: Audience = Audience.EVERYBODY
    area_ids: frozenset[uuid.UUID] = frozenset()


@dataclass(frozen=True, slots=True)
class WhatEnds:
    """What removing a gallery does: how many are in it, and how many are in no other one."""

    people: int
    only_here: int


def change_gallery(actor: Actor, gallery: Gallery, terms: Terms) -> None:
    """Change a gallery; who is in it keeps the day on which they leave it.

    Where others see it now, open pages ask about their pictures: once, however many are inside.
    """
    before = gallery.seen_by, frozenset(areas_of_galleries([gallery.id])[gallery.id])
    gallery.name, gallery.description = terms.name, terms.description
    gallery.expiry_months = terms.expiry_months
    gallery.sorted_by, gallery.seen_by = terms.sorted_by, terms.seen_by
    db.session.execute(delete(GalleryArea).where(GalleryArea.gallery_id == gallery.id))
    db.session.add_all(GalleryArea(gallery_id=gallery.id, area_id=one) for one in terms.area_ids)
    db.session.flush()
    if before != (terms.seen_by, terms.area_ids):
        publish(ManyViewsChanged(scheme_id=gallery.scheme_id))
    audit.record(audit.by(actor, "gallery changed", "gallery", gallery.id))


def what_ends_with(gallery: Gallery) -> WhatEnds:
    """Count whom the end of a gallery would touch: records stay, but some lose their last place."""
    today = clock.today()
    live = (GalleryEntry.expires_on > today) & (Subject.state != SubjectState.ERASED)
    inside = (
        select(func.count(GalleryEntry.subject_id))
        .join(Subject, Subject.id == GalleryEntry.subject_id)
        .where(GalleryEntry.gallery_id == gallery.id, live)
    )
    elsewhere = select(GalleryEntry.subject_id).where(
        GalleryEntry.gallery_id != gallery.id, GalleryEntry.expires_on > today
    )
    alone = inside.where(Subject.kind == SubjectKind.KNOWN, Subject.id.not_in(elsewhere))
    return WhatEnds(db.session.scalar(inside) or 0, db.session.scalar(alone) or 0)


def remove_gallery(actor: Actor, gallery: Gallery) -> None:
    """Take everybody out of a gallery, and the gallery away. No record goes with it."""
    entries = select(GalleryEntry.subject_id).where(GalleryEntry.gallery_id == gallery.id)
    people = list(db.session.scalars(entries))
    gallery_id = gallery.id
    for table in (GalleryEntry, GalleryArea):
        db.session.execute(delete(table).where(table.gallery_id == gallery_id))
    db.session.delete(gallery)
    db.session.flush()
    publish(ManyViewsChanged(scheme_id=actor.scheme_id))
    audit.record(
        *(
            audit.by(actor, "gallery entry removed", "subject", one, detail=str(gallery_id))
            for one in people
        ),
        audit.by(actor, "gallery removed", "gallery", gallery_id),
    )
