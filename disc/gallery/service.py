"""Changes to Subjects: made, shown, hidden, named, put in galleries, erased."""

import secrets
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date

from sqlalchemy import delete, select

from disc.access.actor import Actor, Role
from disc.core import audit, clock
from disc.core.database import db, new_id
from disc.core.errors import Missing, Stale
from disc.core.outbox import publish
from disc.gallery.errors import HiddenByBoard, NeedsName, NotInThisGallery
from disc.gallery.events import WordsTakenBack
from disc.gallery.filtering import mark
from disc.gallery.looks import UNDER_10, Looks, as_decided, sort_words
from disc.gallery.models import (
    Gallery,
    GalleryEntry,
    Subject,
    SubjectArea,
    SubjectKind,
    SubjectState,
    SubjectStill,
)
from disc.gallery.queries import (
    entries_of,
    galleries_for,
    get_gallery,
    one_person,
    stills_of,
)
from disc.gallery.rules import Clocks, Months, at_least, clocks, later, needs_board
from disc.gallery.settling import settle
from disc.members.models import Reoffending, Scheme
from disc.members.queries import get_scheme
from disc.members.service import require_live
from disc.stills.events import StillViewChanged

NAMED_BEFORE = "Somebody else gave this person a name first. Look at the record again."
LETTERS = "BCDFGHJKLMNPQRSTVWXZ23456789"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewSubject:
    """What a manager decides when a person enters the gallery.

    ``description`` is what their report says of them, in words of the list. Two that contradict
    each other, or the manager's answer about the age, are left out. ``waits`` for the Board who
    comes from a record that it keeps from members.
    """

    area_ids: frozenset[uuid.UUID]
    still_ids: tuple[uuid.UUID, ...]
    description: tuple[str, ...]
    caption: str = ""
    under_18: bool = False
    vulnerable: bool = False
    waits: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """All that a manager writes about a person. ``born`` comes before the age band of the looks."""

    name: str = ""
    aliases: tuple[str, ...] = ()
    born: date | None = None
    looks: Looks = field(default_factory=Looks)
    marks: tuple[str, ...] = ()
    modus: str = ""
    warnings: tuple[str, ...] = ()
    welfare: str = ""
    caption: str = ""
    police_reference: str = ""


def reference(letter: str) -> str:
    """Return a short reference that people can say on the telephone."""
    return f"{letter}-" + "".join(secrets.choice(LETTERS) for _ in range(6))


def add_subject(actor: Actor, new: NewSubject) -> Subject:
    """Add an unknown person; somebody under 18 or vulnerable waits for the Board.

    Raises NotLive where the go-live checklist is not complete.
    """
    require_live(actor.scheme_id)
    careful = needs_board(under_18=new.under_18, vulnerable=new.vulnerable)
    days = days_for(actor.scheme_id, SubjectKind.ID_SOUGHT, careful=careful)
    looks = as_decided(sort_words(new.description), under_18=new.under_18)
    is_child = looks.age_band == UNDER_10
    subject = Subject(
        id=new_id(),
        scheme_id=actor.scheme_id,
        reference=reference("P"),
        state=_first_state(waits=careful or new.waits, is_child=is_child),
        under_10=is_child,
        under_18=new.under_18,
        vulnerable=new.vulnerable,
        made_by_id=actor.id,
        hide_on=days.hide_on,
        erase_on=days.erase_on,
    )
    subject.looks, subject.caption = looks, new.caption
    db.session.add(subject)
    db.session.flush()
    db.session.add_all(SubjectArea(subject_id=subject.id, area_id=area) for area in new.area_ids)
    db.session.add_all(SubjectStill(subject_id=subject.id, still_id=one) for one in new.still_ids)
    db.session.flush()
    mark(subject)
    note("subject added", actor, subject.id, detail=subject.state.value)
    return subject


