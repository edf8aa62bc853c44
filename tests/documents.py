"""A scheme's documents in tests: published, read and accepted."""

import html
import re

from werkzeug.test import TestResponse

from disc.core.database import db
from disc.core.transaction import writing
from disc.members import accepting
from disc.members.models import Scheme
from tests.browsers import Browser
from tests.world import Place

SHOWN = re.compile(r'name="shown" value="([^"]+)"')


def publish_rules(place: Place) -> None:
    """Publish the first version of everything: from now on the gate holds everybody."""
    with writing():
        accepting.publish_first(db.session.get_one(Scheme, place.scheme_id))


def shown_on(page: TestResponse) -> list[str]:
    """Return the ids of the documents that a page asks to accept."""
    return SHOWN.findall(page.text)


def accept(browser: Browser, after: str = "") -> TestResponse:
    """Read the page, tick every box, and go on."""
    path = f"/rules?next={after}" if after else "/rules"
    ids = shown_on(browser.get(path))
    assert ids
    return browser.post(path, {"shown": ids, "accepted": ids})


def publish_next(manager: Browser, kind: str, title: str, body: str) -> TestResponse:
    """Publish a new version on the Administrator's page."""
    page = manager.get(f"/desk/rules/{kind}/new")
    after = re.search(r'name="after" value="(\d+)"', page.text)
    assert after, page.text
    sent = {"title": title, "body": body, "after": after[1], "publish": "y"}
    return manager.post(f"/desk/rules/{kind}/new", sent)


def words_of(page: TestResponse) -> str:
    """Return a page's text as people read it."""
    return html.unescape(re.sub(r"<[^>]+>", " ", page.text))
