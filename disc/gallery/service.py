"""Changes to Subjects: made, shown, hidden, named, put in galleries, erased."""

import secrets
import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import delete, select

from disc.access.actor import Actor, Role
from disc.core import audit, clock
from disc.core.database import db, new_id
from disc.core.errors import Missing, Stale
from disc.core.keys import erase_key
from disc.core.outbox import publish
from disc.gallery.errors import HiddenByBoard, NeedsName
from disc.gallery.events import SubjectErased
from disc.gallery.models import (
    Gallery,
    GalleryEntry,
    Identification,
    Subject,
    SubjectArea,
    SubjectKind,
    SubjectState,
    SubjectStill,
    Sureness,
)
from disc.gallery.queries import get_gallery, get_subject, one_person
from disc.gallery.rules import Clocks, clocks, needs_board
from disc.members.queries import get_scheme
from disc.members.service import require_live
from disc.stills.events import StillViewChanged

LETTERS = "BCDFGHJKLMNPQRSTVWXZ23456789"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewSubject:
    """What a manager decides when a person enters the gallery."""

    area_ids: frozenset[uuid.UUID]
    still_ids: tuple[uuid.UUID, ...]
    description: tuple[str, ...]
    caption: str = ""
    under_18: bool = False
    vulnerable: bool = False


def reference(letter: str) -> str:
    """Return a short reference that people can say on the telephone."""
    return f"{letter}-" + "".join(secrets.choice(LETTERS) for _ in range(6))


def add_subject(actor: Actor, new: NewSubject) -> Subject:
    """Add an unknown person; somebody under 18 or vulnerable waits for the Board.

    Raises NotLive where the go-live checklist is not complete.
    """
    require_live(actor.scheme_id)
    careful = needs_board(under_18=new.under_18, vulnerable=new.vulnerable)
    days = _clocks(actor.scheme_id, SubjectKind.ID_SOUGHT, careful=careful)
    subject = Subject(
        id=new_id(),
        scheme_id=actor.scheme_id,
        reference=reference("P"),
        state=SubjectState.AWAITING_BOARD if careful else SubjectState.PUBLISHED,
        under_18=new.under_18,
        vulnerable=new.vulnerable,
        made_by_id=actor.id,
        hide_on=days.hide_on,
        erase_on=days.erase_on,
    )
    subject.description, subject.caption = new.description, new.caption
    db.session.add(subject)
    db.session.flush()
    db.session.add_all(SubjectArea(subject_id=subject.id, area_id=area) for area in new.area_ids)
    db.session.add_all(SubjectStill(subject_id=subject.id, still_id=one) for one in new.still_ids)
    db.session.flush()
    _record("subject added", actor, subject.id, detail=subject.state.value)
    return subject


def agree_publication(actor: Actor, subject_id: uuid.UUID, *, agreed: bool) -> None:
    """Let a Board member agree, or not, that somebody under 18 or vulnerable is shown."""
    subject = get_subject(actor, subject_id)
    db.session.refresh(subject, with_for_update={"of": Subject})
    if subject.state is not SubjectState.AWAITING_BOARD:
        raise Stale
    if subject.made_by_id == actor.id:
        raise Missing
    subject.agreed_by_id, subject.agreed_at = actor.id, clock.now()
    subject.state = SubjectState.PUBLISHED if agreed else SubjectState.WITHDRAWN
    _record("publication agreed" if agreed else "publication refused", actor, subject.id)
    if not agreed:
        pictures_changed(subject)


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
    _record("subject hidden" if hidden else "subject shown again", actor, subject.id)


def name_subject(
    actor: Actor, subject: Subject, name: str, gallery_ids: Iterable[uuid.UUID]
) -> None:
    """Make an ID-Sought Subject Known; they are seen only in the galleries chosen."""
    if not name.strip():
        raise NeedsName
    subject.name, subject.kind = name.strip(), SubjectKind.KNOWN
    careful = needs_board(under_18=subject.under_18, vulnerable=subject.vulnerable)
    days = _clocks(actor.scheme_id, SubjectKind.KNOWN, careful=careful)
    subject.hide_on, subject.erase_on = days.hide_on, days.erase_on
    _record("subject named", actor, subject.id)
    for gallery_id in gallery_ids:
        put_in_gallery(actor, subject, get_gallery(actor, gallery_id))


def correct_subject(
    actor: Actor,
    subject: Subject,
    *,
    name: str,
    aliases: tuple[str, ...],
    description: tuple[str, ...],
    caption: str,
) -> None:
    """Put right what a record says. Raises NeedsName for a Known Subject without a name."""
    if subject.kind is SubjectKind.KNOWN:
        if not name:
            raise NeedsName
        subject.name = name
    subject.aliases, subject.description, subject.caption = aliases, description, caption
    db.session.flush()
    _record("record corrected", actor, subject.id)


