"""An Administrator makes a key for a retailer's system, and its pages fit every screen."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import sqlalchemy as sa
from playwright.sync_api import Browser, Page, expect

from disc.api.models import ApiDelivery, ApiKey
from disc.api.rules import News
from disc.api.service import set_webhook
from disc.core import clock
from disc.core.database import db, new_id
from disc.core.transaction import writing
from tests.browser.every_page import look
from tests.browser.people import LAPTOP, People, leading_on
from tests.browser.test_comparing import inside
from tests.serving import Site
from tests.whole_app.servers import flask, running
from tests.world import PASSWORD, Place, make_place

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def office(
    chromium: Browser, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[People, Site, Place]]:
    instance = tmp_path_factory.mktemp("keys") / "instance"
    assert flask(instance, "prepare").returncode == 0
    with running(instance) as server:
        server.wait_for(200)
        site = Site(server, instance)
        with inside(site):
            place = make_place("Harbour Watch", live=True)
        site.signins = {"administrator": (place.emails["administrator"], PASSWORD)}
        yield People(chromium, site), site, place


def test_a_key_is_made_shown_once_given_codes_and_followed(
    office: tuple[People, Site, Place],
) -> None:
    people, site, place = office
    person = people.person("administrator", reduced_motion="reduce")
    page = person.open("/desk/settings")
    _follow(page, "Keys for other systems")
    wrong = _looked(page, people)
    _follow(page, "Make a key")
    wrong += _looked(page, people)
    page.get_by_label("Whose system is it?").fill("Corner Foods head office")
    page.get_by_label("For real reports").check()
    page.get_by_label("Corner Foods", exact=True).check()
    page.get_by_label("Send reports").check()
    page.get_by_role("button", name="Make the key").click()
    secret = page.locator("#secret").inner_text()
    assert secret.startswith("disc_live_")
    wrong += _looked(page, people)
    page.get_by_role("link", name="I have kept it").click()
    expect(page.get_by_text(secret)).to_have_count(0)
    page.get_by_label("Codes of their own system").fill("ST01 = shop-theft")
    page.get_by_role("button", name="Save the codes").click()
    expect(page.get_by_role("status").filter(has_text="Saved.")).to_be_visible()
    with inside(site):
        _news(place)
    page.reload()
    wrong += _looked(page, people)
    _follow(page, "What we sent, and 1 that did not arrive")
    wrong += _looked(page, people)
    page.get_by_role("button", name="Send again").click()
    expect(page.get_by_role("status").filter(has_text="We send it again now.")).to_be_visible()
    assert wrong == [], wrong
    assert person.problems == []


def _follow(page: Page, name: str) -> None:
    with leading_on(page):
        page.get_by_role("link", name=name).click()


def _news(place: Place) -> None:
    """Let news arrive, wait and be given up, as time would bring it."""
    with writing():
        key = db.session.scalars(sa.select(ApiKey)).one()
        set_webhook(place.actor("administrator"), key.id, "https://hook.example.org/disc")
        for done in (
            {"delivered_at": clock.now()},
            {"failures": 2, "failure": "The server answered 503.", "next_at": clock.now()},
            {
                "failures": 9,
                "failure": "The server did not answer in time.",
                "given_up_at": clock.now() + timedelta(days=3),
            },
        ):
            row = ApiDelivery(
                id=new_id(),
                scheme_id=place.scheme_id,
                key_id=key.id,
                kind=News.STATUS_CHANGED,
                incident_id=new_id(),
                status="accepted",
                **done,
            )
            db.session.add(row)


def _looked(page: Page, people: People) -> list[str]:
    """Return what is wrong with the page in hand, and go back to the laptop."""
    wrong = look(page, page.url, people.shapes)
    page.emulate_media(color_scheme="light")
    page.set_viewport_size(LAPTOP)
    return wrong
