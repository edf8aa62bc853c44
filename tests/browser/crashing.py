"""A phone and a server that are killed while reports are written, kept and sent."""

import contextlib
import os
import random
import shutil
import signal
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import BrowserContext, Error, Page, Playwright, expect, sync_playwright
from sqlalchemy import select

from config import from_environment
from disc.app import create_app
from disc.core.database import db
from disc.core.rows import every_scheme
from disc.incidents.models import Incident
from tests.browser.conftest import ARGUMENTS, CHROMIUM
from tests.browser.offline import (
    begin_to_write,
    draft_is_kept,
    fill,
    find_signal,
    left,
    lose_signal,
    send,
)
from tests.browser.people import PATIENCE_MS, sign_in
from tests.browser.shop_floor import photo
from tests.pictures import picture
from tests.serving import WITH_DEMO, _signins, wait_until
from tests.whole_app.servers import PATIENCE, Server, environment, free_port

MARK = "Crash test report"
LARGE = picture(98, (2400, 1800)).ljust(700_000, b"\0")
KINDS = (
    "browser while writing",
    "browser at Send",
    "browser while sending",
    "server while sending",
)


@dataclass
class Crashing:
    """One server and one browser, each started again on what its killing left."""

    playwright: Playwright
    instance: Path
    profile: Path
    port: int = field(default_factory=free_port)
    crashes: Counter[str] = field(default_factory=Counter)
    cookies: list[dict[str, object]] = field(default_factory=list)
    server: Server = None  # type: ignore[assignment] # started before it is used
    context: BrowserContext = None  # type: ignore[assignment] # as above

    @property
    def page(self) -> Page:
        return self.context.pages[0]

    def start_server(self) -> None:
        env = environment(self.instance, **WITH_DEMO)
        command = [sys.executable, "wsgi.py"]
        self.server = Server(command, self.port, env, self.instance.with_suffix(".log"))
        self.server.wait_for(200)

    def start_browser(self) -> None:
        self.context = self.playwright.chromium.launch_persistent_context(
            self.profile,
            executable_path=CHROMIUM,
            args=ARGUMENTS,
            base_url=self.server.address,
            viewport={"width": 1366, "height": 768},
            locale="en-GB",
            timezone_id="Europe/London",
        )
        self.context.set_default_timeout(PATIENCE_MS)
        if self.cookies:
            self.context.add_cookies(self.cookies)  # type: ignore[arg-type]

    def kill_server(self) -> None:
        """Kill the server, its worker and what holds them, by their numbers."""
        pids = [self.server.process.pid, *self.server.children()]
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.server.process.wait(PATIENCE)

    def kill_browser(self) -> None:
        """Kill every process of this browser, and of no other: each names the profile or parent."""
        for pid in _processes(str(self.profile)):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        with contextlib.suppress(Error):
            self.context.close()
        for name in ("SingletonLock", "SingletonSocket", "SingletonCookie"):
            (self.profile / name).unlink(missing_ok=True)

    def begin(self) -> None:
        """Sign in once, then open the report page."""
        self.start_server()
        self.start_browser()
        sign_in(self.page, *_signins(self.instance)["second_member"])
        self.cookies = [dict(one) for one in self.context.cookies() if one["name"] == "session"]

    def open_form(self) -> None:
        """Open the report page with signal, then lose it."""
        self.context.set_offline(offline=False)
        self.page.goto("/report")
        begin_to_write(self.page)
        lose_signal(self.page)

    def write(self, number: int, crash: str | None) -> None:
        """Write and send one report without signal, through one crash."""
        words = f"{MARK} {number}."
        if not self.page.get_by_role("button", name="Send report").is_visible():
            self.page.get_by_role("button", name="Write another report").click()
        self._fill(number, words)
        if crash == "browser while writing":
            self._crash_browser(crash)
            self._fill(number, words)
        if crash == "browser at Send":
            self.page.get_by_role("button", name="Send report").click(no_wait_after=True)
            self.page.wait_for_timeout(random.randrange(0, 120))  # noqa: S311 - any moment
            self._crash_browser(crash)
            typed = self.page.get_by_label("What happened, in your words").input_value()
            if typed != words:  # it was kept before the crash: nothing is left to send
                return
        send(self.page)

    def _fill(self, number: int, words: str) -> None:
        """Write as a person does, who is not quicker than the draft."""
        if self.page.get_by_label("What happened, in your words").input_value() != words:
            body = LARGE if number % 10 == 0 else picture(100 + number % 5, (320, 240))
            fill(self.page, words, [photo("a.jpg", body)])
        draft_is_kept(self.page)

    def _crash_browser(self, crash: str) -> None:
        self.crashes[crash] += 1
        self.kill_browser()
        self.start_browser()
        self.open_form()

    def crash_while_sending(self, crash: str) -> None:
        """Let the queue go, and kill one side of it in the middle."""
        self.crashes[crash] += 1
        find_signal(self.page)
        self.page.wait_for_timeout(random.randrange(20, 900))  # noqa: S311 - any moment
        if crash.startswith("browser"):
            self.kill_browser()
            self.start_browser()
        else:
            self.kill_server()
            self.page.wait_for_timeout(300)
            self.start_server()
        self.open_form()

    def finish(self) -> None:
        """Come back with signal, and wait until nothing waits."""
        self.context.set_offline(offline=False)
        self.page.goto("/")
        wait_until(lambda: left(self.page) == "", seconds=400, every=1)
        expect(self.page.locator("#waiting-strip")).to_be_hidden()

    def stored(self) -> Counter[str]:
        """Count what the server holds, by the words of each report."""
        app = create_app(from_environment({"DISC_INSTANCE": str(self.instance)}))
        with app.app_context(), every_scheme():
            found = [one.words for one in db.session.scalars(select(Incident))]
            db.session.remove()
            db.engine.dispose()
        return Counter(words for words in found if words.startswith(MARK))


