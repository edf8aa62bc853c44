"""Messages to a phone in a real browser: turned on and off, shown, opened and counted.

Chromium without a network has no push service to subscribe at, so that one call answers what it
would; what arrives is handed to the service worker by Chromium itself.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.every_page import look
from tests.browser.people import People, Person
from tests.phones import Phone
from tests.serving import embedded, wait_until
from tests.whole_app.servers import free_port

pytestmark = pytest.mark.browser

PAGE = "/me/messages"
SUBSCRIBED = """(told) => {
    const held = () => (localStorage.getItem("test-subscribed") ? made : null);
    const made = {
        endpoint: told.endpoint,
        toJSON: () => told,
        unsubscribe: async () => localStorage.removeItem("test-subscribed"),
    };
    PushManager.prototype.getSubscription = async () => held();
    PushManager.prototype.subscribe = async (options) => {
        if (!options.userVisibleOnly) throw new Error("it would show nothing");
        localStorage.setItem("test-subscribed", options.applicationServerKey);
        return made;
    };
}"""
NOTICES = """async () => {
    const registration = await navigator.serviceWorker.ready;
    const shown = await registration.getNotifications();
    return shown.map(({ title, body, tag, data }) => ({ title, body, tag, data }));
}"""
WORKER = "navigator.serviceWorker.ready.then((registration) => registration.active.state)"
CLICK = """async () => {
    const [notification] = await self.registration.getNotifications();
    let opened = null;
    self.clients.openWindow = async (page) => { opened = page; };
    self.dispatchEvent(new NotificationEvent("notificationclick", { notification }));
    while (opened === null) await new Promise((done) => setTimeout(done, 20));
    return opened;
}"""


@pytest.fixture(scope="module")
def people(
    chromium: Browser, demo: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[People]:
    """The people of the demo, at a server whose address is known."""
    port = free_port()
    settings = {
        "DISC_ORIGINS": f"http://127.0.0.1:{port}",
        "DISC_PUSH_CONTACT": "mailto:us@watch.example",
    }
    folder = tmp_path_factory.mktemp("messages") / "instance"
    with embedded(demo, folder, port=port, **settings) as site:
        yield People(chromium, site)


def member(people: People, number: int = 1) -> Person:
    """A member on a phone that lets us send messages."""
    person = people.person("member", phone=True, reduced_motion="reduce")
    person.context.grant_permissions(["notifications"], origin=people.site.address)
    told = Phone(f"https://fcm.googleapis.com/fcm/send/phone-{number}").told()
    person.context.add_init_script(f"({SUBSCRIBED})({json.dumps(told)})")
    return person


def turn_on(page: Page) -> None:
    page.get_by_role("button", name="Turn on messages").tap()
    expect(page.get_by_text("This phone gets messages")).to_be_visible()


def deliver(person: Person, told: Any) -> None:
    """Hand a message to the service worker, as a push service's would be."""
    page = person.page
    wait_until(lambda: page.evaluate(WORKER) == "activated")
    session = person.context.new_cdp_session(page)
    found: list[str] = []
    session.on(
        "ServiceWorker.workerRegistrationUpdated",
        lambda told: found.extend(one["registrationId"] for one in told["registrations"]),
    )
    session.send("ServiceWorker.enable")
    wait_until(lambda: page.wait_for_timeout(20) is None and bool(found))
    message = {"origin": person.address, "registrationId": found[-1], "data": told}
    session.send("ServiceWorker.deliverPushMessage", message)


def shown(page: Page) -> list[dict[str, Any]]:
    """Return what the phone shows, once it shows something."""
    found: list[dict[str, Any]] = []

    def look_again() -> bool:
        found[:] = page.evaluate(NOTICES)
        return bool(found)

    # Playwright's own wait takes the promise of a page's function for its answer.
    wait_until(look_again)
    return found


def click_on_what_is_shown(person: Person) -> str:
    """Click on the one notification, wait until it is gone, and return the page that it opened."""
    opened: str = person.context.service_workers[0].evaluate(CLICK)
    wait_until(lambda: person.page.evaluate(NOTICES) == [])
    return opened


