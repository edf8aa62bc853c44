"""Pages found by their links, each looked at in every width and both themes."""

import re
from collections import Counter
from collections.abc import Iterator

from playwright.sync_api import Page

from tests.browser.looking import shape, too_wide, violations
from tests.browser.people import LAPTOP, PHONE, People, Person

NARROW = {"width": 320, "height": 640}
IDENTIFIER = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|(?<=[?&]before=)[0-9]+")
"""What names one record in an address, or one place in a long list."""
DOWNLOADED = (".pdf", ".csv", ".json", "/audit/head", "/file")
"""Links to files: they open no page."""
EVERYBODYS = {
    "/",
    "/alerts/*",
    "/me",
    "/me/devices",
    "/me/log",
    "/me/messages",
    "/me/rules",
    "/me/rules/*",
    "/me/security",
    "/me/security/password",
    "/rules",
}
"""What every role comes to."""
MOST_OF_A_KIND = {"/notices/*": 4, "/desk/reports/*": 4, "/people/*": 3, "/gallery/*": 3}
"""Pages of one address that differ by the state of what they show."""


FACES = {"/report/people"}
"""The report's form sends itself there; no link does."""


def look_at_pages(people: People, role: str, begin: list[str]) -> tuple[list[str], set[str]]:
    """Look at all that a role comes to; return what is wrong, and the addresses seen."""
    person = people.person(role, reduced_motion="reduce")
    wrong, seen = [], set[str]()
    for path in _pages(person, begin):
        seen.add(_kind(path).partition("?")[0])
        wrong += look(person.page, path, people.shapes)
    person.leave()
    return [*wrong, *person.problems], seen


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
        opened(person, path)
        waiting += _links(person.page)
        yield path


def opened(person: Person, path: str) -> Page:
    """Open a page on a phone."""
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


def look(page: Page, path: str, shapes: set[str]) -> list[str]:
    """Return what is wrong with the page in hand, on a phone and on a laptop.

    Its width is measured always: what records say differs in length. What axe reads is the same
    where two pages differ in such words alone, so it looks at each of ``shapes`` once.
    """
    found = []
    for size in (PHONE, NARROW, LAPTOP):
        page.set_viewport_size(size)
        if size is LAPTOP and page.locator("form[data-steps]").count():
            page.reload()  # it asks one thing after another on a phone, and all at once here
        for theme in ("light", "dark"):
            page.emulate_media(color_scheme=theme)
            seen_as = f"{path} {size['width']} {theme}"
            wide = too_wide(page)
            found += [f"{seen_as}: {wide}"] if wide else []
            if size is PHONE or (size is LAPTOP and theme == "light"):
                found += [f"{seen_as}: {each}" for each in _new_to_axe(page, size, theme, shapes)]
    return found


def _new_to_axe(page: Page, size: dict[str, int], theme: str, shapes: set[str]) -> list[str]:
    """Let axe look, unless it has seen a page of this shape in this size and theme."""
    known = f"{size['width']} {theme} {shape(page)}"
    if known in shapes:
        return []
    shapes.add(known)
    return violations(page)
