"""Choosing another password: the old one first, and every other device signed out."""

from tests.browsers import Browser
from tests.world import PASSWORD, World

NEW = "copper kettle beside nine gulls"
PAGE = "/me/security/password"


def change(browser: Browser, old: str, new: str = NEW) -> int:
    browser.get(PAGE)
    return browser.post(PAGE, {"old": old, "password": new, "again": new}).status_code


def test_the_old_password_is_asked_for_however_fresh_the_proof(world: World) -> None:
    member = world.browser("member")
    for wrong in ("", "something else entirely"):
        assert change(member, wrong) == 422
    refused = member.post(PAGE, {"old": "wrong one", "password": NEW, "again": NEW})
    assert "This is not the password that you have now." in refused.text
    assert NEW not in refused.text
    assert Browser(member.app).sign_in(world.here.emails["member"], PASSWORD).status_code == 302


def test_a_new_password_signs_the_other_devices_out(world: World) -> None:
    member, elsewhere = world.browser("member"), world.browser("member")
    assert change(member, PASSWORD) == 303
    assert member.get("/me").status_code == 200
    assert elsewhere.get("/me").status_code == 302
    again = Browser(member.app)
    assert again.sign_in(world.here.emails["member"], PASSWORD).status_code == 401
    assert again.sign_in(world.here.emails["member"], NEW).status_code == 302


def test_an_easy_password_is_not_taken(world: World) -> None:
    member = world.browser("member")
    assert change(member, PASSWORD, "password1234") == 422
    assert Browser(member.app).sign_in(world.here.emails["member"], PASSWORD).status_code == 302


def test_a_password_is_long_and_counts_as_it_was_typed(world: World) -> None:
    begin = "  Nine Herons beside a Copper Kettle  "
    longest = begin + "x7 Lantern " * 14 + "quayside"
    assert len(longest) == 200
    member, email = world.browser("member"), world.here.emails["member"]
    assert change(member, PASSWORD, longest + "s") == 422
    assert change(member, PASSWORD, longest) == 303
    for other in (longest.strip(), longest.lower(), longest[:-1], longest[:-1] + "E"):
        assert Browser(member.app).sign_in(email, other).status_code == 401
    assert Browser(member.app).sign_in(email, longest).status_code == 302
