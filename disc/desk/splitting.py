"""One record that is about two people: a part of it becomes a record of its own."""

import uuid
from dataclasses import dataclass

from sqlalchemy import delete, exists, select

from disc.access.actor import Actor
from disc.core import audit
from disc.core.database import db
from disc.desk.errors import CannotSplit, IsEvidence
from disc.exclusions.models import ExclusionNotice, NoticeEvidence, NoticeState
from disc.gallery.filtering import note_times_anew
from disc.gallery.models import Subject, SubjectArea, SubjectState, SubjectStill
from disc.gallery.queries import all_stills_of, get_subject
from disc.gallery.service import NewSubject, add_subject, forget_first, pictures_changed
from disc.incidents.models import Incident, IncidentSubject
from disc.incidents.queries import reports_about
from disc.members.models import Premises
from disc.stills.models import Still

STANDING = (NoticeState.PROPOSED, NoticeState.APPROVED, NoticeState.SERVED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What goes into the new record, and what the manager knows of the other person."""

    still_ids: frozenset[uuid.UUID]
    incident_ids: frozenset[uuid.UUID]
    under_18: bool
    vulnerable: bool


@dataclass(frozen=True, slots=True)
class Held:
    """What a record holds, or a part of it."""

    stills: list[Still]
    reports: list[Incident]

    def __bool__(self) -> bool:
        """Say whether there is anything in it."""
        return bool(self.stills or self.reports)

    def areas(self) -> frozenset[uuid.UUID]:
        """Return the Areas of the premises from which it came."""
        places = {one.premises_id for one in self.stills}
        places |= {one.premises_id for one in self.reports}
        found = select(Premises.area_id).where(Premises.id.in_(places))
        return frozenset(db.session.scalars(found))


def split(actor: Actor, subject_id: uuid.UUID, part: Part) -> Subject:
    """Take some pictures and reports of a record into a new one.

    The new record is hidden and erased no later than the one it came from, is hidden while that
    is, and waits for the Board where that is not shown to every member. Neither record keeps an
    Area that nothing of it came from. Raises CannotSplit where nothing would go or nothing
    stay, IsEvidence where a notice that stands rests on a report that would go.
    """
    source = get_subject(actor, subject_id)
    db.session.refresh(source, with_for_update={"of": Subject})
    stills, reports = all_stills_of(source.id), reports_about([source.id])
    other = Held(
        [one for one in stills if one.id in part.still_ids],
        [one for one in reports if one.id in part.incident_ids],
    )
    rest = Held(
        [one for one in stills if one not in other.stills],
        [one for one in reports if one not in other.reports],
    )
    if source.merged_into_id is not None or not other or not rest:
        raise CannotSplit
    _refuse_evidence(part.incident_ids)
    new = add_subject(actor, _new(source, other, part))
    new.hidden_at, new.hidden_by_board = source.hidden_at, source.hidden_by_board
    new.hide_on = min(new.hide_on, source.hide_on)
    new.erase_on = min(new.erase_on, source.erase_on)
    _move(source, new, part)
    _leave_areas(source, rest.areas())
    _date_by_reports(source, rest.reports)
    _date_by_reports(new, other.reports)
    forget_first(source)
    for one in (source, new):
        pictures_changed(one)
    audit.record(
        audit.by(actor, "record split", "subject", source.id, detail=str(new.id)),
        audit.by(actor, "made by a split", "subject", new.id, detail=str(source.id)),
    )
    return new


def _refuse_evidence(incident_ids: frozenset[uuid.UUID]) -> None:
    rests = exists().where(
        NoticeEvidence.notice_id == ExclusionNotice.id,
        NoticeEvidence.incident_id.in_(incident_ids),
        ExclusionNotice.state.in_(STANDING),
    )
    if db.session.scalar(select(rests)):
        raise IsEvidence


def _new(source: Subject, other: Held, part: Part) -> NewSubject:
    return NewSubject(
        area_ids=other.areas(),
        still_ids=tuple(one.id for one in other.stills),
        description=tuple(word for report in other.reports for word in report.description),
        under_18=part.under_18,
        vulnerable=part.vulnerable,
        waits=source.state is not SubjectState.PUBLISHED or source.restricted_only,
    )


def _move(source: Subject, new: Subject, part: Part) -> None:
    db.session.execute(
        delete(SubjectStill).where(
            SubjectStill.subject_id == source.id, SubjectStill.still_id.in_(part.still_ids)
        )
    )
    moved = select(IncidentSubject).where(
        IncidentSubject.subject_id == source.id,
        IncidentSubject.incident_id.in_(part.incident_ids),
    )
    for row in db.session.scalars(moved).all():
        row.subject_id = new.id
    db.session.flush()


def _leave_areas(source: Subject, left: frozenset[uuid.UUID]) -> None:
    db.session.execute(
        delete(SubjectArea).where(
            SubjectArea.subject_id == source.id,
            SubjectArea.via_id.is_(None),
            SubjectArea.area_id.not_in(left),
        )
    )


def _date_by_reports(subject: Subject, reports: list[Incident]) -> None:
    note_times_anew(subject, [one.occurred_at for one in reports])
    if reports:
        subject.last_reported_at = max(one.reported_at for one in reports)
