"""Where one is signed in: a list of one's own, each to be ended, here or everywhere."""

import re
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select
from werkzeug.test import TestResponse

from disc.core import clock
from disc.core.audit import AuditEvent
from disc.core.database import db
from disc.members.models import UserSession
from disc.members.signin import _kind_of_device
from tests.browsers import Browser
from tests.world import PASSWORD, World

ANDROID = (
    "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/130.0.0.0 Mobile Safari/537.36"
)
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 "
    "(KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1"
)
END = re.compile(r"/me/devices/[0-9a-f-]{36}/end")


def sign_in_with(world: World, device: str, who: str = "member") -> Browser:
    browser = Browser(world.browser(who).app)
    browser.client.environ_base["HTTP_USER_AGENT"] = device
    assert browser.sign_in(world.here.emails[who], PASSWORD).status_code == 302
    return browser


def end_of(page: TestResponse, device: str) -> str:
    [row] = [one for one in page.text.split('class="queue__row"') if device in one]
    found = END.search(row)
    assert found
    return found[0]


def test_devices_are_listed_with_what_they_are_and_this_one_is_marked(world: World) -> None:
    phone = sign_in_with(world, ANDROID)
    sign_in_with(world, IPHONE)
    rows = phone.get("/me/devices").text.split('class="queue__row"')[1:]
    [mine] = [row for row in rows if "Chrome on Android" in row]
    [other] = [row for row in rows if "Safari on iOS" in row]
    assert "This device" in mine
    assert "This device" not in other
    assert "with your password" in other


def test_the_list_holds_nobody_elses_and_nothing_that_ran_out(world: World) -> None:
    with time_machine.travel(clock.now(), tick=False) as clockwork:
        sign_in_with(world, IPHONE)
        sign_in_with(world, IPHONE, "second_member")
        clockwork.shift(timedelta(minutes=31))
        page = sign_in_with(world, ANDROID).get("/me/devices")
        assert "Chrome on Android" in page.text
        assert "Safari" not in page.text


def test_one_device_is_signed_out_and_the_others_stay(world: World) -> None:
    here, there = sign_in_with(world, ANDROID), sign_in_with(world, IPHONE)
    answer = here.post(end_of(here.get("/me/devices"), "Safari on iOS"))
    assert answer.headers["Location"] == "/me/devices"
    assert there.get("/me").status_code == 302
    assert here.get("/me").status_code == 200


def test_ending_this_device_is_signing_out(world: World) -> None:
    here = sign_in_with(world, ANDROID)
    answer = here.post(end_of(here.get("/me/devices"), "Chrome on Android"))
    assert answer.headers["Location"] == "/sign-in"
    assert answer.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert here.get("/me").status_code == 302


def test_signing_out_everywhere_else_leaves_this_one(world: World) -> None:
    here, there = sign_in_with(world, ANDROID), sign_in_with(world, IPHONE)
    stranger = world.browser("second_member")
    here.get("/me/devices")
    assert here.post("/me/devices/others/end").status_code == 303
    assert there.get("/me").status_code == 302
    assert here.get("/me").status_code == 200
    assert stranger.get("/me").status_code == 200


def test_signing_out_everywhere_leaves_none(world: World) -> None:
    here, there = sign_in_with(world, ANDROID), sign_in_with(world, IPHONE)
    here.get("/me/devices")
    answer = here.post("/me/devices/all/end")
    assert answer.headers["Location"] == "/sign-in"
    assert answer.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert [one.get("/me").status_code for one in (here, there)] == [302, 302]


def test_nobody_ends_anothers_sign_in(world: World) -> None:
    theirs = sign_in_with(world, IPHONE, "second_member")
    mine = sign_in_with(world, ANDROID)
    path = end_of(theirs.get("/me/devices"), "Safari on iOS")
    mine.get("/me/devices")
    assert mine.post(path).status_code == 404
    assert theirs.get("/me").status_code == 200


