"""A sign-in ends when nobody uses it, and at the end of the day whatever happens."""

from datetime import timedelta

import time_machine

from disc.core import clock
from tests.world import World


def test_a_sign_in_ends_after_half_an_hour_of_nothing(world: World) -> None:
    with time_machine.travel(clock.now(), tick=False) as clockwork:
        member = world.browser("member")
        for _ in range(3):
            clockwork.shift(timedelta(minutes=29))
            assert member.get("/me").status_code == 200
        clockwork.shift(timedelta(minutes=31))
        assert member.get("/me").status_code == 302


def test_a_page_that_asks_by_itself_does_not_keep_it_alive(world: World) -> None:
    with time_machine.travel(clock.now(), tick=False) as clockwork:
        member = world.browser("member")
        for _ in range(3):
            clockwork.shift(timedelta(minutes=10))
            member.get("/alerts/live")
        clockwork.shift(timedelta(minutes=1))
        assert member.get("/me").status_code == 302


def test_a_sign_in_ends_after_twelve_hours(world: World) -> None:
    with time_machine.travel(clock.now(), tick=False) as clockwork:
        member = world.browser("member")
        for _ in range(25):
            clockwork.shift(timedelta(minutes=28))
            assert member.get("/me").status_code == 200
        clockwork.shift(timedelta(minutes=21))
        assert member.get("/me").status_code == 302


def test_the_name_of_who_left_is_erased_in_time(world: World) -> None:
    from disc.core.database import db
    from disc.dataprotection.retention import run_clocks
    from disc.members.models import Member

    manager = world.browser("administrator")
    manager.get("/desk/members")
    who = world.here.actor("member").id
    manager.post(f"/desk/members/people/{who}/left")
    with time_machine.travel(clock.now() + timedelta(days=91)):
        run_clocks()
    db.session.rollback()
    assert db.session.get_one(Member, who).name == ""
    assert db.session.get_one(Member, who).data_key_id is None
