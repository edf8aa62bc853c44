"""Reads of Subjects, scoped to what an actor may see."""

import uuid
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import aliased

from disc.access.actor import Actor
from disc.access.permissions import Permission
from disc.access.policy import may_ever
from disc.core import clock, paging
from disc.core.database import db
from disc.core.errors import Missing
from disc.gallery.models import (
    Audience,
    Gallery,
    GalleryArea,
    GalleryEntry,
    Sighting,
    Subject,
    SubjectArea,
    SubjectMerge,
    SubjectState,
    SubjectStill,
)
from disc.gallery.rules import may_be_in
from disc.members.models import Premises
from disc.stills.models import Source, Still
from disc.stills.queries import shown_now

_Kept = aliased(Subject)
# Made once: an alias made for each page cost a tenth of a page of the gallery.


@dataclass(frozen=True, slots=True)
class Shown:
    """A Subject as a target of the policy: its scheme and the Areas that see it."""

    id: uuid.UUID
    scheme_id: uuid.UUID
    area_ids: frozenset[uuid.UUID]


def everybody(actor: Actor) -> Select[Subject]:
    """Select the scheme's Subjects that are there for an actor who moderates."""
    return select(Subject).where(Subject.scheme_id == actor.scheme_id, held_for(actor))


def get_subject(actor: Actor, subject_id: uuid.UUID) -> Subject:
    """Return any Subject of the scheme that is held, for those who moderate. Raises Missing."""
    subject = find_subject(actor, subject_id)
    if subject is None:
        raise Missing
    return subject


def find_subject(actor: Actor, subject_id: uuid.UUID) -> Subject | None:
    """Return a Subject of the scheme that is held, or None.

    One whose day of erasure has come is gone, though the sweep may come to it an hour later. A
    child under 10 is there for Administrators alone.
    """
    found = select(Subject).where(
        Subject.id == subject_id, Subject.scheme_id == actor.scheme_id, held_for(actor)
    )
    return db.session.scalar(found)


def held_for(actor: Actor) -> ColumnElement[bool]:
    """Return which records are there for somebody who moderates."""
    held = (Subject.state != SubjectState.ERASED) & (Subject.erase_on > clock.today())
    return held if may_ever(actor, Permission.SEE_UNDER_10) else held & Subject.under_10.is_(False)


def of_children(still_ids: Iterable[uuid.UUID]) -> set[uuid.UUID]:
    """Return which of some stills are of a child under 10."""
    found = stills_of_children().where(SubjectStill.still_id.in_(set(still_ids)))
    return set(db.session.scalars(found))


def stills_of_children() -> Select[uuid.UUID]:
    """Select the stills of children under 10."""
    return (
        select(SubjectStill.still_id)
        .join(Subject, Subject.id == SubjectStill.subject_id)
        .where(Subject.under_10.is_(True))
    )


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
    if not owners:
        return {}
    merged = select(Subject.id, Subject.merged_into_id).where(Subject.merged_into_id.in_(owners))
    absorbed = {row[0]: row[1] for row in db.session.execute(merged) if row[1] is not None}
    return owners | absorbed


def counts_for_any(subject_ids: Collection[uuid.UUID]) -> ColumnElement[bool]:
    """Select the records that ``one_person`` names, in a statement that joins them itself."""
    return or_(Subject.id.in_(subject_ids), Subject.merged_into_id.in_(subject_ids))


def counts_for(
    subject_ids: Collection[uuid.UUID], record_id: uuid.UUID, merged_into_id: uuid.UUID | None
) -> uuid.UUID:
    """Return for which of some Subjects a record counts that ``counts_for_any`` selected."""
    return merged_into_id if merged_into_id and merged_into_id in subject_ids else record_id


def stills_of(subject_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, list[uuid.UUID]]:
    """Return the stills of some Subjects, hidden and erased ones left out.

    First the one that a manager chose, while it may be seen; then the newest first.
    """
    stills: dict[uuid.UUID, list[uuid.UUID]] = {one: [] for one in subject_ids}
    found = (
        select(
            Subject.id,
            Subject.merged_into_id,
            SubjectStill.still_id,
            Subject.lead_still_id,
            _Kept.lead_still_id,
        )
        .join(SubjectStill, SubjectStill.subject_id == Subject.id)
        .join(Still, Still.id == SubjectStill.still_id)
        .outerjoin(_Kept, _Kept.id == Subject.merged_into_id)
        .where(counts_for_any(stills), *lends_now(), shown_now())
        .order_by(Still.id.desc())
    )
    for record_id, merged_into_id, still_id, own, keeps in db.session.execute(found):
        owner = counts_for(stills, record_id, merged_into_id)
        lead = own if owner == record_id else keeps
        stills[owner].insert(0 if still_id == lead else len(stills[owner]), still_id)
    return stills


def from_police(subject_ids: Iterable[uuid.UUID]) -> set[uuid.UUID]:
    """Return which Subjects have a picture that came from the police and was not taken back."""
    owners = one_person(subject_ids)
    found = (
        select(SubjectStill.subject_id)
        .join(Still, Still.id == SubjectStill.still_id)
        .join(Subject, Subject.id == SubjectStill.subject_id)
        .where(
            SubjectStill.subject_id.in_(owners),
            Still.source == Source.POLICE,
            Still.erased_at.is_(None),
            Still.withdrawn_at.is_(None),
            *lends_now(),
        )
    )
    return {owners[one] for one in db.session.scalars(found)}


