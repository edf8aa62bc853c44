"""Showing once more who one is before a grave act, without typing anything twice."""

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine

from disc.core import clock
from disc.core.audit import AuditEvent
from disc.core.database import db
from disc.core.mail import Message
from disc.core.transaction import writing
from disc.members.models import Scheme, UserSession
from tests.browsers import Browser
from tests.members.apps import code_of, is_in, set_up
from tests.members.authenticators import Authenticator, register
from tests.world import PASSWORD, World

OURS = {"Origin": "http://localhost"}
HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">')
NEW = "copper kettle beside nine herons"


def prove(browser: Browser, password: str = PASSWORD, **typed: str) -> int:
    browser.get("/prove")
    return browser.post("/prove", {"password": password, **typed}).status_code


def test_a_proof_counts_ten_minutes(world: World) -> None:
    with time_machine.travel(clock.now(), tick=False) as clockwork:
        member = world.browser("member")
        assert member.get("/me/security/password").status_code == 200
        clockwork.shift(timedelta(minutes=10, seconds=1))
        away = member.get("/me/security/password")
        assert away.status_code == 302
        assert away.headers["Location"] == "/prove?next=/me/security/password"
        assert prove(member) == 302
        assert member.get("/me/security/password").status_code == 200


def test_a_wrong_password_proves_nothing_and_is_written_down(world: World) -> None:
    with time_machine.travel(clock.now(), tick=False) as clockwork:
        member = world.browser("member")
        clockwork.shift(timedelta(minutes=11))
        assert prove(member, "not the password") == 422
        assert member.get("/me/security/password").status_code == 302
    failed = sa.select(AuditEvent.act).where(AuditEvent.act == "proof failed")
    assert len(db.session.scalars(failed).all()) == 1


def test_whoever_has_an_app_types_its_code_as_well(world: World) -> None:
    with time_machine.travel(clock.now(), tick=False) as clockwork:
        member = world.browser("member")
        secret, codes = set_up(member)
        clockwork.shift(timedelta(minutes=11))
        assert prove(member) == 422
        assert prove(member, otp="000000") == 422
        assert prove(member, "not the password", otp=code_of(secret)) == 422
        assert prove(member, otp=code_of(secret)) == 302
        clockwork.shift(timedelta(minutes=11))
        assert prove(member, recovery_code=codes[0]) == 302


def test_a_passkey_proves_in_one_step(world: World) -> None:
    with time_machine.travel(clock.now(), tick=False) as clockwork:
        member, device = world.browser("member"), Authenticator()
        register(member, device)
        clockwork.shift(timedelta(minutes=11))
        assert prove(member) == 422  # a password alone is less than what they sign in with
        member.get("/prove")
        told = member.post_json("/prove/passkey/options", {}).get_json()
        answer = {"token": told["token"], "credential": device.get(told["options"])}
        done = member.post_json("/prove/passkey", {**answer, "next": "/me/security/password"})
        assert done.get_json() == {"to": "/me/security/password"}
        assert member.get("/me/security/password").status_code == 200


def test_a_proof_gives_the_sign_in_a_new_token(world: World) -> None:
    with time_machine.travel(clock.now(), tick=False) as clockwork:
        member = world.browser("member")
        before = member.client.get_cookie("session")
        clockwork.shift(timedelta(minutes=11))
        assert prove(member) == 302
        assert is_in(member)
        thief = Browser(member.app)
        assert before is not None
        thief.client.set_cookie("session", before.value)
        assert not is_in(thief)
        db.session.rollback()
        assert len(db.session.scalars(sa.select(UserSession)).all()) == 1


def test_what_was_pressed_and_typed_is_not_done_twice(world: World) -> None:
    with time_machine.travel(clock.now(), tick=False) as clockwork:
        member = world.browser("member")
        set_up(member)
        member.get("/me/security")
        clockwork.shift(timedelta(minutes=11))
        page = member.post("/me/security/recovery", {"reason": "Invented words"}, headers=OURS)
        assert page.status_code == 401
        carried = dict(HIDDEN.findall(page.text))
        assert carried["typed-reason"] == "Invented words"
        assert carried["next"] == "/me/security/recovery"
        asked = member.post("/prove", carried)
        assert asked.status_code == 200
        assert 'name="typed-reason" value="Invented words"' in asked.text


