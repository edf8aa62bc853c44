"""A script that opens pictures faster than a person can look is slowed, stopped, and told of."""

import re
from pathlib import Path

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from config import Settings
from disc.app import create_app
from disc.core import clock, mail
from disc.core.audit import AuditEvent
from disc.core.database import db, new_id
from disc.core.jobs import drain
from disc.core.transaction import writing
from disc.members import watching
from disc.members.errors import TooFast
from disc.members.models import Member, Scheme
from disc.members.watching import LooksInMemory, LooksInRedis
from tests.browsers import Browser
from tests.story import in_gallery
from tests.world import Place, World

LINK = re.compile(r'src="(/img/[^"]+)"')
SLOW, STOP, PICTURES = 2, 4, 6


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long each picture was held back; nobody sleeps in this test."""
    held: list[float] = []
    monkeypatch.setattr(watching, "pause", held.append)
    return held


@pytest.fixture
def place(world: World) -> Place:
    """A scheme with pictures, in which few may be opened at a time."""
    for seed in range(1, PICTURES + 1):
        in_gallery(world.here, seed=seed)
    with writing() as session:
        scheme = session.get_one(Scheme, world.here.scheme_id)
        scheme.pictures_slow, scheme.pictures_stop = SLOW, STOP
    for person in world.here.actors.values():
        watching.count_anew(person.id)
    return world.here


def links(browser: Browser) -> list[str]:
    return LINK.findall(browser.get("/gallery").text)


def scrape(browser: Browser) -> list[int]:
    return [browser.get(link).status_code for link in links(browser)]


def test_a_script_is_slowed_and_then_stopped(
    world: World, place: Place, waits: list[float]
) -> None:
    assert scrape(world.browser("member")) == [200, 200, 200, 200, 429, 429]
    assert waits == [watching.WAIT_SECONDS] * (STOP - SLOW)


def test_whoever_is_stopped_sees_no_pictures_and_no_gallery_and_is_told_why(
    world: World, place: Place, waits: list[float]
) -> None:
    member = world.browser("member")
    scrape(member)
    for path in ("/gallery", "/img/x.y.z"):
        assert member.get(path).status_code in (404, 429)
    page = member.get("/gallery")
    assert page.status_code == 429
    assert "faster than a person can look" in page.text
    assert "Your scheme has been told" in page.text
    asked = {"pictures": [{"still": str(new_id()), "rendition": "thumb"}]}
    assert member.post_json("/img/mint", asked).status_code == 429
    assert member.get("/").status_code == 200


def test_another_member_is_not_touched(world: World, place: Place, waits: list[float]) -> None:
    scrape(world.browser("member"))
    waits.clear()
    second = world.browser("second_member")
    assert [second.get(link).status_code for link in links(second)[:SLOW]] == [200] * SLOW
    assert waits == []


def test_to_look_again_at_the_same_picture_counts_once(
    world: World, place: Place, waits: list[float]
) -> None:
    member = world.browser("member")
    for _ in range(STOP + 2):
        assert [member.get(link).status_code for link in links(member)[:SLOW]] == [200] * SLOW
    assert waits == []


def test_ten_minutes_later_looking_is_free_again(
    world: World, place: Place, waits: list[float]
) -> None:
    member = world.browser("member")
    with time_machine.travel(clock.now(), tick=False) as clockwork:
        for link in links(member)[:SLOW]:
            member.get(link)
        clockwork.shift(watching.WINDOW_SECONDS + 1)
        for link in links(member)[SLOW : SLOW * 2]:
            assert member.get(link).status_code == 200
    assert waits == []


def test_the_dpo_and_administrators_are_told_once(
    world: World, place: Place, waits: list[float]
) -> None:
    place.actor("dpo")
    scrape(world.browser("member"))
    drain()
    told = db.session.scalars(sa.select(mail.Message).where(mail.Message.kind == "alarm")).all()
    assert {one.member_id for one in told} == {
        place.actor("dpo").id,
        place.actor("administrator").id,
    }
    assert all("faster than a person can look" in one.body for one in told)
    assert f"Pat Member {place.number}" not in "".join(one.body for one in told)
    assert len(told) == 2


def test_audit_and_desk_show_it_and_the_page_says_who_when_and_how_many(
    world: World, place: Place, waits: list[float]
) -> None:
    dpo, manager = world.browser("dpo"), world.browser("administrator")
    assert "One person was" not in dpo.get("/audit").text
    scrape(world.browser("member"))
    for browser, path in ((dpo, "/audit"), (manager, "/desk")):
        assert "One person was stopped from seeing pictures" in browser.get(path).text
    page = dpo.get("/audit/stopped").text
    assert f"Pat Member {place.number}" in page
    assert f"{STOP + 1} pictures in ten minutes" in page


def test_the_dpo_lets_them_see_again_and_that_is_written_down(
    world: World, place: Place, waits: list[float]
) -> None:
    member, dpo = world.browser("member"), world.browser("dpo")
    scrape(member)
    member_id = place.actor("member").id
    dpo.get("/audit/stopped")
    assert dpo.post(f"/audit/stopped/{member_id}").status_code == 303
    assert [member.get(link).status_code for link in links(member)[:SLOW]] == [200] * SLOW
    acts = sa.select(AuditEvent.act, AuditEvent.actor_id).where(
        AuditEvent.target_id == member_id, AuditEvent.act.like("viewing%")
    )
    rows = [tuple(row) for row in db.session.execute(acts.order_by(AuditEvent.position))]
    assert rows == [
        ("viewing stopped", member_id),
        ("viewing restored", place.actor("dpo").id),
    ]
    assert dpo.post(f"/audit/stopped/{member_id}").status_code == 409


def test_nobody_lets_themselves_see_again(world: World, place: Place, waits: list[float]) -> None:
    manager = world.browser("administrator")
    scrape(manager)
    page = manager.get("/audit/stopped")
    assert "Somebody else must do this" in page.text
    own = place.actor("administrator").id
    assert manager.post(f"/audit/stopped/{own}").status_code == 409
    assert manager.get("/gallery").status_code == 429


@pytest.mark.parametrize("who", ["member", "board", "sub_administrator"])
def test_others_cannot_lift_it(world: World, place: Place, waits: list[float], who: str) -> None:
    scrape(world.browser("second_member"))
    path = f"/audit/stopped/{place.actor('second_member').id}"
    assert world.browser(who).post(path).status_code == 404


def test_one_persons_waiting_pictures_do_not_fill_the_server(
    world: World, place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While so many of a person's pictures wait, a further one is refused at once."""
    member = world.browser("member")
    found = links(member)
    for link in found[:SLOW]:
        member.get(link)
    refused: list[Browser] = []

    def wait_within_a_wait(_seconds: float) -> None:
        if len(refused) < watching.MOST_WAITS:
            refused.append(member)
            answers.append(member.get(found[SLOW]))

    answers: list[object] = []
    monkeypatch.setattr(watching, "pause", wait_within_a_wait)
    assert member.get(found[SLOW]).status_code == 200
    statuses = [answer.status_code for answer in answers]
    assert statuses == [429, 200, 200, 200]
    assert answers[0].headers["Retry-After"] == "2"
    assert watching._waiting == {}