def test_ending_a_sign_in_is_written_down(world: World) -> None:
    here, _there = sign_in_with(world, ANDROID), sign_in_with(world, IPHONE)
    here.post(end_of(here.get("/me/devices"), "Safari on iOS"))
    db.session.rollback()
    written = select(AuditEvent).where(AuditEvent.act == "sign-in ended")
    assert db.session.scalars(written).one().actor_id == world.here.actor("member").id


def test_a_second_sign_in_in_the_same_browser_ends_the_first(world: World) -> None:
    browser = world.browser("member")
    cookie = browser.client.get_cookie("session")
    assert cookie is not None
    browser.post("/sign-in", {"email": world.here.emails["member"], "password": PASSWORD})
    old = Browser(browser.app)
    old.client.set_cookie("session", cookie.value)
    assert old.get("/me").status_code == 302


def test_the_browsers_own_words_are_not_kept(world: World) -> None:
    sign_in_with(world, ANDROID)
    db.session.rollback()
    kept = set(db.session.scalars(select(UserSession.device)))
    assert "Chrome on Android" in kept
    assert not any("Mozilla" in one for one in kept)


@pytest.mark.parametrize("told", ["", "curl", "\x00\xff", "Mozilla/5.0 " + "(" * 5000, "A" * 9000])
def test_whatever_a_browser_says_a_sign_in_works(world: World, told: str) -> None:
    assert len(_kind_of_device(told[:400])) <= 80
    if told.isascii() and told.isprintable():
        page = sign_in_with(world, told).get("/me/devices")
        assert page.status_code == 200


def after_the_end(world: World, end: str) -> Browser:
    """Return a browser whose sign-in was ended by somebody else, in one way."""
    lost = world.browser("member")
    if end == "signed out elsewhere":
        other = world.browser("member")
        other.get("/me/devices")
        other.post("/me/devices/others/end")
    else:
        from disc.core.transaction import writing
        from disc.members.models import Member, MemberState

        with writing() as opened:
            member = opened.get_one(Member, world.here.actor("member").id)
            member.state = MemberState(end)
    return lost


@pytest.mark.parametrize("end", ["signed out elsewhere", "suspended", "left"])
def test_a_device_that_was_shut_out_forgets_everything_at_its_next_contact(
    world: World, end: str
) -> None:
    lost = after_the_end(world, end)
    answer = lost.get("/gallery")
    assert answer.status_code == 302
    assert answer.headers["Clear-Site-Data"] == '"cache", "storage"'
    page = lost.get(answer.headers["Location"])
    assert "Clear-Site-Data" not in page.headers
    assert "Your sign-in has ended" in page.text
    assert "Your sign-in has ended" not in lost.get("/sign-in").text


def test_a_page_that_asks_by_itself_wipes_too(world: World) -> None:
    lost = after_the_end(world, "suspended")
    answer = lost.get("/alerts/live", headers={"Accept": "application/json"})
    assert answer.status_code == 401
    assert answer.headers["Clear-Site-Data"] == '"cache", "storage"'


def test_a_sign_in_that_only_ran_out_says_so_and_wipes_nothing(world: World) -> None:
    with time_machine.travel(clock.now(), tick=False) as clockwork:
        member = world.browser("member")
        clockwork.shift(timedelta(minutes=31))
        answer = member.get("/me")
        assert "Clear-Site-Data" not in answer.headers
        assert "Your sign-in has ended" in member.get(answer.headers["Location"]).text


def test_words_typed_on_a_device_that_was_shut_out_are_still_offered(world: World) -> None:
    lost = world.browser("member")
    lost.get("/alerts/new")
    other = world.browser("member")
    other.get("/me/devices")
    other.post("/me/devices/others/end")
    page = lost.post("/alerts", {"template": "theft-team"}, headers={"Origin": "http://localhost"})
    assert page.status_code == 401
    assert page.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert 'name="typed-template" value="theft-team"' in page.text
    lost.token = re.findall(r'name="csrf_token" value="([^"]+)"', page.text)[0]
    signing = {"email": world.here.emails["member"], "password": PASSWORD, "next": "/alerts"}
    again = lost.post("/sign-in", {**signing, "typed-template": "theft-team"})
    assert "Send what I typed" in again.text