def _first_state(*, waits: bool, is_child: bool) -> SubjectState:
    if is_child:
        return SubjectState.WITHDRAWN
    return SubjectState.AWAITING_BOARD if waits else SubjectState.PUBLISHED


def hide_subject(actor: Actor, subject: Subject, *, hidden: bool) -> None:
    """Take a Subject out of every view at once, or put them back.

    Raises HiddenByBoard: what the Board hid, the Board alone shows again.
    """
    if subject.hidden_by_board and actor.role is not Role.BOARD:
        raise HiddenByBoard
    subject.hidden_at = clock.now() if hidden else None
    subject.hidden_by_board = hidden and actor.role is Role.BOARD
    if hidden:
        pictures_changed(subject)
    note("subject hidden" if hidden else "subject shown again", actor, subject.id)


def name_subject(
    actor: Actor,
    subject: Subject,
    name: str,
    gallery_ids: Iterable[uuid.UUID],
    *,
    answer_id: uuid.UUID | None = None,
) -> None:
    """Make an ID-Sought Subject Known; they are seen only in the galleries chosen.

    What members say of who they are is settled with it; ``answer_id`` is the answer that the name
    was taken from. Raises NeedsName; Stale where somebody else named them or decided first.
    """
    if not name.strip():
        raise NeedsName
    db.session.refresh(subject, with_for_update={"of": Subject})
    if subject.kind is SubjectKind.KNOWN:
        raise Stale(NAMED_BEFORE)
    subject.name, subject.kind = name.strip(), SubjectKind.KNOWN
    careful = needs_board(under_18=subject.under_18, vulnerable=subject.vulnerable)
    days = days_for(actor.scheme_id, SubjectKind.KNOWN, careful=careful)
    subject.hide_on, subject.erase_on = days.hide_on, days.erase_on
    note("subject named", actor, subject.id)
    for gallery_id in gallery_ids:
        put_in_gallery(actor, subject, get_gallery(actor, gallery_id))
    settle(actor, subject, answer_id)
    pictures_changed(subject)


def correct_subject(actor: Actor, subject: Subject, said: Correction) -> None:
    """Put right what a record says. Raises NeedsName for a Known Subject without a name."""
    before = subject.name
    if subject.kind is SubjectKind.KNOWN:
        if not said.name:
            raise NeedsName
        subject.name = said.name
    subject.aliases, subject.caption = said.aliases, said.caption
    subject.looks = replace(said.looks, age_band="") if said.born else said.looks
    subject.born, subject.marks, subject.modus = said.born, said.marks, said.modus
    subject.warnings, subject.welfare = said.warnings, said.welfare
    subject.police_reference = said.police_reference
    db.session.flush()
    mark(subject)
    name_changed(subject, before)
    note("record corrected", actor, subject.id)


def name_changed(subject: Subject, before: str) -> None:
    """Tell those who go by a name that it is not the person's, where it was another one before."""
    if before and subject.name != before:
        publish(WordsTakenBack(subject_id=subject.id))


def show_first(actor: Actor, subject: Subject, still_id: uuid.UUID | None) -> None:
    """Let one of a person's pictures stand first, or the newest where none is named.

    Raises Missing for a picture that is not shown of this person, nor lent by a joined record.
    """
    if still_id is not None and still_id not in stills_of([subject.id])[subject.id]:
        raise Missing
    subject.lead_still_id = still_id
    note("first picture chosen", actor, subject.id)


def forget_first(subject: Subject) -> None:
    """Let the newest picture stand first again where the chosen one is theirs no more."""
    if subject.lead_still_id not in still_ids_of(subject):
        subject.lead_still_id = None


