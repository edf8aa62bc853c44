"""A member says in one tap that somebody was seen again, and can take it back."""

import uuid
from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine

from disc.alerts.models import Alert
from disc.core import clock, jobs
from disc.core.database import db
from disc.core.transaction import writing
from disc.gallery import erasing, sightings
from disc.gallery.models import Sighting, Subject
from disc.gallery.queries import get_subject
from disc.members.models import Member, Premises
from tests.browsers import Browser
from tests.story import in_gallery
from tests.world import World

LATER = sightings.UNDO + sightings.GRACE + timedelta(seconds=1)


def said() -> list[Sighting]:
    db.session.rollback()
    return list(db.session.scalars(sa.select(Sighting)))


def opened(world: World, who: str = "member") -> tuple[Browser, str, uuid.UUID]:
    subject_id, _ = in_gallery(world.here)
    browser, path = world.browser(who), f"/gallery/{subject_id}"
    browser.get(path)
    return browser, path, subject_id


def test_one_tap_says_where_and_when_and_the_manager_reads_it(world: World) -> None:
    member, path, subject_id = opened(world)
    assert "Seen again now, " in member.get(path).text
    answer = member.post(f"{path}/seen")
    assert (answer.status_code, answer.location) == (303, f"{path}#seen")
    assert "Saved: seen again on" in member.get(path).text
    (one,) = said()
    assert (one.subject_id, one.premises_id) == (subject_id, world.here.premises_id)
    assert one.by_id == world.here.actor("member").id
    name = db.session.get_one(Premises, world.here.premises_id).name
    page = world.browser("administrator").get(f"/people/{subject_id}").text
    assert "<h2>Seen again</h2>" in page
    assert name in page


def test_a_double_tap_is_one_tap_and_within_ten_minutes_we_have_it_already(world: World) -> None:
    member, path, _ = opened(world)
    for _ in range(2):
        member.post(f"{path}/seen")
    assert len(said()) == 1
    page = member.get(path).text
    assert "Saved: seen again on" in page
    assert "We have that already" not in page
    with time_machine.travel(clock.now() + sightings.ONCE_IN - timedelta(seconds=1), tick=False):
        assert member.post(f"{path}/seen").status_code == 303
        assert "We have that already, from " in member.get(path).text
        assert len(said()) == 1
    with time_machine.travel(clock.now() + sightings.ONCE_IN + timedelta(seconds=1), tick=False):
        member.post(f"{path}/seen")
        assert "We have that already" not in member.get(path).text
    assert len(said()) == 2


def test_the_limit_is_of_each_member_and_of_each_shop(world: World) -> None:
    with writing() as session:
        member = session.get_one(Member, world.here.actor("member").id)
        shop = Premises(
            scheme_id=world.here.scheme_id, area_id=world.here.area_id, name="Quay Fish"
        )
        member.premises.append(shop)
        session.flush()
        shops = [str(world.here.premises_id), str(shop.id)]
    member, path, _ = opened(world)
    for premises in (*shops, *shops):
        member.post(f"{path}/seen", {"premises": premises})
    assert sorted(str(one.premises_id) for one in said()) == sorted(shops)
    other = world.browser("second_member")
    other.get(path)
    other.post(f"{path}/seen", {"premises": shops[0]})
    assert len(said()) == 3


def test_it_can_be_taken_back_for_ten_seconds_by_who_said_it(world: World) -> None:
    member, path, _ = opened(world)
    member.post(f"{path}/seen")
    other = world.browser("second_member")
    other.get(path)
    other.post(f"{path}/seen/undo")
    assert len(said()) == 1
    member.post(f"{path}/seen/undo")
    assert said() == []
    member.post(f"{path}/seen")
    with time_machine.travel(clock.now() + LATER, tick=False):
        assert "Undo" not in member.get(path).text
        member.post(f"{path}/seen/undo")
        assert "too late" in member.get(path).text
    assert len(said()) == 1


def test_it_moves_no_day_of_the_record_and_raises_no_alert(world: World) -> None:
    _, path, subject_id = opened(world)

    def days() -> tuple[object, ...]:
        db.session.rollback()
        found = db.session.get_one(Subject, subject_id)
        return found.last_reported_at, found.hide_on, found.erase_on

    with time_machine.travel(clock.now() + timedelta(days=20), tick=False):
        before, again = days(), world.browser("member")
        again.get(path)
        assert again.post(f"{path}/seen").status_code == 303
        jobs.drain()
        jobs.run_hourly()
        assert days() == before
    assert len(said()) == 1
    assert db.session.scalars(sa.select(Alert)).all() == []


def test_a_shop_is_chosen_where_there_are_several_and_none_of_others(world: World) -> None:
    with writing() as session:
        member = session.get_one(Member, world.here.actor("member").id)
        shop = Premises(
            scheme_id=world.here.scheme_id, area_id=world.here.area_id, name="Quay Fish"
        )
        member.premises.append(shop)
    member, path, _ = opened(world)
    assert "Where did you see this person?" in member.get(path).text
    for wrong in ({}, {"premises": str(world.here.other_premises_id)}, {"premises": "x"}):
        member.post(f"{path}/seen", wrong)
        assert "Choose the shop" in member.get(path).text
    assert said() == []
    shops = sa.select(Premises.id).where(Premises.name == "Quay Fish")
    chosen = db.session.scalars(shops).one()
    member.post(f"{path}/seen", {"premises": str(chosen)})
    assert [one.premises_id for one in said()] == [chosen]


@pytest.mark.parametrize(("who", "place"), [("far_member", "here"), ("member", "there")])
def test_only_who_sees_the_person_says_so(world: World, who: str, place: str) -> None:
    _, path, _ = opened(world)
    stranger = world.browser(who, getattr(world, place))
    stranger.get("/me")
    assert stranger.post(f"{path}/seen").status_code == 404
    assert stranger.post(f"{path}/seen/undo").status_code == 404
    assert said() == []


def test_it_is_erased_with_the_record(world: World) -> None:
    member, path, subject_id = opened(world)
    member.post(f"{path}/seen")
    manager = world.here.actor("administrator")
    with writing():
        erasing.erase_subject(get_subject(manager, subject_id))
    assert said() == []
