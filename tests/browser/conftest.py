"""Chromium and the demo's servers; each test of this folder needs both."""

import fcntl
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from tests.browser.people import PATIENCE_MS, People
from tests.serving import embedded, load_demo

collect_ignore = [] if os.environ.get("SCREENSHOTS") == "1" else ["test_screenshots.py"]
CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
ARGUMENTS = [
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-quic",
]


expect.set_options(timeout=PATIENCE_MS)


def need(missing: str | None) -> None:
    """Skip a test with its reason, or fail it where nothing may be skipped."""
    if missing is None:
        return
    if os.environ.get("REQUIRE_ALL") == "1":
        pytest.fail(missing)
    pytest.skip(missing)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """One browser process for a module; Playwright's loop must not outlive it."""
    need(None if Path(CHROMIUM).exists() else "there is no Chromium at /usr/bin/chromium")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield opened
        opened.close()


@pytest.fixture(autouse=True)
def left_open(request: pytest.FixtureRequest) -> Iterator[None]:
    """Close what a test leaves open: its pages would go on asking while others are measured."""
    browser = request.getfixturevalue("chromium") if "chromium" in request.fixturenames else None
    before = browser.contexts if browser else []
    yield
    for context in browser.contexts if browser else []:
        if context not in before:
            context.close()


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A loaded demo that nobody serves, to be copied: drawing it takes most of the time.

    The processes that share a run share it: the first draws, and the others wait for it.
    """
    folder = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        folder = folder.parent
    with (folder / "demo.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "demo").exists():
            drawn = tmp_path_factory.mktemp("demo") / "instance"
            load_demo(drawn)
            drawn.rename(folder / "demo")
    return folder / "demo"


@pytest.fixture(scope="module")
def people(
    chromium: Browser, demo: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[People]:
    """The people of the demo, at an embedded server that the module's tests share."""
    with embedded(demo, tmp_path_factory.mktemp("embedded") / "instance") as site:
        yield People(chromium, site)


@pytest.fixture(scope="module")
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