def put_in_gallery(actor: Actor, subject: Subject, gallery: Gallery) -> GalleryEntry:
    """Show a Subject in a gallery until its default period ends, never past their hiding day.

    Raises NotInThisGallery for a child under 10, and for somebody whom few may see.
    """
    if gallery.id not in {one.id for one in galleries_for(actor, subject)}:
        raise NotInThisGallery
    today = clock.today()
    expires = min(clock.add_months(today, gallery.expiry_months), subject.hide_on)
    entry = db.session.get(GalleryEntry, (gallery.id, subject.id))
    if entry is None:
        entry = GalleryEntry(
            gallery_id=gallery.id, subject_id=subject.id, added_on=today, expires_on=expires
        )
        db.session.add(entry)
    entry.expires_on = expires
    db.session.flush()
    note("gallery entry set", actor, subject.id, detail=str(gallery.id))
    return entry


def take_from_gallery(actor: Actor, subject: Subject, gallery: Gallery) -> None:
    """Take a Subject out of a gallery."""
    db.session.execute(
        delete(GalleryEntry).where(
            GalleryEntry.gallery_id == gallery.id, GalleryEntry.subject_id == subject.id
        )
    )
    note("gallery entry removed", actor, subject.id, detail=str(gallery.id))
    pictures_changed(subject)


def add_gallery(actor: Actor, name: str, description: str, expiry_months: int) -> Gallery:
    """Add a gallery to the scheme."""
    gallery = Gallery(
        id=new_id(),
        scheme_id=actor.scheme_id,
        name=name,
        description=description,
        expiry_months=expiry_months,
    )
    db.session.add(gallery)
    db.session.flush()
    audit.record(audit.by(actor, "gallery added", "gallery", gallery.id))
    return gallery


def reported_again(actor: Actor, subject: Subject) -> None:
    """Put the days of a Subject who was reported again off, as far as the scheme's policy says.

    Their place in galleries lasts with them: for a Known Subject there is no other.
    """
    scheme = get_scheme(subject.scheme_id)
    subject.last_reported_at = clock.now()
    if scheme.reoffending is Reoffending.NEVER:
        return
    months = _months(scheme, subject.kind)
    if scheme.reoffending is Reoffending.AT_LEAST:
        months = at_least(months, scheme.reoffending_months)
    careful = needs_board(under_18=subject.under_18, vulnerable=subject.vulnerable)
    now, today = Clocks(subject.hide_on, subject.erase_on), clock.today()
    days = later(now, clocks(today, months, careful=careful), today)
    subject.hide_on, subject.erase_on = days.hide_on, days.erase_on
    for entry, gallery in entries_of(subject.id):
        stays = clock.add_months(today, min(gallery.expiry_months, months.hide))
        if entry.expires_on > today:
            entry.expires_on = max(entry.expires_on, min(stays, subject.hide_on))
    note("clock restarted", actor, subject.id)


def pictures_changed(subject: Subject) -> None:
    """Let open pages ask again for a person's pictures: some who saw them may not any more."""
    db.session.flush()
    for still_id in still_ids_of(subject):
        publish(StillViewChanged(still_id=still_id, scheme_id=subject.scheme_id))


def still_ids_of(subject: Subject) -> set[uuid.UUID]:
    """Return all pictures of a person, those of joined records and those not shown too."""
    found = select(SubjectStill.still_id).where(
        SubjectStill.subject_id.in_(one_person([subject.id]))
    )
    return set(db.session.scalars(found))


def days_for(scheme_id: uuid.UUID, kind: SubjectKind, *, careful: bool) -> Clocks:
    """Return the two days of a record that begins today, by the scheme's periods."""
    return clocks(clock.today(), _months(get_scheme(scheme_id), kind), careful=careful)


def _months(scheme: Scheme, kind: SubjectKind) -> Months:
    if kind is SubjectKind.KNOWN:
        return Months(scheme.known_hide_months, scheme.known_erase_months)
    return Months(scheme.id_sought_hide_months, scheme.id_sought_erase_months)


def note(act: str, actor: Actor, subject_id: uuid.UUID, detail: str = "") -> None:
    """Write into the audit what an actor did to a Subject."""
    audit.record(audit.by(actor, act, "subject", subject_id, detail=detail))
