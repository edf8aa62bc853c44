"""Reads of fingerprints, of possible duplicates, of groups and of cameras."""

import uuid
from collections.abc import Collection, Iterable
from datetime import datetime

from sqlalchemy import ColumnElement, Select, case, func, or_, select
from sqlalchemy.orm import aliased

from disc.access.actor import Actor
from disc.core.database import db
from disc.core.errors import Missing
from disc.core.vault import DoesNotOpen, open_sealed
from disc.matching.likeness.evidence import Likeness
from disc.matching.models import (
    Camera,
    CameraStill,
    Finding,
    Fingerprint,
    GroupedStill,
    PossibleDuplicate,
    Verdict,
)
from disc.matching.ports import kept_back
from disc.members.models import Premises
from disc.stills.models import Still
from disc.stills.queries import shown_now

APART = (Verdict.DIFFERENT, Verdict.SAME_CAMERA)
"""Verdicts by which two pictures are not the same: nobody is asked again."""
MOST_LISTED = 200
"""Pairs that are listed at once: nobody answers more in one go."""
_LIKELIEST = (
    case(
        *((PossibleDuplicate.finding == one, place) for place, one in enumerate(Finding)),
        else_=len(Finding),
    ),
    PossibleDuplicate.id,
)
"""By finding, then as they were found: what one still is like was found likeliest first."""


def sketch_context(still: Still) -> str:
    """Return what a fingerprint's seal is bound to."""
    return f"{still.scheme_id}|fingerprint|sketch|{still.id}"


def evidence_context(pair: PossibleDuplicate) -> str:
    """Return what the seal of a pair's evidence is bound to."""
    return f"{pair.scheme_id}|possible_duplicate|evidence|{pair.id}"


def is_shown() -> ColumnElement[bool]:
    """Select stills that may be seen today: others are compared with nothing."""
    return shown_now()


def open_pairs(actor: Actor, *, but: Collection[uuid.UUID] = ()) -> list[PossibleDuplicate]:
    """List pairs nobody has judged, but for some, likeliest first.

    A camera's other moments fill no queue.
    """
    return list(db.session.scalars(_queue(actor, but).order_by(*_LIKELIEST).limit(MOST_LISTED)))


def oldest_open_pairs(actor: Actor, *, but: Collection[uuid.UUID] = ()) -> list[PossibleDuplicate]:
    """List the same pairs, those first that wait longest."""
    ordered = _queue(actor, but).order_by(PossibleDuplicate.found_at, PossibleDuplicate.id)
    return list(db.session.scalars(ordered.limit(MOST_LISTED)))


def count_open_pairs(actor: Actor, *, but: Collection[uuid.UUID] = ()) -> int:
    """Count the pairs that nobody has judged, but for some; ``open_pairs`` lists the first."""
    counted = select(func.count()).select_from(_queue(actor, but).subquery())
    return db.session.scalar(counted) or 0


def pairs_of(still_ids: set[uuid.UUID]) -> list[PossibleDuplicate]:
    """List the pairs in which some stills stand, likeliest first, but for those judged apart."""
    found = select(PossibleDuplicate).where(
        or_(PossibleDuplicate.earlier_id.in_(still_ids), PossibleDuplicate.later_id.in_(still_ids)),
        PossibleDuplicate.verdict.not_in(APART),
    )
    return list(db.session.scalars(found.order_by(*_LIKELIEST)))


def answered_since(actor: Actor, moment: datetime) -> list[PossibleDuplicate]:
    """List the pairs that the actor answered after a moment, the newest first."""
    pair = PossibleDuplicate
    found = select(pair).where(
        pair.scheme_id == actor.scheme_id,
        pair.decided_by_id == actor.id,
        pair.decided_at > moment,
        pair.follows_id.is_(None),
    )
    return list(db.session.scalars(found.order_by(pair.decided_at.desc(), pair.id)))


def get_pair(actor: Actor, pair_id: uuid.UUID) -> PossibleDuplicate:
    """Return a pair of the scheme. Raises Missing."""
    pair = db.session.get(PossibleDuplicate, pair_id)
    if pair is None or pair.scheme_id != actor.scheme_id:
        raise Missing
    return pair


def evidence_of(pair: PossibleDuplicate) -> Likeness | None:
    """Return what a finding rests on; none for a same file, or where a picture was erased."""
    later = db.session.get(Still, pair.later_id)
    if pair.evidence is None or later is None:
        return None
    try:
        return Likeness.unpack(open_sealed(later.open_key(), pair.evidence, evidence_context(pair)))
    except DoesNotOpen:
        return None


def group_of(still_id: uuid.UUID) -> set[uuid.UUID]:
    """Return the stills that a person called the same as this one, itself included."""
    return groups_of({still_id})


