"""What a person answers about two pictures, and what nobody is asked after that."""

import uuid

import pytest
from flask import Flask
from sqlalchemy import select

from disc.core.audit import AuditEvent
from disc.core.database import db
from disc.core.errors import Missing, Stale
from disc.core.jobs import drain
from disc.core.keys import DataKey, erase_key
from disc.core.transaction import writing
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
from disc.matching.queries import camera_of, cameras_of, group_of, pairs_of, stills_of_camera
from disc.matching.service import judge, name_camera
from disc.stills.models import Still
from disc.stills.service import erase_still
from tests.at_once import at_once
from tests.likenesses import pairs, suggested, taken_in
from tests.world import World


def answer(world: World, one: uuid.UUID, other: uuid.UUID, verdict: Verdict) -> None:
    earlier, later = sorted((one, other))
    pair_id = pairs()[earlier, later].id
    with writing():
        judge(world.here.actor("administrator"), pair_id, verdict)


def verdict_of(one: uuid.UUID, other: uuid.UUID) -> Verdict:
    earlier, later = sorted((one, other))
    return pairs()[earlier, later].verdict


def keys() -> set[uuid.UUID]:
    db.session.rollback()
    return set(db.session.scalars(select(DataKey.id)))


def some(world: World, count: int) -> list[uuid.UUID]:
    return [taken_in(world.here, seed) for seed in range(count)]


def test_the_same_joins_groups_and_changes_nothing_else_of_the_stills(world: World) -> None:
    a, b, c, d = some(world, 4)
    before = {one.id: (one.premises_id, one.erase_on) for one in db.session.scalars(select(Still))}
    suggested(b, a)
    suggested(d, c)
    suggested(d, b)
    answer(world, a, b, Verdict.SAME)
    answer(world, c, d, Verdict.SAME)
    assert (group_of(a), group_of(c)) == ({a, b}, {c, d})
    answer(world, b, d, Verdict.SAME)
    assert group_of(a) == {a, b, c, d}
    assert len(list(db.session.scalars(select(PictureGroup)))) == 1
    after = {one.id: (one.premises_id, one.erase_on) for one in db.session.scalars(select(Still))}
    assert after == before


def test_a_still_nobody_judged_is_a_group_of_its_own(world: World) -> None:
    assert group_of(one := taken_in(world.here)) == {one}


def test_inside_a_group_nothing_is_left_to_ask(world: World) -> None:
    a, b, c = some(world, 3)
    suggested(b, a)
    suggested(c, a, b)
    answer(world, a, b, Verdict.SAME)
    answer(world, b, c, Verdict.SAME)
    assert verdict_of(a, c) is Verdict.SAME


def test_different_is_never_asked_again_not_even_of_the_others_group(world: World) -> None:
    a, b, c, d = some(world, 4)
    suggested(b, a)
    suggested(c, a, b)
    answer(world, a, b, Verdict.SAME)
    answer(world, b, c, Verdict.DIFFERENT)
    assert verdict_of(a, c) is Verdict.DIFFERENT
    assert suggested(d, c) == 1
    answer(world, c, d, Verdict.SAME)
    assert suggested(d, a, b) == 0
    assert {pair.verdict for pair in pairs_of({a})} == {Verdict.SAME}


def test_a_group_that_grows_takes_along_what_was_answered_of_its_parts(world: World) -> None:
    a, b, c = some(world, 3)
    suggested(c, a, b)
    suggested(b, a)
    answer(world, a, b, Verdict.DIFFERENT)
    answer(world, b, c, Verdict.SAME)
    assert verdict_of(a, c) is Verdict.DIFFERENT


def test_the_same_file_again_is_not_asked_about_what_was_told_apart(world: World) -> None:
    a, b = some(world, 2)
    suggested(b, a)
    answer(world, a, b, Verdict.DIFFERENT)
    again = taken_in(world.here, 1)
    assert suggested(again, a) == 0
    assert suggested(again, b, finding=Finding.SAME_FILE) == 1


def test_the_same_camera_puts_both_under_one_camera_of_the_earliers_premises(world: World) -> None:
    manager = world.here.actor("administrator")
    a, b = taken_in(world.here, 1), taken_in(world.here, 2, elsewhere=True)
    suggested(b, a, finding=Finding.SAME_CAMERA)
    answer(world, a, b, Verdict.SAME_CAMERA)
    camera = camera_of(a)
    assert camera is not None
    assert camera.premises_id == world.here.premises_id
    assert stills_of_camera(manager, camera.id) == [b, a]
    assert group_of(a) == {a}
    assert pairs_of({a}) == []


def test_a_person_joins_two_cameras_and_their_name_stays(world: World) -> None:
    manager = world.here.actor("administrator")
    a, b, c, d = some(world, 4)
    suggested(b, a, finding=Finding.SAME_CAMERA)
    suggested(d, c, finding=Finding.SAME_CAMERA)
    suggested(d, b)
    second = camera_of(d)
    assert second is not None
    with writing():
        name_camera(manager, second.id, "  Tills,   left ")
    before, gone = keys(), second.data_key_id
    answer(world, b, d, Verdict.SAME_CAMERA)
    (camera,) = cameras_of(manager)
    assert camera.title == "Tills, left"
    assert before - keys() == {gone}
    assert set(stills_of_camera(manager, camera.id)) == {a, b, c, d}


