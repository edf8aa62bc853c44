"""A scheme with more people than a page of the gallery holds, and its member's browser."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page

from benchmarks.installation import EMAIL, make_installation
from tests.browser.people import HOME, LAPTOP, PHONE
from tests.whole_app.servers import running

PEOPLE = 30


@contextmanager
def many_people(instance: Path) -> Iterator[tuple[str, str]]:
    """Serve them, and give the address and the member's password."""
    password = make_installation(instance, PEOPLE)
    with running(instance) as server:
        server.wait_for(200)
        yield server.address, password


def signed_in(
    chromium: Browser, site: tuple[str, str], *, phone: bool, scripts: bool = True
) -> Page:
    address, password = site
    page = chromium.new_context(
        base_url=address,
        viewport=PHONE if phone else LAPTOP,
        has_touch=phone,
        is_mobile=phone,
        java_script_enabled=scripts,
        reduced_motion="reduce",
    ).new_page()
    page.goto("/sign-in")
    page.get_by_label("E-mail address").fill(EMAIL)
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(HOME)
    page.goto("/gallery")
    return page
