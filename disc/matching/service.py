"""What was found is suggested; what a person answers is recorded, and followed in their groups.

Whatever changes pairs, groups or cameras takes its turn within the scheme first: two answers, or
an answer and a new finding, then never pass each other unseen. Each part is short.
"""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import delete, func, or_, select, update

from disc.access.actor import Actor
from disc.core import audit, clock
from disc.core.database import db, new_id
from disc.core.errors import Missing, Stale
from disc.core.keys import erase_key
from disc.core.vault import seal
from disc.matching.likeness.evidence import Likeness
from disc.matching.models import (
    Camera,
    CameraStill,
    Finding,
    Fingerprint,
    GroupedStill,
    PictureGroup,
    PossibleDuplicate,
    Verdict,
)
from disc.matching.ports import came_with
from disc.matching.queries import (
    apart_from,
    camera_of,
    cameras_of_stills,
    evidence_context,
    find_pair,
    findings_of_later,
    get_camera,
    get_pair,
    group_of,
    groups_of,
    is_shown,
    kin_of,
    pairs_between,
    same_files,
    sketch_context,
)
from disc.matching.rules import turned
from disc.members.models import Scheme
from disc.stills.models import Still

MOST_SUGGESTIONS = 5
"""Earlier stills suggested for one still: a manager reads no more."""
MOST_OF_A_CAMERA = 2
"""Of them, other moments of the same camera: they would crowd out the copies."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A still that another one is like. A same file comes without likeness: nothing is aligned."""

    still_id: uuid.UUID
    finding: Finding
    likeness: Likeness | None = None


def take_turn(scheme_id: uuid.UUID) -> None:
    """Let one transaction at a time change what the scheme's pictures are to each other."""
    turn = select(Scheme.id).where(Scheme.id == scheme_id).with_for_update(key_share=True)
    db.session.execute(turn)


def store_fingerprint(still: Still, sketch: bytes, version: int) -> None:
    """Keep a still's packed sketch, sealed under the still's own key, in place of an older one."""
    row = db.session.get(Fingerprint, still.id) or Fingerprint(
        still_id=still.id, scheme_id=still.scheme_id
    )
    row.sketch = seal(still.open_key(), sketch, sketch_context(still))
    row.version, row.made_at, row.again = version, clock.now(), False
    db.session.add(row)
    db.session.flush()


def forget_fingerprint(still_id: uuid.UUID) -> None:
    """Remove a still's fingerprint alone: its picture cannot be read, or shows too little."""
    db.session.execute(delete(Fingerprint).where(Fingerprint.still_id == still_id))


def suggest_same_files(still: Still) -> int:
    """Suggest the stills that are the same file or have the same pixels; return how many."""
    others = sorted(same_files(still), reverse=True)
    return suggest(still, [Found(still_id=one, finding=Finding.SAME_FILE) for one in others])


def suggest(still: Still, found: list[Found]) -> int:
    """Suggest what a still is like, likeliest first, and return how many are new.

    What is hidden or gone, is known already, was answered by a person, or came together with it,
    is left out. Stills of one camera of the same premises are put under that camera.
    """
    asked = {still.id, *(one.still_id for one in found)}
    shown = set(db.session.scalars(select(Still.id).where(Still.id.in_(asked), is_shown())))
    if still.id not in shown:
        return 0
    present = [one for one in found if one.still_id in shown]
    apart = apart_from({still.id})
    _group_by_camera(still, [one for one in present if one.still_id not in apart])
    known = apart | group_of(still.id) | came_with(still.id)
    return sum(_suggest(still, one) for one in present if one.still_id not in known)


def judge(actor: Actor, pair_id: uuid.UUID, verdict: Verdict) -> PossibleDuplicate:
    """Record a person's answer about a pair, and what follows from it. Raises Missing, Stale.

    Nothing of the two stills changes: neither owner, authority nor day. SAME joins their groups,
    SAME_CAMERA puts both under one camera, and none of the answers is asked for again between
    other members of the same groups.
    """
    if verdict is Verdict.OPEN:
        raise ValueError("a person answers something")
    take_turn(actor.scheme_id)
    pair = _held(get_pair(actor, pair_id))
    if pair.verdict is not Verdict.OPEN:
        raise Stale
    _answer(actor, pair, verdict)
    if verdict is Verdict.SAME:
        _join_groups(pair)
        _follow_same(actor, pair)
        return pair
    if verdict is Verdict.SAME_CAMERA:
        _put_under_one_camera(pair)
    one, other = kin_of({pair.earlier_id}), kin_of({pair.later_id})
    if not one & other:
        _answer_between(actor, pair, one, other, verdict)
    return pair


