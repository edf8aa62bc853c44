"""Which pictures come under one camera: never copies alone, nor what a person took out."""

import uuid

import pytest
from flask import Flask
from sqlalchemy import select

from disc.core.audit import AuditEvent
from disc.core.database import db
from disc.core.errors import Missing
from disc.core.transaction import writing
from disc.matching import comparing
from disc.matching.models import Camera, Finding, Verdict
from disc.matching.queries import camera_of, cameras_of, stills_of_camera
from disc.matching.rebuilding import rebuild
from disc.matching.service import judge, name_camera, suggest_same_files, take_out_of_camera
from disc.stills.models import Still
from disc.stills.service import hide_still
from tests.at_once import at_once
from tests.likenesses import again, pairs, suggested, taken_in
from tests.pictures import picture
from tests.world import World


def answer(world: World, one: uuid.UUID, other: uuid.UUID, verdict: Verdict) -> None:
    earlier, later = sorted((one, other))
    pair_id = pairs()[earlier, later].id
    with writing():
        judge(world.here.actor("administrator"), pair_id, verdict)


def camera_id_of(still_id: uuid.UUID) -> uuid.UUID:
    camera = camera_of(still_id)
    assert camera is not None
    return camera.id


def take_out(world: World, still_id: uuid.UUID) -> bool:
    camera_id = camera_id_of(still_id)
    with writing():
        return take_out_of_camera(world.here.actor("administrator"), camera_id, still_id)


@pytest.mark.parametrize("finding", [Finding.SAME_FILE, Finding.SAME_STILL, Finding.PROBABLY])
def test_copies_alone_make_no_camera(world: World, finding: Finding) -> None:
    first, second = taken_in(world.here, 1), taken_in(world.here, 2)
    suggested(second, first, finding=finding)
    assert list(db.session.scalars(select(Camera))) == []


@pytest.mark.parametrize("finding", [Finding.SAME_MOMENT, Finding.SAME_CAMERA])
def test_two_moments_make_one_and_a_copy_goes_where_its_original_is(
    world: World, finding: Finding
) -> None:
    first, second, copy = (taken_in(world.here, seed) for seed in (1, 2, 3))
    elsewhere = taken_in(world.here, 4, elsewhere=True)
    suggested(second, first, finding=finding)
    suggested(copy, first, finding=Finding.SAME_STILL)
    suggested(elsewhere, first, finding=Finding.SAME_STILL)
    assert camera_of(first) == camera_of(second) == camera_of(copy) != None  # noqa: E711
    assert camera_of(elsewhere) is None


def test_the_same_file_goes_where_any_of_its_copies_is(world: World) -> None:
    far = taken_in(world.here, 1, elsewhere=True)
    near, other = taken_in(world.here, 1), taken_in(world.here, 2)
    suggested(other, near, finding=Finding.SAME_CAMERA)
    copy = taken_in(world.here, 1)
    with writing():
        suggest_same_files(db.session.get_one(Still, copy))
    assert (far, copy) in pairs()
    assert camera_of(copy) == camera_of(near) is not None


def test_copies_that_came_before_go_along_when_the_camera_is_made(world: World) -> None:
    first, copy = taken_in(world.here, 1), taken_in(world.here, 2)
    suggested(copy, first, finding=Finding.PROBABLY)
    third, fourth = taken_in(world.here, 3), taken_in(world.here, 3)
    suggested(third, copy, finding=Finding.SAME_CAMERA)
    assert camera_of(first) is None
    assert camera_of(copy) == camera_of(third) is not None
    with writing():
        suggest_same_files(db.session.get_one(Still, fourth))
    assert camera_of(fourth) == camera_of(third)


def test_what_a_person_took_out_is_not_put_back_by_the_machine(world: World) -> None:
    manager = world.here.actor("administrator")
    first, second, third = (taken_in(world.here, seed) for seed in (1, 2, 3))
    suggested(second, first, finding=Finding.SAME_CAMERA)
    suggested(third, second, finding=Finding.SAME_CAMERA)
    camera_id = camera_id_of(first)
    assert take_out(world, third)
    suggested(third, first, second, finding=Finding.SAME_CAMERA)
    copy = taken_in(world.here, 3)
    suggested(copy, first, finding=Finding.SAME_CAMERA)
    edited = taken_in(world.here, 5)
    suggested(edited, third, finding=Finding.SAME_STILL)
    fourth = taken_in(world.here, 4)
    suggested(fourth, third, finding=Finding.SAME_CAMERA)
    assert stills_of_camera(manager, camera_id) == [second, first]
    assert [camera_of(one) for one in (third, copy, edited, fourth)] == [None] * 4
    (row,) = db.session.scalars(
        select(AuditEvent).where(AuditEvent.act == "picture taken out of camera")
    )
    assert (row.target_id, row.detail) == (camera_id, f"picture {third}")


