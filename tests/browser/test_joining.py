"""A newcomer comes by the QR code of a shop, is let in, and sends a first report."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser import shop_floor
from tests.browser.looking import too_wide, violations
from tests.browser.people import HOME, People, Person
from tests.browser.shop_floor import Taps
from tests.pictures import picture
from tests.serving import wait_until

pytestmark = pytest.mark.browser

NAME, EMAIL = "Robin Quickly", "robin@shop.example"
PASSWORD = "seven brass lanterns under the quay"
MOST_TAPS = 16
"""From the link of the code to "Your report was sent", typing aside."""


def test_a_newcomer_joins_by_a_qr_code_and_reports(people: People) -> None:
    manager = people.person("administrator")
    phone = people.stranger(phone=True)
    page = phone.open(_code_of_a_shop(manager))
    taps = Taps(page)
    expect(page.get_by_role("heading", level=1)).to_contain_text("Join")
    _fits(page)
    page.get_by_label("Your name").fill(NAME)
    page.get_by_label("Your e-mail address").fill(EMAIL)
    page.get_by_label("Choose a password").fill(PASSWORD)
    page.get_by_label("The same password again").fill(PASSWORD)
    taps.on(page.get_by_role("button", name="Join"))
    expect(page.get_by_text("A manager must let you in first")).to_be_visible()
    _fits(page)
    _is_let_in(manager)
    taps.on(page.get_by_role("link", name="Go to sign in"))
    page.get_by_label("E-mail address").fill(EMAIL)
    page.get_by_label("Password").fill(PASSWORD)
    taps.on(page.get_by_role("button", name="Sign in", exact=True))
    _accepts_the_rules(page, taps)
    shop = picture(7100, (1280, 960))
    _number, more = shop_floor.the_member_reports(
        phone, [shop_floor.photo("till.jpg", shop)], goods="Two joints of meat", words="Ran off."
    )
    print(f"a newcomer's first report took {taps.count + more} taps")  # noqa: T201
    assert taps.count + more <= MOST_TAPS
    assert [*manager.problems, *phone.problems] == []


def _accepts_the_rules(page: Page, taps: Taps) -> None:
    """Tick each document of the demo, and go on to the first page."""
    expect(page.get_by_role("heading", name="Read and accept")).to_be_visible()
    page.wait_for_load_state()
    for box in page.get_by_role("checkbox").all():
        taps.on(box)
    taps.on(page.get_by_role("button", name="Accept and go on"))
    page.wait_for_url(HOME)


def _code_of_a_shop(manager: Person) -> str:
    """Make a code on the page of the first shop, and return the link that it holds."""
    page = manager.open("/desk/members/premises")
    page.locator(".queue__title").first.click()
    page.get_by_role("link", name="QR code to join").click()
    page.get_by_role("button", name="Make the QR code").click()
    code = page.get_by_role("img", name="QR code to join at")
    box = code.bounding_box()
    assert box is not None
    assert min(box["width"], box["height"]) >= 300
    assert violations(page) == []
    return page.locator("#join-link").inner_text()


def _is_let_in(manager: Person) -> None:
    page = manager.open("/desk/members")
    page.get_by_role("link", name=NAME).first.click()
    page.get_by_role("button", name="Yes, let them in").click()
    expect(page.get_by_text("Let in. The person gets a letter. It takes effect")).to_be_visible()
    path = page.url

    def is_active() -> bool:
        page.goto(path)
        return bool(page.get_by_text("Let in by", exact=True).count())

    wait_until(is_active)


def _fits(page: Page) -> None:
    assert too_wide(page) is None
    assert violations(page) == []


def test_the_poster_prints_the_code_and_nothing_to_press(people: People) -> None:
    manager = people.person("administrator")
    _code_of_a_shop(manager)
    page = manager.page
    page.emulate_media(media="print")
    expect(page.get_by_role("img", name="QR code to join at")).to_be_visible()
    expect(page.get_by_role("button", name="Make the QR code")).to_be_hidden()
    expect(page.locator("#join-link")).to_be_hidden()
    expect(page.get_by_role("navigation", name="Main")).to_be_hidden()


def test_a_list_is_pasted_checked_and_applied_without_scripts(people: People) -> None:
    manager = people.person("administrator", java_script_enabled=False)
    page = manager.open("/desk/members/import")
    page.get_by_label("Or paste the lines here").fill("Ann Oak;nobody;;Nowhere\n")
    page.get_by_role("button", name="Check the list").click()
    expect(page.get_by_text("This is no e-mail address.")).to_be_visible()
    expect(page.get_by_label("Or paste the lines here")).to_have_value("Ann Oak;nobody;;Nowhere\n")
    expect(page.get_by_role("button", name="Invite")).to_have_count(0)
