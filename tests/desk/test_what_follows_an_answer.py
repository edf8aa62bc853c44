"""What follows an answer, who lets in the people of a group, and what open desks hear."""

import json
import re
import uuid
from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask import Flask

from disc.access.actor import Actor, Role
from disc.core.database import db
from disc.core.mail import Message
from disc.core.outbox import Lane, Outbox
from disc.core.transaction import writing
from disc.desk import deciding
from disc.desk.models import Act, ItemKind, PendingDecision
from disc.gallery.models import Subject
from disc.matching.asking_again import ask_again
from disc.matching.models import Finding, PossibleDuplicate, Verdict
from disc.matching.queries import find_pair
from disc.matching.service import Found, judge, suggest
from disc.members import joining
from disc.members.models import Member, MemberGroup, MemberState
from disc.stills.models import Still
from disc.stills.service import hide_still
from tests.desk.deciding import take_effect
from tests.desk.kinds import decided, item_of, read, wait
from tests.desk.pairing import paired, sent
from tests.pictures import picture
from tests.story import in_gallery
from tests.world import World

Heard = Callable[[str], list[dict[str, str]]]


def state_of(member_id: uuid.UUID) -> MemberState:
    db.session.rollback()
    return db.session.get_one(Member, member_id).state


def a_pair(world: World, *seeds: int, finding: Finding = Finding.SAME_MOMENT) -> uuid.UUID:
    member, place = world.here.actor("member"), world.here.premises_id
    return paired(*(sent(member, place, picture(seed)) for seed in seeds), finding)


def test_a_camera_is_offered_to_be_named_once_the_answer_took_effect(world: World) -> None:
    pair, other = a_pair(world, 71, 72), a_pair(world, 73, 74)
    manager = world.browser("administrator")
    path = f"/desk/duplicates/{pair}"
    manager.get(path)
    answer = manager.post(f"{path}/judge", {"verdict": "same camera"})
    assert answer.location == f"/desk/duplicates/{other}"
    assert "Name the camera" not in manager.get(answer.location).text
    take_effect()
    for page in (path, answer.location, "/desk/queue"):
        assert "Name the camera" in manager.get(page).text, page
    assert "Name the camera" not in world.browser("sub_administrator").get("/desk/queue").text
    link = re.search(r'href="(/desk/cameras/[^"]+)">Name', manager.get(answer.location).text)
    assert link
    assert link[1].endswith(f"?then={other}")
    named = {"name": "Front door", "then": str(other)}
    assert manager.post(f"{link[1].split('?')[0]}/name", named).location == answer.location
    for page in (path, answer.location, "/desk/queue"):
        assert "Name the camera" not in manager.get(page).text, page


def test_two_records_of_one_picture_are_offered_to_be_joined(world: World) -> None:
    stills = [in_gallery(world.here, seed=seed)[1] for seed in (1, 2)]
    people = sorted(str(one) for one in db.session.scalars(sa.select(Subject.id)))
    pair_id = paired(min(stills), max(stills))
    manager = world.browser("administrator")
    path = f"/desk/duplicates/{pair_id}"
    manager.get(path)
    assert manager.post(f"{path}/judge", {"verdict": "same"}).location == "/desk/queue"
    link = f'href="/people/{people[1]}/join?other={people[0]}"'
    assert link not in manager.get(path).text
    take_effect()
    for page in (path, "/desk/queue"):
        assert link in manager.get(page).text, page
    manager.post(f"{path}/again")
    assert link not in manager.get("/desk/queue").text


def in_the_group(world: World) -> uuid.UUID:
    world.here.actor("group_manager")  # who makes the group
    member_id = wait(world.here, "second_member")
    with writing():
        group = db.session.get_one(MemberGroup, world.here.group_id)
        assert group in db.session.get_one(Member, member_id).groups
    return member_id


def let_in(actor: Actor, member_id: uuid.UUID) -> None:
    seen = read(member_id)
    deciding.decide_joiner_later(actor, member_id, Act.APPROVE, seen=seen)


def test_a_group_manager_lets_somebody_in_and_takes_it_back_on_their_page(world: World) -> None:
    member_id = in_the_group(world)
    manager = world.browser("group_manager")
    path = f"/desk/members/people/{member_id}"
    manager.get(path)
    answer = manager.post(f"{path}/approved", {"seen": read(member_id)})
    assert answer.location == path
    page = manager.get(path).text
    assert "Let in by you" in page
    assert world.browser("administrator").post(f"{path}/undone").status_code == 404
    assert manager.post(f"{path}/undone").status_code == 303
    assert manager.post(f"{path}/undone").status_code == 404
    take_effect()
    assert state_of(member_id) is MemberState.WAITING
    manager.post(f"{path}/approved", {"seen": read(member_id)})
    take_effect()
    assert state_of(member_id) is MemberState.ACTIVE


def test_a_group_manager_who_lost_the_group_lets_nobody_in(world: World) -> None:
    member_id = in_the_group(world)
    with writing():
        let_in(world.here.actor("group_manager"), member_id)
    with writing():
        db.session.get_one(Member, member_id).groups = []
    take_effect()
    assert state_of(member_id) is MemberState.WAITING
    page = world.browser("administrator").get(f"/desk/members/people/{member_id}").text
    assert "The person who decided may not decide any more." in page


def test_a_leader_who_waits_for_the_board_is_not_let_in_ten_seconds_later(world: World) -> None:
    member_id = wait(world.here, "far_member")
    with writing():
        let_in(world.here.actor("administrator"), member_id)
    with writing():
        db.session.get_one(Member, member_id).role = Role.DPO
    take_effect()
    assert state_of(member_id) is MemberState.WAITING


