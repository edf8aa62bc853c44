"""A sign-in ends when nobody uses it, and at the end of the day whatever happens."""

import uuid
from datetime import datetime, timedelta

import pytest
import time_machine
from sqlalchemy import select

from disc.access.actor import Role
from disc.alerts.queries import cards, get_alert
from disc.core import clock
from disc.core.database import db
from disc.core.rows import NOBODY, only
from disc.core.transaction import writing
from disc.members.models import UserSession
from disc.members.queries import listening_sessions, live_sessions
from disc.members.rules import LIFETIMES, ON_A_TABLET, Lifetime, lifetime_of
from tests.alerts.steps import raise_in
from tests.world import World


def test_a_sign_in_ends_after_half_an_hour_of_nothing(world: World) -> None:
    with time_machine.travel(clock.now(), tick=False) as clockwork:
        member = world.browser("member")
        for _ in range(3):
            clockwork.shift(timedelta(minutes=29))
            assert member.get("/me").status_code == 200
        clockwork.shift(timedelta(minutes=31))
        assert member.get("/me").status_code == 302


def test_the_sweep_of_sockets_which_is_nobody_ends_no_sign_in_that_lives(world: World) -> None:
    world.browser("member").get("/me")
    world.browser("member", world.there).get("/me")
    db.session.rollback()
    here = set(db.session.scalars(select(UserSession.id)))
    db.session.rollback()
    with only(NOBODY):
        assert len(here) == 2
        assert listening_sessions(here) == here


def test_a_page_that_asks_by_itself_does_not_keep_it_alive(world: World) -> None:
    with time_machine.travel(clock.now(), tick=False) as clockwork:
        member = world.browser("member")
        for _ in range(3):
            clockwork.shift(timedelta(minutes=10))
            member.get("/alerts/live")
            member.get("/me/signed-in")
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


LEADERS = ("administrator", "sub_administrator", "board", "dpo", "spoc")


@pytest.mark.parametrize("who", LEADERS)
def test_who_leads_is_signed_out_after_twenty_minutes_of_nothing(world: World, who: str) -> None:
    with time_machine.travel(clock.now(), tick=False) as clockwork:
        leader = world.browser(who)
        for _ in range(3):
            clockwork.shift(timedelta(minutes=19))
            assert leader.get("/me/devices").status_code == 200
        clockwork.shift(timedelta(minutes=21))
        assert leader.get("/me/devices").status_code == 302


@pytest.mark.parametrize("who", LEADERS)
def test_who_leads_is_signed_out_after_ten_hours(world: World, who: str) -> None:
    with time_machine.travel(clock.now(), tick=False) as clockwork:
        leader = world.browser(who)
        for _ in range(33):
            clockwork.shift(timedelta(minutes=18))
            assert leader.get("/me/devices").status_code == 200
        clockwork.shift(timedelta(minutes=7))
        assert leader.get("/me/devices").status_code == 302


def test_an_installation_may_ask_for_less_and_never_for_more() -> None:
    strict = Lifetime(timedelta(minutes=5), timedelta(hours=11))
    loose = Lifetime(timedelta(days=1), timedelta(days=9))
    for role in Role:
        for on_tablet in (True, False):
            own = lifetime_of(role, on_tablet=on_tablet, most=loose)
            less = lifetime_of(role, on_tablet=on_tablet, most=strict)
            assert own == (ON_A_TABLET if on_tablet else LIFETIMES[role])
            assert less.idle == min(own.idle, strict.idle)
            assert less.longest == min(own.longest, strict.longest)


@pytest.mark.parametrize(("who", "minutes"), [("member", 30), ("spoc", 20), ("board", 20)])
def test_the_sweep_of_sockets_ends_when_the_sign_in_does(
    world: World, who: str, minutes: int
) -> None:
    with time_machine.travel(clock.now(), tick=False) as clockwork:
        session_id = signed_in(world, who)
        clockwork.shift(timedelta(minutes=minutes - 1))
        assert live_sessions({session_id}) == {session_id}
        clockwork.shift(timedelta(minutes=1))
        assert live_sessions({session_id}) == set()


@pytest.mark.parametrize(("who", "hours"), [("member", 12), ("administrator", 10)])
def test_the_sweep_of_sockets_ends_with_the_day_too(world: World, who: str, hours: int) -> None:
    with time_machine.travel(clock.now(), tick=False) as clockwork:
        session_id = signed_in(world, who)
        for left in (timedelta(minutes=1), timedelta()):
            clockwork.move_to(started(session_id) + timedelta(hours=hours) - left)
            with writing() as opened:
                opened.get_one(UserSession, session_id).last_seen_at = clock.now()
            assert (session_id in live_sessions({session_id})) == bool(left)


def test_an_alert_counts_as_signed_in_who_is(world: World) -> None:
    with time_machine.travel(clock.now(), tick=False) as clockwork:
        raiser = world.browser("member")
        world.browser("second_member")
        world.browser("administrator")
        clockwork.shift(timedelta(minutes=25))
        alert_id = raise_in(raiser, world.here)
        db.session.rollback()
        [card] = cards(
            world.here.actor("member"), [get_alert(world.here.actor("member"), alert_id)]
        )
        assert card.reach is not None
        assert card.reach.signed_in == 1  # the Administrator's twenty minutes are over


def signed_in(world: World, who: str) -> uuid.UUID:
    world.browser(who)
    db.session.rollback()
    found = select(UserSession.id).where(UserSession.member_id == world.here.actor(who).id)
    return db.session.scalars(found).one()


def started(session_id: uuid.UUID) -> datetime:
    db.session.rollback()
    return db.session.get_one(UserSession, session_id).started_at


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
