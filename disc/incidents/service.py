"""Changes to reports: sent, decided, linked to a person, erased."""

import uuid
from dataclasses import dataclass
from datetime import date, datetime

from disc.access.actor import FOR_OTHERS, Actor, Role
from disc.core import audit, clock
from disc.core.database import db, new_id
from disc.core.keys import erase_key
from disc.core.outbox import publish
from disc.gallery.filtering import note_time
from disc.gallery.service import reference
from disc.incidents.errors import ChangedReport
from disc.incidents.events import IncidentReported, ReportAccepted
from disc.incidents.models import (
    Incident,
    IncidentKind,
    IncidentState,
    IncidentStep,
    IncidentStill,
    IncidentSubject,
)
from disc.incidents.queries import find_submission, get_report
from disc.members.models import Premises
from disc.members.queries import get_scheme, works_at
from disc.members.service import require_live
from disc.stills.models import Source
from disc.stills.service import Prepared, add_still


@dataclass(frozen=True, slots=True, kw_only=True)
class NewReport:
    """What a member tells. Amounts are in pence; ``words`` are kept as typed."""

    submission_id: uuid.UUID
    kind: IncidentKind
    occurred_at: datetime
    words: str = ""
    goods: str = ""
    value_pence: int | None = None
    violence: bool = False
    weapon: bool = False
    injured: bool = False
    description: tuple[str, ...] = ()


def report_incident(
    actor: Actor, premises: Premises, new: NewReport, pictures: list[Prepared]
) -> Incident:
    """Store a report with its pictures; a retry returns the report that was stored first.

    Raises NotLive where the go-live checklist is not complete.
    """
    sent = find_submission(actor, new.submission_id)
    if sent is not None:
        return sent
    require_live(actor.scheme_id)
    erase_on = clock.add_months(clock.today(), get_scheme(actor.scheme_id).report_erase_months)
    incident = _row(actor, premises, new, erase_on)
    db.session.add(incident)
    db.session.flush()
    for picture in pictures:
        still = add_still(picture, premises, erase_on, _source(actor))
        db.session.add(IncidentStill(incident_id=incident.id, still_id=still.id))
    db.session.add(IncidentStep(id=new_id(), incident_id=incident.id, state=incident.state))
    db.session.flush()
    publish(IncidentReported(incident_id=incident.id, scheme_id=incident.scheme_id))
    _record("report sent", actor, incident)
    return incident


def move(actor: Actor, incident: Incident, state: IncidentState) -> None:
    """Set a report's state and add the step that the reporter sees."""
    incident.state = state
    db.session.add(IncidentStep(id=new_id(), incident_id=incident.id, state=state))
    _record(f"report {state.value}", actor, incident)


def accept(actor: Actor, incident_id: uuid.UUID, subject_id: uuid.UUID | None) -> Incident:
    """Accept a report, about a person or about none. Raises ChangedReport."""
    incident = get_undecided(actor, incident_id)
    if subject_id is not None:
        db.session.add(IncidentSubject(incident_id=incident.id, subject_id=subject_id))
        note_time(incident.scheme_id, subject_id, incident.occurred_at)
    _decide(actor, incident, IncidentState.ACCEPTED)
    publish(ReportAccepted(incident_id=incident.id))
    return incident


def reject(actor: Actor, incident_id: uuid.UUID, reason: str) -> Incident:
    """Reject a report with a reason that the reporter reads. Raises ChangedReport."""
    incident = get_undecided(actor, incident_id)
    incident.reason = reason
    _decide(actor, incident, IncidentState.REJECTED)
    return incident


def erase_incident(incident: Incident) -> None:
    """Erase a report's words; that something of a kind happened at a place stays as a number."""
    if incident.erased_at is not None:
        return
    erase_key(incident)
    for column in ("words", "goods", "description", "reason"):
        setattr(incident, f"{column}_sealed", None)
    incident.erased_at = clock.now()
    audit.record(
        audit.Entry(
            act="report erased",
            scheme_id=incident.scheme_id,
            target="incident",
            target_id=incident.id,
        )
    )


def _source(actor: Actor) -> Source:
    """What the police send stays theirs to withdraw."""
    return Source.POLICE if actor.role is Role.SPOC else Source.MEMBER


def _row(actor: Actor, premises: Premises, new: NewReport, erase_on: date) -> Incident:
    incident = Incident(
        id=new_id(),
        submission_id=new.submission_id,
        reference=reference("R"),
        scheme_id=actor.scheme_id,
        area_id=premises.area_id,
        premises_id=premises.id,
        reporter_id=actor.id,
        kind=new.kind,
        occurred_at=new.occurred_at,
        value_pence=new.value_pence,
        violence=new.violence,
        weapon=new.weapon,
        injured=new.injured,
        state=IncidentState.SUBMITTED,
        on_behalf=actor.role in FOR_OTHERS and not works_at(actor, premises.id),
        erase_on=erase_on,
    )
    incident.words, incident.goods, incident.description = new.words, new.goods, new.description
    return incident


def get_undecided(actor: Actor, incident_id: uuid.UUID) -> Incident:
    """Return a waiting report, held so that nobody else decides it. Raises ChangedReport."""
    incident = get_report(actor, incident_id)
    db.session.refresh(incident, with_for_update={"of": Incident})
    if incident.state is not IncidentState.SUBMITTED:
        raise ChangedReport
    return incident


def _decide(actor: Actor, incident: Incident, state: IncidentState) -> None:
    incident.decided_by_id, incident.decided_at = actor.id, clock.now()
    move(actor, incident, state)


def _record(act: str, actor: Actor, incident: Incident) -> None:
    audit.record(
        audit.Entry(
            act=act,
            scheme_id=incident.scheme_id,
            actor_id=actor.id,
            target="incident",
            target_id=incident.id,
        )
    )
