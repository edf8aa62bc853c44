"""People with browsers: each is signed in once, and what goes wrong on their pages is kept."""

import contextlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Request,
    StorageState,
    expect,
)

from tests.serving import Site

PHONE = {"width": 360, "height": 800}
LAPTOP = {"width": 1366, "height": 768}
PATIENCE_MS = 60_000
"""For what a page is waited for: a busy machine needs it, and a quiet one never waits so long."""
HOME = re.compile(r":\d+/$")
"""The first page, and no page whose address ends with where it goes on to."""
ANSWERED = "Failed to load resource: the server responded with a status of"
"""Chromium's own line about an answer of 400 and more, such as a form that was not complete."""


@dataclass
class Person:
    """One person's browser."""

    context: BrowserContext
    address: str
    problems: list[str] = field(default_factory=list)
    pages: list[Page] = field(default_factory=list)
    notes: dict[str, str] = field(default_factory=dict)
    """Addresses that the person came by, under a word of their own."""

    @property
    def page(self) -> Page:
        """The first tab."""
        return self.pages[0]

    def open(self, path: str) -> Page:
        """Open a page in the first tab."""
        self.page.goto(path)
        return self.page

    def another_tab(self, path: str) -> Page:
        """Open a page in a tab of its own."""
        tab = self.context.new_page()
        self.pages.append(tab)
        tab.goto(path)
        return tab

    def watch(self) -> "Person":
        """Keep what goes wrong: scripts' errors, refused content, requests to other hosts."""
        self.context.on("console", self._console)
        self.context.on("weberror", lambda found: self.problems.append(f"script: {found.error}"))
        self.context.on("request", self._request)
        return self

    def leave(self) -> None:
        self.context.close()

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and not message.text.startswith(ANSWERED):
            self.problems.append(f"{message.type}: {message.text} ({message.location})")

    def _request(self, request: Request) -> None:
        host = urlsplit(request.url)
        if host.scheme in ("blob", "data"):
            return
        if f"{host.scheme}://{host.netloc}".replace("ws:", "http:") != self.address:
            self.problems.append(f"request to another host: {request.url}")


class People:
    """Everybody of the demo, at one site; the rate limits allow one sign-in each."""

    def __init__(self, chromium: Browser, site: Site) -> None:
        self.chromium, self.site = chromium, site
        self._states: dict[str, StorageState] = {}
        self.everybody: list[Person] = []
        self.shapes: set[str] = set()
        """Of the pages that axe has looked at, each in its size and theme."""

    def person(self, who: str, *, phone: bool = False, **options: Any) -> Person:
        """Return a fresh browser of somebody who is signed in."""
        if who not in self._states:
            self._states[who] = self._sign_in(who)
        return self.stranger(phone=phone, storage_state=self._states[who], **options)

    def stranger(self, *, phone: bool = False, **options: Any) -> Person:
        """Return a browser that nobody is signed in with."""
        context = self.chromium.new_context(
            base_url=self.site.address,
            viewport=PHONE if phone else LAPTOP,
            has_touch=phone,
            is_mobile=phone,
            locale="en-GB",
            timezone_id="Europe/London",
            **options,
        )
        context.set_default_timeout(PATIENCE_MS)
        person = Person(context, self.site.address).watch()
        person.pages.append(context.new_page())
        self.everybody.append(person)
        return person

    def newcomer(self, invitation: str, password: str) -> Person:
        """Return the browser of somebody who has just joined, and accepted the rules."""
        person = self.stranger()
        page = person.open(invitation)
        page.get_by_label("Password", exact=True).fill(password)
        page.get_by_label("The same password again").fill(password)
        page.get_by_role("button", name="Join").click()
        page.wait_for_url("**/me/security")
        page.goto("/")
        page.get_by_role("heading", name="Read and accept").wait_for()
        for box in page.get_by_role("checkbox").all():
            box.check()
        page.get_by_role("button", name="Accept and go on").click()
        page.wait_for_url(HOME)
        return person

    def _sign_in(self, who: str) -> StorageState:
        person = self.stranger()
        sign_in(person.page, *self.site.signins[who])
        state = person.context.storage_state()
        person.leave()
        return state


@contextlib.contextmanager
def leading_on(page: Page) -> Iterator[None]:
    """Wait until a press has brought other content, on a page of its own or in the same place."""
    page.locator("#content").evaluate("one => { one.dataset.before = ''; }")
    yield
    expect(page.locator("#content[data-before]")).to_have_count(0)
    page.wait_for_load_state()


def sign_in(page: Page, email: str, password: str) -> None:
    """Sign in as people do."""
    page.goto("/sign-in")
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(HOME)
