"""An answer that is taken back: what it alone caused goes with it, and nothing else does."""

import uuid

import pytest
from flask import Flask
from sqlalchemy import select

from disc.core.audit import AuditEvent
from disc.core.database import db
from disc.core.errors import Missing, Stale
from disc.core.jobs import drain
from disc.core.transaction import writing
from disc.matching.asking_again import ask_again
from disc.matching.models import Camera, Finding, PictureGroup, PossibleDuplicate, Verdict
from disc.matching.queries import camera_of, cameras_of, group_of
from disc.matching.rules import components
from disc.matching.service import judge, name_camera, take_out_of_camera
from disc.stills.models import Still
from disc.stills.service import erase_still, hide_still
from tests.at_once import at_once
from tests.likenesses import pairs, suggested, taken_in
from tests.whole_app.rows import nothing_changes
from tests.world import World


def pair_of(one: uuid.UUID, other: uuid.UUID) -> PossibleDuplicate:
    earlier, later = sorted((one, other))
    return pairs()[earlier, later]


def answer(world: World, one: uuid.UUID, other: uuid.UUID, verdict: Verdict) -> None:
    pair_id = pair_of(one, other).id
    with writing():
        judge(world.here.actor("administrator"), pair_id, verdict)


def again(world: World, one: uuid.UUID, other: uuid.UUID) -> bool:
    pair_id = pair_of(one, other).id
    with writing():
        return ask_again(world.here.actor("administrator"), pair_id)


def verdicts() -> list[Verdict]:
    return [pair.verdict for _, pair in sorted(pairs().items())]


def some(world: World, count: int) -> list[uuid.UUID]:
    return [taken_in(world.here, seed) for seed in range(count)]


@pytest.mark.parametrize("verdict", [Verdict.SAME, Verdict.DIFFERENT, Verdict.SAME_CAMERA])
def test_the_pair_is_open_as_before_and_can_be_answered_otherwise(
    world: World, verdict: Verdict
) -> None:
    a, b = some(world, 2)
    suggested(b, a)
    answer(world, a, b, verdict)
    assert not again(world, a, b)
    pair = pair_of(a, b)
    assert (pair.verdict, pair.decided_by_id, pair.decided_at) == (Verdict.OPEN, None, None)
    assert group_of(a) == {a}
    assert list(db.session.scalars(select(PictureGroup))) == []
    assert list(db.session.scalars(select(Camera))) == []
    answer(world, a, b, Verdict.SAME)
    assert group_of(a) == {a, b}


def test_a_group_falls_apart_where_that_answer_held_it_together(world: World) -> None:
    a, b, c, d = some(world, 4)
    suggested(b, a)
    suggested(d, c)
    suggested(c, a, b)
    for one, other in ((a, b), (c, d), (b, c)):
        answer(world, one, other, Verdict.SAME)
    assert group_of(a) == {a, b, c, d}
    assert pair_of(a, c).follows_id == pair_of(b, c).id
    again(world, b, c)
    assert (group_of(a), group_of(c)) == ({a, b}, {c, d})
    assert {pair_of(b, c).verdict, pair_of(a, c).verdict} == {Verdict.OPEN}
    assert {pair_of(a, b).verdict, pair_of(c, d).verdict} == {Verdict.SAME}


def test_what_follows_from_two_answers_goes_with_either(world: World) -> None:
    a, b, c = some(world, 3)
    suggested(b, a)
    suggested(c, a, b)
    answer(world, a, b, Verdict.SAME)
    answer(world, b, c, Verdict.SAME)
    assert pair_of(a, c).follows_id == pair_of(b, c).id
    again(world, a, b)
    assert pair_of(a, c).verdict is Verdict.OPEN
    assert (group_of(a), group_of(b)) == ({a}, {b, c})


def test_what_others_answered_too_stays_and_says_from_which(world: World) -> None:
    a, b, c, d = some(world, 4)
    suggested(c, a, b)
    suggested(d, a, b)
    suggested(b, a)
    answer(world, a, c, Verdict.DIFFERENT)
    answer(world, b, c, Verdict.DIFFERENT)
    suggested(d, c)
    answer(world, a, b, Verdict.SAME)
    answer(world, c, d, Verdict.SAME)
    assert pair_of(a, d).follows_id == pair_of(c, d).id
    again(world, a, c)
    assert pair_of(a, c).verdict is Verdict.OPEN
    assert pair_of(a, d).verdict is Verdict.DIFFERENT
    assert pair_of(a, d).follows_id == pair_of(b, c).id
    again(world, b, c)
    assert {pair_of(a, d).verdict, pair_of(b, d).verdict} == {Verdict.OPEN}
    assert {pair_of(a, b).verdict, pair_of(c, d).verdict} == {Verdict.SAME}


def test_different_is_asked_again_of_the_copies_too(world: World) -> None:
    a, b, c = some(world, 3)
    copy = taken_in(world.here, 0)
    suggested(c, a)
    suggested(copy, c)
    answer(world, a, c, Verdict.DIFFERENT)
    assert pair_of(copy, c).verdict is Verdict.DIFFERENT
    again(world, a, c)
    assert pair_of(copy, c).verdict is Verdict.OPEN
    assert suggested(b, c) == 1


def test_an_answer_that_followed_is_taken_back_with_the_one_it_followed(world: World) -> None:
    a, b, c = some(world, 3)
    suggested(b, a)
    suggested(c, a, b)
    answer(world, a, b, Verdict.SAME)
    answer(world, b, c, Verdict.DIFFERENT)
    with nothing_changes(), pytest.raises(Stale):
        again(world, a, c)
    again(world, b, c)
    assert pair_of(a, c).verdict is Verdict.OPEN


