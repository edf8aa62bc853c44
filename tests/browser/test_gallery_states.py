"""The gallery when it is not as it should be: each state in all widths and themes."""

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.every_page import look
from tests.browser.many import many_people, signed_in
from tests.browser.offline import find_signal, lose_signal
from tests.browser.people import LAPTOP, PHONE

pytestmark = pytest.mark.browser

KEEP = os.environ.get("STATES")
"""A folder for a picture of each state, where somebody wants to look at them."""
PICTURES = "**/img/**"
MORE = re.compile("/gallery[?]after=")


@pytest.fixture(scope="module")
def reader(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    """Somebody who signed in once, at the gallery."""
    with many_people(tmp_path_factory.mktemp("states") / "instance") as site:
        yield signed_in(chromium, site, phone=False)


@pytest.fixture
def gallery(chromium: Browser, reader: Page) -> Iterator[Page]:
    """The gallery in a browser of its own, with that sign-in."""
    context = chromium.new_context(
        base_url=reader.url, storage_state=reader.context.storage_state(), reduced_motion="reduce"
    )
    page = context.new_page()
    page.goto("/gallery")
    yield page
    context.close()


def loading(page: Page) -> None:
    page.route(PICTURES, lambda _route: None)
    page.reload(wait_until="domcontentloaded")
    expect(page.locator(".frame__hint").first).to_be_visible()


def loading_more(page: Page) -> None:
    page.route(MORE, lambda _route: None)
    page.get_by_role("link", name="Show more").click()
    expect(page.get_by_role("link", name="Getting more")).to_be_visible()


def empty(page: Page) -> None:
    page.goto("/gallery?height=tall")
    expect(page.get_by_text("No one here looks like that.")).to_be_visible()


def nothing_found(page: Page) -> None:
    page.goto("/gallery")
    page.keyboard.press("/")
    page.keyboard.type("zzzzzz qqqqqq")
    page.keyboard.press("Enter")
    expect(page.get_by_text("No one found.")).to_be_visible()


def without_pictures(page: Page) -> None:
    page.route(PICTURES, lambda route: route.abort())
    page.reload()
    expect(page.get_by_text("The picture did not come").first).to_be_visible()
    page.wait_for_load_state("networkidle")  # each has been asked for twice


def not_there(page: Page) -> None:
    page.goto("/people/00000000-0000-7000-8000-000000000000")
    expect(page.get_by_role("heading", level=1)).to_be_visible()


def offline(page: Page) -> None:
    lose_signal(page)
    expect(page.get_by_text("You are offline.")).to_be_visible()


def opened_offline(page: Page) -> None:
    page.wait_for_function("() => navigator.serviceWorker.controller")
    lose_signal(page)
    page.get_by_role("link", name="Show more").click()
    expect(page.get_by_role("heading", name="You are offline")).to_be_visible()


def signed_out(page: Page) -> None:
    more = page.get_by_role("link", name="Show more")
    more.scroll_into_view_if_needed()  # what comes into view asks for links by itself
    page.wait_for_load_state("networkidle")
    page.context.clear_cookies()
    more.click()
    expect(page.get_by_text("You are signed out.")).to_be_visible()


def covered(page: Page) -> None:
    page.get_by_role("button", name="Hide screen").click()
    expect(page.get_by_role("heading", name="This screen is hidden")).to_be_visible()


STATES: list[Callable[[Page], None]] = [
    loading,
    loading_more,
    empty,
    nothing_found,
    without_pictures,
    not_there,
    offline,
    opened_offline,
    signed_out,
    covered,
]


@pytest.mark.parametrize("state", STATES, ids=lambda state: state.__name__)
def test_each_state_can_be_read_by_everybody(gallery: Page, state: Callable[[Page], None]) -> None:
    state(gallery)
    assert look(gallery, state.__name__, set()) == []
    _keep(gallery, state.__name__)


def test_pictures_that_did_not_come_are_asked_for_once_there_is_a_network(
    gallery: Page,
) -> None:
    without_pictures(gallery)
    gallery.unroute(PICTURES)
    lose_signal(gallery)
    find_signal(gallery)
    expect(gallery.get_by_text("The picture did not come")).to_have_count(0)
    first = gallery.locator(".still").first
    assert first.evaluate("image => image.naturalWidth") > 0


def test_a_picture_that_did_not_come_and_may_not_be_seen_now_says_that_it_is_gone(
    gallery: Page,
) -> None:
    without_pictures(gallery)
    gallery.route("**/img/mint", lambda route: route.fulfill(json={"urls": {}}))
    lose_signal(gallery)
    find_signal(gallery)
    expect(gallery.get_by_text("You can no longer see this picture").first).to_be_visible()
    expect(gallery.get_by_text("The picture did not come")).to_have_count(0)


def _keep(page: Page, name: str) -> None:
    if not KEEP:
        return
    for size, device in ((PHONE, "phone"), (LAPTOP, "laptop")):
        page.set_viewport_size(size)
        for theme in ("light", "dark"):
            page.emulate_media(color_scheme=theme)
            page.screenshot(path=Path(KEEP) / f"{name}-{device}-{theme}.png")
