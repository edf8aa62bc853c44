"""One of each kind of what waits, and a decision about it."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from disc.access.actor import Actor
from disc.core.database import db
from disc.core.transaction import writing
from disc.desk import deciding
from disc.desk.models import Act, ItemKind
from disc.gallery.identifying import decide, identify, manager_version
from disc.gallery.models import AnswerOutcome, Identification, Sureness
from disc.gallery.queries import get_subject
from disc.incidents import service as incidents
from disc.incidents.models import Incident, IncidentState
from disc.matching.models import Finding, PossibleDuplicate, Verdict
from disc.matching.service import judge
from disc.members import joining
from disc.members.managing import seen_of
from disc.members.models import Member, MemberState
from tests.desk.pairing import sent_twice
from tests.pictures import picture
from tests.story import in_gallery, reported
from tests.world import Place

KINDS = tuple(ItemKind)
ACTS = {
    ItemKind.REPORT: "report rejected",
    ItemKind.PAIR: "pictures judged different",
    ItemKind.NAMES: "answer handled",
    ItemKind.JOINER: "member refused",
}
"""What the audit calls the effect of each decision."""


@dataclass
class Item:
    """Something that waits. ``form`` is the address and the fields by which a page decides."""

    kind: ItemKind
    id: uuid.UUID
    page: str
    form: tuple[str, dict[str, Any]]
    decide: Callable[[Actor], uuid.UUID]
    elsewhere: Callable[[Actor], object]
    """Decides otherwise, at once, as by another way."""
    happened: Callable[[], bool]


def item_of(place: Place, kind: ItemKind) -> Item:
    """Let something of a kind wait."""
    made = {
        ItemKind.REPORT: _report,
        ItemKind.PAIR: _pair,
        ItemKind.NAMES: _names,
        ItemKind.JOINER: _joiner,
    }
    return made[kind](place)


def decided(place: Place, item: Item, who: str = "administrator") -> uuid.UUID:
    """Write the decision down; return by which number it is undone."""
    with writing():
        return item.decide(place.actor(who))


def read(member_id: uuid.UUID) -> str:
    """Return what tells how a manager reads somebody now."""
    return seen_of(db.session.get_one(Member, member_id))


def wait(place: Place, who: str) -> uuid.UUID:
    """Let one of the place's people wait to be let in."""
    member_id = place.actor(who).id
    with writing():
        db.session.get_one(Member, member_id).state = MemberState.WAITING
    return member_id


def _report(place: Place) -> Item:
    incident_id = reported(place)

    def rejected() -> bool:
        db.session.rollback()
        return db.session.get_one(Incident, incident_id).state is IncidentState.REJECTED

    path = f"/desk/reports/{incident_id}"
    return Item(
        ItemKind.REPORT,
        incident_id,
        path,
        (f"{path}/reject", {"why": "unclear", "version": "0"}),
        lambda actor: deciding.reject_later(actor, incident_id, "Not needed.", version=0),
        lambda actor: incidents.accept(actor, incident_id, None),
        rejected,
    )


def _pair(place: Place) -> Item:
    pair_id = sent_twice(place, picture(61), picture(161), Finding.SAME_FILE, None)

    def answered() -> bool:
        db.session.rollback()
        return db.session.get_one(PossibleDuplicate, pair_id).verdict is Verdict.DIFFERENT

    return Item(
        ItemKind.PAIR,
        pair_id,
        f"/desk/duplicates/{pair_id}",
        (f"/desk/duplicates/{pair_id}/judge", {"verdict": "different"}),
        lambda actor: deciding.judge_later(actor, pair_id, Verdict.DIFFERENT),
        lambda actor: judge(actor, pair_id, Verdict.SAME),
        answered,
    )


def _names(place: Place) -> Item:
    subject_id, _ = in_gallery(place, seed=62)
    with writing():
        subject = get_subject(place.actor("administrator"), subject_id)
        member = place.actor("second_member")
        told = identify(member, subject, "Invented Surname", "By the gait", Sureness.SURE)
        answer_id, seen = told.id, manager_version([told])

    def handled() -> bool:
        db.session.rollback()
        told = db.session.get_one(Identification, answer_id)
        return told.outcome is AnswerOutcome.NOT_USED

    said = {"decision": "not used", "answers": [str(answer_id)], "seen": seen}
    return Item(
        ItemKind.NAMES,
        subject_id,
        f"/desk/answers?about={subject_id}",
        (f"/desk/answers/{subject_id}", said),
        lambda actor: deciding.answer_later(
            actor, subject_id, [answer_id], AnswerOutcome.NOT_USED, seen=seen
        ),
        lambda actor: decide(actor, subject_id, [answer_id], AnswerOutcome.LOOKING, seen=seen),
        handled,
    )


def _joiner(place: Place) -> Item:
    member_id = wait(place, "far_member")

    def refused() -> bool:
        db.session.rollback()
        return db.session.get_one(Member, member_id).state is MemberState.LEFT

    path, seen = f"/desk/members/people/{member_id}", read(member_id)
    return Item(
        ItemKind.JOINER,
        member_id,
        path,
        (f"{path}/refused", {"seen": seen}),
        lambda actor: deciding.decide_joiner_later(actor, member_id, Act.REJECT, seen=seen),
        lambda actor: joining.approve(actor, db.session.get_one(Member, member_id)),
        refused,
    )
