"""An answer is undone: the pair is open again, and what that answer alone caused is taken back."""

import uuid

from sqlalchemy import delete, select

from disc.access.actor import Actor
from disc.core import audit
from disc.core.database import db, new_id
from disc.core.errors import Stale
from disc.core.outbox import publish
from disc.matching import cameras
from disc.matching.events import PairChanged
from disc.matching.models import GroupedStill, PictureGroup, PossibleDuplicate, Verdict
from disc.matching.queries import (
    answers_apart,
    answers_within,
    followed_answers,
    get_pair,
    group_of,
    groups_of,
    kin_of,
)
from disc.matching.rules import components
from disc.matching.service import hold_pair, take_turn, tidy


def ask_again(actor: Actor, pair_id: uuid.UUID) -> bool:
    """Open an answered pair again; say whether its pictures stay under one camera even so.

    Groups are made again from what people answered about other pairs. An answer that followed
    from this one stays if it follows from others too; else its pair is open again. Raises
    Missing; and Stale where the pair is open already, or only followed from another answer.
    """
    take_turn(actor.scheme_id)
    pair = hold_pair(get_pair(actor, pair_id))
    if pair.verdict is Verdict.OPEN or pair.follows_id is not None:
        raise Stale
    kin, verdict = kin_of({pair.earlier_id, pair.later_id}), pair.verdict
    stay = verdict is Verdict.SAME_CAMERA and cameras.take_back(pair)
    _open(actor, pair)
    if verdict is Verdict.SAME:
        _group_again(actor.scheme_id, groups_of({pair.earlier_id, pair.later_id}))
    for followed in followed_answers(kin):
        reason = _reason(followed)
        if reason is None:
            _open(actor, followed, f"with {pair.id}")
        else:
            followed.follows_id = reason
    db.session.flush()
    tidy(actor.scheme_id)
    publish(PairChanged(scheme_id=pair.scheme_id, pair_id=pair.id))
    return stay


def _open(actor: Actor, pair: PossibleDuplicate, detail: str = "") -> None:
    pair.verdict = Verdict.OPEN
    pair.decided_by_id = pair.decided_at = pair.follows_id = None
    audit.record(audit.by(actor, "pictures asked again", "possible_duplicate", pair.id, detail))
    db.session.flush()


def _reason(followed: PossibleDuplicate) -> uuid.UUID | None:
    """Return the pair from whose answer a person need not be asked about another, if any is left.

    That is the one it followed from, where that still holds.
    """
    if followed.verdict is Verdict.SAME:
        group = group_of(followed.earlier_id)
        reasons = answers_within(group) if followed.later_id in group else []
    else:
        reasons = answers_apart(kin_of({followed.earlier_id}), kin_of({followed.later_id}))
    found = [one.id for one in reasons]
    return followed.follows_id if followed.follows_id in found else next(iter(found), None)


def _group_again(scheme_id: uuid.UUID, still_ids: set[uuid.UUID]) -> None:
    """Make the groups of some stills from the answers that people gave about pairs of them.

    A still that was held only by one that is erased since stands alone from then on.
    """
    held = GroupedStill.still_id.in_(still_ids)
    groups = set(db.session.scalars(select(GroupedStill.group_id).where(held)))
    same = [(one.earlier_id, one.later_id) for one in answers_within(still_ids)]
    db.session.execute(delete(GroupedStill).where(held))
    db.session.execute(delete(PictureGroup).where(PictureGroup.id.in_(groups)))
    for part in components(same):
        _make_group(scheme_id, part)


def _make_group(scheme_id: uuid.UUID, still_ids: set[uuid.UUID]) -> None:
    group = PictureGroup(id=new_id(), scheme_id=scheme_id)
    db.session.add(group)
    db.session.flush()
    db.session.add_all(
        GroupedStill(still_id=one, scheme_id=scheme_id, group_id=group.id) for one in still_ids
    )
    db.session.flush()
