"""A live alert: raised by one person, on the screens of others at once."""

import time

from playwright.sync_api import Page, expect

from tests.browser.people import Person
from tests.browser.shop_floor import Taps
from tests.serving import Site

TABS = 4
MOST_TRIES = 12
KEPT_ALIVE = 2.0
"""Seconds that gunicorn keeps an idle connection; a socket stays longer."""
NOTE_WHEN_SHOWN = """() => {
    new MutationObserver(() => {
        if (document.querySelector(".alert-card")) globalThis.shownAt ??= Date.now();
    }).observe(document.body, { childList: true, subtree: true });
}"""
UNTOUCHED = "() => { globalThis.sameDocument = true; }"


def the_member_raises_an_alert(phone: Person) -> tuple[str, int]:
    """Raise an alert from Home; return its card's id and the taps it took."""
    page = phone.open("/")
    taps = Taps(page)
    taps.on(page.get_by_role("link", name="Raise an alert"))
    taps.on(page.get_by_label("Theft team"))
    taps.on(page.get_by_role("button", name="Send alert"))
    page.wait_for_url("**/alerts/*-*")
    card = page.locator(".alert-card").first
    expect(card).to_contain_text("Theft team")
    found = card.get_attribute("id")
    assert found
    return found, taps.count


def pages_wait(tabs: list[Page]) -> None:
    """Mark documents, so that a reload of any would be noticed."""
    for tab in tabs:
        tab.wait_for_function("() => globalThis.htmx")
        tab.evaluate(UNTOUCHED)


def seconds_until_shown(phone: Person, tabs: list[Page]) -> tuple[str, float]:
    """Raise an alert; return its id and how long after the tap the last of the pages had it."""
    for tab in tabs:
        tab.evaluate(NOTE_WHEN_SHOWN)
        tab.mouse.move(9, 9)  # a page that nobody touched for a minute would hide its screen
    page = phone.open("/alerts/new")
    page.get_by_label("Violent person").tap()
    button = page.get_by_role("button", name="Send alert")
    button.evaluate(
        "one => one.addEventListener('click', () => sessionStorage.setItem('at', Date.now()))"
    )
    button.tap()
    page.wait_for_url("**/alerts/*-*")
    began = int(page.evaluate("() => sessionStorage.getItem('at')"))
    shown = [tab.wait_for_function("() => globalThis.shownAt").json_value() for tab in tabs]
    card = tabs[0].locator(".alert-card").first.get_attribute("id")
    assert card
    return card, (max(shown) - began) / 1000


def the_second_member_answers(second: Person, card: str) -> None:
    """Say Seen, then They are here, on the card, without leaving the page."""
    shown = second.page.locator(f"#{card}")
    shown.get_by_role("button", name="Seen").click()
    expect(shown.get_by_text("You said: Seen")).to_be_visible()
    shown.get_by_role("button", name="They are here").click()
    expect(shown.get_by_text("You said: They are here")).to_be_visible()
    assert second.page.evaluate("() => globalThis.sameDocument")


def the_raiser_learns_of_it(phone: Person, place: str) -> None:
    """Without a reload the raiser's own page says where they are, and how many saw it."""
    card = phone.page.locator(".alert-card").first
    expect(card).to_contain_text(f"They are here: {place}")
    expect(card).to_contain_text("1 said that they saw this")


def nobody_else_has_it(persons: list[Person]) -> None:
    """People of another Area or scheme have no card, on the open page and after loading it."""
    for person in persons:
        expect(person.page.locator(".alert-card")).to_have_count(0)
        expect(person.open("/").locator(".alert-card")).to_have_count(0)


def who_was_away_has_it_now(person: Person, card: str) -> None:
    """A page that opens after the alert gets it by its socket: the gallery has no cards itself."""
    page = person.open("/gallery")
    expect(page.locator(f"#live-alerts #{card}")).to_be_visible()


def tabs_on_every_worker(site: Site, person: Person, path: str) -> list[Page]:
    """Open tabs until each worker process holds a socket of theirs.

    Tabs that come one after the other may all meet the same idle worker: they come at once.
    """
    person.open("about:blank")
    before = now = _settled(site)
    tabs = [person.open(path), *(person.another_tab(path) for _ in range(1, TABS))]
    for _ in range(MOST_TRIES):
        now = _settled(site)
        if all(now[worker] > before[worker] for worker in now):
            return tabs
        before = {worker: min(before[worker], now[worker]) for worker in now}  # others may go
        for tab in tabs:
            tab.evaluate("() => { globalThis.isOld = true; setTimeout(() => location.reload()); }")
        for tab in tabs:
            tab.wait_for_function("() => !globalThis.isOld")
            tab.wait_for_load_state()
    raise AssertionError(f"one worker took every socket: {before}, then {now}")


def _settled(site: Site) -> dict[int, int]:
    """Count each worker's connections once those that are only kept alive have closed."""
    time.sleep(KEPT_ALIVE + 0.5)
    return site.connections_of_workers()