def test_no_connection_is_held_while_a_picture_waits(
    world: World, place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    held: list[bool] = []
    monkeypatch.setattr(
        watching, "pause", lambda _seconds: held.append(db.session().in_transaction())
    )
    scrape(world.browser("member"))
    assert held == [False] * (STOP - SLOW)


def test_honest_use_at_the_pace_we_built_for_never_meets_the_limit(world: World) -> None:
    """30 faces a minute for ten minutes, each as a tile and opened: 600 different pictures."""
    scheme = db.session.get_one(Scheme, world.here.scheme_id)
    looks, person = LooksInMemory(), new_id()
    with time_machine.travel(clock.now(), tick=False) as clockwork:
        for face in range(300):
            for rendition in ("thumb", "view"):
                assert looks.count(person, f"{face}{rendition}") <= scheme.pictures_slow
            clockwork.shift(2)
        for face in range(300, 900):
            for rendition in ("thumb", "view"):
                assert looks.count(person, f"{face}{rendition}") <= scheme.pictures_slow
            clockwork.shift(2)


@pytest.mark.redis
def test_processes_share_the_count_through_redis(settings: Settings) -> None:
    if settings.redis_url is None:
        return  # as it ships one process counts; the run on Redis asks this
    one, other = LooksInRedis(settings.redis_url), LooksInRedis(settings.redis_url)
    person, stranger = new_id(), new_id()
    with time_machine.travel(clock.now(), tick=False) as clockwork:
        assert [one.count(person, "a"), other.count(person, "b"), one.count(person, "a")] == [
            1,
            2,
            2,
        ]
        assert other.count(stranger, "a") == 1
        clockwork.shift(watching.WINDOW_SECONDS + 1)
        assert other.count(person, "c") == 1
    one.forget(person)
    assert other.count(person, "d") == 1


def test_the_profile_decides_where_it_is_counted(tmp_path: Path) -> None:
    scaled = create_app(
        Settings(instance=tmp_path, redis_url="redis://127.0.0.1:1/0", testing=True)
    )
    embedded: Flask = create_app(Settings(instance=tmp_path, testing=True))
    assert isinstance(scaled.extensions["looks"], LooksInRedis)
    assert isinstance(embedded.extensions["looks"], LooksInMemory)


def test_a_stop_outlives_the_request_and_is_set_once(
    world: World, place: Place, waits: list[float]
) -> None:
    member = world.browser("member")
    scrape(member)
    stopped = db.session.get_one(Member, place.actor("member").id).viewing_stopped_at
    assert stopped is not None
    scrape(member)
    events = sa.select(sa.func.count()).where(AuditEvent.act == "viewing stopped")
    assert db.session.scalar(events) == 1
    assert TooFast.status == 429
