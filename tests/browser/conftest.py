"""Chromium and the demo's servers; each test of this folder needs both."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.browser.people import People
from tests.serving import embedded, load_demo

collect_ignore = [] if os.environ.get("SCREENSHOTS") == "1" else ["test_screenshots.py"]
CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
ARGUMENTS = [
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-quic",
]


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


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A loaded demo that nobody serves, to be copied: drawing it takes most of the time."""
    instance = tmp_path_factory.mktemp("demo") / "instance"
    load_demo(instance)
    return instance


@pytest.fixture(scope="module")
def people(
    chromium: Browser, demo: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[People]:
    """The people of the demo, at an embedded server that the module's tests share."""
    with embedded(demo, tmp_path_factory.mktemp("embedded") / "instance") as site:
        yield People(chromium, site)
