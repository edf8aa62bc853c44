"""What is suggested about stills that were found alike, and what never is."""

import uuid
from itertools import permutations

import pytest
from sqlalchemy import select

from disc.core import clock
from disc.core.database import db
from disc.core.errors import Missing
from disc.core.transaction import writing
from disc.matching.models import Finding, GroupedStill, PossibleDuplicate, Verdict
from disc.matching.queries import (
    camera_of,
    cameras_of,
    count_open_pairs,
    evidence_of,
    get_camera,
    get_pair,
    open_pairs,
    pairs_of,
    same_files,
    stills_of_camera,
)
from disc.matching.service import Found, judge, suggest, suggest_same_files
from disc.stills.models import Still
from disc.stills.service import erase_still, hide_still, note_pixels
from tests.likenesses import likeness, pairs, suggested, taken_in
from tests.whole_app.rows import nothing_changes
from tests.world import World


def test_a_pair_stands_in_the_order_of_arrival_and_its_evidence_is_sealed(world: World) -> None:
    first, second = taken_in(world.here, 1), taken_in(world.here, 2)
    assert suggested(second, first) == 1
    pair = pairs()[first, second]
    assert (pair.finding, pair.distance, pair.verdict) == (Finding.PROBABLY, 12, Verdict.OPEN)
    assert evidence_of(pair) == likeness()
    assert b"inliers" not in (pair.evidence or b"")


def test_evidence_found_out_of_order_is_turned_round(world: World) -> None:
    first, second = taken_in(world.here, 1), taken_in(world.here, 2)
    suggested(first, second)
    told = evidence_of(pairs()[first, second])
    assert told is not None
    assert told.homography == (2.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0)
    (box,) = told.changed
    assert (box.left, box.top, box.right, box.bottom) == pytest.approx((0.2, 0.2, 0.6, 0.4))


def test_evidence_copied_to_another_pair_does_not_open(world: World) -> None:
    first, second, third = (taken_in(world.here, seed) for seed in (1, 2, 3))
    suggested(third, first, second)
    with writing():
        found = pairs()
        found[second, third].evidence = found[first, third].evidence
    assert evidence_of(pairs()[second, third]) is None


def test_what_is_suggested_again_changes_nothing(world: World) -> None:
    first, second = taken_in(world.here, 1), taken_in(world.here, 2)
    suggested(second, first)
    with nothing_changes():
        assert suggested(second, first) == 0
        assert suggested(first, second) == 0


def test_a_still_is_suggested_five_earlier_ones_and_two_of_its_camera(world: World) -> None:
    earlier = [taken_in(world.here, seed) for seed in range(9)]
    later = taken_in(world.here, 10)
    assert suggested(later, *earlier[:4], finding=Finding.SAME_CAMERA) == 2
    assert suggested(later, *earlier[4:]) == 3
    assert len(pairs()) == 5
    another = taken_in(world.here, 11)
    assert suggested(another, later) == 1


def test_same_files_take_one_place_and_leave_room_for_what_is_like_it(world: World) -> None:
    same = [taken_in(world.here, 1) for _ in range(8)]
    others = [taken_in(world.here, seed) for seed in range(2, 8)]
    with writing():
        for one in same:
            suggest_same_files(db.session.get_one(Still, one))
    assert sorted(pairs()) == [(same[0], one) for one in same[1:]]
    last = taken_in(world.here, 1)
    with writing():
        assert suggest_same_files(db.session.get_one(Still, last)) == 1
    assert suggested(last, *others) == 4


@pytest.mark.parametrize("order", list(permutations(range(4))))
def test_same_files_make_the_same_pairs_in_any_order(
    world: World, monkeypatch: pytest.MonkeyPatch, order: tuple[int, ...]
) -> None:
    same = [taken_in(world.here, 1) for _ in range(4)]
    together = {same[0]: {same[1]}, same[1]: {same[0]}}
    monkeypatch.setattr("disc.matching.service.came_with", lambda one: together.get(one, set()))
    for at in order:
        with writing():
            suggest_same_files(db.session.get_one(Still, same[at]))
    assert set(pairs()) == {(same[0], same[2]), (same[0], same[3])}


def test_a_same_file_that_is_shown_again_is_suggested_to_those_that_came_meanwhile(
    world: World,
) -> None:
    manager = world.here.actor("administrator")
    first, second = taken_in(world.here, 1), taken_in(world.here, 1)
    with writing():
        hide_still(manager, db.session.get_one(Still, first), hidden=True)
    with writing():
        assert suggest_same_files(db.session.get_one(Still, second)) == 0
        assert suggest_same_files(db.session.get_one(Still, first)) == 0
    with writing():
        hide_still(manager, db.session.get_one(Still, first), hidden=False)
    with writing():
        assert suggest_same_files(db.session.get_one(Still, first)) == 1
    assert list(pairs()) == [(first, second)]


def test_a_cameras_other_moments_fill_no_queue(world: World) -> None:
    manager = world.here.actor("administrator")
    first, second, third = (taken_in(world.here, seed) for seed in (1, 2, 3))
    suggested(second, first, finding=Finding.SAME_CAMERA)
    suggested(third, first)
    assert [pair.later_id for pair in open_pairs(manager)] == [third]
    assert count_open_pairs(manager) == 1
    assert {pair.later_id for pair in pairs_of({first})} == {second, third}