def groups_of(still_ids: set[uuid.UUID]) -> set[uuid.UUID]:
    """Return some stills, and all that a person called the same as one of them."""
    groups = select(GroupedStill.group_id).where(GroupedStill.still_id.in_(still_ids))
    found = select(GroupedStill.still_id).where(GroupedStill.group_id.in_(groups))
    return still_ids | set(db.session.scalars(found))


def same_files(still: Still) -> set[uuid.UUID]:
    """Return other stills of the scheme with the same bytes or pixels that are shown."""
    others = with_same_files({still.id}) - {still.id}
    return set(db.session.scalars(select(Still.id).where(Still.id.in_(others), is_shown())))


def with_same_files(still_ids: set[uuid.UUID]) -> set[uuid.UUID]:
    """Return some stills of one scheme, and all of it with the same bytes or pixels."""
    known = select(Still.scheme_id, Still.file_token, Still.pixel_token)
    rows = db.session.execute(known.where(Still.id.in_(still_ids))).all()
    found = select(Still.id).where(
        Still.scheme_id.in_({row.scheme_id for row in rows}),
        or_(
            Still.file_token.in_({row.file_token for row in rows} - {None}),
            Still.pixel_token.in_({row.pixel_token for row in rows} - {None}),
        ),
    )
    return still_ids | set(db.session.scalars(found))


def kin_of(still_ids: set[uuid.UUID]) -> set[uuid.UUID]:
    """Return some stills with all that are the same for sure: by their bytes, or by a person."""
    kin = still_ids
    while (more := groups_of(with_same_files(kin))) != kin:
        kin = more
    return kin


def apart_from(still_ids: set[uuid.UUID]) -> set[uuid.UUID]:
    """Return the stills that a person said are not some still, nor any of its kin."""
    kin = kin_of(still_ids)
    found = select(PossibleDuplicate.earlier_id, PossibleDuplicate.later_id).where(
        or_(PossibleDuplicate.earlier_id.in_(kin), PossibleDuplicate.later_id.in_(kin)),
        PossibleDuplicate.verdict.in_(APART),
    )
    others = {one for row in db.session.execute(found) for one in row} - kin
    return kin_of(others) - kin if others else set()


def pairs_between(one: set[uuid.UUID], other: set[uuid.UUID]) -> list[PossibleDuplicate]:
    """List the open pairs of a still of one set with a still of the other."""
    pair = PossibleDuplicate
    found = select(pair).where(_between(one, other), pair.verdict == Verdict.OPEN)
    return list(db.session.scalars(found.order_by(pair.id)))


def answers_within(still_ids: set[uuid.UUID]) -> list[PossibleDuplicate]:
    """List the pairs of some stills that a person called the same, each by its own answer."""
    pair = PossibleDuplicate
    found = select(pair).where(
        pair.earlier_id.in_(still_ids),
        pair.later_id.in_(still_ids),
        pair.verdict == Verdict.SAME,
        pair.follows_id.is_(None),
    )
    return list(db.session.scalars(found.order_by(pair.id)))


def answers_apart(one: set[uuid.UUID], other: set[uuid.UUID]) -> list[PossibleDuplicate]:
    """List the pairs of two sets that a person told apart, each by its own answer."""
    pair = PossibleDuplicate
    found = select(pair).where(
        _between(one, other), pair.verdict.in_(APART), pair.follows_id.is_(None)
    )
    return list(db.session.scalars(found.order_by(pair.id)))


def followed_answers(still_ids: set[uuid.UUID]) -> list[PossibleDuplicate]:
    """List the pairs of some stills whose answer followed from another pair's."""
    pair = PossibleDuplicate
    found = select(pair).where(
        or_(pair.earlier_id.in_(still_ids), pair.later_id.in_(still_ids)),
        pair.follows_id.is_not(None),
    )
    return list(db.session.scalars(found.order_by(pair.id)))


def find_pair(one: uuid.UUID, other: uuid.UUID) -> PossibleDuplicate | None:
    """Return the pair of two stills, whichever came first."""
    earlier, later = sorted((one, other))
    return db.session.scalar(
        select(PossibleDuplicate).where(
            PossibleDuplicate.earlier_id == earlier, PossibleDuplicate.later_id == later
        )
    )


def findings_of_later(later_id: uuid.UUID) -> list[Finding]:
    """List what was found of a still and those before it, whatever became of it."""
    found = select(PossibleDuplicate.finding).where(PossibleDuplicate.later_id == later_id)
    return list(db.session.scalars(found))


