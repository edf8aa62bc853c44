"""Each page of each role, found by its links: width, contrast and names, errors, other hosts."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page

from tests.browser.looking import too_wide, violations
from tests.browser.people import LAPTOP, PHONE, People, Person

pytestmark = pytest.mark.browser

NARROW = {"width": 320, "height": 640}
IDENTIFIER = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}")
MOST_OF_A_KIND = {"/notices/*": 4, "/desk/reports/*": 2, "/people/*": 2, "/gallery/*": 2}
"""Pages of one address that differ by the state of what they show."""
ROLES = {
    "member": {"/report", "/my-reports/*", "/gallery/*/know", "/alerts/new", "/alerts/*", "/me"},
    "administrator": {
        "/desk/reports/*",
        "/desk/duplicates/*",
        "/desk/answers",
        "/desk/requests/*",
        "/desk/go-live",
        "/people/*/notices/new",
        "/notices/*",
        "/police/*",
    },
    "board": {"/board", "/notices/*", "/gallery/*"},
    "spoc": {"/police", "/police/*", "/gallery/*", "/me"},
}
"""Pages that a role must come to; a link that is lost would else take its page out of the test."""
PUBLIC = ("/sign-in", "/privacy/saltmarsh-quay", "/privacy/saltmarsh-quay/ask", "/offline", "/join/x")


@pytest.fixture(scope="module", autouse=True)
def things_that_happen(people: People) -> None:
    """An open alert and a request of the public, which the demo does not begin with."""
    phone = people.person("member", phone=True)
    page = phone.open("/alerts/new")
    page.get_by_label("Theft team").check()
    page.get_by_role("button", name="Send alert").click()
    page.wait_for_url("**/alerts/*-*")
    page = phone.open("/privacy/saltmarsh-quay/ask")
    page.get_by_label("Object").first.check()
    page.get_by_label("Your name").fill("Perrin Oxlade")
    page.get_by_label("How can we reach you?").fill("perrin@example.org")
    page.get_by_label("What do you want to tell us?").fill("This picture is not of me.")
    page.get_by_role("button", name="Send").click()
    page.get_by_text("Your reference is").wait_for()
    phone.leave()


@pytest.mark.parametrize("role", ROLES)
def test_every_page_of_a_role_fits_and_is_accessible(people: People, role: str) -> None:
    person = people.person(role, reduced_motion="reduce")
    wrong, seen = [], set()
    for path in _pages(person):
        seen.add(_kind(path))
        wrong += _look(person.page, path)
    person.leave()
    assert [*wrong, *person.problems] == []
    assert seen >= ROLES[role]


def test_every_public_page_fits_and_is_accessible(people: People) -> None:
    stranger = people.stranger(reduced_motion="reduce")
    wrong = [each for path in PUBLIC for each in _look(_opened(stranger, path), path)]
    stranger.leave()
    assert [*wrong, *stranger.problems] == []


def _pages(person: Person) -> Iterator[str]:
    """Open what the pages link to, so many of a kind; each stays open while its caller looks."""
    waiting, counted = ["/"], dict[str, int]()
    while waiting:
        path = waiting.pop(0)
        kind = _kind(path)
        if path in counted or counted.get(kind, 0) >= MOST_OF_A_KIND.get(kind, 1):
            continue
        counted[kind] = counted.get(kind, 0) + 1
        counted.setdefault(path, 1)
        _opened(person, path)
        waiting += _links(person.page)
        yield path


def _opened(person: Person, path: str) -> Page:
    person.page.set_viewport_size(PHONE)
    return person.open(path)


def _links(page: Page) -> list[str]:
    found: list[str] = page.eval_on_selector_all(
        "a[href^='/']", "links => links.map((link) => link.getAttribute('href').split('#')[0])"
    )
    return [one for one in found if not one.endswith(".pdf")]


def _kind(path: str) -> str:
    return IDENTIFIER.sub("*", path.split("?after=")[0])


def _look(page: Page, path: str) -> list[str]:
    """Return what is wrong with the page in hand, on a phone and on a laptop."""
    found = []
    for size in (PHONE, NARROW, LAPTOP):
        page.set_viewport_size(size)
        for theme in ("light", "dark"):
            page.emulate_media(color_scheme=theme)
            wide = too_wide(page)
            found += [f"{path} {size['width']} {theme}: {wide}"] if wide else []
            if size is PHONE or (size is LAPTOP and theme == "light"):
                found += [f"{path} {size['width']} {theme}: {each}" for each in violations(page)]
    return found
