"""Two records of one person: joined by a person's decision, and taken apart again."""

import uuid

from sqlalchemy import delete, select

from disc.access.actor import Actor
from disc.core import audit
from disc.core.database import db
from disc.gallery.errors import CannotMerge
from disc.gallery.models import Subject, SubjectArea, SubjectState
from disc.gallery.queries import get_subject
from disc.gallery.service import pictures_changed


def merge(actor: Actor, absorbed_id: uuid.UUID, kept_id: uuid.UUID) -> Subject:
    """Show two records as one. Nothing is moved: taking them apart loses nothing.

    Raises CannotMerge for a record with itself, one already merged, an erased one, or one whose
    Board has not agreed to show it.
    """
    _lock(absorbed_id, kept_id)
    absorbed, kept = get_subject(actor, absorbed_id), get_subject(actor, kept_id)
    fit = (
        absorbed.id != kept.id
        and absorbed.merged_into_id is None
        and kept.merged_into_id is None
        and absorbed.state is SubjectState.PUBLISHED
        and kept.state is SubjectState.PUBLISHED
        and _has_none_merged(absorbed.id)
    )
    if not fit:
        raise CannotMerge
    absorbed.merged_into_id = kept.id
    kept.last_reported_at = max(kept.last_reported_at, absorbed.last_reported_at)
    _show_in_same_areas(absorbed.id, kept.id)
    _record("subjects merged", actor, absorbed.id, kept.id)
    return kept


def unmerge(actor: Actor, absorbed_id: uuid.UUID) -> None:
    """Take a merged record out again, as it was."""
    absorbed = get_subject(actor, absorbed_id)
    if absorbed.merged_into_id is None:
        return
    kept_id, absorbed.merged_into_id = absorbed.merged_into_id, None
    db.session.execute(
        delete(SubjectArea).where(
            SubjectArea.subject_id == kept_id, SubjectArea.via_id == absorbed.id
        )
    )
    _record("subjects unmerged", actor, absorbed.id, kept_id)
    pictures_changed(absorbed)


def _lock(*subject_ids: uuid.UUID) -> None:
    """Let one merge at a time touch two records, always taken in the same order."""
    rows = select(Subject).where(Subject.id.in_(subject_ids)).order_by(Subject.id)
    fresh = rows.with_for_update(of=Subject).execution_options(populate_existing=True)
    db.session.scalars(fresh).all()


def _has_none_merged(subject_id: uuid.UUID) -> bool:
    found = select(Subject.id).where(Subject.merged_into_id == subject_id).limit(1)
    return db.session.scalar(found) is None


def _show_in_same_areas(absorbed_id: uuid.UUID, kept_id: uuid.UUID) -> None:
    for area_id in db.session.scalars(
        select(SubjectArea.area_id).where(SubjectArea.subject_id == absorbed_id)
    ).all():
        if db.session.get(SubjectArea, (kept_id, area_id)) is None:
            db.session.add(SubjectArea(subject_id=kept_id, area_id=area_id, via_id=absorbed_id))


def _record(act: str, actor: Actor, absorbed_id: uuid.UUID, kept_id: uuid.UUID) -> None:
    audit.record(audit.by(actor, act, "subject", absorbed_id, detail=str(kept_id)))
