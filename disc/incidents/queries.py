"""Reads of reports, scoped to reporter or scheme."""

import uuid
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select

from disc.access.actor import Actor
from disc.core import clock, paging
from disc.core.database import db
from disc.core.errors import Missing
from disc.core.keys import keyring
from disc.core.vault import token
from disc.gallery.models import Subject, SubjectKind, SubjectState
from disc.incidents.kinds import WELFARE, Ending, IncidentKind
from disc.incidents.models import (
    WAITS,
    Incident,
    IncidentKnown,
    IncidentNote,
    IncidentState,
    IncidentStep,
    IncidentStill,
    IncidentSubject,
    NoteKind,
)
from disc.incidents.rules import NEWS_FOR, STUCK_AFTER
from disc.matching.ports import knows_what_came_together
from disc.members.models import MemberGroupMember

MOST_QUEUED = 200
"""Reports that one page lists; the others come when these are decided."""


@dataclass(frozen=True, slots=True)
class Report:
    """A report as a target of the policy."""

    id: uuid.UUID
    scheme_id: uuid.UUID
    owner_id: uuid.UUID
    group_ids: frozenset[uuid.UUID]
    """The groups of whoever sent it."""


def mark_token(scheme_id: uuid.UUID, mark: str) -> bytes:
    """Return the token by which the scheme finds a normal registration mark."""
    return token(keyring().scheme_key(scheme_id), "registration mark", mark)


def forensic_token(scheme_id: uuid.UUID, code: str) -> bytes:
    """Return the token by which the scheme finds a forensic-marking code."""
    return token(keyring().scheme_key(scheme_id), "forensic marking", code)


def find_submission(actor: Actor, submission_id: uuid.UUID) -> Incident | None:
    """Return the report that a page already sent, so that a retry finds it."""
    return db.session.scalar(
        select(Incident).where(
            Incident.reporter_id == actor.id, Incident.submission_id == submission_id
        )
    )


def own_report_ids(actor: Actor) -> list[uuid.UUID]:
    """Return all of the actor's reports, by their ids."""
    return list(db.session.scalars(select(Incident.id).where(*_own(actor))))


def own_reports(actor: Actor, number: int = 1) -> paging.Page[Incident]:
    """List the actor's reports, newest first, a page of them."""
    return _newest(select(Incident).where(*_own(actor)), number)


def _own(actor: Actor) -> tuple[ColumnElement[bool], ...]:
    return Incident.scheme_id == actor.scheme_id, Incident.reporter_id == actor.id


def _newest(found: Select[Incident], number: int) -> paging.Page[Incident]:
    ordered = found.order_by(Incident.reported_at.desc(), Incident.id.desc())
    return paging.cut(list(db.session.scalars(paging.window(ordered, number))), number)


def group_reports(actor: Actor, number: int = 1) -> paging.Page[Incident]:
    """List the reports of others in the actor's groups, newest first, a page of them."""
    reporters = select(MemberGroupMember.member_id).where(
        MemberGroupMember.group_id.in_(actor.group_ids), MemberGroupMember.member_id != actor.id
    )
    found = select(Incident).where(
        Incident.scheme_id == actor.scheme_id,
        Incident.reporter_id.in_(reporters),
        Incident.kind.not_in(WELFARE),
    )
    return _newest(found, number)


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
    among = incident.kind not in WELFARE  # who needed help is nobody's business but the managers'
    group_ids = frozenset(db.session.scalars(groups)) if among else frozenset[uuid.UUID]()
    return Report(incident.id, incident.scheme_id, incident.reporter_id, group_ids)


def steps_of(incident_id: uuid.UUID) -> list[IncidentStep]:
    """Return a report's steps in order."""
    found = select(IncidentStep).where(IncidentStep.incident_id == incident_id)
    return list(db.session.scalars(found.order_by(IncidentStep.at, IncidentStep.id)))


def notes_of(incident_id: uuid.UUID) -> list[IncidentNote]:
    """Return what was asked, answered and added, in order."""
    found = select(IncidentNote).where(IncidentNote.incident_id == incident_id)
    return list(db.session.scalars(found.order_by(IncidentNote.at, IncidentNote.id)))


def unread_of(incident_id: uuid.UUID) -> list[IncidentNote]:
    """Return what the reporter wrote and no manager has read."""
    found = select(IncidentNote).where(IncidentNote.incident_id == incident_id, _is_unread())
    return list(db.session.scalars(found))


def find_note(actor: Actor, submission_id: uuid.UUID) -> IncidentNote | None:
    """Return what a page already sent, so that a second tap finds it."""
    return db.session.scalar(
        select(IncidentNote).where(
            IncidentNote.by_id == actor.id, IncidentNote.submission_id == submission_id
        )
    )


def with_unread_notes(actor: Actor) -> list[Incident]:
    """List decided reports to which their reporters added something that nobody read."""
    added = select(IncidentNote.incident_id).where(
        IncidentNote.scheme_id == actor.scheme_id, _is_unread()
    )
    found = select(Incident).where(
        Incident.id.in_(added), Incident.decided_at.is_not(None), *_readable(actor)
    )
    return list(db.session.scalars(found.order_by(Incident.changed_at).limit(200)))


def stuck(actor: Actor) -> list[Incident]:
    """List the reports in which something should follow and nothing did for three days."""
    found = select(Incident).where(*_waits_too_long(actor))
    return list(db.session.scalars(found.order_by(Incident.changed_at).limit(200)))