def test_an_open_pair_is_taken_back_by_nobody_nor_what_is_hidden_or_anothers(
    world: World,
) -> None:
    a, b = some(world, 2)
    suggested(b, a)
    with pytest.raises(Stale):
        again(world, a, b)
    answer(world, a, b, Verdict.SAME)
    pair_id = pair_of(a, b).id
    with pytest.raises(Missing), writing():
        ask_again(world.there.actor("administrator"), pair_id)
    with writing():
        hide_still(world.here.actor("administrator"), db.session.get_one(Still, a), hidden=True)
    with pytest.raises(Missing):
        again(world, a, b)
    assert pair_of(a, b).verdict is Verdict.SAME


def test_of_two_who_ask_again_at_once_one_comes_too_late(world: World, app: Flask) -> None:
    manager = world.here.actor("administrator")
    a, b = some(world, 2)
    suggested(b, a)
    answer(world, a, b, Verdict.SAME)
    pair_id = pair_of(a, b).id
    refused = at_once(
        app, lambda: bool(ask_again(manager, pair_id)), lambda: bool(ask_again(manager, pair_id))
    )
    assert refused == ["stale"]
    assert pair_of(a, b).verdict is Verdict.OPEN


def test_what_the_answer_put_under_a_camera_comes_out_again(world: World) -> None:
    a, b = some(world, 2)
    c = taken_in(world.here, 2, elsewhere=True)
    suggested(b, a, finding=Finding.SAME_CAMERA)
    suggested(c, b)
    known = camera_of(a)
    answer(world, b, c, Verdict.SAME_CAMERA)
    assert camera_of(c) == known
    assert not again(world, b, c)
    assert (camera_of(a), camera_of(b), camera_of(c)) == (known, known, None)


def test_where_it_cannot_be_told_the_camera_stays_as_it_is(world: World) -> None:
    a, b, c = some(world, 3)
    d = taken_in(world.here, 3, elsewhere=True)
    suggested(b, a)
    answer(world, a, b, Verdict.SAME_CAMERA)
    suggested(c, b, finding=Finding.SAME_MOMENT)
    assert camera_of(c) == camera_of(a)
    assert again(world, a, b)
    assert camera_of(a) == camera_of(b) == camera_of(c)
    suggested(d, c)
    answer(world, c, d, Verdict.SAME_CAMERA)
    assert not again(world, c, d)
    assert camera_of(d) is None


def test_two_cameras_that_an_answer_made_one_stay_one(world: World) -> None:
    manager = world.here.actor("administrator")
    a, b, c, d = some(world, 4)
    suggested(b, a, finding=Finding.SAME_CAMERA)
    suggested(d, c, finding=Finding.SAME_CAMERA)
    suggested(d, b)
    answer(world, b, d, Verdict.SAME_CAMERA)
    assert again(world, b, d)
    (camera,) = cameras_of(manager)
    assert {camera_of(one) for one in (a, b, c, d)} == {camera}


def test_what_was_taken_out_of_the_camera_is_out_whatever_is_taken_back(world: World) -> None:
    manager = world.here.actor("administrator")
    a, b = some(world, 2)
    suggested(b, a)
    answer(world, a, b, Verdict.SAME_CAMERA)
    camera = camera_of(b)
    assert camera is not None
    with writing():
        take_out_of_camera(manager, camera.id, b)
    assert not again(world, a, b)
    assert (camera_of(a), camera_of(b)) == (None, None)
    suggested(b, a, finding=Finding.SAME_CAMERA)
    assert camera_of(b) is None


def test_a_camera_with_a_name_stays_without_pictures(world: World) -> None:
    manager = world.here.actor("administrator")
    a, b = some(world, 2)
    suggested(b, a)
    answer(world, a, b, Verdict.SAME_CAMERA)
    camera = camera_of(a)
    assert camera is not None
    with writing():
        name_camera(manager, camera.id, "Door")
    assert not again(world, a, b)
    assert [one.title for one in cameras_of(manager)] == ["Door"]
    assert camera_of(a) is None


def test_an_answer_whose_reason_is_erased_stands_by_itself(world: World) -> None:
    a, b, c = some(world, 3)
    suggested(b, a)
    suggested(c, a, b)
    answer(world, a, b, Verdict.SAME)
    answer(world, b, c, Verdict.SAME)
    with writing():
        erase_still(db.session.get_one(Still, b))
    drain()
    assert pair_of(a, c).follows_id is None
    again(world, a, c)
    assert pair_of(a, c).verdict is Verdict.OPEN
    assert (group_of(a), group_of(c)) == ({a}, {c})


def test_each_pair_that_is_asked_again_is_in_the_audit(world: World) -> None:
    a, b, c = some(world, 3)
    suggested(b, a)
    suggested(c, a, b)
    answer(world, a, b, Verdict.SAME)
    answer(world, b, c, Verdict.SAME)
    again(world, b, c)
    told = [
        (row.target_id, row.detail)
        for row in db.session.scalars(select(AuditEvent).order_by(AuditEvent.position))
        if row.act == "pictures asked again"
    ]
    assert told == [(pair_of(b, c).id, ""), (pair_of(a, c).id, f"with {pair_of(b, c).id}")]


def test_what_hangs_together_does_so_in_any_order() -> None:
    a, b, c, d, e = (uuid.UUID(int=each) for each in range(5))
    for links in ([(a, b), (c, d), (b, c)], [(b, c), (a, b), (d, c)]):
        assert components(links) == [{a, b, c, d}]
    assert sorted(map(len, components([(a, b), (d, e)]))) == [2, 2]
    assert components([]) == []
