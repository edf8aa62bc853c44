"""What members say they know of a person: "I know this person"."""

import uuid

from sqlalchemy import ColumnElement, func, select

from disc.access.actor import Actor
from disc.core import clock
from disc.core.database import db, new_id
from disc.core.errors import Missing
from disc.gallery.models import Identification, Subject, Sureness
from disc.gallery.queries import held_for
from disc.gallery.service import note


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
    note("subject identified", actor, subject.id)
    return told


def handle_answer(actor: Actor, answer_id: uuid.UUID) -> None:
    """Close a member's answer."""
    told = db.session.get(Identification, answer_id)
    if told is None or told.scheme_id != actor.scheme_id:
        raise Missing
    told.handled_at = told.handled_at or clock.now()
    note("answer handled", actor, told.subject_id)


def open_answers(actor: Actor) -> list[tuple[Identification, Subject]]:
    """List what members said they know, for the manager alone."""
    found = select(Identification, Subject).join(Subject, Subject.id == Identification.subject_id)
    waiting = found.where(*_waits(actor)).order_by(Identification.at)
    return [(row[0], row[1]) for row in db.session.execute(waiting)]


def count_answers(actor: Actor) -> int:
    """Count what ``open_answers`` lists."""
    found = select(func.count(Identification.id)).join(
        Subject, Subject.id == Identification.subject_id
    )
    return db.session.scalar(found.where(*_waits(actor))) or 0


def _waits(actor: Actor) -> tuple[ColumnElement[bool], ...]:
    return (
        Identification.scheme_id == actor.scheme_id,
        Identification.handled_at.is_(None),
        Identification.erase_on > clock.today(),
        held_for(actor),
    )