def test_a_mere_button_is_pressed_again_after_the_proof(world: World) -> None:
    with time_machine.travel(clock.now(), tick=False) as clockwork:
        member = world.browser("member")
        secret, _ = set_up(member)
        member.get("/me/security")
        clockwork.shift(timedelta(minutes=11))
        page = member.post("/me/security/recovery", headers=OURS)
        carried = dict(HIDDEN.findall(page.text))
        asked = member.post("/prove", {**carried, "password": PASSWORD, "otp": code_of(secret)})
        assert asked.status_code == 200
        assert 'action="/me/security/recovery"' in asked.text
        fields = dict(HIDDEN.findall(asked.text))
        member.token = fields.pop("csrf_token")
        assert "Your recovery codes" in member.post("/me/security/recovery", fields).text


def test_another_sites_button_is_not_carried_through_a_proof(world: World) -> None:
    with time_machine.travel(clock.now(), tick=False) as clockwork:
        member = world.browser("member")
        clockwork.shift(timedelta(minutes=11))
        page = member.post(
            "/me/security/recovery", {"reason": "x"}, headers={"Origin": "https://evil.example"}
        )
        assert page.status_code == 401
        assert "typed-" not in page.text


def test_a_script_is_told_to_prove_first(world: World) -> None:
    with time_machine.travel(clock.now(), tick=False) as clockwork:
        member = world.browser("member")
        clockwork.shift(timedelta(minutes=11))
        answer = member.post_json("/me/security/passkeys/options", {})
        assert answer.status_code == 401
        assert answer.get_json()["code"] == "prove-first"


@pytest.mark.parametrize(
    "path",
    [
        "/me/security/passkeys",
        "/me/security/codes/begin",
        "/me/security/codes",
        "/me/security/codes/remove",
        "/me/security/recovery",
        "/me/security/password",
    ],
)
def test_every_change_of_how_one_signs_in_asks_for_a_fresh_proof(world: World, path: str) -> None:
    with time_machine.travel(clock.now(), tick=False) as clockwork:
        member = world.browser("member")
        clockwork.shift(timedelta(minutes=11))
        assert member.post(path).status_code == 401


def test_a_new_password_ends_the_other_sign_ins_and_is_told(world: World) -> None:
    here, elsewhere = world.browser("member"), world.browser("member")
    here.get("/me/security/password")
    sent = {"old": PASSWORD, "password": NEW, "again": NEW}
    assert here.post("/me/security/password", sent).status_code == 303
    assert is_in(here)
    assert not is_in(elsewhere)
    assert Browser(here.app).sign_in(world.here.emails["member"], NEW).status_code == 302
    db.session.rollback()
    told = [row.body for row in db.session.scalars(sa.select(Message))]
    assert any("password of your account was changed" in body for body in told)


def test_a_proof_never_leads_to_another_site(world: World) -> None:
    with time_machine.travel(clock.now(), tick=False) as clockwork:
        member = world.browser("member")
        clockwork.shift(timedelta(minutes=11))
        member.get("/prove")
        sent = {"password": PASSWORD, "next": "https://evil.example/"}
        assert member.post("/prove", sent).headers["Location"] == "/"


def real_scheme(world: World) -> None:
    with writing() as opened:
        opened.get_one(Scheme, world.here.scheme_id).is_demo = False


def test_in_a_real_scheme_a_password_alone_opens_only_the_page_to_add_more(world: World) -> None:
    member = world.browser("member")
    real_scheme(world)
    away = member.get("/gallery")
    assert away.headers["Location"].startswith("/me/security?next=")
    assert member.post("/report", {}).status_code == 403
    page = member.get("/me/security")
    assert "One thing before you start" in page.text
    assert "A password alone is not safe enough here." in page.text


@pytest.mark.parametrize("with_app", [True, False], ids=["an app", "a passkey"])
def test_the_gate_opens_with_a_second_factor_and_shuts_without_it(
    world: World,
    with_app: bool,  # noqa: FBT001
) -> None:
    member = world.browser("member")
    real_scheme(world)
    if with_app:
        set_up(member)
    else:
        assert register(member, Authenticator()).status_code == 200
    assert member.get("/gallery").status_code == 200
    if with_app:
        member.get("/me/security")
        member.post("/me/security/codes/remove")
        assert member.get("/gallery").status_code == 302


def test_a_demo_asks_nobody_for_a_second_factor(world: World) -> None:
    assert world.browser("member").get("/gallery").status_code == 200
