"""What was found is suggested; what a person answers is recorded, and followed in their groups.

Whatever changes pairs, groups or cameras takes its turn within the scheme first: two answers, or
an answer and a new finding, then never pass each other unseen. Each part is short.
"""

import uuid
from dataclasses import dataclass

from sqlalchemy import delete, func, or_, select

from disc.access.actor import Actor
from disc.core import audit, clock
from disc.core.database import db, new_id
from disc.core.errors import Missing, Stale
from disc.core.outbox import publish
from disc.core.vault import seal
from disc.matching import cameras
from disc.matching.events import PairChanged
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
    """Suggest one still of the same bytes or pixels, and return how many pairs are new.

    It is the earliest that did not come together with it: others would say the same once more,
    and leave no room for what is only like it. Later ones, which were told before this one was
    there or shown, are given it in the same way, so that their order does not matter.
    """
    shown = sorted(same_files(still) | {still.id})
    made: list[PossibleDuplicate] = []
    for later_id in shown[shown.index(still.id) :]:
        first = _first_of(shown, later_id)
        if first is not None and still.id in {first, later_id}:
            later = db.session.get_one(Still, later_id)
            made += _suggest_new(later, [Found(still_id=first, finding=Finding.SAME_FILE)])
    return _tell(made)


def suggest(still: Still, found: list[Found]) -> int:
    """Suggest what a still is like, likeliest first, and return how many are new.

    What is hidden or gone, is known already, was answered by a person, or came together with it,
    is left out. Stills of one camera of the same premises are put under that camera.
    """
    return _tell(_suggest_new(still, found))


def _suggest_new(still: Still, found: list[Found]) -> list[PossibleDuplicate]:
    asked = {still.id, *(one.still_id for one in found)}
    shown = set(db.session.scalars(select(Still.id).where(Still.id.in_(asked), is_shown())))
    if still.id not in shown:
        return []
    present = [one for one in found if one.still_id in shown]
    apart = apart_from({still.id})
    alike = [(one.still_id, one.finding) for one in present if one.still_id not in apart]
    cameras.put_by_itself(still, alike)
    known = apart | group_of(still.id) | came_with(still.id)
    made = [_suggest(still, one) for one in present if one.still_id not in known]
    return [pair for pair in made if pair is not None]


def _tell(pairs: list[PossibleDuplicate]) -> int:
    """Tell once of pairs that were found together, and return how many they are."""
    for pair in pairs[:1]:
        publish(PairChanged(scheme_id=pair.scheme_id, pair_id=pair.id))
    return len(pairs)


def judge(actor: Actor, pair_id: uuid.UUID, verdict: Verdict) -> PossibleDuplicate:
    """Record a person's answer about a pair, and what follows from it. Raises Missing, Stale.

    Nothing of the two stills changes: neither owner, authority nor day. SAME joins their groups,
    SAME_CAMERA puts both under one camera, and none of the answers is asked for again between
    other members of the same groups.
    """
    if verdict is Verdict.OPEN:
        raise ValueError("a person answers something")
    pair = hold_open(actor, pair_id)
    _answer(actor, pair, verdict)
    _tell([pair])
    if verdict is Verdict.SAME:
        _join_groups(pair)
        _follow_same(actor, pair)
        return pair
    if verdict is Verdict.SAME_CAMERA:
        cameras.put_under_one_camera(actor, pair)
    one, other = kin_of({pair.earlier_id}), kin_of({pair.later_id})
    if not one & other:
        _answer_between(actor, pair, one, other, verdict)
    return pair


def hold_open(actor: Actor, pair_id: uuid.UUID) -> PossibleDuplicate:
    """Return a pair that waits for an answer, so that nobody else gives one. Raises Missing, Stale.

    Stale is raised once somebody has answered it.
    """
    take_turn(actor.scheme_id)
    pair = hold_pair(get_pair(actor, pair_id))
    if pair.verdict is not Verdict.OPEN:
        raise Stale
    return pair


def hold_pair(pair: PossibleDuplicate) -> PossibleDuplicate:
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


def name_camera(actor: Actor, camera_id: uuid.UUID, name: str) -> Camera:
    """Give a camera a name, or take it away with an empty one. Raises Missing."""
    take_turn(actor.scheme_id)
    camera = get_camera(actor, camera_id)
    camera.name = " ".join(name.split())
    audit.record(audit.by(actor, "camera named", "camera", camera.id))
    return camera


def take_out_of_camera(actor: Actor, camera_id: uuid.UUID, still_id: uuid.UUID) -> bool:
    """Take a still out of its camera; return whether the camera is left. Raises Missing.

    A camera goes with its last still unless it has a name.
    """
    take_turn(actor.scheme_id)
    cameras.take_out(actor, camera_id, still_id)
    tidy(actor.scheme_id)
    return db.session.get(Camera, camera_id) is not None


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
    cameras.remove_empty(scheme_id)


def _first_of(same: list[uuid.UUID], still_id: uuid.UUID) -> uuid.UUID | None:
    """Return the earliest of some same files that came before one, and not together with it."""
    together = came_with(still_id)
    return next((one for one in same if one < still_id and one not in together), None)


def _suggest(still: Still, found: Found) -> PossibleDuplicate | None:
    """Add a pair once, in the order of the two keys, which is the order of arrival."""
    earlier, later = sorted((still.id, found.still_id))
    if find_pair(earlier, later) is not None or not _has_room(later, found.finding):
        return None
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
    return pair


def _has_room(later_id: uuid.UUID, finding: Finding) -> bool:
    known = findings_of_later(later_id)
    if finding is Finding.SAME_CAMERA and known.count(finding) >= MOST_OF_A_CAMERA:
        return False
    return len(known) < MOST_SUGGESTIONS


def _answer(
    actor: Actor, pair: PossibleDuplicate, verdict: Verdict, follows_id: uuid.UUID | None = None
) -> None:
    pair.verdict, pair.follows_id = verdict, follows_id
    pair.decided_by_id, pair.decided_at = actor.id, clock.now()
    act = f"pictures judged {verdict.value}"
    detail = f"by the answer to {follows_id}" if follows_id else ""
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
        _answer(actor, open_pair, verdict, pair.id)


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
