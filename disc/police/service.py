"""Changes to shared reports: shared, answered, erased; notes on what members say they know."""

import uuid

from disc.access.actor import Actor
from disc.core import audit, clock
from disc.core.database import db, new_id
from disc.core.errors import Stale
from disc.core.keys import erase_key
from disc.core.outbox import publish
from disc.gallery.models import PoliceNote, Subject
from disc.incidents.kinds import WELFARE
from disc.incidents.models import Incident, IncidentState
from disc.incidents.queries import get_report
from disc.incidents.service import move
from disc.police.errors import AlreadyShared, NoCrime, NotAccepted
from disc.police.events import ReportShared
from disc.police.models import Escalation, Outcome
from disc.police.queries import Shared, find_escalation, get_answers, get_shared

SHARED_FROM = (IncidentState.ACCEPTED, IncidentState.CLOSED)
"""What may go to the police; a closed report too, where more came to light."""


def escalate(actor: Actor, incident_id: uuid.UUID, reason: str) -> Escalation:
    """Share an accepted report with the police, once.

    Raises AlreadyShared, NotAccepted, or NoCrime for one of somebody who needed help.
    """
    incident = get_report(actor, incident_id)
    db.session.refresh(incident, with_for_update={"of": Incident})
    if find_escalation(incident.id) is not None:
        raise AlreadyShared
    if incident.state not in SHARED_FROM or incident.erased_at is not None:
        raise NotAccepted
    if incident.kind in WELFARE:
        raise NoCrime
    shared = Escalation(
        id=new_id(),
        scheme_id=incident.scheme_id,
        area_id=incident.area_id,
        incident_id=incident.id,
        escalated_by_id=actor.id,
        erase_on=incident.erase_on,
    )
    shared.reason = reason
    db.session.add(shared)
    db.session.flush()
    incident.reason = ""  # that of an end which is none any more
    move(actor, incident, IncidentState.ESCALATED)
    publish(ReportShared(escalation_id=shared.id))
    _record("report shared with police", shared, actor.id, detail=str(incident.id))
    return shared


def record_outcome(
    actor: Actor, escalation_id: uuid.UUID, outcome: Outcome, crime_number: str, *, version: str
) -> Shared:
    """Write down what the police did; the same answer twice is one answer.

    ``version`` is that of the page on which the answer was given. Raises Missing, or Stale where
    somebody else answered since.
    """
    shared = get_shared(actor, escalation_id)
    row = shared.escalation
    db.session.refresh(row, with_for_update={"of": Escalation})
    if (row.outcome, row.crime_number) == (outcome, crime_number):
        return shared
    if shared.version != version:
        raise Stale
    row.outcome, row.crime_number = outcome, crime_number
    row.answered_by_id, row.answered_at = actor.id, clock.now()
    db.session.flush()
    still_open = outcome is Outcome.INVESTIGATING
    move(actor, shared.report, IncidentState.RECORDED if still_open else IncidentState.OUTCOME)
    _record("police outcome recorded", row, actor.id, detail=outcome.value)
    return shared


def note_answers(actor: Actor, subject_id: uuid.UUID, what: PoliceNote, *, version: str) -> None:
    """Write down what the police did with all answers about a person; it changes no record.

    ``version`` is that of the page that showed them. Raises Missing, or Stale where an answer
    came or was changed since, or somebody else noted something.
    """
    subject = get_answers(actor, subject_id).subject
    db.session.refresh(subject, with_for_update={"of": Subject})
    db.session.expire_all()
    told = get_answers(actor, subject_id)
    if told.version != version:
        raise Stale
    for one in told.answers:
        one.police_note, one.police_noted_at = what, clock.now()
    db.session.flush()
    audit.record(
        audit.by(actor, "answers noted by police", "subject", subject_id, detail=what.value)
    )


def erase_escalation(shared: Escalation) -> None:
    """Erase what was written to and by the police about a report."""
    _record("shared report erased", shared, None)
    erase_key(shared)
    db.session.delete(shared)
    db.session.flush()


def _record(act: str, shared: Escalation, actor_id: uuid.UUID | None, detail: str = "") -> None:
    audit.record(
        audit.Entry(
            act=act,
            scheme_id=shared.scheme_id,
            actor_id=actor_id,
            target="escalation",
            target_id=shared.id,
            detail=detail,
        )
    )
