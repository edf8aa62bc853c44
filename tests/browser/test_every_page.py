"""Each page of each role, found by its links: width, contrast and names, errors, other hosts."""

import re
from collections import Counter
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page

from tests.browser.looking import too_wide, violations
from tests.browser.people import LAPTOP, PHONE, People, Person

pytestmark = pytest.mark.browser

NARROW = {"width": 320, "height": 640}
IDENTIFIER = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}")
DOWNLOADED = (".pdf", ".csv", "/audit/head")
"""Links to files: they open no page."""
MOST_OF_A_KIND = {"/notices/*": 4, "/desk/reports/*": 4, "/people/*": 3, "/gallery/*": 3}
"""Pages of one address that differ by the state of what they show."""
ROLES = {
    "member": {
        "/report",
        "/my-reports/*",
        "/gallery/*/know",
        "/alerts/new",
        "/alerts/*",
        "/me",
        "/me/security",
        "/me/devices",
        "/me/log",
        "/me/pin",
        "/me/rules",
        "/certify/*",
    },
    "administrator": {
        "/desk/reports/*",
        "/desk/duplicates/*",
        "/desk/answers",
        "/desk/requests/*",
        "/desk/go-live",
        "/desk/rules/*",
        "/desk/mail/*",
        "/desk/members/people/*",
        "/desk/members/premises/*",
        "/tablets/new",
        "/people/*/notices/new",
        "/notices/*",
        "/police/*",
    },
    "board": {"/board", "/notices/*", "/gallery/*"},
    "spoc": {"/police", "/police/*", "/gallery/*", "/report", "/me"},
    "investigator": {"/report", "/my-reports", "/gallery/*/know", "/alerts/new"},
    "group_manager": {"/report", "/my-reports/*", "/desk/members", "/desk/members/people/*"},
    "sub_administrator": {"/desk/reports/*", "/desk/answers", "/desk/members", "/people/*"},
    "dpo": {
        "/audit",
        "/audit/viewer",
        "/audit/stopped",
        "/audit/export",
        "/desk/requests/*",
        "/desk/settings",
        "/hide",
        "/desk/members",
        "/me",
    },
}
"""Pages that a role must come to; a link that is lost would else take its page out of the test."""
BY_HAND = {"member": ("/certify",)}
"""Pages that nothing leads to on most days of the year."""
PUBLIC = (
    "/sign-in",
    "/forgot",
    "/privacy/saltmarsh-quay",
    "/privacy/saltmarsh-quay/ask",
    "/offline",
    "/join/x",
)


@pytest.fixture(scope="module", autouse=True)
def alert(people: People) -> str:
    """An open alert, by its path, a request of the public and a message: the demo has none."""
    phone = people.person("member", phone=True)
    page = phone.open("/alerts/new")
    page.get_by_label("Theft team").check()
    page.get_by_role("button", name="Send alert").click()
    page.wait_for_url("**/alerts/*-*")
    raised = urlsplit(page.url).path
    page = phone.open("/privacy/saltmarsh-quay/ask")
    page.get_by_label("Object").first.check()
    page.get_by_label("Your name").fill("Perrin Oxlade")
    page.get_by_label("How can we reach you?").fill("perrin@example.org")
    page.get_by_label("What do you want to tell us?").fill("This picture is not of me.")
    page.get_by_role("button", name="Send").click()
    page.get_by_text("Your reference is").wait_for()
    page = phone.open("/forgot")
    page.get_by_label("E-mail address").fill(people.site.signins["investigator"][0])
    page.get_by_role("button", name="Send me a link").click()
    page.get_by_text("If this address has an account").wait_for()
    phone.leave()
    return raised


@pytest.mark.parametrize("role", ROLES)
def test_every_page_of_a_role_fits_and_is_accessible(people: People, alert: str, role: str) -> None:
    person = people.person(role, reduced_motion="reduce")
    wrong, seen = [], set()
    for path in _pages(person, ["/", alert, *BY_HAND.get(role, ())]):
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


def _pages(person: Person, waiting: list[str]) -> Iterator[str]:
    """Open what the pages link to, so many of a kind; each stays open while its caller looks."""
    done, counted = set[str](), Counter[str]()
    while waiting:
        path = waiting.pop(0)
        kind = _kind(path)
        if path in done or counted[kind] >= MOST_OF_A_KIND.get(kind, 1):
            continue
        done.add(path)
        counted[kind] += 1
        _opened(person, path)
        waiting += _links(person.page)
        yield path


def _opened(person: Person, path: str) -> Page:
    person.page.set_viewport_size(PHONE)
    return person.open(path)


def _links(page: Page) -> list[str]:
    """Return where a page leads, once for each kind of page."""
    found: list[str] = page.eval_on_selector_all(
        "a[href^='/']", "links => links.map((link) => link.getAttribute('href').split('#')[0])"
    )
    return list(
        {_kind(one): one for one in reversed(found) if not one.endswith(DOWNLOADED)}.values()
    )


def _kind(path: str) -> str:
    return IDENTIFIER.sub("*", path.split("?after=", maxsplit=1)[0])


def _look(page: Page, path: str) -> list[str]:
    """Return what is wrong with the page in hand, on a phone and on a laptop."""
    found = []
    for size in (PHONE, NARROW, LAPTOP):
        page.set_viewport_size(size)
        if size is LAPTOP and page.locator("form[data-steps]").count():
            page.reload()  # it asks one thing after another on a phone, and all at once here
        for theme in ("light", "dark"):
            page.emulate_media(color_scheme=theme)
            wide = too_wide(page)
            found += [f"{path} {size['width']} {theme}: {wide}"] if wide else []
            if size is PHONE or (size is LAPTOP and theme == "light"):
                found += [f"{path} {size['width']} {theme}: {each}" for each in violations(page)]
    return found
