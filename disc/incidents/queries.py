"""Reads of reports, scoped to reporter or scheme."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, select

from disc.access.actor import Actor
from disc.core import clock
from disc.core.database import db
from disc.core.errors import Missing
from disc.incidents.models import (
    Incident,
    IncidentState,
    IncidentStep,
    IncidentStill,
    IncidentSubject,
)
from disc.matching.ports import knows_what_came_together
from disc.members.models import MemberGroupMember


@dataclass(frozen=True, slots=True)
class Report:
    """A report as a target of the policy."""

    id: uuid.UUID
    scheme_id: uuid.UUID
    owner_id: uuid.UUID
    group_ids: frozenset[uuid.UUID]
    """The groups of whoever sent it."""


def find_submission(actor: Actor, submission_id: uuid.UUID) -> Incident | None:
    """Return the report that a page already sent, so that a retry finds it."""
    return db.session.scalar(
        select(Incident).where(
            Incident.reporter_id == actor.id, Incident.submission_id == submission_id
        )
    )


def own_reports(actor: Actor) -> list[Incident]:
    """List the actor's reports, newest first."""
    found = select(Incident).where(
        Incident.scheme_id == actor.scheme_id, Incident.reporter_id == actor.id
    )
    return list(db.session.scalars(found.order_by(Incident.reported_at.desc()).limit(200)))


def group_reports(actor: Actor) -> list[Incident]:
    """List the reports of others in the actor's groups, newest first."""
    reporters = select(MemberGroupMember.member_id).where(
        MemberGroupMember.group_id.in_(actor.group_ids), MemberGroupMember.member_id != actor.id
    )
    found = select(Incident).where(
        Incident.scheme_id == actor.scheme_id, Incident.reporter_id.in_(reporters)
    )
    return list(db.session.scalars(found.order_by(Incident.reported_at.desc()).limit(200)))


def get_report(actor: Actor, incident_id: uuid.UUID) -> Incident:
    """Return a report of the scheme. Raises Missing.

    Between its day of erasure and the sweep, at most an hour later, it is not to be read.
    """
    incident = db.session.get(Incident, incident_id)
    if incident is None or incident.scheme_id != actor.scheme_id:
        raise Missing
    if incident.erased_at is None and incident.erase_on <= clock.today():
        raise Missing
    return incident


def as_target(incident: Incident) -> Report:
    """Return a report as a target of the policy."""
    groups = select(MemberGroupMember.group_id).where(
        MemberGroupMember.member_id == incident.reporter_id
    )
    group_ids = frozenset(db.session.scalars(groups))
    return Report(incident.id, incident.scheme_id, incident.reporter_id, group_ids)


def steps_of(incident_id: uuid.UUID) -> list[IncidentStep]:
    """Return a report's steps in order."""
    found = select(IncidentStep).where(IncidentStep.incident_id == incident_id)
    return list(db.session.scalars(found.order_by(IncidentStep.at, IncidentStep.id)))


def stills_of(incident_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, list[uuid.UUID]]:
    """Return the stills of some reports."""
    ids = list(incident_ids)
    found = select(IncidentStill).where(IncidentStill.incident_id.in_(ids))
    stills: dict[uuid.UUID, list[uuid.UUID]] = {incident_id: [] for incident_id in ids}
    for row in db.session.scalars(found.order_by(IncidentStill.still_id)):
        stills[row.incident_id].append(row.still_id)
    return stills


def queue(actor: Actor, state: IncidentState = IncidentState.SUBMITTED) -> list[Incident]:
    """List the scheme's reports in a state, oldest first, but for those past their day."""
    found = select(Incident).where(*_held_in(actor, state))
    return list(db.session.scalars(found.order_by(Incident.reported_at).limit(200)))


def count_in(actor: Actor, state: IncidentState) -> int:
    """Count the scheme's reports in a state; ``queue`` lists the first."""
    found = select(func.count()).where(*_held_in(actor, state))
    return db.session.scalar(found) or 0


def _held_in(actor: Actor, state: IncidentState) -> tuple[ColumnElement[bool], ...]:
    return (
        Incident.scheme_id == actor.scheme_id,
        Incident.state == state,
        Incident.erased_at.is_(None),
        Incident.erase_on > clock.today(),
    )


def reports_about(subject_ids: Iterable[uuid.UUID]) -> list[Incident]:
    """List the reports about some records of one person, newest first."""
    found = (
        select(Incident)
        .join(IncidentSubject)
        .where(IncidentSubject.subject_id.in_(set(subject_ids)))
        .order_by(Incident.occurred_at.desc())
    )
    return list(db.session.scalars(found))


def report_of_still(still_id: uuid.UUID) -> Incident | None:
    """Return the report that a still came with."""
    return db.session.scalar(
        select(Incident).join(IncidentStill).where(IncidentStill.still_id == still_id)
    )


@knows_what_came_together
def stills_that_came_with(still_id: uuid.UUID) -> set[uuid.UUID]:
    """Return the stills of the reports that a still came with."""
    reports = select(IncidentStill.incident_id).where(IncidentStill.still_id == still_id)
    found = select(IncidentStill.still_id).where(IncidentStill.incident_id.in_(reports))
    return set(db.session.scalars(found))


def subjects_of(incident_id: uuid.UUID) -> list[uuid.UUID]:
    """Return the Subjects whom a report is about."""
    found = select(IncidentSubject.subject_id).where(IncidentSubject.incident_id == incident_id)
    return list(db.session.scalars(found))