@contextlib.contextmanager
def crashing(demo: Path, folder: Path) -> Iterator[Crashing]:
    """Serve a copy of the demo and open a browser that keeps its profile on the disk."""
    shutil.copytree(demo, folder / "instance")
    with sync_playwright() as playwright:
        both = Crashing(playwright, folder / "instance", folder / "profile")
        try:
            both.begin()
            yield both
        finally:
            both.kill_browser()
            both.kill_server()


def nothing_is_lost(demo: Path, folder: Path, *, reports: int, crashes: int) -> str:
    """Send reports through crashes; return figures. Raises AssertionError for one lost or twice."""
    begun = time.monotonic()
    at = {
        round((turn + 0.5) * reports / crashes): KINDS[turn % len(KINDS)] for turn in range(crashes)
    }
    with crashing(demo, folder) as both:
        both.open_form()
        for number in range(reports):
            crash = at.get(number)
            both.write(number, crash)
            if crash and crash.endswith("while sending"):
                both.crash_while_sending(crash)
        both.finish()
        stored = both.stored()
    wanted = {f"{MARK} {number}." for number in range(reports)}
    assert sum(both.crashes.values()) == crashes
    assert wanted - set(stored) == set(), "lost"
    assert {words: count for words, count in stored.items() if count > 1} == {}, "twice"
    told = ", ".join(f"{count} of the {kind}" for kind, count in sorted(both.crashes.items()))
    took = round(time.monotonic() - begun)
    return f"{reports} reports, {crashes} crashes ({told}): 0 lost, 0 twice, {took} s"


def _processes(profile: str) -> list[int]:
    """List the processes of the browser with this profile: those that name it, and theirs."""
    named, parents = set(), {}
    for each in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError, ValueError):
            pid = int(each.name)
            parents[pid] = int((each / "stat").read_text().rsplit(")", 1)[1].split()[1])
            line = (each / "cmdline").read_bytes().decode(errors="replace")
            if profile in line and "chrom" in line and pid != os.getpid():
                named.add(pid)
    while more := {pid for pid, parent in parents.items() if parent in named} - named:
        named |= more
    return sorted(named)
