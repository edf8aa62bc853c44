"""Reads of Subjects, scoped to what an actor may see."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import ColumnElement, Select, exists, func, or_, select

from disc.access.actor import Actor
from disc.core import clock
from disc.core.database import db
from disc.core.errors import Missing
from disc.gallery.models import (
    Gallery,
    GalleryEntry,
    Identification,
    Subject,
    SubjectArea,
    SubjectKind,
    SubjectState,
    SubjectStill,
)
from disc.stills.models import Still
from disc.stills.queries import shown_now

PAGE = 24
"""Subjects on a page of the gallery."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A Subject as a target of the policy: its scheme and the Areas that see it."""

    id: uuid.UUID
    scheme_id: uuid.UUID
    area_ids: frozenset[uuid.UUID]


def visible(actor: Actor) -> Select[Subject]:
    """Select the Subjects whom members of the actor's Areas see today.

    An ID-Sought Subject until it is hidden; a Known one only while in at least one gallery.
    """
    today = clock.today()
    in_area = exists().where(
        SubjectArea.subject_id == Subject.id, SubjectArea.area_id.in_(actor.area_ids)
    )
    in_gallery = exists().where(
        GalleryEntry.subject_id == Subject.id, GalleryEntry.expires_on > today
    )
    return select(Subject).where(
        Subject.scheme_id == actor.scheme_id,
        Subject.state == SubjectState.PUBLISHED,
        Subject.hidden_at.is_(None),
        Subject.merged_into_id.is_(None),
        Subject.hide_on > today,
        in_area,
        or_(Subject.kind == SubjectKind.ID_SOUGHT, in_gallery),
    )


def gallery_page(
    actor: Actor,
    *,
    kind: SubjectKind | None = None,
    gallery_id: uuid.UUID | None = None,
    before: tuple[datetime, uuid.UUID] | None = None,
    limit: int = PAGE,
) -> list[Subject]:
    """Return visible Subjects, newest report first, after a position; one more than ``limit``.

    The page's cost follows an index from the position, however many Subjects there are.
    """
    wanted = visible(actor)
    if kind is not None:
        wanted = wanted.where(Subject.kind == kind)
    if gallery_id is not None:
        wanted = wanted.where(
            exists().where(
                GalleryEntry.subject_id == Subject.id,
                GalleryEntry.gallery_id == gallery_id,
                GalleryEntry.expires_on > clock.today(),
            )
        )
    if before is not None:
        place = sa.tuple_(Subject.last_reported_at, Subject.id)
        wanted = wanted.where(place < sa.tuple_(*(sa.literal(part) for part in before)))
    order = (Subject.last_reported_at.desc(), Subject.id.desc())
    return list(db.session.scalars(wanted.order_by(*order).limit(limit + 1)))


def get_visible(actor: Actor, subject_id: uuid.UUID) -> Subject:
    """Return a Subject whom the actor may see now. Raises Missing."""
    subject = db.session.scalar(visible(actor).where(Subject.id == subject_id))
    if subject is None:
        raise Missing
    return subject


def get_subject(actor: Actor, subject_id: uuid.UUID) -> Subject:
    """Return any Subject of the scheme that is not erased, for those who moderate.

    Raises Missing.
    """
    subject = db.session.get(Subject, subject_id)
    if subject is None or subject.scheme_id != actor.scheme_id or subject.is_erased:
        raise Missing
    return subject


def shown(subject: Subject) -> Shown:
    """Return a Subject as a target of the policy."""
    return Shown(subject.id, subject.scheme_id, area_ids_of(subject.id))


def area_ids_of(subject_id: uuid.UUID) -> frozenset[uuid.UUID]:
    """Return the Areas in which a Subject is shown."""
    found = select(SubjectArea.area_id).where(SubjectArea.subject_id == subject_id)
    return frozenset(db.session.scalars(found))


def one_person(subject_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, uuid.UUID]:
    """Return each record that counts for some Subjects: themselves and those merged into them."""
    owners = {subject_id: subject_id for subject_id in subject_ids}
    merged = select(Subject.id, Subject.merged_into_id).where(Subject.merged_into_id.in_(owners))
    absorbed = {row[0]: row[1] for row in db.session.execute(merged) if row[1] is not None}
    return owners | absorbed


def stills_of(subject_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, list[uuid.UUID]]:
    """Return the stills of some Subjects, newest first, hidden and erased ones left out."""
    owners = one_person(subject_ids)
    found = (
        select(SubjectStill.subject_id, SubjectStill.still_id)
        .join(Still, Still.id == SubjectStill.still_id)
        .join(Subject, Subject.id == SubjectStill.subject_id)
        .where(
            SubjectStill.subject_id.in_(owners),
            Subject.hidden_at.is_(None),
            may_lend_pictures(),
            shown_now(),
        )
        .order_by(Still.id.desc())
    )
    stills: dict[uuid.UUID, list[uuid.UUID]] = {owner: [] for owner in owners.values()}
    for subject_id, still_id in db.session.execute(found):
        stills[owners[subject_id]].append(still_id)
    return stills