def test_the_letter_leads_to_the_site_on_which_it_was_decided(world: World) -> None:
    member_id = wait(world.here, "far_member")
    manager = world.browser("administrator")
    manager.get(f"/desk/members/people/{member_id}")
    manager.post(f"/desk/members/people/{member_id}/approved", {"seen": read(member_id)})
    db.session.rollback()
    [row] = db.session.scalars(sa.select(PendingDecision)).all()
    origin = json.loads(row.payload)["origin"]
    assert origin.startswith("http")
    take_effect()
    letters = db.session.scalars(sa.select(Message).where(Message.member_id == member_id)).all()
    assert [f"{origin}/sign-in" in one.body for one in letters] == [True]


@pytest.fixture
def live_rows(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Heard:
    """Leave what is told live in the outbox, and return who would hear of which thing."""
    monkeypatch.setitem(app.extensions["outbox"], Lane.LIVE, lambda _row_id: None)

    def heard(listener: str) -> list[dict[str, str]]:
        db.session.rollback()
        asked = sa.select(Outbox).where(Outbox.listener == f"desk.listeners.{listener}")
        found = [row.payload for row in db.session.scalars(asked.order_by(Outbox.id))]
        with writing():
            db.session.execute(sa.delete(Outbox).where(Outbox.lane == Lane.LIVE))
        return found

    return heard


def test_pairs_that_come_are_answered_and_go_reach_open_desks(
    world: World, live_rows: Heard
) -> None:
    pair = item_of(world.here, ItemKind.PAIR)
    assert [one["pair_id"] for one in live_rows("tell_pair")] == [str(pair.id)]
    decided(world.here, pair)
    told = live_rows("tell_changed")
    assert {(one["kind"], one["item_id"]) for one in told} == {("pair", str(pair.id))}
    take_effect()
    assert [one["pair_id"] for one in live_rows("tell_pair")] == [str(pair.id)]
    manager = world.here.actor("administrator")
    still = db.session.scalars(sa.select(Still)).first()
    with writing():
        hide_still(manager, db.session.get_one(Still, still.id), hidden=True)
    assert [one["still_id"] for one in live_rows("tell_pairs_gone")] == [str(still.id)]


def test_pairs_that_one_act_changes_are_told_of_once(world: World, live_rows: Heard) -> None:
    manager, place = world.here.actor("administrator"), world.here.premises_id
    stills = [sent(world.here.actor("member"), place, picture(seed)) for seed in (94, 95, 96)]
    live_rows("tell_pair")
    with writing():
        found = [Found(still_id=one, finding=Finding.PROBABLY) for one in stills[:2]]
        assert suggest(db.session.get_one(Still, stills[2]), found) == 2
    assert len(live_rows("tell_pair")) == 1
    first = paired(stills[0], stills[1])
    second = find_pair(stills[1], stills[2])
    for pair in (first, second.id):
        live_rows("tell_pair")
        with writing():
            judge(manager, pair, Verdict.SAME)
        assert [one["pair_id"] for one in live_rows("tell_pair")] == [str(pair)]
    db.session.rollback()
    assert find_pair(stills[0], stills[2]).follows_id == second.id
    with writing():
        ask_again(manager, second.id)
    assert [one["pair_id"] for one in live_rows("tell_pair")] == [str(second.id)]
    assert find_pair(stills[0], stills[2]).verdict is Verdict.OPEN


def test_names_that_come_and_go_reach_open_desks(world: World, live_rows: Heard) -> None:
    names = item_of(world.here, ItemKind.NAMES)
    assert [one["subject_id"] for one in live_rows("tell_answers")] == [str(names.id)]
    decided(world.here, names)
    take_effect()
    assert [one["subject_id"] for one in live_rows("tell_answers")] == [str(names.id)]


def test_joiners_that_come_and_go_reach_open_desks(world: World, live_rows: Heard) -> None:
    joiner = item_of(world.here, ItemKind.JOINER)
    live_rows("tell_joiner")
    decided(world.here, joiner)
    take_effect()
    assert [one["member_id"] for one in live_rows("tell_joiner")] == [str(joiner.id)]
    second = wait(world.here, "second_member")
    with writing():
        joining.approve(world.here.actor("administrator"), db.session.get_one(Member, second))
    assert [one["member_id"] for one in live_rows("tell_joiner")] == [str(second)]


def test_an_answer_that_followed_from_others_meanwhile_is_no_problem(world: World) -> None:
    member, place = world.here.actor("member"), world.here.premises_id
    a, b, c = (sent(member, place, picture(seed)) for seed in (91, 92, 93))
    pairs = [paired(*two) for two in ((a, b), (b, c), (a, c))]
    for pair in pairs:
        with writing():
            deciding.judge_later(world.here.actor("administrator"), pair, Verdict.SAME)
    take_effect()
    found = {one.id: one for one in db.session.scalars(sa.select(PossibleDuplicate))}
    assert [found[pair].verdict for pair in pairs] == [Verdict.SAME] * 3
    assert found[pairs[2]].follows_id == pairs[1]
    assert db.session.scalars(sa.select(PendingDecision)).all() == []


def test_a_verdict_that_is_none_is_no_decision(world: World) -> None:
    pair = item_of(world.here, ItemKind.PAIR)
    with pytest.raises(ValueError, match="open"), writing():
        deciding.judge_later(world.here.actor("administrator"), pair.id, Verdict.OPEN)
    with writing():
        judge(world.here.actor("administrator"), pair.id, Verdict.SAME)
