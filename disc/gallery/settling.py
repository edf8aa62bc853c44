"""Which answers of members are open, and how they are closed when the person gets a name."""

import uuid
from collections.abc import Iterable

from sqlalchemy import ColumnElement, or_, select

from disc.access.actor import Actor
from disc.core import audit, clock
from disc.core.database import db
from disc.core.errors import Stale
from disc.core.outbox import publish
from disc.gallery.events import AnswersChanged
from disc.gallery.models import AnswerOutcome, Identification, Subject
from disc.gallery.names import alike
from disc.gallery.queries import one_person

DECIDED_BEFORE = (
    "Somebody else has decided about these answers, or a member changed one. "
    "Go back to the answers, and look again."
)


def is_open() -> ColumnElement[bool]:
    """Select answers on which the manager may still decide."""
    undecided = or_(
        Identification.handled_at.is_(None), Identification.outcome == AnswerOutcome.LOOKING
    )
    return undecided & (Identification.erase_on > clock.today())


def close(actor: Actor, answers: Iterable[Identification], outcome: AnswerOutcome) -> None:
    """Write down what became of some answers; those looked into stay open."""
    for one in answers:
        one.outcome, one.handled_at = outcome, clock.now()
        audit.record(
            audit.by(actor, "answer handled", "subject", one.subject_id, detail=outcome.value)
        )
        publish(AnswersChanged(scheme_id=one.scheme_id, subject_id=one.subject_id))
    db.session.flush()


def settle(actor: Actor, subject: Subject, answer_id: uuid.UUID | None) -> None:
    """Close all open answers about a person who got a name.

    Used are those that are like the name, or like the answer that it was taken from: the manager
    may have written that better. Raises Stale where that answer is not open any more.
    """
    found = select(Identification).where(
        Identification.subject_id.in_(one_person([subject.id])), is_open()
    )
    answers = db.session.scalars(found.execution_options(populate_existing=True)).all()
    source = [one.answer for one in answers if one.id == answer_id]
    if answer_id is not None and not source:
        raise Stale(DECIDED_BEFORE)
    for one in answers:
        is_used = any(alike(one.answer, name) for name in (subject.name, *source))
        close(actor, [one], AnswerOutcome.USED if is_used else AnswerOutcome.NOT_USED)
