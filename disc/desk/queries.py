"""Reads that join features for the desk."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from disc.access.actor import Actor
from disc.core.database import db
from disc.gallery.identifying import count_waiting
from disc.gallery.models import Subject, SubjectStill
from disc.gallery.queries import count_awaiting_board
from disc.incidents.models import Incident, IncidentState, IncidentStill
from disc.incidents.queries import count_in, report_of_still
from disc.matching.models import Camera, CameraStill, Finding, PossibleDuplicate, Verdict
from disc.matching.queries import (
    count_open_pairs,
    find_pair,
    is_shown,
    pairs_of,
    with_same_files,
)
from disc.matching.rules import OTHER_MOMENTS
from disc.stills.models import Still


@dataclass(frozen=True, slots=True, kw_only=True)
class NotApproved:
    """A picture of a rejected report that came again; ``reason`` is what its reporter was told.

    ``is_certain`` where both are the same file or a person said so; else the computer thinks so.
    Of several same files one alone makes a pair that can be compared.
    """

    still_id: uuid.UUID
    earlier_id: uuid.UUID
    pair_id: uuid.UUID | None
    incident_id: uuid.UUID
    reference: str
    decided_at: datetime | None
    reason: str
    is_certain: bool


@dataclass(frozen=True, slots=True)
class Pictures:
    """How many of a camera's pictures are shown, and the newest of them."""

    count: int
    newest_id: uuid.UUID


def subjects_with_stills(still_ids: Iterable[uuid.UUID]) -> list[uuid.UUID]:
    """List the Subjects to whom some stills belong."""
    found = select(SubjectStill.subject_id).where(SubjectStill.still_id.in_(set(still_ids)))
    return list(db.session.scalars(found.distinct()))


def subject_of_still(still_id: uuid.UUID) -> uuid.UUID | None:
    """Return the Subject to whom a still belongs, the kept one where records were merged."""
    return subjects_of_stills([still_id]).get(still_id)


def subjects_of_stills(still_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, uuid.UUID]:
    """Return the Subject of each of some stills that has one, the kept one of merged records."""
    found = (
        select(SubjectStill.still_id, Subject.id, Subject.merged_into_id)
        .join(Subject, Subject.id == SubjectStill.subject_id)
        .where(SubjectStill.still_id.in_(set(still_ids)))
    )
    return {row[0]: row[2] or row[1] for row in db.session.execute(found)}


def waiting(actor: Actor) -> dict[str, int]:
    """Count what waits for the manager, by queue: what its page lists, and nothing besides."""
    return {
        "reports": count_in(actor, IncidentState.SUBMITTED),
        "answers": count_waiting(actor),
        "board": count_awaiting_board(actor),
        "duplicates": count_open_pairs(actor),
    }


def not_approved_before(still_ids: set[uuid.UUID]) -> list[NotApproved]:
    """List which of some stills were sent before with a report that a manager rejected.

    A rejected report's pictures are known until their day, so that they are recognised when
    they are sent again. Other moments of the same camera do not count, unless a person said that
    they are the same; and what nobody answered yet is told as what the computer thinks.
    """
    told = [_of_pair(pair) for pair in pairs_of(still_ids) if pair.later_id in still_ids]
    told += [one for still_id in sorted(still_ids) for one in _of_same_files(still_id)]
    return [one for one in told if one is not None and one.earlier_id not in still_ids]


def _of_same_files(still_id: uuid.UUID) -> list[NotApproved | None]:
    """Say the same of earlier same files with which a still makes no pair of its own."""
    earlier = {one for one in with_same_files({still_id}) if one < still_id}
    return [
        _not_approved(still_id, one, None, is_certain=True)
        for one, report in sorted(reports_of_stills(earlier).items())
        if report.state is IncidentState.REJECTED and find_pair(one, still_id) is None
    ]


def _of_pair(pair: PossibleDuplicate) -> NotApproved | None:
    """Say what became of the report that the earlier picture of a pair came with, if rejected."""
    if pair.finding in OTHER_MOMENTS and pair.verdict is not Verdict.SAME:
        return None
    is_certain = pair.finding is Finding.SAME_FILE or pair.verdict is Verdict.SAME
    return _not_approved(pair.later_id, pair.earlier_id, pair.id, is_certain=is_certain)


def _not_approved(
    still_id: uuid.UUID, earlier_id: uuid.UUID, pair_id: uuid.UUID | None, *, is_certain: bool
) -> NotApproved | None:
    report = report_of_still(earlier_id)
    if report is None or report.state is not IncidentState.REJECTED or report.is_erased:
        return None
    return NotApproved(
        still_id=still_id,
        earlier_id=earlier_id,
        pair_id=pair_id,
        incident_id=report.id,
        reference=report.reference,
        decided_at=report.decided_at,
        reason=report.reason,
        is_certain=is_certain,
    )


def pictures_of_cameras(actor: Actor) -> dict[uuid.UUID, Pictures]:
    """Count the pictures of each camera that has any; hidden and erased ones do not count."""
    newest = (
        select(CameraStill.still_id)
        .join(Still, Still.id == CameraStill.still_id)
        .where(CameraStill.camera_id == Camera.id, is_shown())
        .order_by(CameraStill.still_id.desc())
        .limit(1)
        .correlate(Camera)
        .scalar_subquery()
    )
    found = (
        select(Camera.id, func.count(), newest)
        .join(CameraStill, CameraStill.camera_id == Camera.id)
        .join(Still, Still.id == CameraStill.still_id)
        .where(Camera.scheme_id == actor.scheme_id, is_shown())
        .group_by(Camera.id)
    )
    return {row: Pictures(count, still) for row, count, still in db.session.execute(found)}


def reports_of_stills(still_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, Incident]:
    """Return the report with which each of some stills came, where it came with one."""
    found = (
        select(IncidentStill.still_id, Incident)
        .join(Incident, Incident.id == IncidentStill.incident_id)
        .where(IncidentStill.still_id.in_(set(still_ids)))
    )
    return {row.still_id: row.Incident for row in db.session.execute(found)}
