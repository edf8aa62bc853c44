"""What members see of the gallery today, and the pages in which they leaf through it."""

import functools
import uuid
from collections.abc import Iterable, Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import ColumnElement, Select, exists, func, or_, select
from sqlalchemy.orm import load_only

from disc.access.actor import Actor
from disc.access.permissions import Permission
from disc.access.policy import may_ever
from disc.core import clock
from disc.core.database import db
from disc.core.errors import Missing
from disc.gallery.models import (
    Audience,
    Gallery,
    GalleryArea,
    GalleryEntry,
    Subject,
    SubjectArea,
    SubjectKind,
    SubjectState,
)
from disc.members.queries import get_scheme

PAGE = 24
"""Subjects on a page of the gallery."""
ON_A_TILE = load_only(
    Subject.id,
    Subject.scheme_id,
    Subject.kind,
    Subject.reference,
    Subject.name_sealed,
    Subject.last_reported_at,
    Subject.hide_on,
    raiseload=True,
)
"""What a page of tiles reads of each Subject: a third of the columns. The others raise."""


def visible(actor: Actor) -> Select[Subject]:
    """Select the Subjects whom members of the actor's Areas see today.

    A Known Subject only while in a gallery that the actor sees; an ID-Sought one likewise, or by
    themselves until they are hidden, where the scheme shows them so.
    """
    shown: ColumnElement[bool] = exists().where(
        GalleryEntry.subject_id == Subject.id,
        GalleryEntry.expires_on > clock.today(),
        GalleryEntry.gallery_id.in_(_seen_galleries(actor).with_only_columns(Gallery.id)),
    )
    if get_scheme(actor.scheme_id).id_sought_by_themselves:
        shown |= Subject.kind == SubjectKind.ID_SOUGHT
    return published(actor).where(shown)


def published(actor: Actor) -> Select[Subject]:
    """Select the Subjects of the actor's Areas whom a gallery may show them today."""
    in_area = exists().where(
        SubjectArea.subject_id == Subject.id, SubjectArea.area_id.in_(actor.area_ids)
    )
    found = select(Subject).where(
        Subject.scheme_id == actor.scheme_id,
        Subject.state == SubjectState.PUBLISHED,
        Subject.hidden_at.is_(None),
        Subject.merged_into_id.is_(None),
        Subject.hide_on > clock.today(),
        in_area,
    )
    if may_ever(actor, Permission.SEE_RESTRICTED):
        return found
    return found.where(Subject.restricted_only.is_(False))


def _seen_galleries(actor: Actor) -> Select[Gallery]:
    """Select the galleries that the actor sees: of their Areas, and restricted ones if allowed."""
    restricted_too = may_ever(actor, Permission.SEE_RESTRICTED)
    return _galleries(actor.scheme_id, actor.area_ids, restricted_too=restricted_too)


@functools.lru_cache(maxsize=256)  # a page asks four times; the statement knows no day and no row
def _galleries(
    scheme_id: uuid.UUID, area_ids: frozenset[uuid.UUID], *, restricted_too: bool
) -> Select[Gallery]:
    of_areas = GalleryArea.gallery_id == Gallery.id
    found = select(Gallery).where(
        Gallery.scheme_id == scheme_id,
        or_(
            ~exists().where(of_areas),
            exists().where(of_areas, GalleryArea.area_id.in_(area_ids)),
        ),
    )
    return found if restricted_too else found.where(Gallery.seen_by == Audience.EVERYBODY)


def seen_galleries(actor: Actor) -> list[Gallery]:
    """List the galleries that the actor sees, by name."""
    return list(db.session.scalars(_seen_galleries(actor).order_by(Gallery.name)))


def get_seen_gallery(actor: Actor, gallery_id: uuid.UUID) -> Gallery:
    """Return a gallery that the actor sees. Raises Missing."""
    gallery = db.session.scalar(_seen_galleries(actor).where(Gallery.id == gallery_id))
    if gallery is None:
        raise Missing
    return gallery


def gallery_page(
    actor: Actor,
    *,
    kind: SubjectKind | None = None,
    gallery_id: uuid.UUID | None = None,
    before: tuple[datetime, uuid.UUID] | None = None,
    only: Sequence[ColumnElement[bool]] = (),
    limit: int = PAGE,
) -> list[Subject]:
    """Return visible Subjects, newest report first, after a position; one more than ``limit``.

    The page's cost follows an index from the position, however many Subjects there are.
    """
    wanted = visible(actor).where(*only)
    if kind is not None:
        wanted = wanted.where(Subject.kind == kind)
    if gallery_id is not None:
        wanted = wanted.where(_is_in(gallery_id))
    if before is not None:
        place = sa.tuple_(Subject.last_reported_at, Subject.id)
        wanted = wanted.where(place < sa.tuple_(*(sa.literal(part) for part in before)))
    order = (Subject.last_reported_at.desc(), Subject.id.desc())
    return list(db.session.scalars(wanted.order_by(*order).limit(limit + 1).options(ON_A_TILE)))


def gallery_by_name(
    actor: Actor,
    gallery_id: uuid.UUID,
    *,
    after: uuid.UUID | None = None,
    only: Sequence[ColumnElement[bool]] = (),
    limit: int = PAGE,
) -> list[Subject]:
    """Return a gallery's visible Subjects from A to Z, after one of them; one more than ``limit``.

    Names are sealed, so each page opens all names of the gallery to sort them. Who has no name
    comes last. Where the one before has left meanwhile, the list begins anew.
    """
    wanted = visible(actor).where(_is_in(gallery_id), *only).options(ON_A_TILE)
    inside = list(db.session.scalars(wanted))
    inside.sort(key=lambda one: (not one.name, one.name.casefold(), one.reference))
    ids = [one.id for one in inside]
    start = ids.index(after) + 1 if after in ids else 0
    return inside[start : start + limit + 1]


def _is_in(gallery_id: uuid.UUID) -> ColumnElement[bool]:
    return exists().where(
        GalleryEntry.subject_id == Subject.id,
        GalleryEntry.gallery_id == gallery_id,
        GalleryEntry.expires_on > clock.today(),
    )


def get_visible(actor: Actor, subject_id: uuid.UUID) -> Subject:
    """Return a Subject whom the actor may see now. Raises Missing."""
    subject = db.session.scalar(visible(actor).where(Subject.id == subject_id))
    if subject is None:
        raise Missing
    return subject


def leaves_in_days(actor: Actor, subjects: Iterable[Subject]) -> dict[uuid.UUID, int]:
    """Return in how many days each Subject leaves all that the actor sees of the gallery."""
    rows = list(subjects)
    today = clock.today()
    latest = (
        select(GalleryEntry.subject_id, func.max(GalleryEntry.expires_on))
        .where(
            GalleryEntry.subject_id.in_([row.id for row in rows]),
            GalleryEntry.gallery_id.in_(_seen_galleries(actor).with_only_columns(Gallery.id)),
        )
        .group_by(GalleryEntry.subject_id)
    )
    last = {row[0]: row[1] for row in db.session.execute(latest)}
    if get_scheme(actor.scheme_id).id_sought_by_themselves:
        last |= {row.id: row.hide_on for row in rows if row.kind is SubjectKind.ID_SOUGHT}
    return {row.id: (min(last.get(row.id, row.hide_on), row.hide_on) - today).days for row in rows}
