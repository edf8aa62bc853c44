"""Reads of pictures on paper: who may be printed, which copies are out, and what is on them."""

import uuid
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import aliased

from disc.access.actor import Actor, Role
from disc.core import clock
from disc.core.database import db
from disc.core.errors import Missing
from disc.gallery.leafing import leaves_in_days, visible
from disc.gallery.models import (
    Audience,
    Gallery,
    GalleryEntry,
    Subject,
    SubjectKind,
    SubjectState,
    SubjectStill,
)
from disc.gallery.queries import everybody, one_person, stills_of
from disc.members.queries import get_scheme
from disc.printing.models import PrintCopy, PrintedPicture, Printout
from disc.printing.rules import MOST_PEOPLE, MOST_PICTURES, LeftOut, last_day, why_left_out
from disc.stills.models import Still
from disc.stills.queries import conditions_of

MOST_LISTED = 200


@dataclass(frozen=True, slots=True)
class Plan:
    """Who would be on a print, each with their pictures, and how many are left out, and why."""

    gallery: Gallery | None
    pictures: dict[Subject, list[uuid.UUID]]
    left_out: Counter[LeftOut]
    destroy_by: date

    @property
    def is_too_many(self) -> bool:
        """Say whether there are more people than a print takes."""
        return len(self.pictures) > MOST_PEOPLE

    @property
    def can_be_printed(self) -> bool:
        """Say whether there is anything to print, and not too much."""
        return bool(self.pictures) and not self.is_too_many


def plan_of_person(actor: Actor, subject: Subject) -> Plan:
    """Plan the print of one person, with the newest of their pictures."""
    return _plan(actor, [subject], None, MOST_PICTURES)


def plan_of_gallery(actor: Actor, gallery: Gallery) -> Plan:
    """Plan the print of everybody in a gallery, one picture each, the newest report first."""
    inside = (
        everybody(actor)
        .join(GalleryEntry, GalleryEntry.subject_id == Subject.id)
        .where(
            GalleryEntry.gallery_id == gallery.id,
            GalleryEntry.expires_on > clock.today(),
            Subject.merged_into_id.is_(None),
        )
        .order_by(Subject.last_reported_at.desc(), Subject.id.desc())
    )
    return _plan(actor, list(db.session.scalars(inside)), gallery, 1)


def still_printable(actor: Actor, printout: Printout) -> dict[Subject, list[uuid.UUID]]:
    """Return who of a print that was asked for may be on its paper now, with their pictures."""
    found = select(PrintedPicture).where(PrintedPicture.printout_id == printout.id)
    asked: dict[uuid.UUID, set[uuid.UUID]] = {}
    for row in db.session.scalars(found):
        asked.setdefault(row.subject_id, set()).add(row.still_id)
    newest = everybody(actor).where(Subject.id.in_(asked))
    gallery = db.session.get(Gallery, printout.gallery_id) if printout.gallery_id else None
    if printout.of_gallery:
        newest = newest.where(
            Subject.id.in_(
                _inside(printout.gallery_id).where(GalleryEntry.expires_on > clock.today())
            )
        )
    people = db.session.scalars(newest.order_by(Subject.last_reported_at.desc(), Subject.id.desc()))
    plan = _plan(actor, list(people), gallery, None)
    kept = {
        one: [still for still in stills if still in asked[one.id]]
        for one, stills in plan.pictures.items()
    }
    return {one: stills for one, stills in kept.items() if stills}


def _plan(actor: Actor, people: list[Subject], gallery: Gallery | None, most: int | None) -> Plan:
    """Sort people into those who may be printed and those who may not.

    What a plain member of all the Areas sees is what every member sees.
    """
    anybody = replace(actor, role=Role.MEMBER)
    for_few = gallery is not None and gallery.seen_by is Audience.RESTRICTED
    shown, shown_to_all = _seen(actor, people), set() if for_few else _seen(anybody, people)
    stills = _printable_stills([one.id for one in people])
    pictures, left_out = dict[Subject, list[uuid.UUID]](), Counter[LeftOut]()
    for one in people:
        why = why_left_out(
            shown=one.id in shown,
            needs_care=one.under_18 or one.vulnerable or one.under_10,
            shown_to_all=one.id in shown_to_all,
            pictures=len(stills[one.id]),
        )
        if why is None:
            pictures[one] = stills[one.id][:most]
        else:
            left_out[why] += 1
    days = _leaving(anybody, pictures, gallery)
    return Plan(gallery, pictures, left_out, last_day(clock.today(), days))


def _seen(actor: Actor, people: list[Subject]) -> set[uuid.UUID]:
    found = visible(actor).where(Subject.id.in_([one.id for one in people]))
    return set(db.session.scalars(found.with_only_columns(Subject.id)))


