"""Before a report is sent, the phone itself says which photos show little."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, FilePayload, Page, Route, expect

from disc.incidents.rules import DARK_PHOTO, SMALL_PERSON, SOFT_PHOTO
from tests.browser.looking import too_wide, violations
from tests.browser.people import LAPTOP, PHONE, People
from tests.browser.shop_floor import photo
from tests.browser.test_comparing import inside
from tests.incidents.test_photos_that_show_little import changed
from tests.serving import Site, wait_until
from tests.whole_app.servers import flask, running
from tests.world import PASSWORD, make_place

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def shop(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[People]:
    """The people of a scheme without pictures."""
    instance = tmp_path_factory.mktemp("photos") / "instance"
    assert flask(instance, "prepare").returncode == 0
    with running(instance) as server:
        server.wait_for(200)
        site = Site(server, instance)
        with inside(site):
            place = make_place("Harbour Watch", live=True)
        site.signins = {"member": (place.emails["member"], PASSWORD)}
        yield People(chromium, site)


def _files(*changes: str) -> list[FilePayload]:
    made = [changed(one) for one in changes]
    return [photo(name, data.read()) for data, name in made]


def _choose(page: Page, *changes: str) -> None:
    page.get_by_label("Shop theft").check()
    button = page.get_by_role("button", name="Next", exact=True)
    while not page.locator("#pictures").is_visible():
        button.click()
    page.locator("#pictures").set_input_files(_files(*changes))
    page.get_by_role("button", name="Mark the person").nth(len(changes) - 1).wait_for()


def _words(page: Page) -> list[str]:
    return page.locator(".photo__hint").all_text_contents()


def test_the_browser_says_what_the_server_would(shop: People) -> None:
    person = shop.person("member")
    page = person.open("/report")
    _choose(page, "good", "dark", "blurred")
    assert _words(page) == ["", DARK_PHOTO, SOFT_PHOTO]
    assert person.problems == []
    person.leave()


def test_photos_chosen_anew_before_their_script_is_here_are_measured_once(shop: People) -> None:
    person = shop.person("member", service_workers="block")  # it fetches unseen
    page = person.open("/report")
    slow: list[Route] = []

    def hold(route: Route) -> None:
        slow.append(route)

    page.route("**/js/quality.js*", hold)
    photos = page.locator("#pictures")
    for changes in (("dark",), ("blurred", "good")):
        photos.set_input_files(_files(*changes))
    wait_until(lambda: page.wait_for_timeout(20) is None and bool(slow))
    slow[0].continue_()
    marks = page.get_by_role("button", name="Mark the person")
    expect(marks).to_have_count(2)
    assert _words(page) == [SOFT_PHOTO, ""]
    person.leave()


@pytest.mark.parametrize("phone", [True, False])
def test_a_box_round_the_person_says_whether_they_are_too_small(
    shop: People, *, phone: bool
) -> None:
    person = shop.person("member", phone=phone, reduced_motion="reduce")
    page = person.open("/report")
    _choose(page, "good")
    page.get_by_role("button", name="Mark the person").focus()
    page.keyboard.press("Enter")
    sheet = page.locator(".editor__sheet")
    sheet.wait_for()
    assert page.evaluate("document.activeElement.classList.contains('editor__sheet')")
    page.keyboard.press("Shift+ArrowUp")  # 40 to 59 per cent of 960 pixels
    assert _words(page) == [SMALL_PERSON]
    for theme in ("light", "dark"):
        page.emulate_media(color_scheme=theme)
        assert too_wide(page) is None
        assert violations(page) == []
    for _ in range(8):
        page.keyboard.press("Shift+ArrowDown")
    assert _words(page) == [""]
    assert page.locator("input[name=person]").input_value() == "0 40 40 60 67"
    assert page.viewport_size == (PHONE if phone else LAPTOP)
    assert person.problems == []
    person.leave()
