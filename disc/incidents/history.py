"""Reports of what happened before the scheme used this system."""

import uuid
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import exists, select

from disc.access.actor import Actor
from disc.core import clock
from disc.core.database import db, new_id
from disc.gallery.service import reference
from disc.incidents.models import Incident, IncidentState, IncidentStep
from disc.incidents.service import NewReport
from disc.members.models import Premises


@dataclass(frozen=True, slots=True)
class Past:
    """A past report: what it tells, and whose it is where somebody else brings it."""

    new: NewReport
    reporter_id: uuid.UUID


def last_day(occurred_at: datetime, months: int) -> date:
    """Return the day on which a past report is erased: it counts from when it happened."""
    return clock.add_months(occurred_at.astimezone(clock.UK).date(), months)


def add_past(actor: Actor, premises: Premises, past: Past, erase_on: date) -> Incident:
    """Store a past report as accepted by whoever brings it, and closed: nothing more follows.

    It names nobody, shows no picture, and publishes nothing: nobody is warned or told.
    """
    new = past.new
    incident = Incident(
        id=new_id(),
        submission_id=new.submission_id,
        reference=_free_reference(actor.scheme_id),
        scheme_id=actor.scheme_id,
        area_id=premises.area_id,
        premises_id=premises.id,
        reporter_id=past.reporter_id,
        kind=new.kind,
        occurred_at=new.occurred_at,
        reported_at=new.occurred_at,
        changed_at=new.occurred_at,
        value_pence=new.value_pence,
        violence=new.violence,
        weapon=new.weapon,
        injured=new.injured,
        on_behalf=past.reporter_id == actor.id,
        state=IncidentState.CLOSED,
        decided_by_id=actor.id,
        decided_at=clock.now(),
        erase_on=erase_on,
    )
    incident.words, incident.goods = new.words, new.goods
    db.session.add(incident)
    db.session.flush()
    db.session.add(IncidentStep(id=new_id(), incident_id=incident.id, state=incident.state))
    return incident


def _free_reference(scheme_id: uuid.UUID) -> str:
    """Return a reference that no report of the scheme has: among many, chance repeats one."""
    while True:
        made = reference("R")
        taken = exists().where(Incident.scheme_id == scheme_id, Incident.reference == made)
        if not db.session.scalar(select(taken)):
            return made
