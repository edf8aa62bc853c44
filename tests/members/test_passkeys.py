"""Passkeys: added, used, refused when anything about them does not hold, and removed."""

import copy
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from disc.core import clock
from disc.core.audit import AuditEvent
from disc.core.database import db
from disc.members.models import Ceremony, Passkey, Proof, RecoveryCode, UserSession
from tests.browsers import Browser
from tests.members.authenticators import Authenticator, b64, challenge, enter, register
from tests.world import World


def with_passkey(world: World, who: str = "member") -> tuple[Browser, Authenticator]:
    browser, device = world.browser(who), Authenticator()
    assert register(browser, device).status_code == 200
    return browser, device


def refused(answer: Any) -> bool:
    return answer.status_code == 401 and answer.get_json()["code"] == "wrong-passkey"


def last_failure() -> str:
    db.session.rollback()
    found = sa.select(AuditEvent.detail).where(AuditEvent.act == "sign-in failed")
    return db.session.scalars(found.order_by(AuditEvent.at.desc())).first() or ""


def test_a_passkey_is_added_and_signs_its_owner_in(world: World, app: Flask) -> None:
    owner, device = with_passkey(world)
    assert "My phone" in owner.get("/me/security").text
    fresh = Browser(app)
    answer = enter(fresh, device)
    assert answer.status_code == 200
    assert answer.get_json()["to"] == "/"
    assert "Pat Member" in fresh.get("/me").text
    db.session.rollback()
    rows = db.session.scalars(sa.select(UserSession).where(UserSession.how == Proof.PASSKEY)).all()
    assert len(rows) == 1
    assert rows[0].proved_at is not None


def test_the_first_passkey_asks_for_recovery_codes_and_the_second_does_not(world: World) -> None:
    owner = world.browser("member")
    assert register(owner, Authenticator()).get_json()["needs_codes"] is True
    owner.get("/me/security")
    assert owner.post("/me/security/recovery").status_code == 200
    assert register(owner, Authenticator()).get_json()["needs_codes"] is False


def test_what_a_browser_is_asked_for_is_strict(world: World) -> None:
    owner, device = with_passkey(world)
    told = owner.post_json("/me/security/passkeys/options", {}).get_json()["options"]
    assert told["authenticatorSelection"]["residentKey"] == "required"
    assert told["authenticatorSelection"]["userVerification"] == "required"
    assert told["attestation"] == "none"
    assert told["rp"]["id"] == "localhost"
    assert [one["id"] for one in told["excludeCredentials"]] == [b64(device.credential_id)]
    asked = challenge(Browser(owner.app))["options"]
    assert asked["userVerification"] == "required"
    assert asked.get("allowCredentials", []) == []


@pytest.mark.parametrize(
    "lie",
    [
        {"origin": "https://evil.example"},
        {"origin": "http://localhost:8443"},
        {"rp_id": "evil.example"},
        {"verifies": False},
    ],
    ids=["another site", "another port", "another name", "nobody verified"],
)
def test_a_new_passkey_that_does_not_hold_is_not_kept(world: World, lie: dict[str, Any]) -> None:
    assert refused(register(world.browser("member"), Authenticator(**lie)))
    assert db.session.scalars(sa.select(Passkey)).all() == []


@pytest.mark.parametrize(
    "lie",
    [
        {"origin": "https://evil.example"},
        {"rp_id": "evil.example"},
        {"verifies": False},
        {"user_handle": b"somebody else's id"},
        {"user_handle": b""},
    ],
    ids=["another site", "another name", "nobody verified", "another owner", "no owner"],
)
def test_an_answer_that_does_not_hold_signs_nobody_in(
    world: World, app: Flask, lie: dict[str, Any]
) -> None:
    _, device = with_passkey(world)
    for name, value in lie.items():
        setattr(device, name, value)
    stranger = Browser(app)
    assert refused(enter(stranger, device))
    assert stranger.get("/me").status_code == 302
    assert last_failure().startswith("passkey")


def test_a_wrong_signature_signs_nobody_in_and_leaves_the_counter(world: World, app: Flask) -> None:
    _, device = with_passkey(world)
    forged = copy.copy(device)
    forged.key, forged.count = Authenticator().key, 5000
    assert refused(enter(Browser(app), forged))
    assert enter(Browser(app), device).status_code == 200


def test_an_answer_counts_once(world: World, app: Flask) -> None:
    _, device = with_passkey(world)
    told = challenge(Browser(app))
    answer = {"token": told["token"], "credential": device.get(told["options"])}
    first, second = Browser(app), Browser(app)
    for browser in (first, second):
        browser.get("/sign-in")
    assert first.post_json("/sign-in/passkey", answer).status_code == 200
    assert refused(second.post_json("/sign-in/passkey", answer))
    assert last_failure() == "passkey answer too late or sent twice"


def test_a_challenge_dies_with_a_wrong_answer(world: World, app: Flask) -> None:
    _, device = with_passkey(world)
    browser = Browser(app)
    told = challenge(browser)
    wrong = {"token": told["token"], "credential": Authenticator().get(told["options"])}
    assert refused(browser.post_json("/sign-in/passkey", wrong))
    right = {"token": told["token"], "credential": device.get(told["options"])}
    assert refused(browser.post_json("/sign-in/passkey", right))


def test_a_challenge_lasts_five_minutes(world: World, app: Flask) -> None:
    _, device = with_passkey(world)
    browser = Browser(app)
    told = challenge(browser)
    answer = {"token": told["token"], "credential": device.get(told["options"])}
    with time_machine.travel(clock.now() + timedelta(minutes=5, seconds=1)):
        assert refused(browser.post_json("/sign-in/passkey", answer))
        challenge(browser)
    assert len(db.session.scalars(sa.select(Ceremony)).all()) == 1