def name_camera(actor: Actor, camera_id: uuid.UUID, name: str) -> Camera:
    """Give a camera a name, or take it away with an empty one. Raises Missing."""
    camera = get_camera(actor, camera_id)
    camera.name = " ".join(name.split())
    audit.record(audit.by(actor, "camera named", "camera", camera.id))
    return camera


def forget_still(still_id: uuid.UUID) -> None:
    """Remove all that is known of an erased still, and groups and cameras that it leaves empty."""
    for table in (Fingerprint, GroupedStill, CameraStill):
        db.session.execute(delete(table).where(table.still_id == still_id))
    pair = PossibleDuplicate
    db.session.execute(
        delete(pair).where(or_(pair.earlier_id == still_id, pair.later_id == still_id))
    )


def tidy(scheme_id: uuid.UUID) -> None:
    """Remove groups of fewer than two stills, and nameless cameras without any."""
    lonely = (
        select(PictureGroup.id)
        .outerjoin(GroupedStill, GroupedStill.group_id == PictureGroup.id)
        .where(PictureGroup.scheme_id == scheme_id)
        .group_by(PictureGroup.id)
        .having(func.count(GroupedStill.still_id) <= 1)
    )
    groups = set(db.session.scalars(lonely))
    db.session.execute(delete(GroupedStill).where(GroupedStill.group_id.in_(groups)))
    db.session.execute(delete(PictureGroup).where(PictureGroup.id.in_(groups)))
    seen = select(CameraStill.camera_id).where(CameraStill.scheme_id == scheme_id)
    empty = (
        Camera.scheme_id == scheme_id,
        Camera.name_sealed.is_(None),
        Camera.id.not_in(seen),
    )
    for camera in db.session.scalars(select(Camera).where(*empty)):
        _remove_camera(camera)
    db.session.flush()


def _suggest(still: Still, found: Found) -> bool:
    """Add a pair once, in the order of the two keys, which is the order of arrival."""
    earlier, later = sorted((still.id, found.still_id))
    if find_pair(earlier, later) is not None or not _has_room(later, found.finding):
        return False
    likeness = found.likeness
    if likeness is not None and later != still.id:
        likeness = turned(likeness)
    pair = PossibleDuplicate(
        id=new_id(),
        scheme_id=still.scheme_id,
        earlier_id=earlier,
        later_id=later,
        finding=found.finding,
        distance=0 if likeness is None else likeness.distance,
    )
    if likeness is not None:
        key = db.session.get_one(Still, later).open_key()
        pair.evidence = seal(key, likeness.packed(), evidence_context(pair))
    db.session.add(pair)
    db.session.flush()
    return True


def _has_room(later_id: uuid.UUID, finding: Finding) -> bool:
    known = findings_of_later(later_id)
    if finding is Finding.SAME_CAMERA and known.count(finding) >= MOST_OF_A_CAMERA:
        return False
    return len(known) < MOST_SUGGESTIONS


def _held(pair: PossibleDuplicate) -> PossibleDuplicate:
    """Return a pair as it is now, so that nobody else answers it.

    Raises Missing where one of both is hidden or erased: nobody answers what they cannot see.
    """
    fresh = (
        select(PossibleDuplicate)
        .where(PossibleDuplicate.id == pair.id)
        .with_for_update(of=PossibleDuplicate)
        .execution_options(populate_existing=True)
    )
    held = db.session.scalar(fresh)
    gone = select(Still.id).where(Still.id.in_({pair.earlier_id, pair.later_id}), ~is_shown())
    if held is None or db.session.scalars(gone).first() is not None:
        raise Missing
    return held


def _answer(actor: Actor, pair: PossibleDuplicate, verdict: Verdict, detail: str = "") -> None:
    pair.verdict = verdict
    pair.decided_by_id, pair.decided_at = actor.id, clock.now()
    act = f"pictures judged {verdict.value}"
    audit.record(audit.by(actor, act, "possible_duplicate", pair.id, detail))
    db.session.flush()