def take_care(actor: Actor, subject: Subject, *, under_18: bool, vulnerable: bool) -> bool:
    """Note that somebody is under 18 or vulnerable, and say if that takes them out of view.

    A record that is shown goes back to the Board when a reason for care is new.
    """
    new = (under_18 and not subject.under_18) or (vulnerable and not subject.vulnerable)
    subject.under_18, subject.vulnerable = under_18, vulnerable
    waits = new and subject.state is SubjectState.PUBLISHED
    if waits:
        subject.state = SubjectState.AWAITING_BOARD
        subject.agreed_by_id = subject.agreed_at = None
        days = _clocks(actor.scheme_id, subject.kind, careful=True)
        subject.hide_on = min(subject.hide_on, days.hide_on)
        subject.erase_on = min(subject.erase_on, days.erase_on)
        _record("care needed", actor, subject.id)
        pictures_changed(subject)
    db.session.flush()
    return waits


def put_in_gallery(actor: Actor, subject: Subject, gallery: Gallery) -> GalleryEntry:
    """Show a Subject in a gallery until its default period ends, never past their hiding day."""
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
    _record("gallery entry set", actor, subject.id, detail=str(gallery.id))
    return entry


def take_from_gallery(actor: Actor, subject: Subject, gallery: Gallery) -> None:
    """Take a Subject out of a gallery."""
    db.session.execute(
        delete(GalleryEntry).where(
            GalleryEntry.gallery_id == gallery.id, GalleryEntry.subject_id == subject.id
        )
    )
    _record("gallery entry removed", actor, subject.id, detail=str(gallery.id))
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


def identify(
    actor: Actor, subject: Subject, answer: str, how: str, sureness: Sureness
) -> Identification:
    """Tell the manager who a Subject is; a second answer of the same member replaces the first."""
    found = db.session.scalar(
        select(Identification).where(
            Identification.subject_id == subject.id,
            Identification.by_id == actor.id,
            Identification.handled_at.is_(None),
        )
    )
    told = found or Identification(
        id=new_id(),
        scheme_id=actor.scheme_id,
        subject_id=subject.id,
        by_id=actor.id,
        erase_on=subject.erase_on,
    )
    told.answer, told.how, told.sureness, told.at = answer, how, sureness, clock.now()
    db.session.add(told)
    db.session.flush()
    _record("subject identified", actor, subject.id)
    return told


def handle_answer(actor: Actor, answer_id: uuid.UUID) -> None:
    """Close a member's answer."""
    told = db.session.get(Identification, answer_id)
    if told is None or told.scheme_id != actor.scheme_id:
        raise Missing
    told.handled_at = told.handled_at or clock.now()
    _record("answer handled", actor, told.subject_id)


def reported_again(subject: Subject) -> None:
    """Restart the clock of a Subject who was reported again; it never gets shorter."""
    careful = needs_board(under_18=subject.under_18, vulnerable=subject.vulnerable)
    days = _clocks(subject.scheme_id, subject.kind, careful=careful)
    subject.last_reported_at = clock.now()
    subject.hide_on = max(subject.hide_on, days.hide_on)
    subject.erase_on = max(subject.erase_on, days.erase_on)


def erase_subject(subject: Subject) -> None:
    """Erase a Subject: the key, every sealed word, every link to a picture or an Area.

    Records merged into it are of the same person and go with it.
    """
    merged = select(Subject).where(
        Subject.merged_into_id == subject.id, Subject.state != SubjectState.ERASED
    )
    for record in {subject, *db.session.scalars(merged).all()}:
        _erase_record(record)


def pictures_changed(subject: Subject) -> None:
    """Let open pages ask again for a person's pictures: some who saw them may not any more."""
    db.session.flush()
    found = select(SubjectStill.still_id).where(
        SubjectStill.subject_id.in_(one_person([subject.id]))
    )
    for still_id in db.session.scalars(found.distinct()):
        publish(StillViewChanged(still_id=still_id, scheme_id=subject.scheme_id))


def _erase_record(subject: Subject) -> None:
    pictures_changed(subject)
    erase_key(subject)
    for column in ("name", "aliases", "description", "caption"):
        setattr(subject, f"{column}_sealed", None)
    subject.state, subject.under_18, subject.vulnerable = SubjectState.ERASED, False, False
    subject.agreed_by_id = subject.agreed_at = None
    for table in (SubjectArea, SubjectStill, GalleryEntry):
        db.session.execute(delete(table).where(table.subject_id == subject.id))
    for told in db.session.scalars(
        select(Identification).where(Identification.subject_id == subject.id)
    ):
        erase_key(told)
        db.session.delete(told)
    db.session.flush()
    publish(SubjectErased(subject_id=subject.id))
    audit.record(
        audit.Entry(
            act="subject erased",
            scheme_id=subject.scheme_id,
            target="subject",
            target_id=subject.id,
        )
    )


def _clocks(scheme_id: uuid.UUID, kind: SubjectKind, *, careful: bool) -> Clocks:
    scheme = get_scheme(scheme_id)
    if kind is SubjectKind.KNOWN:
        months = scheme.known_hide_months, scheme.known_erase_months
    else:
        months = scheme.id_sought_hide_months, scheme.id_sought_erase_months
    return clocks(clock.today(), *months, careful=careful)


def _record(act: str, actor: Actor, subject_id: uuid.UUID, detail: str = "") -> None:
    audit.record(audit.by(actor, act, "subject", subject_id, detail=detail))