def test_a_challenge_of_another_purpose_is_no_good(world: World, app: Flask) -> None:
    owner, device = with_passkey(world)
    told = owner.post_json("/prove/passkey/options", {}).get_json()
    answer = {"token": told["token"], "credential": device.get(told["options"])}
    browser = Browser(app)
    browser.get("/sign-in")
    assert refused(browser.post_json("/sign-in/passkey", answer))


def test_a_counter_that_goes_back_is_refused_and_written_down(world: World, app: Flask) -> None:
    _, device = with_passkey(world)
    copied = copy.copy(device)
    for _ in range(3):
        assert enter(Browser(app), device).status_code == 200
    assert refused(enter(Browser(app), copied))
    assert last_failure() == "passkey counter back"


def test_a_synced_passkey_counts_nothing_and_works_again_and_again(
    world: World, app: Flask
) -> None:
    device = Authenticator(count=0, step=0)
    assert register(world.browser("member"), device).status_code == 200
    for _ in range(3):
        assert enter(Browser(app), device).status_code == 200


def test_nobody_adds_a_passkey_under_another_persons_challenge(world: World) -> None:
    member, second = world.browser("member"), world.browser("second_member")
    for browser in (member, second):
        browser.get("/me/security")
    told = member.post_json("/me/security/passkeys/options", {}).get_json()
    made = {"token": told["token"], "credential": Authenticator().create(told["options"])}
    assert refused(second.post_json("/me/security/passkeys", made))
    assert db.session.scalars(sa.select(Passkey)).all() == []


def test_a_credential_that_somebody_has_is_not_taken_by_another(world: World, app: Flask) -> None:
    _, device = with_passkey(world)
    thief = world.browser("second_member")
    assert register(thief, copy.copy(device)).status_code in {401, 409}
    browser = Browser(app)
    assert enter(browser, device).status_code == 200
    assert "Pat Member" in browser.get("/me").text


def test_a_stranger_cannot_prove_with_their_own_passkey(world: World) -> None:
    member, _ = with_passkey(world)
    _, strange = with_passkey(world, "second_member")
    told = member.post_json("/prove/passkey/options", {}).get_json()
    answer = {"token": told["token"], "credential": strange.get(told["options"])}
    assert refused(member.post_json("/prove/passkey", answer))


@pytest.mark.parametrize(
    "nonsense",
    [
        {},
        {"token": 7, "credential": {}},
        {"token": "x", "credential": {}},
        {"token": "x", "credential": {"rawId": "%%%", "id": "x"}},
        {"token": "x", "credential": {"rawId": None}},
        {"token": "x", "credential": []},
        [],
        "x",
    ],
)
def test_nonsense_is_refused_in_the_same_words(browser: Browser, nonsense: Any) -> None:
    browser.get("/sign-in")
    assert refused(browser.post_json("/sign-in/passkey", nonsense))


@pytest.mark.parametrize("part", ["clientDataJSON", "authenticatorData", "signature"])
@pytest.mark.parametrize("put", ["", "AAAA", "%%%", None, 5])
def test_a_broken_part_is_refused_in_the_same_words(
    world: World, app: Flask, part: str, put: Any
) -> None:
    _, device = with_passkey(world)
    browser = Browser(app)
    told = challenge(browser)
    credential = device.get(told["options"])
    credential["response"][part] = put
    answer = {"token": told["token"], "credential": credential}
    assert refused(browser.post_json("/sign-in/passkey", answer))


def test_a_removed_passkey_signs_nobody_in_and_its_codes_go(world: World, app: Flask) -> None:
    owner, device = with_passkey(world)
    owner.get("/me/security")
    owner.post("/me/security/recovery")
    row = db.session.scalars(sa.select(Passkey)).one().id
    db.session.rollback()
    stranger = world.browser("second_member")
    stranger.get("/me/security")
    assert stranger.post(f"/me/security/passkeys/{row}/remove").status_code == 404
    assert owner.post(f"/me/security/passkeys/{row}/remove").status_code == 303
    assert refused(enter(Browser(app), device))
    assert db.session.scalars(sa.select(RecoveryCode)).all() == []


def test_whoever_was_shut_out_is_not_let_in_by_passkey(world: World, app: Flask) -> None:
    from disc.core.transaction import writing
    from disc.members.models import Member, MemberState

    _, device = with_passkey(world)
    with writing() as opened:
        opened.get_one(Member, world.here.actor("member").id).state = MemberState.SUSPENDED
    assert refused(enter(Browser(app), device))


def test_a_page_opened_by_number_says_to_use_the_name(world: World, browser: Browser) -> None:
    by_number = browser.get("/sign-in", base_url="http://127.0.0.1:8000")
    assert "data-passkey=" not in by_number.text
    assert "http://localhost:8000/sign-in" in by_number.text
    elsewhere = browser.get("/sign-in", base_url="http://192.0.2.7")
    assert "Ask your manager for the name" in elsewhere.text


def test_a_passkey_sign_in_needs_a_token_of_our_own_page(world: World, app: Flask) -> None:
    _, device = with_passkey(world)
    browser = Browser(app)
    told = challenge(browser)
    answer = {"token": told["token"], "credential": device.get(told["options"])}
    browser.token = ""
    assert browser.post_json("/sign-in/passkey", answer).status_code == 400
    assert browser.get("/me").status_code == 302


def test_the_cookie_of_a_sign_in_ends_with_the_browser(world: World, app: Flask) -> None:
    _, device = with_passkey(world)
    answer = enter(Browser(app), device)
    cookies = [each for each in answer.headers.getlist("Set-Cookie") if each.startswith("session=")]
    assert cookies
    assert not any("expires" in each.lower() or "max-age" in each.lower() for each in cookies)
