"""An app for one-time codes, and the way through the pages with it."""

import html
import re
from typing import Any

import pyotp
import time_machine

from disc.core import clock
from tests.browsers import Browser
from tests.world import PASSWORD, World

SECRET = re.compile(r"<code>((?:[A-Z2-7]{4} ?)+)</code>")
RECOVERY = re.compile(r"<li><code>([0-9A-Z-]+)</code></li>")


def code_of(secret: str, late: int = 0) -> str:
    """Return the code that an app shows, so many half minutes from now."""
    return pyotp.TOTP(secret).at(int(clock.now().timestamp()) + 30 * late)


def secret_shown(browser: Browser) -> str:
    """Begin to set an app up, and return the key on the page."""
    browser.get("/me/security")
    assert browser.post("/me/security/codes/begin").status_code == 303
    page = browser.get("/me/security/codes")
    assert page.status_code == 200
    found = SECRET.search(page.text)
    assert found, page.text
    return found[1].replace(" ", "")


def set_up(browser: Browser) -> tuple[str, list[str]]:
    """Set an app up; return its secret and the recovery codes that were shown.

    With the code of the half minute before, so that this one's is still unused. No time passes
    meanwhile: a half minute that ended just now would make it a code of two before.
    """
    secret = secret_shown(browser)
    with time_machine.travel(clock.now(), tick=False):
        page = browser.post("/me/security/codes", {"otp": code_of(secret, -1)})
    assert page.status_code in {200, 303}, page.text
    return secret, [html.unescape(code) for code in RECOVERY.findall(page.text)]


def password_typed(world: World, who: str = "member") -> Browser:
    """Return a fresh browser in which somebody typed a right password."""
    from flask import current_app

    browser = Browser(current_app._get_current_object())
    browser.get("/sign-in")
    sent = {"email": world.here.emails[who], "password": PASSWORD}
    answer = browser.post("/sign-in", sent)
    assert answer.status_code == 303, answer.text
    assert answer.headers["Location"].startswith("/sign-in/code")
    browser.get("/sign-in/code")
    return browser


def is_in(browser: Browser) -> bool:
    return browser.get("/me").status_code == 200


def second(browser: Browser, **typed: Any) -> int:
    browser.get("/sign-in/code")
    return browser.post("/sign-in/code", typed).status_code