def count_stuck(actor: Actor) -> int:
    """Count those reports; ``stuck`` lists the first."""
    return db.session.scalar(select(func.count()).where(*_waits_too_long(actor))) or 0


def _waits_too_long(actor: Actor) -> tuple[ColumnElement[bool], ...]:
    late = Incident.changed_at < clock.now() - STUCK_AFTER
    return Incident.state.in_(WAITS), late, *_readable(actor)


def moved_lately(actor: Actor) -> list[Incident]:
    """List the actor's reports of which a manager or the police decided something lately."""
    found = select(Incident).where(
        Incident.reporter_id == actor.id,
        Incident.state != IncidentState.SUBMITTED,
        Incident.changed_at > clock.now() - NEWS_FOR,
        *_readable(actor),
    )
    return list(db.session.scalars(found.order_by(Incident.changed_at.desc()).limit(3)))


def _is_unread() -> ColumnElement[bool]:
    return and_(IncidentNote.kind != NoteKind.QUESTION, IncidentNote.read_at.is_(None))


def stills_of(incident_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, list[uuid.UUID]]:
    """Return the stills of some reports."""
    ids = list(incident_ids)
    found = select(IncidentStill).where(IncidentStill.incident_id.in_(ids))
    stills: dict[uuid.UUID, list[uuid.UUID]] = {incident_id: [] for incident_id in ids}
    for row in db.session.scalars(found.order_by(IncidentStill.still_id)):
        stills[row.incident_id].append(row.still_id)
    return stills


def queue(
    actor: Actor,
    state: IncidentState = IncidentState.SUBMITTED,
    *,
    but: Collection[uuid.UUID] = (),
) -> list[Incident]:
    """List the scheme's reports in a state, but for some and those past their day.

    Those in which somebody may be in danger come first, then the oldest: of very many the first
    are listed, and an urgent one that came last is among them.
    """
    found = select(Incident).where(*_held_in(actor, state), Incident.id.not_in(but))
    ordered = found.order_by(case((in_danger(), 0), else_=1), Incident.reported_at, Incident.id)
    return list(db.session.scalars(ordered.limit(MOST_QUEUED)))


def count_in(actor: Actor, state: IncidentState, *, but: Collection[uuid.UUID] = ()) -> int:
    """Count the scheme's reports in a state, but for some; ``queue`` lists the first."""
    found = select(func.count()).where(*_held_in(actor, state), Incident.id.not_in(but))
    return db.session.scalar(found) or 0


def in_danger() -> ColumnElement[bool]:
    """Select reports in which somebody may be in danger: those of ``telling.is_urgent``."""
    return or_(
        Incident.violence,
        Incident.weapon,
        Incident.injured,
        Incident.ending == Ending.DETAINED,
        Incident.kind.in_({IncidentKind.VIOLENCE, *WELFARE}),
    )


def needs_police() -> ColumnElement[bool]:
    """Select reports for which the police should come: those of ``reasons_to_attend``."""
    return Incident.kind.not_in(WELFARE) & or_(
        Incident.violence,
        Incident.weapon,
        Incident.injured,
        Incident.ending == Ending.DETAINED,
        Incident.forensic_code_token.is_not(None),
        Incident.kind.in_({IncidentKind.VIOLENCE, IncidentKind.DAMAGE}),
    )


def reports_by_id(actor: Actor, incident_ids: Iterable[uuid.UUID]) -> list[Incident]:
    """List some of the scheme's reports that may be read."""
    found = select(Incident).where(Incident.id.in_(set(incident_ids)), *_readable(actor))
    return list(db.session.scalars(found))


def _held_in(actor: Actor, state: IncidentState) -> tuple[ColumnElement[bool], ...]:
    return Incident.state == state, *_readable(actor)


def _readable(actor: Actor) -> tuple[ColumnElement[bool], ...]:
    return (
        Incident.scheme_id == actor.scheme_id,
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


def people_of(incident_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, set[uuid.UUID]]:
    """Return whom some reports are about: the kept record where records were joined."""
    ids = list(incident_ids)
    found = (
        select(IncidentSubject.incident_id, func.coalesce(Subject.merged_into_id, Subject.id))
        .join(Subject, Subject.id == IncidentSubject.subject_id)
        .where(IncidentSubject.incident_id.in_(ids))
    )
    people: dict[uuid.UUID, set[uuid.UUID]] = {incident_id: set() for incident_id in ids}
    for incident_id, subject_id in db.session.execute(found):
        people[incident_id].add(subject_id)
    return people


def count_named(subject_ids: set[uuid.UUID]) -> int:
    """Count those of some people who are shown by name."""
    found = select(func.count()).where(
        Subject.id.in_(subject_ids),
        Subject.kind == SubjectKind.KNOWN,
        Subject.state == SubjectState.PUBLISHED,
    )
    return db.session.scalar(found) or 0


def subjects_of(incident_id: uuid.UUID) -> list[uuid.UUID]:
    """Return the Subjects whom a report is about."""
    found = select(IncidentSubject.subject_id).where(IncidentSubject.incident_id == incident_id)
    return list(db.session.scalars(found))


def said_known(incident_id: uuid.UUID) -> list[uuid.UUID]:
    """Return whom a report's sender believes to have seen: nothing but a hint to the manager."""
    found = select(IncidentKnown.subject_id).where(IncidentKnown.incident_id == incident_id)
    return list(db.session.scalars(found))