def _printable_stills(subject_ids: list[uuid.UUID]) -> dict[uuid.UUID, list[uuid.UUID]]:
    """Return the pictures of some people that may be on paper.

    Not those for which the police set conditions: no computer knows what they forbid. Nor those
    that also show somebody who may not be printed.
    """
    stills = stills_of(subject_ids)
    every = {one for held in stills.values() for one in held}
    kept_back = set(conditions_of(every)) | _with_somebody_kept_back(every)
    return {
        subject_id: [one for one in stills.get(subject_id, []) if one not in kept_back]
        for subject_id in subject_ids
    }


def _with_somebody_kept_back(still_ids: set[uuid.UUID]) -> set[uuid.UUID]:
    """Return which of some pictures show somebody who keeps them off paper."""
    record, person = aliased(Subject), aliased(Subject)
    found = (
        select(SubjectStill.still_id)
        .join(record, record.id == SubjectStill.subject_id)
        .join(person, person.id == func.coalesce(record.merged_into_id, record.id))
        .where(
            SubjectStill.still_id.in_(still_ids), or_(_is_kept_back(record), _is_kept_back(person))
        )
    )
    return set(db.session.scalars(found))


def _is_kept_back(who: type[Subject]) -> ColumnElement[bool]:
    return or_(
        who.under_18.is_(True),
        who.vulnerable.is_(True),
        who.restricted_only.is_(True),
        who.hidden_at.is_not(None),
        who.state != SubjectState.PUBLISHED,
    )


def _inside(gallery_id: uuid.UUID | None) -> Select[uuid.UUID]:
    """Select who has a place in a gallery; in one that is gone nobody has."""
    return select(GalleryEntry.subject_id).where(GalleryEntry.gallery_id == gallery_id)


def out_with(what: ColumnElement[bool]) -> list[tuple[uuid.UUID, Printout]]:
    """List who is on which prints of which a copy is out, and that were not called back yet."""
    found = (
        select(PrintedPicture.subject_id, Printout)
        .join(Printout, Printout.id == PrintedPicture.printout_id)
        .where(
            what,
            Printout.called_back_on.is_(None),
            Printout.copies.any(PrintCopy.destroyed_on.is_(None)),
        )
    )
    return [(row[0], row[1]) for row in db.session.execute(found)]


def is_person_taken_out(printout: Printout, subject_id: uuid.UUID, still_id: uuid.UUID) -> bool:
    """Say whether somebody on a print may not be on one any more, or has left its gallery.

    A record that was joined to another is of that person: what becomes of them counts too.
    """
    record = db.session.get_one(Subject, subject_id)
    ids = {subject_id, record.merged_into_id or subject_id}
    kept_back = select(Subject.id).where(Subject.id.in_(ids), _is_kept_back(Subject))
    if db.session.scalar(kept_back.limit(1)) or _with_somebody_kept_back({still_id}):
        return True
    return not _has_place(
        printout, db.session.get_one(Subject, record.merged_into_id or subject_id)
    )


def _has_place(printout: Printout, person: Subject) -> bool:
    """Say whether every member may find somebody: in the gallery of a print, or anywhere."""
    places = (
        select(Gallery.id)
        .join(GalleryEntry, GalleryEntry.gallery_id == Gallery.id)
        .where(GalleryEntry.subject_id == person.id, Gallery.seen_by == Audience.EVERYBODY)
    )
    if printout.of_gallery:
        places = places.where(Gallery.id == printout.gallery_id)
    elif (
        person.kind is SubjectKind.ID_SOUGHT
        and get_scheme(person.scheme_id).id_sought_by_themselves
    ):
        return True
    return db.session.scalar(places.limit(1)) is not None


def is_picture_taken_out(printout: Printout, subject_id: uuid.UUID, still: Still) -> bool:
    """Say whether a printed picture is gone or changed, or of somebody else as we know now.

    Also whether somebody set conditions for it since, or an end before the copy's.
    """
    if still.hidden_at or still.erased_at or still.conditions_sealed:
        return True
    if still.hide_on and still.hide_on <= printout.destroy_by:
        return True
    if still.edited_at and still.edited_at > printout.asked_at:
        return True
    belongs = SubjectStill.subject_id.in_(one_person([subject_id]))
    whose = select(SubjectStill.subject_id).where(SubjectStill.still_id == still.id, belongs)
    return db.session.scalar(whose) is None


def _leaving(
    actor: Actor, pictures: dict[Subject, list[uuid.UUID]], gallery: Gallery | None
) -> list[date]:
    """Return the days from which somebody, or a picture of them, is not shown any more."""
    today = clock.today()
    in_days = leaves_in_days(actor, pictures)
    days = [today + timedelta(days=each) for each in in_days.values()]
    ids = [still for stills in pictures.values() for still in stills]
    for still in db.session.scalars(select(Still).where(Still.id.in_(ids))):
        days += [one for one in (still.hide_on, still.erase_on) if one]
    if gallery is not None:
        people = [one.id for one in pictures]
        ends = select(GalleryEntry.expires_on).where(
            GalleryEntry.gallery_id == gallery.id, GalleryEntry.subject_id.in_(people)
        )
        days += db.session.scalars(ends)
    return days