def cameras_of(actor: Actor) -> list[Camera]:
    """List the scheme's cameras by premises, and by number within them."""
    found = select(Camera).join(Premises).where(Camera.scheme_id == actor.scheme_id)
    return list(db.session.scalars(found.order_by(Premises.name, Premises.id, Camera.number)))


def get_camera(actor: Actor, camera_id: uuid.UUID) -> Camera:
    """Return a camera of the scheme as it is now. Raises Missing."""
    camera = db.session.get(Camera, camera_id, populate_existing=True)
    if camera is None or camera.scheme_id != actor.scheme_id:
        raise Missing
    return camera


def stills_of_camera(
    actor: Actor,
    camera_id: uuid.UUID,
    *,
    after: uuid.UUID | None = None,
    limit: int | None = None,
) -> list[uuid.UUID]:
    """List a camera's stills that are shown, newest first, from one of them on. Raises Missing."""
    camera = get_camera(actor, camera_id)
    found = (
        select(CameraStill.still_id)
        .join(Still, Still.id == CameraStill.still_id)
        .where(CameraStill.camera_id == camera.id, is_shown())
    )
    if after is not None:
        found = found.where(CameraStill.still_id < after)
    return list(db.session.scalars(found.order_by(CameraStill.still_id.desc()).limit(limit)))


def camera_of(still_id: uuid.UUID) -> Camera | None:
    """Return the camera that a still is of, where that is known."""
    return db.session.scalar(
        select(Camera)
        .join(CameraStill, CameraStill.camera_id == Camera.id)
        .where(CameraStill.still_id == still_id)
    )


def cameras_of_stills(still_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, Camera]:
    """Return the camera of each of some stills that has one."""
    found = (
        select(CameraStill.still_id, Camera)
        .join(Camera, Camera.id == CameraStill.camera_id)
        .where(CameraStill.still_id.in_(set(still_ids)))
    )
    return {row[0]: row[1] for row in db.session.execute(found)}


def places_of_stills(still_ids: set[uuid.UUID]) -> dict[uuid.UUID, uuid.UUID | None]:
    """Return the camera of each still that was put under one; None where it was taken out."""
    found = select(CameraStill.still_id, CameraStill.camera_id)
    rows = db.session.execute(found.where(CameraStill.still_id.in_(still_ids)))
    return {row.still_id: row.camera_id for row in rows}


def placed_by_answer(pair_id: uuid.UUID) -> list[CameraStill]:
    """List what the answer to a pair put under a camera, and is there still."""
    found = select(CameraStill).where(
        CameraStill.answer_id == pair_id, CameraStill.camera_id.is_not(None)
    )
    return list(db.session.scalars(found))


def placed_since(camera_id: uuid.UUID | None, moment: datetime) -> bool:
    """Say whether anything came under a camera after a moment."""
    found = select(CameraStill.still_id).where(
        CameraStill.camera_id == camera_id, CameraStill.put_at > moment
    )
    return db.session.scalars(found.limit(1)).first() is not None


def scene_of(still_id: uuid.UUID) -> set[uuid.UUID]:
    """Return the stills of the same camera as this one, itself included."""
    camera = select(CameraStill.camera_id).where(CameraStill.still_id == still_id)
    found = select(CameraStill.still_id).where(CameraStill.camera_id.in_(camera))
    return {still_id} | set(db.session.scalars(found))


def has_fingerprint(still_id: uuid.UUID, version: int) -> bool:
    """Say whether a still has a fingerprint that the code can read."""
    row = db.session.get(Fingerprint, still_id)
    return row is not None and row.version == version


def _between(one: set[uuid.UUID], other: set[uuid.UUID]) -> ColumnElement[bool]:
    """Select the pairs of a still of one set with a still of the other."""
    pair = PossibleDuplicate
    return or_(
        pair.earlier_id.in_(one) & pair.later_id.in_(other),
        pair.earlier_id.in_(other) & pair.later_id.in_(one),
    )


def _queue(actor: Actor, but: Collection[uuid.UUID]) -> Select[PossibleDuplicate]:
    """Select the pairs that wait for a person, both of whose pictures are shown to the actor."""
    earlier, later = aliased(Still), aliased(Still)
    back = [one.id.not_in(some) for some in kept_back(actor) for one in (earlier, later)]
    return (
        select(PossibleDuplicate)
        .join(earlier, earlier.id == PossibleDuplicate.earlier_id)
        .join(later, later.id == PossibleDuplicate.later_id)
        .where(
            PossibleDuplicate.scheme_id == actor.scheme_id,
            PossibleDuplicate.verdict == Verdict.OPEN,
            PossibleDuplicate.finding != Finding.SAME_CAMERA,
            PossibleDuplicate.id.not_in(but),
            shown_now(earlier),
            shown_now(later),
            *back,
        )
    )