def test_the_queue_begins_with_the_likeliest(world: World) -> None:
    first, *others = (taken_in(world.here, seed) for seed in range(5))
    order = [Finding.SAME_MOMENT, Finding.PROBABLY, Finding.SAME_STILL, Finding.SAME_FILE]
    for still, finding in zip(others, order, strict=True):
        suggested(still, first, finding=finding)
    found = open_pairs(world.here.actor("administrator"))
    assert [pair.finding for pair in found] == order[::-1]


def test_the_same_findings_of_a_still_stay_in_the_order_in_which_they_were_found(
    world: World,
) -> None:
    *earlier, later = (taken_in(world.here, seed) for seed in range(4))
    found = [earlier[n] for n in (1, 0, 2)]
    told = [
        Found(still_id=one, finding=Finding.SAME_STILL, likeness=likeness(distance=distance))
        for one, distance in zip(found, (30, 20, 10), strict=True)
    ]
    with writing():
        suggest(db.session.get_one(Still, later), told)
    assert [pair.earlier_id for pair in pairs_of({later})] == found
    assert [pair.earlier_id for pair in open_pairs(world.here.actor("administrator"))] == found


def test_a_hidden_still_is_in_no_queue_and_is_compared_with_nothing(world: World) -> None:
    manager = world.here.actor("administrator")
    first, second, third = (taken_in(world.here, seed) for seed in (1, 2, 3))
    suggested(second, first)
    with writing():
        hide_still(manager, db.session.get_one(Still, first), hidden=True)
    assert open_pairs(manager) == []
    assert count_open_pairs(manager) == 0
    assert suggested(third, first) == 0
    assert suggested(first, third) == 0


@pytest.mark.parametrize("day", ["hide_on", "erase_on"])
def test_a_still_past_its_own_day_is_in_no_queue_before_the_sweep(world: World, day: str) -> None:
    manager = world.here.actor("administrator")
    first, second = (taken_in(world.here, seed) for seed in (1, 2))
    suggested(second, first)
    with writing():
        setattr(db.session.get_one(Still, first), day, clock.today())
    assert open_pairs(manager) == []
    assert count_open_pairs(manager) == 0


def test_an_erased_still_is_suggested_no_more(world: World) -> None:
    first, second = taken_in(world.here, 1), taken_in(world.here, 2)
    with writing():
        erase_still(db.session.get_one(Still, first))
    assert suggested(second, first) == 0
    assert camera_of(second) is None


def test_the_same_pixels_in_another_file_are_the_same_file(world: World) -> None:
    first, second, third = (taken_in(world.here, seed) for seed in (1, 2, 3))
    with writing():
        for one in (first, second):
            note_pixels(db.session.get_one(Still, one), "0" * 64)
    assert same_files(db.session.get_one(Still, first)) == {second}
    assert same_files(db.session.get_one(Still, third)) == set()


def test_stills_of_one_camera_gather_under_the_premises_that_sent_them(world: World) -> None:
    manager = world.here.actor("administrator")
    first, second, third = (taken_in(world.here, seed) for seed in (1, 2, 3))
    suggested(second, first, finding=Finding.SAME_CAMERA)
    suggested(third, second, finding=Finding.SAME_STILL)
    (camera,) = cameras_of(manager)
    assert (camera.premises_id, camera.number, camera.title) == (
        world.here.premises_id,
        1,
        "Camera 1",
    )
    assert stills_of_camera(manager, camera.id) == [third, second, first]
    fourth, fifth = taken_in(world.here, 4), taken_in(world.here, 5)
    suggested(fifth, fourth, finding=Finding.SAME_MOMENT)
    assert [one.number for one in cameras_of(manager)] == [1, 2]


def test_the_machine_joins_no_cameras_and_none_of_two_premises(world: World) -> None:
    manager = world.here.actor("administrator")
    here, there = taken_in(world.here, 1), taken_in(world.here, 2, elsewhere=True)
    suggested(there, here, finding=Finding.SAME_STILL)
    assert cameras_of(manager) == []
    a, b, c, d = (taken_in(world.here, seed) for seed in (3, 4, 5, 6))
    suggested(b, a, finding=Finding.SAME_CAMERA)
    suggested(d, c, finding=Finding.SAME_CAMERA)
    suggested(d, b, finding=Finding.SAME_CAMERA)
    assert len(cameras_of(manager)) == 2
    assert camera_of(d) == camera_of(c)


def test_another_scheme_has_neither_the_pair_nor_the_camera(world: World) -> None:
    first, second = taken_in(world.here, 1), taken_in(world.here, 2)
    suggested(second, first, finding=Finding.SAME_MOMENT)
    stranger = world.there.actor("administrator")
    camera = camera_of(first)
    assert camera is not None
    for row_id, get in ((pairs()[first, second].id, get_pair), (camera.id, get_camera)):
        with pytest.raises(Missing):
            get(stranger, row_id)
    assert open_pairs(stranger) == []
    assert cameras_of(stranger) == []


def test_every_row_says_whose_it_is(world: World) -> None:
    first, second = taken_in(world.here, 1), taken_in(world.here, 2)
    suggested(second, first)
    with writing():
        judge(world.here.actor("administrator"), pairs()[first, second].id, Verdict.SAME)
    rows: list[uuid.UUID] = [
        *db.session.scalars(select(PossibleDuplicate.scheme_id)),
        *db.session.scalars(select(GroupedStill.scheme_id)),
    ]
    assert set(rows) == {world.here.scheme_id}