def test_it_stays_out_after_a_rebuild_and_when_it_was_hidden_meanwhile(world: World) -> None:
    manager = world.here.actor("administrator")
    first = taken_in(world.here, data=picture(5))
    second = taken_in(world.here, data=again(picture(5)))
    comparing.compare(first)
    comparing.compare(second)
    answer(world, first, second, Verdict.SAME_CAMERA)
    assert take_out(world, second)
    assert not take_out(world, first)
    with writing():
        hide_still(manager, db.session.get_one(Still, second), hidden=True)
    with writing():
        hide_still(manager, db.session.get_one(Still, second), hidden=False)
    comparing.compare(second)
    list(rebuild(world.here.scheme_id))
    assert cameras_of(manager) == []
    assert (camera_of(first), camera_of(second)) == (None, None)


def test_a_person_may_put_it_back(world: World) -> None:
    first, second = taken_in(world.here, 1), taken_in(world.here, 2)
    suggested(second, first, finding=Finding.SAME_CAMERA)
    take_out(world, second)
    answer(world, first, second, Verdict.SAME_CAMERA)
    assert camera_of(second) == camera_of(first) is not None


def test_a_picture_is_taken_out_of_the_camera_it_is_under_and_no_other(world: World) -> None:
    first, second, third = (taken_in(world.here, seed) for seed in (1, 2, 3))
    suggested(second, first, finding=Finding.SAME_CAMERA)
    camera_id = camera_id_of(first)
    for who, still_id in (
        (world.here.actor("administrator"), third),
        (world.there.actor("administrator"), first),
    ):
        with pytest.raises(Missing), writing():
            take_out_of_camera(who, camera_id, still_id)
    take_out(world, first)
    with pytest.raises(Missing), writing():
        take_out_of_camera(world.here.actor("administrator"), camera_id, first)


def test_of_two_who_take_one_picture_out_at_once_one_finds_it_gone(
    world: World, app: Flask
) -> None:
    manager = world.here.actor("administrator")
    first, second = taken_in(world.here, 1), taken_in(world.here, 2)
    suggested(second, first, finding=Finding.SAME_CAMERA)
    camera_id = camera_id_of(first)
    db.session.rollback()
    refused = at_once(
        app,
        lambda: take_out_of_camera(manager, camera_id, second),
        lambda: take_out_of_camera(manager, camera_id, second),
    )
    assert refused == ["missing"]
    assert stills_of_camera(manager, camera_id) == [first]


def test_the_same_file_goes_along_with_others_that_have_no_camera(world: World) -> None:
    free, placed, other = (taken_in(world.here, seed) for seed in (1, 1, 2))
    suggested(other, placed, finding=Finding.SAME_CAMERA)
    copy = taken_in(world.here, 1)
    with writing():
        suggest_same_files(db.session.get_one(Still, copy))
    assert camera_of(copy) == camera_of(free) == camera_of(other) is not None


def test_a_camera_with_a_name_stays_when_its_last_picture_is_taken_out(world: World) -> None:
    manager = world.here.actor("administrator")
    first, second = taken_in(world.here, 1), taken_in(world.here, 2)
    suggested(second, first, finding=Finding.SAME_CAMERA)
    with writing():
        name_camera(manager, camera_id_of(first), "Door")
    assert take_out(world, first)
    assert take_out(world, second)
    assert [one.title for one in cameras_of(manager)] == ["Door"]


def test_two_cameras_that_are_joined_keep_both_names(world: World) -> None:
    manager = world.here.actor("administrator")
    a, b, c, d = (taken_in(world.here, seed) for seed in range(4))
    suggested(b, a, finding=Finding.SAME_CAMERA)
    suggested(d, c, finding=Finding.SAME_CAMERA)
    suggested(d, b)
    with writing():
        name_camera(manager, camera_id_of(a), "Door")
        name_camera(manager, camera_id_of(c), "Tills")
    kept, gone = camera_id_of(a), camera_id_of(c)
    answer(world, b, d, Verdict.SAME_CAMERA)
    assert [one.name for one in cameras_of(manager)] == ["Door / Tills"]
    (row,) = db.session.scalars(select(AuditEvent).where(AuditEvent.act == "cameras joined"))
    assert (row.target_id, row.detail) == (kept, f"with {gone}")
