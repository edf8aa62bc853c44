"""An Administrator imports a file: sees what it would do, lets it in, and takes it back."""

import re

import pytest
from playwright.sync_api import Page, expect

from disc.core import clock
from tests.browser.looking import too_wide, violations
from tests.browser.people import LAPTOP, PHONE, People

pytestmark = pytest.mark.browser

SCRIPT = "<script>alert(1)</script>"
HEAD = "Date;Kind;Premises;Words;Value\r\n"


def a_file() -> bytes:
    """Return 30 lines that can come in, as Excel in Britain writes them, and two that cannot."""
    day = f"{clock.today():%d/%m/%Y}"
    good = [
        f'{day} 00:{at:02};Shoplifting;Corner Foods;"{SCRIPT} took £{at}";£1,0{at:02}.50\r\n'
        for at in range(30)
    ]
    bad = ["tomorrow;Shoplifting;Nowhere at all;;\r\n", f"{day};arson;Corner Foods;;12,50\r\n"]
    return "".join([HEAD, *good, *bad]).encode("cp1252")


def test_a_file_is_shown_let_in_and_taken_back(people: People) -> None:
    manager = people.person("administrator", reduced_motion="reduce")
    page = manager.open("/desk")
    page.get_by_role("link", name="Import", exact=True).click()
    page.get_by_role("button", name="Check the file").click()
    expect(page.locator(".govuk-error-summary li")).to_have_count(2)
    _fits(page)
    page.get_by_label("Past incidents").check()
    file = {"name": "../<b>past.csv", "mimeType": "text/csv", "buffer": a_file()}
    page.get_by_label("A CSV file from a spreadsheet").set_input_files([file])
    page.get_by_role("button", name="Check the file").click()
    expect(page.get_by_role("heading", name="Nothing is imported yet")).to_be_visible()
    expect(page.get_by_text("32 lines in the file. 30 lines can come in.")).to_be_visible()
    expect(page.get_by_text("There is no such shop in this scheme.")).to_be_visible()
    expect(page.get_by_text(f"{SCRIPT} took £0").first).to_be_visible()
    _fits(page)
    with page.expect_download() as download:
        page.get_by_role("link", name="Download all of them to mend").click()
    assert download.value.suggested_filename == "lines-to-mend.csv"
    page.get_by_role("button", name="Import 30 lines, leave 2").click()
    expect(page.get_by_text("30 reports were imported.")).to_be_visible()
    _fits(page)
    page.get_by_role("button", name="Take back 30 reports").click()
    expect(page.get_by_text("Every report of this file is gone.")).to_be_visible()
    _fits(page)
    page.goto("/desk/import")
    row = page.locator(".queue__row").first
    expect(row.get_by_role("link", name="Past incidents, 32 lines")).to_be_visible()
    expect(row.get_by_text(re.compile("Taken back"))).to_be_visible()
    _fits(page)
    assert manager.problems == []


def _fits(page: Page) -> None:
    for size in (PHONE, LAPTOP):
        page.set_viewport_size(size)
        for theme in ("light", "dark"):
            page.emulate_media(color_scheme=theme)
            assert too_wide(page) is None
            assert violations(page) == []
