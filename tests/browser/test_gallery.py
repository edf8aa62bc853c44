"""The gallery in a real browser: more tiles, back to the same one, keys, and no JavaScript."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.looking import too_wide, violations
from tests.browser.many import PEOPLE, many_people, signed_in
from tests.browser.people import PHONE
from tests.serving import wait_until

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """The address, and the member's password."""
    with many_people(tmp_path_factory.mktemp("many") / "instance") as found:
        yield found


def focused(page: Page) -> str:
    return str(page.evaluate("document.activeElement.closest('.faces > li')?.id"))


def is_returned_to(page: Page, tile: str | None) -> None:
    """Wait until the page, which stands before its script runs, has put the focus on a tile."""
    wait_until(lambda: focused(page) == tile)


def test_back_returns_to_the_tile_that_was_opened_also_from_further_on(
    chromium: Browser, site: tuple[str, str]
) -> None:
    page = signed_in(chromium, site, phone=True)
    expect(page.locator(".face")).to_have_count(24)
    page.get_by_role("link", name="Show more").click()
    expect(page.locator(".face")).to_have_count(PEOPLE)
    expect(page.get_by_role("link", name="Show more")).to_have_count(0)
    tile = page.locator(".faces > li").nth(27)
    wanted = tile.get_attribute("id")
    tile.get_by_role("link").tap()
    expect(page.get_by_role("heading", name="About this person")).to_be_visible()
    page.go_back()
    again = page.locator(f"[id='{wanted}']")
    expect(again).to_be_in_viewport()
    is_returned_to(page, wanted)
    page.get_by_role("link", name="Show the newest").click()
    expect(page.locator(".face")).to_have_count(24)
    page.context.close()


def test_what_one_chooses_by_is_under_the_thumb(chromium: Browser, site: tuple[str, str]) -> None:
    page = signed_in(chromium, site, phone=True)
    for name, field in (("Filter", "Height"), ("Search", "Search")):
        button = page.locator(".look-bar").get_by_role("button", name=name)
        box = button.bounding_box()
        assert box is not None
        assert box["y"] > PHONE["height"] * 0.6
        assert box["height"] >= 48
        button.tap()
        expect(page.get_by_label(field, exact=True)).to_be_in_viewport()
        assert violations(page) == []
        assert too_wide(page) is None
        page.keyboard.press("Escape")
        expect(page.get_by_label(field, exact=True)).to_be_hidden()
    page.locator(".look-bar").get_by_role("button", name="Filter").tap()
    page.get_by_label("Height").select_option("tall")
    page.get_by_role("button", name="Show", exact=True).tap()
    expect(page.get_by_text("No one here looks like that.")).to_be_visible()
    page.get_by_role("link", name="Take the filter off").tap()
    expect(page.locator(".face")).to_have_count(24)
    page.context.close()


def test_the_keyboard_alone_leads_to_a_person_and_back(
    chromium: Browser, site: tuple[str, str]
) -> None:
    page = signed_in(chromium, site, phone=False)
    tiles = page.locator(".faces > li")
    expect(tiles).to_have_count(24)
    for key in ("j", "j", "k", "ArrowRight"):
        page.keyboard.press(key)
    wanted = tiles.nth(1).get_attribute("id")
    assert focused(page) == wanted
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="About this person")).to_be_visible()
    page.wait_for_load_state()
    page.keyboard.press("Escape")
    page.wait_for_url("**/gallery#*")
    expect(tiles).to_have_count(24)
    is_returned_to(page, wanted)
    page.keyboard.press("/")
    page.keyboard.type("invetned 12")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="1 person may be meant")).to_be_visible()
    assert "nvet" not in page.url
    page.context.close()


def test_the_keys_can_be_turned_off(chromium: Browser, site: tuple[str, str]) -> None:
    page = signed_in(chromium, site, phone=False)
    page.get_by_role("button", name="Turn these keys off").click()
    page.reload()
    expect(page.get_by_role("button", name="Turn these keys on")).to_be_visible()
    page.keyboard.press("j")
    assert focused(page) == "None"
    page.context.close()


def test_shades_stand_in_a_pictures_place_until_it_is_here(
    chromium: Browser, site: tuple[str, str]
) -> None:
    page = signed_in(chromium, site, phone=True)
    page.route("**/img/**", lambda _route: None)
    page.reload(wait_until="domcontentloaded")
    shades = page.locator(".frame__hint")
    expect(shades.first).to_be_visible()
    assert shades.first.evaluate("canvas => [canvas.width, canvas.height]") == [32, 23]
    page.unroute("**/img/**")
    page.context.close()


def test_without_javascript_one_leafs_searches_and_filters_as_well(
    chromium: Browser, site: tuple[str, str]
) -> None:
    page = signed_in(chromium, site, phone=True, scripts=False)
    page.get_by_role("link", name="Show more").click()
    expect(page.locator(".face")).to_have_count(PEOPLE - 24)
    page.locator(".look-bar").get_by_role("button", name="Search").tap()
    page.get_by_label("Search", exact=True).fill("invented 12")
    page.get_by_role("button", name="Search", exact=True).last.tap()
    expect(page.locator(".face__name").first).to_have_text("Invented 12")
    page.context.close()
