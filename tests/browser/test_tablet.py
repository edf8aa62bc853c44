"""A shop's shared tablet from its enrolment to the second person's turn, and ends seen by pages."""

import time
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, Route, expect

from config import from_environment
from disc.app import create_app
from disc.core.database import db
from disc.core.transaction import writing
from disc.members.queries import find_member_by_email
from tests.browser.looking import too_wide, violations
from tests.browser.people import HOME, LAPTOP, PHONE, People, Person
from tests.serving import wait_until

pytestmark = pytest.mark.browser

PINS = {"member": "840275", "second_member": "917306"}
TABLET = {"width": 768, "height": 1024}


@pytest.fixture(scope="module")
def tablet(people: People) -> Person:
    """A device that the Administrator made the tablet of a shop where two people have PINs."""
    shared = work_together(people)
    for who in PINS:
        choose_pin(people, who)
    person = people.person("administrator", phone=True)
    page = person.page
    page.set_viewport_size(TABLET)
    page.goto("/me")
    page.get_by_role("link", name="Tablets").click()
    page.get_by_role("link", name="Make this device a tablet").click()
    page.get_by_label("Where is it?").select_option(label=shared)
    page.get_by_label("Name of the tablet").fill("Till 2")
    page.get_by_role("button", name="Make this device a tablet").click()
    expect(page.get_by_role("heading", name="Who are you?")).to_be_visible()
    return person


def work_together(people: People) -> str:
    """Let the two people of the demo work in the same shop, and return its name."""
    site = people.site
    app = create_app(from_environment({"DISC_INSTANCE": str(site.instance), **site.settings}))
    with app.app_context():
        with writing():
            first, second = (find_member_by_email(site.signins[who][0]) for who in PINS)
            assert first is not None
            assert second is not None
            second.premises = [*first.premises]
            name = first.premises[0].name
        db.session.remove()
        db.engine.dispose()
    return name


def choose_pin(people: People, who: str) -> None:
    """Choose a PIN on one's own phone."""
    phone = people.person(who, phone=True)
    page = phone.open("/me")
    page.get_by_role("link", name="PIN").click()
    page.get_by_label("New PIN, 6 digits").fill(PINS[who])
    page.get_by_label("The same PIN again").fill(PINS[who])
    page.get_by_role("button", name="Save my PIN").click()
    expect(page.get_by_text("Your PIN is ready")).to_be_visible()
    phone.leave()


def sign_in_on(page: Page, name: str, pin: str) -> int:
    """Tap one's name and the six digits; return how many taps it took."""
    taps = 1
    page.get_by_role("link", name=name).tap()
    for digit in pin:
        page.get_by_role("button", name=digit, exact=True).tap()
        taps += 1
    page.wait_for_url(HOME)
    return taps


def names_on(page: Page) -> list[str]:
    return page.locator("a.person").all_inner_texts()


def test_two_people_take_turns_on_a_tablet(tablet: Person, people: People) -> None:
    page = tablet.page
    page.goto("/tablet")
    pins = {shown_of(people, who): pin for who, pin in PINS.items()}
    assert sorted(names_on(page)) == sorted(pins)
    seen = []
    begun = time.monotonic()
    for name, pin in pins.items():
        assert sign_in_on(page, name, pin) == 7
        seen.append(page.get_by_role("link", name="Your page").inner_text())
        page.get_by_role("button", name="Lock", exact=True).tap()
        expect(page.get_by_role("heading", name="Who are you?")).to_be_visible()
    print(f"two turns on a tablet took {time.monotonic() - begun:.1f} seconds")  # noqa: T201
    assert len(set(seen)) == 2
    assert tablet.problems == []


def shown_of(people: People, who: str) -> str:
    """Return how a lock screen shows somebody."""
    phone = people.person(who, phone=True)
    name = phone.open("/me").get_by_role("heading", level=1).inner_text()
    phone.leave()
    given, family = name.split()
    return f"{given} {family[0]}"


def test_keys_alone_will_do_as_well(tablet: Person, people: People) -> None:
    page = tablet.page
    page.goto("/tablet")
    name = shown_of(people, "member")
    page.get_by_role("link", name=name).focus()
    page.keyboard.press("Enter")
    expect(page.get_by_label("Your PIN")).to_be_focused()
    page.keyboard.type(PINS["member"])
    page.wait_for_url(HOME)
    page.get_by_role("button", name="Lock", exact=True).click()
    expect(page.get_by_role("heading", name="Who are you?")).to_be_visible()


