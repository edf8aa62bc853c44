"""Reads of shared reports: the SPOC's are those of their own Areas."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, case, func, select

from disc.access.actor import Actor
from disc.core import clock, paging
from disc.core.database import db
from disc.core.errors import Missing
from disc.gallery.identifying import Named, by_person, named, version
from disc.gallery.leafing import visible
from disc.gallery.models import Identification, Subject, SubjectStill
from disc.gallery.queries import from_police, lends_now
from disc.incidents.models import Incident, IncidentStill
from disc.incidents.queries import needs_police
from disc.incidents.readiness import reasons_to_attend
from disc.incidents.telling import harm
from disc.police.models import Escalation, Outcome
from disc.stills.models import Source, Still


@dataclass(frozen=True, slots=True)
class Shared:
    """A shared report with what the police need first."""

    escalation: Escalation
    report: Incident

    @property
    def needs_attendance(self) -> bool:
        """Whether the police should come to the premises."""
        return bool(reasons_to_attend(harm(self.report)))

    @property
    def version(self) -> str:
        """What tells an answer that was given since a page was opened."""
        answered: datetime | None = self.escalation.answered_at
        return answered.isoformat() if answered else ""


@dataclass(frozen=True, slots=True)
class Told:
    """What members who knew that the police read it say of a person."""

    subject: Subject
    answers: tuple[Identification, ...]

    @property
    def names(self) -> list[Named]:
        """The answers by the name that they give, the likeliest first."""
        return named(self.answers)

    @property
    def waits(self) -> bool:
        """Whether the police have noted nothing about one of them."""
        return any(one.police_note is None for one in self.answers)

    @property
    def version(self) -> str:
        """What tells that an answer came, or a note was made, since a page showed them."""
        return version((one, one.police_noted_at) for one in self.answers)


def inbox(actor: Actor, number: int = 1) -> paging.Page[Shared]:
    """List the reports shared in the actor's Areas, a page of them.

    First what waits for an answer, and of that what needs police on the spot; then the newest.
    """
    found = _shared(actor).order_by(
        Escalation.outcome.is_not(None),
        case((needs_police(), 0), else_=1),
        Escalation.escalated_at.desc(),
        Escalation.id.desc(),
    )
    rows = [Shared(*row) for row in db.session.execute(paging.window(found, number))]
    return paging.cut(rows, number)


def get_shared(actor: Actor, escalation_id: uuid.UUID) -> Shared:
    """Return a report shared in one of the actor's Areas. Raises Missing."""
    row = db.session.execute(_shared(actor).where(Escalation.id == escalation_id)).first()
    if row is None:
        raise Missing
    return Shared(*row)


def answers_to_police(actor: Actor) -> list[Told]:
    """List whom members say they know of those with a picture from the police.

    They are those whom the gallery shows in the actor's Areas today, also where the scheme keeps
    it from the police: the picture is theirs. Those without a note come first, then the newest.
    """
    return sorted(_told(actor), key=lambda one: (not one.waits, -_newest(one)))


def get_answers(actor: Actor, subject_id: uuid.UUID) -> Told:
    """Return what members say of one of them. Raises Missing."""
    found = _told(actor, Subject.id == subject_id)
    if not found:
        raise Missing
    return found[0]


def answered_stills(actor: Actor, still_ids: set[uuid.UUID]) -> set[uuid.UUID]:
    """Return which stills came from the police and show somebody whom members say they know."""
    found = (
        select(SubjectStill.still_id, func.coalesce(Subject.merged_into_id, Subject.id))
        .join(Still, Still.id == SubjectStill.still_id)
        .join(Subject, Subject.id == SubjectStill.subject_id)
        .where(Still.id.in_(still_ids), Still.source == Source.POLICE, *lends_now())
    )
    person_of = {row[0]: row[1] for row in db.session.execute(found)}
    if not person_of:
        return set()
    told = {one.subject.id for one in _told(actor, Subject.id.in_(set(person_of.values())))}
    return {still_id for still_id, person in person_of.items() if person in told}


def find_escalation(incident_id: uuid.UUID) -> Escalation | None:
    """Return how a report was shared with the police; None where it was not."""
    return db.session.scalar(select(Escalation).where(Escalation.incident_id == incident_id))


def shared_stills(actor: Actor, still_ids: set[uuid.UUID]) -> set[uuid.UUID]:
    """Return which stills belong to reports shared in the actor's Areas."""
    found = (
        select(IncidentStill.still_id)
        .join(Incident, Incident.id == IncidentStill.incident_id)
        .join(Escalation, Escalation.incident_id == Incident.id)
        .where(IncidentStill.still_id.in_(still_ids), *_own(actor))
    )
    return set(db.session.scalars(found))


def _told(actor: Actor, *only: ColumnElement[bool]) -> list[Told]:
    people = visible(actor).where(*only)
    held = Identification.erase_on > clock.today()
    found = by_person(actor, people, Identification.for_police.is_(True), held, *lends_now())
    theirs = from_police(subject.id for subject in found)
    return [Told(one, tuple(answers)) for one, answers in found.items() if one.id in theirs]


def _newest(told: Told) -> float:
    return max(one.at for one in told.answers).timestamp()


def _shared(actor: Actor) -> Select[Escalation, Incident]:
    found = select(Escalation, Incident).join(Incident, Incident.id == Escalation.incident_id)
    return found.where(*_own(actor))


def _own(actor: Actor) -> tuple[ColumnElement[bool], ...]:
    return (
        Escalation.scheme_id == actor.scheme_id,
        Escalation.area_id.in_(actor.area_ids),
        Incident.erased_at.is_(None),
        Incident.erase_on > clock.today(),
        Escalation.erase_on > clock.today(),
    )


def count_unanswered(actor: Actor) -> int:
    """Count the reports shared in the actor's Areas that have no answer yet."""
    waits = _shared(actor).where(Escalation.outcome.is_(None))
    counted = waits.with_only_columns(func.count(), maintain_column_froms=True)
    return db.session.scalar(counted) or 0


def count_with_outcome(incident_ids: Iterable[uuid.UUID], outcome: Outcome) -> int:
    """Count those of some reports to which the police gave an outcome."""
    found = select(func.count()).where(
        Escalation.incident_id.in_(list(incident_ids)), Escalation.outcome == outcome
    )
    return db.session.scalar(found) or 0