def find_printout(actor: Actor, printout_id: uuid.UUID) -> Printout | None:
    """Return a print that the actor asked for, or None."""
    found = select(Printout).where(
        Printout.id == printout_id,
        Printout.scheme_id == actor.scheme_id,
        Printout.asked_by_id == actor.id,
    )
    return db.session.scalar(found)


def get_printout(actor: Actor, printout_id: uuid.UUID) -> Printout:
    """Return a print that the actor asked for. Raises Missing for somebody else's."""
    printout = find_printout(actor, printout_id)
    if printout is None:
        raise Missing
    return printout


def find_copy(scheme_id: uuid.UUID, copy_id: uuid.UUID) -> tuple[PrintCopy, Printout] | None:
    """Return one of a scheme's copies and what it is a copy of, or None."""
    return _copy(scheme_id, PrintCopy.id == copy_id)


def get_copy(actor: Actor, copy_id: uuid.UUID) -> tuple[PrintCopy, Printout]:
    """Return one of the scheme's copies and what it is a copy of. Raises Missing."""
    found = find_copy(actor.scheme_id, copy_id)
    if found is None:
        raise Missing
    return found


def find_copy_by_code(scheme_id: uuid.UUID, code: str) -> tuple[PrintCopy, Printout] | None:
    """Return the copy whose code is on a picture, or None."""
    return _copy(scheme_id, PrintCopy.code == code.strip().upper())


def is_copy(holder_id: uuid.UUID) -> bool:
    """Say whether an id is that of a copy on paper."""
    return db.session.get(PrintCopy, holder_id) is not None


def _copy(scheme_id: uuid.UUID, which: ColumnElement[bool]) -> tuple[PrintCopy, Printout] | None:
    found = (
        select(PrintCopy, Printout)
        .join(Printout, Printout.id == PrintCopy.printout_id)
        .where(which, Printout.scheme_id == scheme_id)
    )
    row = db.session.execute(found).first()
    return (row[0], row[1]) if row else None


def printouts(actor: Actor) -> list[Printout]:
    """List the scheme's prints: those of which a copy is out first, then the newest."""
    is_out = Printout.copies.any(PrintCopy.destroyed_on.is_(None))
    found = select(Printout).where(Printout.scheme_id == actor.scheme_id)
    newest = found.order_by(is_out.desc(), Printout.asked_at.desc()).limit(MOST_LISTED)
    return list(db.session.scalars(newest))


def what_is_on(actor: Actor, prints: Iterable[Printout]) -> dict[uuid.UUID, str]:
    """Say of what some prints are: a gallery's name, or a person's number."""
    held = list(prints)
    shelves = select(Gallery.id, Gallery.name).where(Gallery.scheme_id == actor.scheme_id)
    names = {row[0]: row[1] for row in db.session.execute(shelves)}
    numbers = (
        select(PrintedPicture.printout_id, Subject.reference)
        .join(Subject, Subject.id == PrintedPicture.subject_id)
        .where(PrintedPicture.printout_id.in_([one.id for one in held if not one.of_gallery]))
    )
    people = {row[0]: row[1] for row in db.session.execute(numbers)}
    return {
        one.id: f"Gallery {names[one.gallery_id] if one.gallery_id else 'that is gone'}"
        if one.of_gallery
        else people.get(one.id, "A person who was erased")
        for one in held
    }


def count_due(actor: Actor) -> int:
    """Count the copies that are out past their day, or that were called back."""
    due = (Printout.destroy_by < clock.today()) | Printout.called_back_on.is_not(None)
    found = (
        select(func.count(PrintCopy.id))
        .join(Printout, Printout.id == PrintCopy.printout_id)
        .where(Printout.scheme_id == actor.scheme_id, PrintCopy.destroyed_on.is_(None), due)
    )
    return db.session.scalar(found) or 0


def has_printouts(actor: Actor) -> bool:
    """Say whether the register holds anything."""
    found = select(Printout.id).where(Printout.scheme_id == actor.scheme_id)
    return db.session.scalar(found.limit(1)) is not None


def codes_on_paper(scheme_id: uuid.UUID, still_id: uuid.UUID) -> dict[uuid.UUID, str]:
    """Return the copies that a picture is on, and the code that it carries on each."""
    found = (
        select(PrintCopy.id, PrintCopy.code)
        .join(Printout, Printout.id == PrintCopy.printout_id)
        .join(PrintedPicture, PrintedPicture.printout_id == Printout.id)
        .where(PrintedPicture.still_id == still_id, Printout.scheme_id == scheme_id)
    )
    return {row[0]: row[1] for row in db.session.execute(found)}