def test_a_camera_without_a_name_has_its_number(world: World) -> None:
    manager = world.here.actor("administrator")
    a, b = some(world, 2)
    suggested(b, a)
    camera = camera_of(a)
    assert camera is not None
    with writing():
        name_camera(manager, camera.id, "Door")
    with writing():
        assert name_camera(manager, camera.id, "").title == "Camera 1"
    with pytest.raises(Missing), writing():
        name_camera(world.there.actor("administrator"), camera.id, "Ours")


def test_each_answer_is_in_the_audit_without_a_name(world: World) -> None:
    manager = world.here.actor("administrator")
    a, b, c = some(world, 3)
    suggested(c, a, b)
    suggested(b, a)
    answer(world, a, b, Verdict.SAME)
    answer(world, b, c, Verdict.SAME_CAMERA)
    camera = camera_of(a)
    assert camera is not None
    with writing():
        name_camera(manager, camera.id, "Tills")
    told = [
        (row.act, row.detail)
        for row in db.session.scalars(select(AuditEvent).order_by(AuditEvent.position))
        if row.act.startswith(("pictures judged", "camera"))
    ]
    assert [act for act, _ in told] == [
        "pictures judged same",
        "pictures judged same camera",
        "pictures judged same camera",
        "camera named",
    ]
    assert not any("Tills" in detail for _, detail in told)


def test_a_second_answer_is_told_that_it_came_too_late(world: World) -> None:
    a, b = some(world, 2)
    suggested(b, a)
    answer(world, a, b, Verdict.SAME_CAMERA)
    with pytest.raises(Stale):
        answer(world, a, b, Verdict.SAME)
    with pytest.raises(ValueError, match="answers something"):
        answer(world, a, b, Verdict.OPEN)


def test_of_two_answers_at_once_one_counts(world: World, app: Flask) -> None:
    manager = world.here.actor("administrator")
    a, b = some(world, 2)
    suggested(b, a)
    pair_id = pairs()[a, b].id
    refused = at_once(
        app,
        lambda: judge(manager, pair_id, Verdict.SAME),
        lambda: judge(manager, pair_id, Verdict.DIFFERENT),
    )
    assert refused == ["stale"]
    assert (verdict_of(a, b) is Verdict.SAME) == (group_of(a) == {a, b})


def test_two_answers_at_once_that_meet_in_one_picture_make_one_group(
    world: World, app: Flask
) -> None:
    manager = world.here.actor("administrator")
    a, b, c = some(world, 3)
    suggested(b, a)
    suggested(c, b)
    one, other = pairs()[a, b].id, pairs()[b, c].id
    refused = at_once(
        app,
        lambda: judge(manager, one, Verdict.SAME),
        lambda: judge(manager, other, Verdict.SAME),
    )
    assert refused == []
    db.session.rollback()
    assert group_of(a) == {a, b, c}


def test_an_erased_picture_is_answered_no_more(world: World) -> None:
    a, b = some(world, 2)
    suggested(b, a)
    with writing():
        erase_still(db.session.get_one(Still, a))
    with pytest.raises(Missing):
        answer(world, a, b, Verdict.SAME)


def test_an_erased_still_leaves_no_pair_group_or_camera(world: World) -> None:
    manager, before = world.here.actor("administrator"), keys()
    a, b, c, d = some(world, 4)
    suggested(b, a)
    suggested(d, c)
    answer(world, a, b, Verdict.SAME)
    kept = camera_of(c)
    assert kept is not None
    with writing():
        name_camera(manager, kept.id, "Door")
    with writing():
        for one in (a, b, c, d):
            erase_still(db.session.get_one(Still, one))
    drain()
    db.session.rollback()
    for table in (PossibleDuplicate, GroupedStill, CameraStill, PictureGroup, Fingerprint):
        assert list(db.session.scalars(select(table))) == [], table
    (left,) = db.session.scalars(select(Camera))
    assert (left.name, left.data_key_id) == ("Door", kept.data_key_id)
    assert keys() - before == {kept.data_key_id}


def test_a_cameras_name_is_sealed_and_lost_with_its_key(world: World) -> None:
    manager = world.here.actor("administrator")
    a, b = some(world, 2)
    suggested(b, a, finding=Finding.SAME_CAMERA)
    camera = camera_of(a)
    assert camera is not None
    with writing():
        name_camera(manager, camera.id, "Robin's door")
    db.session.expire_all()
    assert b"Robin" not in (camera.name_sealed or b"")
    with writing():
        erase_key(camera)  # as in a backup that was put back with newer keys
    db.session.expire_all()
    assert camera.title == "Camera 1"
    with writing():
        name_camera(manager, camera.id, "Door")
    db.session.expire_all()
    assert camera.title == "Door"


def test_of_a_group_of_three_two_stay_together(world: World) -> None:
    a, b, c = some(world, 3)
    suggested(b, a)
    suggested(c, b)
    answer(world, a, b, Verdict.SAME)
    answer(world, b, c, Verdict.SAME)
    with writing():
        erase_still(db.session.get_one(Still, b))
    drain()
    db.session.rollback()
    assert group_of(a) == {a, c}
