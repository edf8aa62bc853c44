"""Recovery codes: shown once, each good once, dead once there are new ones."""

import re

import sqlalchemy as sa

from disc.core.database import db
from disc.core.mail import Message
from disc.members.models import RecoveryCode
from disc.members.rules import RECOVERY_LETTERS, normal_recovery_code
from tests.browsers import Browser
from tests.members.apps import RECOVERY, is_in, password_typed, second, set_up
from tests.members.authenticators import Authenticator, register
from tests.world import World


def new_codes(browser: Browser) -> list[str]:
    browser.get("/me/security")
    return RECOVERY.findall(browser.post("/me/security/recovery").text)


def test_ten_codes_of_120_bits_are_shown_once_and_not_kept(world: World) -> None:
    browser = world.browser("member")
    _, codes = set_up(browser)
    assert len(set(codes)) == 10
    assert len(RECOVERY_LETTERS) == 32
    assert all(re.fullmatch(r"[0-9A-Z]{4}(-[0-9A-Z]{4}){5}", code) for code in codes)
    db.session.rollback()
    kept = db.session.scalars(sa.select(RecoveryCode.digest)).all()
    assert len(kept) == 10
    assert not any(
        normal_recovery_code(code).encode() in digest for code in codes for digest in kept
    )
    assert codes[0] not in browser.get("/me/security").text


def test_a_code_lets_in_once(world: World) -> None:
    _, codes = set_up(world.browser("member"))
    first = password_typed(world)
    assert second(first, recovery_code=codes[0]) == 302
    assert is_in(first)
    assert "9 of your codes are left" in first.get("/me/security").text
    again = password_typed(world)
    assert second(again, recovery_code=codes[0]) == 401
    assert not is_in(again)


def test_its_owner_is_told_that_a_code_was_used(world: World) -> None:
    _, codes = set_up(world.browser("member"))
    second(password_typed(world), recovery_code=codes[0])
    db.session.rollback()
    told = [row.body for row in db.session.scalars(sa.select(Message))]
    assert any("A recovery code was used" in body for body in told)


def test_a_code_may_be_typed_in_small_letters_with_spaces_and_lookalikes(world: World) -> None:
    _, codes = set_up(world.browser("member"))
    typed = codes[0].lower().replace("-", " ").replace("0", "o").replace("1", "l")
    assert second(password_typed(world), recovery_code=typed) == 302


def test_new_codes_kill_the_old_ones(world: World) -> None:
    owner = world.browser("member")
    _, old = set_up(owner)
    new = new_codes(owner)
    assert len(new) == 10
    assert second(password_typed(world), recovery_code=old[0]) == 401
    assert second(password_typed(world), recovery_code=new[0]) == 302


def test_another_persons_code_is_no_good(world: World) -> None:
    set_up(world.browser("member"))
    _, theirs = set_up(world.browser("second_member"))
    assert second(password_typed(world), recovery_code=theirs[0]) == 401


def test_somebody_with_a_passkey_alone_uses_a_recovery_code_with_the_password(
    world: World,
) -> None:
    owner = world.browser("member")
    register(owner, Authenticator())
    codes = new_codes(owner)
    browser = password_typed(world)
    page = browser.get("/sign-in/code").text
    assert 'data-passkey="sign-in"' in page
    assert 'name="otp"' not in page
    assert second(browser, otp="000000") == 401
    assert second(browser, recovery_code=codes[3]) == 302


def test_nobody_without_a_second_factor_gets_codes(world: World) -> None:
    owner = world.browser("member")
    assert new_codes(owner) == []
    assert db.session.scalars(sa.select(RecoveryCode)).all() == []
