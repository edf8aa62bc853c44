"""Pictures of the demo for the README, written where SCREENSHOTS=1 asks for them."""

import io
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page

from config import ROOT
from tests.browser.people import People

pytestmark = pytest.mark.browser

FOLDER = ROOT / "docs" / "screenshots"
LARGEST = 200_000
"""Bytes of one picture."""


def test_the_phone_is_pictured(people: People) -> None:
    phone = people.person("member", phone=True, device_scale_factor=2, reduced_motion="reduce")
    _keep(phone.open("/gallery"), "gallery-phone")
    _keep(phone.open("/report"), "report-phone")
    second = people.person("second_member", phone=True)
    page = second.open("/alerts/new")
    page.get_by_label("Violent person").tap()
    page.get_by_role("button", name="Send alert").tap()
    page.wait_for_url("**/alerts/*-*")
    page = phone.open("/")
    page.locator(".alert-card").wait_for()
    _keep(page, "alert-phone")
    page = second.page
    page.get_by_role("button", name="Cancel the alert").tap()
    page.get_by_text("This alert was cancelled.").wait_for()
    for person in (phone, second):
        person.leave()


def test_the_laptop_is_pictured(people: People) -> None:
    manager = people.person("administrator", reduced_motion="reduce")
    page = manager.open("/desk")
    _keep(page, "desk-laptop")
    page.locator("a[href^='/desk/duplicates/']").first.click()
    page.wait_for_url("**/desk/duplicates/*")
    _keep(page, "compare-laptop")
    page = manager.open("/desk")
    page.locator("a[href^='/notices/']").first.click()
    page.wait_for_url("**/notices/*")
    _keep(page, "notice-laptop")
    manager.leave()


def _keep(page: Page, name: str) -> None:
    """Write what the window shows, with as many colours as its bytes allow."""
    page.wait_for_function(
        "() => [...document.images].filter((one) => one.getBoundingClientRect().top < innerHeight)"
        ".every((one) => one.complete && one.naturalWidth > 0)"
    )
    page.wait_for_timeout(300)
    taken = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    for colours in (256, 160, 112, 80, 56, 40, 28):
        out = io.BytesIO()
        taken.quantize(colours, dither=Image.Dither.NONE).save(out, "PNG", optimize=True)
        if len(out.getvalue()) <= LARGEST:
            break
    assert len(out.getvalue()) <= LARGEST, f"{name} does not fit"
    FOLDER.mkdir(parents=True, exist_ok=True)
    Path(FOLDER / f"{name}.png").write_bytes(out.getvalue())
