"""The people of the demo: every role can be tried at once, and nothing stands in the way."""

import json

import pytest
from flask import Flask
from sqlalchemy import select

from config import Settings
from disc.access.actor import Role
from disc.core.database import db
from disc.core.serving import MOST_SIGN_INS, _say
from disc.demo import cast
from disc.demo.peopling import SignIns, make_elsewhere, make_here
from disc.members.models import Member, MemberState
from disc.members.queries import actor_of
from tests.browsers import Browser


@pytest.fixture
def signins(app: Flask) -> SignIns:
    assert app
    made = SignIns()
    make_here(made)
    make_elsewhere(made)
    return made


def test_every_role_has_a_sign_in_that_leads_home(app: Flask, signins: SignIns) -> None:
    roles = set()
    for row in signins.rows:
        browser = Browser(app)
        assert browser.sign_in(row["email"], row["password"]).status_code == 302, row["role"]
        assert browser.get("/").status_code == 200, row["role"]
        roles.add(_member(row["role"]).role)
    assert roles == set(Role)


def test_the_police_and_an_investigator_report_where_shops_let_them(signins: SignIns) -> None:
    assert signins.rows
    for who in ("spoc", "investigator"):
        assert len(actor_of(_member(who)).premises_ids) == len(cast.FOR_OTHERS)


def test_one_joiner_waits_for_a_manager(signins: SignIns) -> None:
    assert signins.rows
    waiting = select(Member).where(Member.state == MemberState.WAITING)
    assert [row.name for row in db.session.scalars(waiting)] == [cast.JOINER.name]


def test_a_group_manager_looks_after_both_members(signins: SignIns) -> None:
    assert signins.rows
    own = actor_of(_member("group_manager")).group_ids
    assert own
    for who in ("member", "second_member"):
        assert actor_of(_member(who)).group_ids == own


def test_what_is_printed_is_a_name_and_the_sign_ins_of_the_walk(
    signins: SignIns, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    signins.write()
    file = settings.instance / "demo-signins.json"
    try:
        assert json.loads(file.read_text()) == signins.rows
        assert file.stat().st_mode & 0o777 == 0o600
        _say(settings, "127.0.0.1", 8000)
    finally:
        file.unlink()
    printed = capsys.readouterr().out
    assert "http://localhost:8000" in printed
    for number, row in enumerate(signins.rows):
        assert (row["password"] in printed) == (number < MOST_SIGN_INS)
        assert row["role"] in printed
    assert {"member", "second_member", "administrator", "board", "spoc"} == {
        row["role"] for row in signins.rows[:MOST_SIGN_INS]
    }
    assert signins.rows[0]["pin"] in printed


def _member(who: str) -> Member:
    names = {part.who: part.name for part in (*cast.ELSEWHERE, *cast.HERE)}
    db.session.rollback()
    return next(row for row in db.session.scalars(select(Member)) if row.name == names[who])
