"""Reads that join features for the desk."""

import uuid
from collections.abc import Iterable

from sqlalchemy import func, select

from disc.access.actor import Actor
from disc.core.database import db
from disc.gallery.models import Identification, Subject, SubjectState, SubjectStill
from disc.incidents.models import Incident, IncidentState
from disc.matching.models import Band, PossibleDuplicate, Verdict


def subjects_with_stills(still_ids: Iterable[uuid.UUID]) -> list[uuid.UUID]:
    """List the Subjects to whom some stills belong."""
    found = select(SubjectStill.subject_id).where(SubjectStill.still_id.in_(set(still_ids)))
    return list(db.session.scalars(found.distinct()))


def subject_of_still(still_id: uuid.UUID) -> uuid.UUID | None:
    """Return the Subject to whom a still belongs, the kept one where records were merged."""
    row = db.session.execute(
        select(Subject.id, Subject.merged_into_id)
        .join(SubjectStill, SubjectStill.subject_id == Subject.id)
        .where(SubjectStill.still_id == still_id)
    ).first()
    return (row[1] or row[0]) if row else None


def waiting(actor: Actor) -> dict[str, int]:
    """Count what waits for the manager, by queue."""
    counts = {
        "reports": select(func.count()).where(
            Incident.scheme_id == actor.scheme_id, Incident.state == IncidentState.SUBMITTED
        ),
        "duplicates": select(func.count()).where(
            PossibleDuplicate.scheme_id == actor.scheme_id,
            PossibleDuplicate.verdict == Verdict.OPEN,
            PossibleDuplicate.band != Band.ALIKE,
        ),
        "answers": select(func.count()).where(
            Identification.scheme_id == actor.scheme_id, Identification.handled_at.is_(None)
        ),
        "board": select(func.count()).where(
            Subject.scheme_id == actor.scheme_id, Subject.state == SubjectState.AWAITING_BOARD
        ),
    }
    return {name: db.session.scalar(count) or 0 for name, count in counts.items()}