def _answer_between(
    actor: Actor,
    pair: PossibleDuplicate,
    one: set[uuid.UUID],
    other: set[uuid.UUID],
    verdict: Verdict,
) -> None:
    """Give the open pairs between two sets the answer that one pair's answer means for them."""
    for open_pair in pairs_between(one, other):
        _answer(actor, open_pair, verdict, f"by the answer to {pair.id}")


def _follow_same(actor: Actor, pair: PossibleDuplicate) -> None:
    """Answer what a person need not be asked now that two groups are one."""
    group = groups_of({pair.earlier_id, pair.later_id})
    _answer_between(actor, pair, group, group, Verdict.SAME)
    _answer_between(actor, pair, group, apart_from(group), Verdict.DIFFERENT)


def _join_groups(pair: PossibleDuplicate) -> None:
    """Put both stills, and all that is grouped with them, into one group."""
    stills = groups_of({pair.earlier_id, pair.later_id})
    rows = {
        row.still_id: row
        for row in db.session.scalars(select(GroupedStill).where(GroupedStill.still_id.in_(stills)))
    }
    groups = sorted({row.group_id for row in rows.values()})
    if not groups:
        made = PictureGroup(id=new_id(), scheme_id=pair.scheme_id)
        db.session.add(made)
        db.session.flush()
        groups = [made.id]
    for still_id in stills - set(rows):
        db.session.add(
            GroupedStill(still_id=still_id, scheme_id=pair.scheme_id, group_id=groups[0])
        )
    for row in rows.values():
        row.group_id = groups[0]
    db.session.flush()
    db.session.execute(delete(PictureGroup).where(PictureGroup.id.in_(groups[1:])))


def _group_by_camera(still: Still, found: list[Found]) -> None:
    """Put a still under the camera of its likeliest match from the same premises.

    Pictures travel between shops, so a match from elsewhere says nothing about whose camera it
    was. A still that has a camera keeps it, and two cameras are joined by a person alone.
    """
    if camera_of(still.id) is not None:
        return
    near = set(
        db.session.scalars(
            select(Still.id).where(
                Still.id.in_({one.still_id for one in found}),
                Still.premises_id == still.premises_id,
            )
        )
    )
    matches = [one.still_id for one in found if one.still_id in near]
    cameras = cameras_of_stills(matches)
    of_here = [
        camera
        for one in matches
        if (camera := cameras.get(one)) is not None and camera.premises_id == still.premises_id
    ]
    free = [one for one in matches if one not in cameras]
    if of_here:
        _put_under(of_here[0], [still.id])
    elif free:
        _put_under(_new_camera(still.scheme_id, still.premises_id), [still.id, free[0]])


def _put_under_one_camera(pair: PossibleDuplicate) -> None:
    """Put a pair under one camera: one that is known, or a new one of the earlier's premises."""
    cameras = cameras_of_stills([pair.earlier_id, pair.later_id])
    kept = cameras.get(pair.earlier_id) or cameras.get(pair.later_id)
    if kept is None:
        earlier = db.session.get_one(Still, pair.earlier_id)
        kept = _new_camera(pair.scheme_id, earlier.premises_id)
    for camera in cameras.values():
        if camera.id != kept.id:
            _join_cameras(kept, camera)
    _put_under(kept, [one for one in (pair.earlier_id, pair.later_id) if one not in cameras])


def _join_cameras(kept: Camera, other: Camera) -> None:
    """Make one camera of two; a name is not lost unless both have one."""
    if not kept.name:
        kept.name = other.name
    moved = update(CameraStill).where(CameraStill.camera_id == other.id)
    db.session.execute(moved.values(camera_id=kept.id))
    _remove_camera(other)
    db.session.flush()


def _remove_camera(camera: Camera) -> None:
    """Delete a camera with the key that its name is sealed under."""
    erase_key(camera)
    db.session.delete(camera)


def _new_camera(scheme_id: uuid.UUID, premises_id: uuid.UUID) -> Camera:
    """Add a camera with the next number of its premises."""
    last = select(func.max(Camera.number)).where(Camera.premises_id == premises_id)
    camera = Camera(
        id=new_id(),
        scheme_id=scheme_id,
        premises_id=premises_id,
        number=(db.session.scalar(last) or 0) + 1,
    )
    db.session.add(camera)
    db.session.flush()
    return camera


def _put_under(camera: Camera, still_ids: Iterable[uuid.UUID]) -> None:
    for still_id in still_ids:
        db.session.add(
            CameraStill(still_id=still_id, scheme_id=camera.scheme_id, camera_id=camera.id)
        )
    db.session.flush()
