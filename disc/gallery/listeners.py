"""Why a Subject's pictures may be seen, and what is done about Subjects without being asked."""

import uuid

from sqlalchemy import Select, select

from disc.access.actor import Actor
from disc.access.permissions import Permission
from disc.access.policy import may_ever, permits
from disc.core.database import db
from disc.core.jobs import every_hour
from disc.core.live import News, follows, live
from disc.core.outbox import Lane, hears
from disc.core.transaction import writing
from disc.gallery import filtering, finding
from disc.gallery.events import SubjectErased
from disc.gallery.leafing import visible
from disc.gallery.models import Subject, SubjectState, SubjectStill
from disc.gallery.queries import (
    may_lend_pictures,
    of_children,
    stills_of_children,
)
from disc.matching.ports import keeps_back
from disc.stills.ports import opens_stills


@opens_stills
def shown_in_gallery(actor: Actor, still_ids: set[uuid.UUID]) -> set[uuid.UUID]:
    """Open the stills of Subjects whom the actor may see in the gallery."""
    if not _may_see_gallery(actor):
        return set()
    found = (
        select(SubjectStill.still_id, Subject.id, Subject.merged_into_id)
        .join(Subject, Subject.id == SubjectStill.subject_id)
        .where(
            SubjectStill.still_id.in_(still_ids),
            Subject.hidden_at.is_(None),
            may_lend_pictures(),
        )
    )
    rows = db.session.execute(found).all()
    # By their numbers: asked in one statement, PostgreSQL looks through the whole scheme.
    people = {one for row in rows for one in row[1:] if one is not None}
    seen = visible(actor).where(Subject.id.in_(people)).with_only_columns(Subject.id)
    shown = set(db.session.scalars(seen))
    return {still_id for still_id, own, kept in rows if own in shown or kept in shown}


@opens_stills
def judged_by_board(actor: Actor, still_ids: set[uuid.UUID]) -> set[uuid.UUID]:
    """Open the stills of people whom a Board member must agree to show."""
    if not may_ever(actor, Permission.AGREE_PUBLICATION):
        return set()
    found = (
        select(SubjectStill.still_id)
        .join(Subject, Subject.id == SubjectStill.subject_id)
        .where(
            SubjectStill.still_id.in_(still_ids),
            Subject.scheme_id == actor.scheme_id,
            Subject.state == SubjectState.AWAITING_BOARD,
            Subject.hidden_at.is_(None),
        )
    )
    return set(db.session.scalars(found))


@opens_stills
def moderated(actor: Actor, still_ids: set[uuid.UUID]) -> set[uuid.UUID]:
    """Open every still of the scheme to those who moderate it; a child's to Administrators."""
    if not may_ever(actor, Permission.MODERATE):
        return set()
    if may_ever(actor, Permission.SEE_UNDER_10):
        return set(still_ids)
    return set(still_ids) - of_children(still_ids)


@keeps_back
def of_children_kept_back(actor: Actor) -> Select[uuid.UUID] | None:
    """Keep the stills of a child under 10 from all but Administrators."""
    return None if may_ever(actor, Permission.SEE_UNDER_10) else stills_of_children()


def _may_see_gallery(actor: Actor) -> bool:
    return permits(actor, Permission.SEE_GALLERY, actor)


@hears(SubjectErased, Lane.LIVE)
def tell_erased(erased: SubjectErased) -> None:
    """Tell every process that may keep somebody's names to be searched."""
    live().tell("subject_erased", subject_id=erased.subject_id)


@follows("subject_erased")
def forget_names(told: News) -> None:
    """Take an erased person's names out of memory, where nobody would search for long."""
    finding.forget(uuid.UUID(told["subject_id"]))


@every_hour
def mark_looks() -> None:
    """Make the digests of records that have none yet, or whose age may have grown."""
    done = 1
    while done:
        with writing():
            done = filtering.mark_some_due()
