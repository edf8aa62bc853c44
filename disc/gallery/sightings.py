"""Somebody was seen again: where and when, said in one tap, and taken back within seconds.

To be in a shop is no offence: a sighting moves none of a record's days, and rests on no evidence.
"""

import uuid
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, select

from disc.access.actor import Actor
from disc.core import audit, clock
from disc.core.database import db, new_id
from disc.gallery.models import Sighting, Subject
from disc.members.models import Premises

UNDO = timedelta(seconds=10)
"""How long a sighting can be taken back."""
GRACE = timedelta(seconds=3)
"""What the way from the phone may take."""
ONCE_IN = timedelta(minutes=10)
"""One member says once in this time that a person is at some premises; more is no news."""


def say_seen(actor: Actor, subject: Subject, premises: Premises) -> Sighting:
    """Write down that somebody is at some premises now, or return what was said of it lately."""
    db.session.refresh(subject, with_for_update={"of": Subject})  # two taps, one after the other
    since, here = clock.now() - ONCE_IN, Sighting.premises_id == premises.id
    before = _latest(actor, subject.id, here, since=since)
    if before is not None:
        return before
    said = Sighting(
        id=new_id(),
        scheme_id=actor.scheme_id,
        subject_id=subject.id,
        premises_id=premises.id,
        by_id=actor.id,
    )
    db.session.add(said)
    db.session.flush()
    audit.record(audit.by(actor, "seen again", "subject", subject.id, detail=str(premises.id)))
    return said


def take_back(actor: Actor, subject: Subject) -> bool:
    """Take back what the actor said within the last seconds, and say whether there was any."""
    said = _latest(actor, subject.id, since=clock.now() - UNDO - GRACE)
    if said is None:
        return False
    db.session.delete(said)
    db.session.flush()
    audit.record(audit.by(actor, "seen again taken back", "subject", subject.id))
    return True


def just_said(actor: Actor, subject_id: uuid.UUID) -> Sighting | None:
    """Return what the actor said of somebody and can still take back."""
    return _latest(actor, subject_id, since=clock.now() - UNDO)


def can_be_taken_back(said: Sighting) -> bool:
    """Say whether something was said so lately that it can still be taken back."""
    return said.at >= clock.now() - UNDO


def _latest(
    actor: Actor, subject_id: uuid.UUID, *only: ColumnElement[bool], since: datetime
) -> Sighting | None:
    found = select(Sighting).where(
        Sighting.subject_id == subject_id, Sighting.by_id == actor.id, Sighting.at >= since, *only
    )
    return db.session.scalar(found.order_by(Sighting.at.desc()).limit(1))
