"""One-time codes beside the password: set up, asked for, and never taken twice."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from disc.core import clock
from disc.core.audit import AuditEvent
from disc.core.database import db
from disc.core.mail import Message
from disc.members.models import Ceremony, Member, Proof, UserSession
from tests.browsers import Browser
from tests.members.apps import code_of, is_in, password_typed, second, secret_shown, set_up
from tests.world import PASSWORD, World


def test_a_password_alone_does_not_sign_in_somebody_with_an_app(world: World) -> None:
    set_up(world.browser("member"))
    browser = password_typed(world)
    assert not is_in(browser)
    assert browser.get("/gallery").status_code == 302


def test_password_and_code_sign_in(world: World) -> None:
    secret, _ = set_up(world.browser("member"))
    browser = password_typed(world)
    assert second(browser, otp=code_of(secret)) == 302
    assert is_in(browser)
    db.session.rollback()
    how = sa.select(UserSession.how).order_by(UserSession.id.desc()).limit(1)
    assert db.session.scalar(how) is Proof.PASSWORD_AND_CODE


def test_the_secret_is_sealed_and_kept_only_after_a_right_code(world: World) -> None:
    browser = world.browser("member")
    secret = secret_shown(browser)
    page = browser.get("/me/security/codes").text
    assert "<svg" in page
    assert browser.post("/me/security/codes", {"otp": "000000"}).status_code == 422
    member = db.session.get_one(Member, world.here.actor("member").id)
    assert member.totp_sealed is None
    began = db.session.scalars(sa.select(Ceremony)).one()
    assert secret.encode() not in (began.challenge or b"") + began.token_digest
    db.session.rollback()
    assert browser.post("/me/security/codes", {"otp": code_of(secret)}).status_code == 200
    db.session.rollback()
    member = db.session.get_one(Member, world.here.actor("member").id)
    assert member.totp == secret
    assert secret.encode() not in (member.totp_sealed or b"")


def test_a_code_is_never_taken_twice(world: World) -> None:
    secret, _ = set_up(world.browser("member"))
    code = code_of(secret)
    assert second(password_typed(world), otp=code) == 302
    again = password_typed(world)
    assert second(again, otp=code) == 401
    assert not is_in(again)


def test_a_code_that_two_type_at_once_lets_one_in(world: World) -> None:
    secret, _ = set_up(world.browser("member"))
    code = code_of(secret)
    browsers = [password_typed(world), password_typed(world)]
    db.session.remove()
    with ThreadPoolExecutor(2) as pool:
        answers = pool.map(lambda one: one.post("/sign-in/code", {"otp": code}), browsers)
        assert sorted(one.status_code for one in answers) == [302, 401]


@pytest.mark.parametrize(("late", "taken"), [(-2, False), (-1, True), (1, True), (2, False)])
def test_a_phones_clock_may_be_half_a_minute_off(world: World, late: int, taken: bool) -> None:  # noqa: FBT001
    with time_machine.travel(clock.now(), tick=False) as clockwork:
        secret, _ = set_up(world.browser("member"))
        clockwork.shift(timedelta(minutes=3))
        assert (second(password_typed(world), otp=code_of(secret, late)) == 302) is taken


def test_an_older_code_than_the_last_one_is_refused(world: World) -> None:
    with time_machine.travel(clock.now(), tick=False) as clockwork:
        secret, _ = set_up(world.browser("member"))
        clockwork.shift(timedelta(minutes=3))
        assert second(password_typed(world), otp=code_of(secret, 1)) == 302
        assert second(password_typed(world), otp=code_of(secret, 0)) == 401


def test_after_five_wrong_codes_the_password_is_asked_for_again(world: World) -> None:
    secret, _ = set_up(world.browser("member"))
    browser = password_typed(world)
    assert [second(browser, otp="000000") for _ in range(5)] == [401, 401, 401, 401, 303]
    browser.get("/sign-in")
    assert browser.post("/sign-in/code", {"otp": code_of(secret)}).status_code == 303
    assert not is_in(browser)
    db.session.rollback()
    told = [row.body for row in db.session.scalars(sa.select(Message))]
    assert any("typed 5 wrong codes" in body for body in told)


def test_wrong_codes_are_written_down(world: World) -> None:
    set_up(world.browser("member"))
    second(password_typed(world), otp="000000")
    db.session.rollback()
    failed = sa.select(AuditEvent.detail).where(AuditEvent.act == "sign-in failed")
    assert db.session.scalars(failed).all() == ["one-time code"]


def test_the_second_step_lasts_five_minutes(world: World) -> None:
    with time_machine.travel(clock.now(), tick=False) as clockwork:
        secret, _ = set_up(world.browser("member"))
        browser = password_typed(world)
        clockwork.shift(timedelta(minutes=5, seconds=1))
        assert second(browser, otp=code_of(secret)) == 303
        assert not is_in(browser)


def test_an_app_that_is_removed_is_asked_for_no_more(world: World, app: Flask) -> None:
    owner = world.browser("member")
    set_up(owner)
    owner.get("/me/security")
    assert owner.post("/me/security/codes/remove").status_code == 303
    assert Browser(app).sign_in(world.here.emails["member"], PASSWORD).status_code == 302


def test_words_survive_a_second_step(world: World) -> None:
    secret, _ = set_up(world.browser("member"))
    browser = Browser(world.browser("second_member").app)
    browser.get("/sign-in")
    typed = {"typed-answer": "Invented Answer", "next": "/alerts/new"}
    sent = {"email": world.here.emails["member"], "password": PASSWORD, **typed}
    page = browser.post("/sign-in", sent)
    assert page.status_code == 200
    assert 'name="typed-answer" value="Invented Answer"' in page.text
    browser.get("/sign-in/code")
    right = browser.post("/sign-in/code", {"otp": code_of(secret), **typed})
    assert "Send what I typed" in right.text
    assert 'action="/alerts/new"' in right.text
    assert 'name="otp"' not in right.text
