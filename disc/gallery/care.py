"""Who is under 18, vulnerable or under 10: what it does to a record, and what the Board says."""

import uuid

from disc.access.actor import Actor
from disc.core import clock
from disc.core.database import db
from disc.core.errors import Missing, Stale
from disc.gallery.looks import UNDER_10, UNDER_18
from disc.gallery.models import Subject, SubjectState
from disc.gallery.queries import entries_of, galleries_for, get_subject
from disc.gallery.service import days_for, note, pictures_changed, take_from_gallery


def agree_publication(
    actor: Actor, subject_id: uuid.UUID, *, agreed: bool, restricted: bool = False
) -> None:
    """Let a Board member agree, or not, that somebody under 18 or vulnerable is shown.

    ``restricted`` agrees to those alone who see restricted galleries; other places are taken away.
    """
    subject = get_subject(actor, subject_id)
    db.session.refresh(subject, with_for_update={"of": Subject})
    if subject.state is not SubjectState.AWAITING_BOARD:
        raise Stale
    if subject.made_by_id == actor.id:
        raise Missing
    subject.agreed_by_id, subject.agreed_at = actor.id, clock.now()
    subject.state = SubjectState.PUBLISHED if agreed else SubjectState.WITHDRAWN
    subject.restricted_only = restricted
    _leave_galleries(actor, subject)
    act = "publication agreed" if agreed else "publication refused"
    note(act, actor, subject.id, detail="restricted" if agreed and restricted else "")
    if not agreed or restricted:
        pictures_changed(subject)


def take_care(actor: Actor, subject: Subject, *, under_18: bool, vulnerable: bool) -> bool:
    """Note that somebody is under 18 or vulnerable, and say if that takes them out of view.

    A record that is shown goes back to the Board when a reason for care is new. What the record
    says of the age counts as much as the tick. A child under 10 is shown to nobody; one who is
    found to be older goes to the Board.
    """
    band = subject.looks.age_band
    under_18, is_child = under_18 or band in UNDER_18, band == UNDER_10
    new = (under_18 and not subject.under_18) or (vulnerable and not subject.vulnerable)
    waits = new and subject.state is SubjectState.PUBLISHED
    was_child = subject.under_10
    if is_child and not was_child:
        subject.state = SubjectState.WITHDRAWN
    elif (was_child and not is_child) or waits:
        subject.state = SubjectState.AWAITING_BOARD
    subject.under_10, subject.under_18, subject.vulnerable = is_child, under_18, vulnerable
    if is_child or waits:
        subject.agreed_by_id = subject.agreed_at = None
        _shorten(actor, subject)
    if is_child is not was_child or waits:
        _leave_galleries(actor, subject)
        note("care needed", actor, subject.id)
        pictures_changed(subject)
    db.session.flush()
    return waits or is_child is not was_child


def _shorten(actor: Actor, subject: Subject) -> None:
    days = days_for(actor.scheme_id, subject.kind, careful=True)
    subject.hide_on = min(subject.hide_on, days.hide_on)
    subject.erase_on = min(subject.erase_on, days.erase_on)


def _leave_galleries(actor: Actor, subject: Subject) -> None:
    """Take somebody out of the galleries in which they may not be."""
    allowed = {one.id for one in galleries_for(actor, subject)}
    for _, gallery in entries_of(subject.id):
        if gallery.id not in allowed:
            take_from_gallery(actor, subject, gallery)
