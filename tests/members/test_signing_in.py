"""Signing in and out."""

import base64
import hashlib

import sqlalchemy as sa

from disc.core.database import db
from disc.members.models import UserSession
from tests.browsers import Browser
from tests.world import PASSWORD, World


def test_a_member_signs_in_and_sees_their_own_name(world: World) -> None:
    page = world.browser("member").get("/me")
    assert page.status_code == 200
    assert "Pat Member" in page.text


def test_a_wrong_password_and_an_unknown_address_get_the_same_answer(
    world: World, browser: Browser
) -> None:
    known = browser.sign_in(world.here.emails["member"], "not the password")
    unknown = browser.sign_in("nobody@example.org", "not the password")
    assert known.status_code == unknown.status_code == 401
    assert "The e-mail address or the password is wrong." in known.text
    assert known.text.replace(world.here.emails["member"], "").count("wrong") == unknown.text.count(
        "wrong"
    )


def test_what_was_typed_is_kept_but_for_the_password(world: World, browser: Browser) -> None:
    page = browser.sign_in(world.here.emails["member"], "not the password")
    assert world.here.emails["member"] in page.text
    assert "not the password" not in page.text


def test_signing_out_ends_the_sign_in_on_the_server(world: World) -> None:
    browser = world.browser("member")
    cookie = browser.client.get_cookie("session")
    assert browser.post("/sign-out").status_code == 302
    assert cookie is not None
    browser.client.set_cookie("session", cookie.value)
    assert browser.get("/me").status_code == 302


def test_sign_in_never_leads_to_another_site(world: World, browser: Browser) -> None:
    browser.get("/sign-in")
    for address in (
        "https://evil.example/",
        "//evil.example/",
        "////evil.example",
        "/\\evil.example",
        "javascript:alert(1)",
        "http://[evil",
        "//[",
    ):
        answer = browser.post(
            "/sign-in",
            {"email": world.here.emails["member"], "password": PASSWORD, "next": address},
        )
        assert answer.headers["Location"] == "/"
        browser = Browser(browser.app)
        browser.get("/sign-in")


def test_the_token_of_a_sign_in_is_random_and_its_digest_alone_is_kept(world: World) -> None:
    first, second = (_token(world.browser("member")) for _ in range(2))
    assert first != second
    assert len(base64.urlsafe_b64decode(first + "=")) == 32
    kept = set(db.session.scalars(sa.select(UserSession.token_digest)))
    assert {hashlib.sha256(token.encode()).digest() for token in (first, second)} <= kept


def _token(browser: Browser) -> str:
    with browser.client.session_transaction() as cookie:
        token: str = cookie["_user_id"]
    return token