def awaiting_to_be_shown(actor: Actor) -> list[Subject]:
    """List the records that the Board hid, and that it alone may show again."""
    found = select(Subject).where(
        Subject.scheme_id == actor.scheme_id,
        Subject.hidden_by_board.is_(True),
        Subject.state != SubjectState.ERASED,
    )
    return list(db.session.scalars(found.order_by(Subject.hidden_at)))


def may_lend_pictures() -> ColumnElement[bool]:
    """Return which records' pictures a page shows: a joined one's only while it may be shown."""
    return or_(Subject.merged_into_id.is_(None), Subject.state == SubjectState.PUBLISHED)


def all_stills_of(subject_id: uuid.UUID) -> list[Still]:
    """Return every still of one record that is not erased, for the manager."""
    found = (
        select(Still)
        .join(SubjectStill)
        .where(SubjectStill.subject_id == subject_id, Still.erased_at.is_(None))
    )
    return list(db.session.scalars(found.order_by(Still.id.desc())))


def galleries(actor: Actor) -> list[Gallery]:
    """List the scheme's galleries by name."""
    found = select(Gallery).where(Gallery.scheme_id == actor.scheme_id)
    return list(db.session.scalars(found.order_by(Gallery.name)))


def get_gallery(actor: Actor, gallery_id: uuid.UUID) -> Gallery:
    """Return one of the scheme's galleries. Raises Missing."""
    gallery = db.session.get(Gallery, gallery_id)
    if gallery is None or gallery.scheme_id != actor.scheme_id:
        raise Missing
    return gallery


def entries_of(subject_id: uuid.UUID) -> list[tuple[GalleryEntry, Gallery]]:
    """Return a Subject's gallery entries, expired ones too."""
    found = (
        select(GalleryEntry, Gallery)
        .join(Gallery, Gallery.id == GalleryEntry.gallery_id)
        .where(GalleryEntry.subject_id == subject_id)
        .order_by(Gallery.name)
    )
    return [(row[0], row[1]) for row in db.session.execute(found)]


def leaves_in_days(subjects: Iterable[Subject]) -> dict[uuid.UUID, int]:
    """Return in how many days each Subject leaves the gallery."""
    rows = list(subjects)
    today = clock.today()
    latest = (
        select(GalleryEntry.subject_id, func.max(GalleryEntry.expires_on))
        .where(GalleryEntry.subject_id.in_([row.id for row in rows]))
        .group_by(GalleryEntry.subject_id)
    )
    last = {row[0]: row[1] for row in db.session.execute(latest)}
    return {row.id: (min(last.get(row.id, row.hide_on), row.hide_on) - today).days for row in rows}


def people(actor: Actor, *, limit: int = 200) -> list[Subject]:
    """List the scheme's Subjects for the manager, newest first, erased ones left out."""
    found = select(Subject).where(
        Subject.scheme_id == actor.scheme_id, Subject.state != SubjectState.ERASED
    )
    return list(db.session.scalars(found.order_by(Subject.last_reported_at.desc()).limit(limit)))


def merged_into(subject_id: uuid.UUID) -> list[Subject]:
    """List the records that were merged into one."""
    return list(db.session.scalars(select(Subject).where(Subject.merged_into_id == subject_id)))


def awaiting_board(actor: Actor) -> list[Subject]:
    """List Subjects whom the Board must agree to show."""
    found = select(Subject).where(
        Subject.scheme_id == actor.scheme_id, Subject.state == SubjectState.AWAITING_BOARD
    )
    return list(db.session.scalars(found.order_by(Subject.made_at)))


def open_answers(actor: Actor) -> list[tuple[Identification, Subject]]:
    """List what members said they know, for the manager alone."""
    found = (
        select(Identification, Subject)
        .join(Subject, Subject.id == Identification.subject_id)
        .where(
            Identification.scheme_id == actor.scheme_id,
            Identification.handled_at.is_(None),
        )
        .order_by(Identification.at)
    )
    return [(row[0], row[1]) for row in db.session.execute(found)]


def find_by_reference(actor: Actor, typed: str) -> Subject | None:
    """Return the scheme's Subject with a reference, however it was typed."""
    wanted = select(Subject).where(
        Subject.scheme_id == actor.scheme_id,
        Subject.reference == typed.strip().upper(),
        Subject.state != SubjectState.ERASED,
    )
    return db.session.scalar(wanted)