def awaiting_to_be_shown(actor: Actor) -> list[Subject]:
    """List the records that the Board hid, and that it alone may show again."""
    found = select(Subject).where(
        Subject.scheme_id == actor.scheme_id,
        Subject.hidden_by_board.is_(True),
        held_for(actor),
    )
    return list(db.session.scalars(found.order_by(Subject.hidden_at)))


def may_lend_pictures() -> ColumnElement[bool]:
    """Return which records' pictures a page shows: a joined one's while every member may see it.

    Both records are of one person, so that the kept one's day of hiding counts for both: a new
    report of somebody who is banned would else be gone from sight long before the ban. A joined
    record is erased on its own day, and lends nothing from that midnight on. A picture's own days,
    and whoever it belongs to, are asked besides (``shown_now``).
    """
    lends = (
        (Subject.state == SubjectState.PUBLISHED)
        & Subject.restricted_only.is_(False)
        & (Subject.erase_on > clock.today())
    )
    return or_(Subject.merged_into_id.is_(None), lends)


def lends_now() -> tuple[ColumnElement[bool], ...]:
    """Select the records that count for what members see of a person now: no hidden one does."""
    return Subject.hidden_at.is_(None), may_lend_pictures()


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


def galleries_for(actor: Actor, subject: Subject) -> list[Gallery]:
    """List the galleries in which a Subject may be, by name."""
    return [
        gallery
        for gallery in galleries(actor)
        if may_be_in(
            under_10=subject.under_10,
            restricted_only=subject.restricted_only,
            restricted=gallery.seen_by is Audience.RESTRICTED,
        )
    ]


def areas_of_galleries(gallery_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, list[uuid.UUID]]:
    """Return the Areas that see each of some galleries; none means all of them."""
    areas: dict[uuid.UUID, list[uuid.UUID]] = {one: [] for one in gallery_ids}
    found = select(GalleryArea).where(GalleryArea.gallery_id.in_(areas))
    for row in db.session.scalars(found):
        areas[row.gallery_id].append(row.area_id)
    return areas


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


def galleries_today(subject_id: uuid.UUID) -> list[Gallery]:
    """List the galleries in which a Subject has a place today, by name."""
    today = clock.today()
    return [gallery for entry, gallery in entries_of(subject_id) if entry.expires_on > today]


def people(actor: Actor, number: int = 1) -> paging.Page[Subject]:
    """List the scheme's Subjects for the manager, newest first, erased ones left out, by pages."""
    newest = everybody(actor).order_by(Subject.last_reported_at.desc(), Subject.id.desc())
    return paging.cut(list(db.session.scalars(paging.window(newest, number))), number)


def merged_into(actor: Actor, subject_id: uuid.UUID) -> list[Subject]:
    """List the records that were merged into one, as far as they are there for the actor."""
    joined = everybody(actor).where(Subject.merged_into_id == subject_id)
    return list(db.session.scalars(joined))


def find_merge(absorbed_id: uuid.UUID) -> SubjectMerge | None:
    """Return what joining a record changed of the kept one, while that is kept."""
    return db.session.scalar(select(SubjectMerge).where(SubjectMerge.absorbed_id == absorbed_id))


def undo_days(absorbed_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, date]:
    """Return until which day, itself left out, the joining of some records can be undone."""
    found = select(SubjectMerge.absorbed_id, SubjectMerge.erase_on).where(
        SubjectMerge.absorbed_id.in_(list(absorbed_ids)), SubjectMerge.erase_on > clock.today()
    )
    return {row[0]: row[1] for row in db.session.execute(found)}


def sightings_of(subject_ids: Iterable[uuid.UUID]) -> list[tuple[Sighting, str]]:
    """List when some records' person was seen again and where, newest first, for the manager."""
    found = (
        select(Sighting, Premises.name)
        .join(Premises, Premises.id == Sighting.premises_id)
        .where(Sighting.subject_id.in_(list(subject_ids)))
        .order_by(Sighting.at.desc())
    )
    return [(row[0], row[1]) for row in db.session.execute(found)]


def awaiting_board(actor: Actor) -> list[Subject]:
    """List Subjects whom the Board must agree to show."""
    waiting = everybody(actor).where(Subject.state == SubjectState.AWAITING_BOARD)
    return list(db.session.scalars(waiting.order_by(Subject.made_at)))


def count_awaiting_board(actor: Actor) -> int:
    """Count what ``awaiting_board`` lists."""
    waiting = everybody(actor).where(Subject.state == SubjectState.AWAITING_BOARD)
    return db.session.scalar(select(func.count()).select_from(waiting.subquery())) or 0


def find_by_reference(actor: Actor, typed: str) -> Subject | None:
    """Return the scheme's Subject with a reference, however it was typed: "p 7k2m4x" too."""
    said = "".join(filter(str.isalnum, typed)).upper()
    wanted = everybody(actor).where(Subject.reference == f"{said[:1]}-{said[1:]}")
    return db.session.scalar(wanted)


def in_order(among: Select[Subject], ids: Sequence[uuid.UUID]) -> list[Subject]:
    """Return those of some Subjects that have an id, in the order of the ids.

    A record that was joined to another one counts for that one, while its pictures do.
    """
    named = select(Subject.id, func.coalesce(Subject.merged_into_id, Subject.id)).where(
        Subject.id.in_(ids),
        or_(Subject.merged_into_id.is_(None), Subject.hidden_at.is_(None) & may_lend_pictures()),
    )
    whose = {row[0]: row[1] for row in db.session.execute(named)}
    found = {one.id: one for one in db.session.scalars(among.where(Subject.id.in_(whose.values())))}
    wanted = dict.fromkeys(whose[one] for one in ids if one in whose)
    return [found[one] for one in wanted if one in found]