def test_a_tablet_that_nobody_touches_locks_itself(tablet: Person, people: People) -> None:
    page = tablet.page
    page.clock.install()
    page.goto("/tablet")
    sign_in_on(page, shown_of(people, "member"), PINS["member"])
    page.goto("/report")
    page.clock.pause_at(datetime.now(UTC) + timedelta(seconds=1))  # a test takes time of its own
    page.touchscreen.tap(300, 500)
    page.clock.run_for(110_000)
    expect(page.get_by_text("This tablet locks now. Touch the screen to stay.")).to_be_visible()
    page.touchscreen.tap(300, 500)
    expect(page.get_by_text("This tablet locks now.")).to_be_hidden()
    page.clock.run_for(100_000)
    assert page.url.endswith("/report")
    page.clock.run_for(30_000)
    page.clock.resume()
    expect(page.get_by_role("heading", name="Who are you?")).to_be_visible()
    page.goto("/report")
    expect(page.get_by_role("heading", name="Who are you?")).to_be_visible()


def test_the_pages_of_a_tablet_fit_and_are_accessible(tablet: Person, people: People) -> None:
    page = tablet.page
    page.goto("/tablet")
    pad = page.locator("a.person").first.get_attribute("href")
    wrong = []
    for path in ("/tablet", str(pad)):
        page.goto(path)
        for size in (PHONE, TABLET, LAPTOP):
            page.set_viewport_size(size)
            for theme in ("light", "dark"):
                page.emulate_media(color_scheme=theme, reduced_motion="reduce")
                wide = too_wide(page)
                wrong += [f"{path} {size['width']}: {wide}"] if wide else []
                wrong += [f"{path} {size['width']} {theme}: {one}" for one in violations(page)]
    page.set_viewport_size(TABLET)
    page.goto("/tablet")
    sign_in_on(page, shown_of(people, "member"), PINS["member"])
    for size in (PHONE, TABLET, LAPTOP):
        page.set_viewport_size(size)
        wide = too_wide(page)
        wrong += [f"home {size['width']}: {wide}"] if wide else []
    page.get_by_role("button", name="Lock", exact=True).click()
    expect(page.get_by_role("heading", name="Who are you?")).to_be_visible()
    assert wrong == []


def test_a_pin_that_was_typed_before_its_script_was_here_signs_in(
    tablet: Person, people: People
) -> None:
    state = tablet.context.storage_state()
    person = people.stranger(storage_state=state, service_workers="block")  # it fetches unseen
    page = person.open("/tablet")
    slow: list[Route] = []

    def hold(route: Route) -> None:
        """Hold the first: the pages that follow need it as well."""
        if slow:
            route.continue_()
        else:
            slow.append(route)

    page.route("**/js/tablet.js*", hold)
    page.get_by_role("link", name=shown_of(people, "member")).click()
    page.get_by_label("Your PIN").press_sequentially(PINS["member"])
    wait_until(lambda: page.wait_for_timeout(20) is None and bool(slow))
    slow[0].continue_()
    page.wait_for_url(HOME)
    page.get_by_role("button", name="Lock", exact=True).click()
    expect(page.get_by_role("heading", name="Who are you?")).to_be_visible()
    person.leave()


def test_a_pin_is_typed_without_scripts_too(tablet: Person, people: People) -> None:
    state = tablet.context.storage_state()
    plain = people.stranger(storage_state=state, java_script_enabled=False)
    page = plain.open("/tablet")
    page.get_by_role("link", name=shown_of(people, "member")).click()
    page.get_by_label("Your PIN").fill("000001")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_text("This PIN is wrong.")).to_be_visible()
    page.get_by_label("Your PIN").fill(PINS["member"])
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(HOME)
    page.get_by_role("button", name="Lock", exact=True).click()
    expect(page.get_by_role("heading", name="Who are you?")).to_be_visible()
    plain.leave()


def test_an_open_page_of_a_device_that_is_signed_out_leads_to_the_sign_in(people: People) -> None:
    lost, own = people.stranger(phone=True), people.stranger()
    for each in (lost, own):
        page = each.open("/sign-in")
        sign_in_by_password(page, *people.site.signins["board"])
    page = lost.open("/gallery")
    page.evaluate("localStorage.setItem('kept', 'yes')")
    page.wait_for_load_state("networkidle")
    own.open("/me/devices")
    own.page.get_by_role("button", name="Sign out everywhere else").click()
    expect(own.page.get_by_text("You are signed out everywhere else.")).to_be_visible()
    lost.page.wait_for_url("**/sign-in*")
    expect(lost.page.get_by_text("Your sign-in has ended. Sign in again.")).to_be_visible()
    assert lost.page.evaluate("localStorage.getItem('kept')") is None
    for each in (lost, own):
        each.leave()


def sign_in_by_password(page: Page, email: str, password: str) -> None:
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(HOME)