def test_a_member_turns_messages_on_and_off(people: People) -> None:
    phone = member(people)
    page = phone.open("/me")
    page.get_by_role("link", name="Messages to this phone").tap()
    turn_on(page)
    assert look(page, PAGE, people.shapes) == []
    page.set_viewport_size({"width": 360, "height": 800})
    page.evaluate("sessionStorage.clear()")
    with page.expect_response("**/me/messages/again") as renewed:
        page.goto("/me")
    assert renewed.value.status == 200
    page.wait_for_function("() => sessionStorage.length > 0")
    page.goto(PAGE)
    page.get_by_role("button", name="Turn off").tap()
    expect(page.get_by_text("That phone gets no more messages.")).to_be_visible()
    expect(page.get_by_role("button", name="Turn on messages")).to_be_visible()
    assert page.evaluate("localStorage.length") == 0
    assert phone.problems == []


def test_what_is_turned_off_elsewhere_is_off_when_the_app_is_opened(people: People) -> None:
    phone = member(people, 2)
    page = phone.open(PAGE)
    turn_on(page)
    elsewhere = people.person("member")
    elsewhere.open(PAGE).get_by_role("button", name="Turn off").click()
    expect(elsewhere.page.get_by_text("That phone gets no more messages.")).to_be_visible()
    page.evaluate("sessionStorage.clear()")
    with page.expect_response("**/me/messages/again") as renewed:
        page.goto("/me")
    assert renewed.value.json() == {"phone": None}
    page.wait_for_function("() => localStorage.length === 0")
    page.goto(PAGE)
    expect(page.get_by_role("button", name="Turn on messages")).to_be_visible()
    assert page.evaluate("localStorage.length") == 0
    assert phone.problems == []


def test_something_is_shown_whatever_comes_and_leads_to_our_own_pages(people: People) -> None:
    phone = member(people, 3)
    page = phone.open("/me")
    # Tags of their own: Chromium may forget the last one of a tag after it has shown the next.
    for tag, address, leads in (
        ("first", "/alerts/new?from-message=x", "/alerts"),
        ("second", "https://example.org/", "/"),
    ):
        told = {"tag": tag, "title": "New alert", "navigate": address}
        deliver(phone, json.dumps({"web_push": 8030, "notification": told}))
        [notice] = shown(page)
        assert notice["title"] == "New alert"
        assert notice["data"]["page"].startswith(f"{people.site.address}{leads}")
        assert click_on_what_is_shown(phone) == notice["data"]["page"]
    deliver(phone, "no JSON at all")
    [notice] = shown(page)
    assert (notice["title"], notice["data"]["page"]) == (
        "There is news for you",
        f"{people.site.address}/",
    )


def test_opening_a_message_tells_us_and_leaves_a_clean_address(people: People) -> None:
    phone = member(people, 4)
    page = phone.page
    with page.expect_response("**/me/messages/seen") as told:
        page.goto("/me?from-message=0190a1b2-0000-7000-8000-000000000000")
    assert told.value.status == 204
    page.wait_for_load_state()
    assert page.url == f"{people.site.address}/me"


def test_a_phone_that_says_no_and_an_iphone_in_a_browser_are_told_what_to_do(
    people: People,
) -> None:
    refusing = people.person("member", phone=True, reduced_motion="reduce")
    refusing.context.add_init_script(
        "Object.defineProperty(Notification, 'permission', { get: () => 'denied' });"
    )
    page = refusing.open(PAGE)
    expect(page.get_by_text("Your phone does not let us send messages.")).to_be_visible()
    assert look(page, PAGE, people.shapes) == []
    iphone = people.person(
        "member", phone=True, reduced_motion="reduce", user_agent="Mozilla/5.0 (iPhone)"
    )
    iphone.context.add_init_script("delete globalThis.PushManager;")
    page = iphone.open(PAGE)
    expect(page.get_by_text("First put the app on your home screen")).to_be_visible()
    expect(page.get_by_role("button", name="Turn on messages")).to_be_hidden()
    assert look(page, PAGE, people.shapes) == []
