"""What every response carries, and what pages and templates may not hold."""

import re
from pathlib import Path

from flask import Flask
from jinja2 import nodes

from config import ROOT
from tests.browsers import Browser
from tests.world import World

INLINE = re.compile(r"\son[a-z]+\s*=|\sstyle\s*=|<style|javascript:", re.IGNORECASE)
SECRET = re.compile(r'govuk\("input", \{[^{]*"name": "(?:password|old|again|pin)"[^{]*')
FILLED = re.compile('"autocomplete": "(?:current|new)-password"')


def templates() -> list[Path]:
    return sorted((ROOT / "templates").rglob("*.html"))


def test_every_answer_forbids_what_we_do_not_need(world: World, browser: Browser) -> None:
    for answer in (
        browser.get("/sign-in"),
        browser.get("/no-such-page"),
        world.browser("member").get("/"),
    ):
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Referrer-Policy"] == "same-origin"
        assert answer.headers["Cache-Control"] == "no-store, private"


def test_the_nonce_is_new_for_each_answer(browser: Browser) -> None:
    found = {
        re.search(r"nonce-([\w-]+)", browser.get("/sign-in").headers["Content-Security-Policy"])[1]  # type: ignore[index]
        for _ in range(3)
    }
    assert len(found) == 3


def test_cookies_are_out_of_reach_of_scripts_and_other_sites(
    world: World, browser: Browser
) -> None:
    browser.get("/sign-in")
    from tests.world import PASSWORD

    answer = browser.post("/sign-in", {"email": world.here.emails["member"], "password": PASSWORD})
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


def test_a_post_without_its_token_is_refused_with_a_sentence(world: World) -> None:
    member = world.browser("member")
    member.token = ""
    answer = member.post("/sign-out")
    assert answer.status_code == 400
    assert "This page was open too long." in answer.text
    assert "Send again" not in answer.text


def test_templates_hold_no_inline_code_and_trust_no_text(app: Flask) -> None:
    for path in templates():
        source = path.read_text()
        assert not INLINE.search(re.sub(r"{#.*?#}", "", source, flags=re.DOTALL)), path
        tree = app.jinja_env.parse(source)
        assert not [one for one in tree.find_all(nodes.Filter) if one.name == "safe"], path
        for script in re.findall(r"<script[^>]*>", source):
            assert "nonce=" in script, path


def test_passwords_are_masked_and_left_to_password_managers() -> None:
    fields = [(path, one) for path in templates() for one in SECRET.findall(path.read_text())]
    assert len(fields) > 5
    for path, field in fields:
        assert '"type": "password"' in field, path
        if "pin" not in path.name:  # a PIN is for a shop's tablet, which shall keep none
            assert FILLED.search(field), path
    for script in (ROOT / "static" / "js").rglob("*.js"):
        assert '"paste"' not in script.read_text(), script


def test_unknown_and_forbidden_pages_look_alike(world: World) -> None:
    member = world.browser("member")
    unknown, forbidden = member.get("/no-such-page"), member.get("/desk")
    assert unknown.status_code == forbidden.status_code == 404

    def without_tokens(text: str) -> str:
        return re.sub(r'nonce="[^"]+"|content="[^"]+"|value="[^"]+"', "", text)

    assert without_tokens(unknown.text) == without_tokens(forbidden.text)


def test_a_script_gets_a_problem_in_json(browser: Browser) -> None:
    answer = browser.get("/no-such-page", headers={"Accept": "application/json"})
    assert answer.content_type == "application/problem+json"
    assert answer.json == {
        "type": "about:blank",
        "title": "We cannot find that page.",
        "status": 404,
        "code": "not found",
    }


def test_a_fault_is_a_sentence_that_leaks_nothing(world: World, app: Flask) -> None:
    member = world.browser("member")
    view = app.view_functions["members.me"]

    def broken() -> str:
        raise RuntimeError("secret detail")

    broken.__dict__.update(view.__dict__)
    app.view_functions["members.me"] = broken
    try:
        answer = member.get("/me")
    finally:
        app.view_functions["members.me"] = view
    assert answer.status_code == 500
    assert "Something went wrong on our side." in answer.text
    assert "secret detail" not in answer.text
