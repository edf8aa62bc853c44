"""Reads of shared reports: the SPOC's are those of their own Areas."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, select

from disc.access.actor import Actor
from disc.core import clock
from disc.core.database import db
from disc.core.errors import Missing
from disc.incidents.models import Incident, IncidentStill
from disc.police.models import Escalation
from disc.police.rules import needs_attendance

MOST_LISTED = 200


@dataclass(frozen=True, slots=True)
class Shared:
    """A shared report with what the police need first."""

    escalation: Escalation
    report: Incident

    @property
    def needs_attendance(self) -> bool:
        """Whether the police should come to the premises."""
        report = self.report
        return needs_attendance(
            violence=report.violence, weapon=report.weapon, injured=report.injured
        )

    @property
    def version(self) -> str:
        """What tells an answer that was given since a page was opened."""
        answered: datetime | None = self.escalation.answered_at
        return answered.isoformat() if answered else ""


def inbox(actor: Actor) -> list[Shared]:
    """List the reports shared in the actor's Areas: those without an answer, then the newest."""
    found = _shared(actor).order_by(
        Escalation.outcome.is_not(None), Escalation.escalated_at.desc(), Escalation.id.desc()
    )
    rows = [Shared(*row) for row in db.session.execute(found.limit(MOST_LISTED))]
    return sorted(rows, key=_urgency)


def get_shared(actor: Actor, escalation_id: uuid.UUID) -> Shared:
    """Return a report shared in one of the actor's Areas. Raises Missing."""
    row = db.session.execute(_shared(actor).where(Escalation.id == escalation_id)).first()
    if row is None:
        raise Missing
    return Shared(*row)


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


def _urgency(shared: Shared) -> tuple[bool, bool]:
    """Put first what waits for an answer, and of that what needs police on the spot."""
    return shared.escalation.outcome is not None, not shared.needs_attendance


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
