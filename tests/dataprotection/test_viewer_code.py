"""Whose mark a leaked picture carries: the DPO asks, with a reason, and it is written down."""

import re

import pytest
import sqlalchemy as sa

from disc.core import clock
from disc.core.audit import AuditEvent
from disc.core.database import db
from tests.browsers import Browser
from tests.story import in_gallery
from tests.world import World

PATH = "/audit/viewer"


def ask(browser: Browser, code: str, **fields: str) -> str:
    browser.get(PATH)
    answer = browser.post(PATH, {"code": code, "reason": "leak", **fields})
    assert answer.status_code == 200
    return answer.text


def facts(page: str) -> dict[str, str]:
    return dict(re.findall(r"<dt>(\w+)</dt><dd>([^<]+)</dd>", page))


def test_the_code_of_a_picture_leads_to_a_person_and_where_they_work(world: World) -> None:
    code = world.here.actor("member").viewer_code
    assert facts(ask(world.browser("dpo"), f" {code.lower()} ")) == {
        "Name": f"Pat Member {world.here.number}",
        "Role": "Member",
        "Premises": "Corner Foods",
    }


def test_an_unknown_code_and_another_schemes_are_answered_alike(world: World) -> None:
    dpo = world.browser("dpo")
    theirs = facts(ask(dpo, world.there.actor("member").viewer_code))
    assert theirs == facts(ask(dpo, "AAAAAAA"))
    assert set(theirs) == {"Name", "Role", "Premises"}


def test_that_it_was_asked_is_written_down_whether_found_or_not(world: World) -> None:
    member, dpo = world.here.actor("member"), world.browser("dpo")
    ask(dpo, member.viewer_code)
    ask(dpo, "AAAAAAA")
    found = sa.select(AuditEvent.target_id, AuditEvent.detail).where(
        AuditEvent.act == "viewer code resolved"
    )
    rows = db.session.execute(found.order_by(AuditEvent.position)).all()
    why = "A picture was found outside the scheme"
    assert [tuple(row) for row in rows] == [(member.id, why), (None, why)]


def test_what_they_saw_around_the_time_on_the_picture_is_shown(world: World) -> None:
    in_gallery(world.here)
    world.browser("member").get("/gallery")
    code, dpo = world.here.actor("member").viewer_code, world.browser("dpo")
    now = clock.now().astimezone(clock.UK)
    there = ask(dpo, code, day=str(now.date()), hour=f"{now:%H:%M}")
    assert "Saw pictures" in there
    long_ago = ask(dpo, code, day="2020-01-01")
    assert "Saw pictures" not in long_ago
    assert "Nothing was found" in long_ago


def test_a_reason_is_needed(world: World) -> None:
    dpo = world.browser("dpo")
    dpo.get(PATH)
    answer = dpo.post(PATH, {"code": world.here.actor("member").viewer_code})
    assert answer.status_code == 422
    assert "Pat Member" not in answer.text


@pytest.mark.parametrize("who", ["administrator", "board", "member", "sub_administrator"])
def test_nobody_but_the_dpo_finds_the_page(world: World, who: str) -> None:
    assert world.browser(who).get(PATH).status_code == 404
