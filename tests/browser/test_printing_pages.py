"""Pages of people print no picture; copies on paper are asked for on pages that fit a phone."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.looking import too_wide, violations
from tests.browser.people import LAPTOP, PHONE, People, Person

pytestmark = pytest.mark.browser

SENTENCE = '"Pictures of people do not print."'
SAYS = "getComputedStyle(document.querySelector('main'), '::before').content"


def links(page: Page, pattern: str) -> list[str]:
    found: list[str] = page.eval_on_selector_all(
        "a[href]", "all => all.map((one) => one.getAttribute('href'))"
    )
    return [one for one in found if re.fullmatch(pattern, one)]


def prints_no_picture(page: Page) -> None:
    page.emulate_media(media="screen")
    pictures = page.locator("img.still")
    expect(pictures.first).to_be_visible()
    page.emulate_media(media="print")
    for picture in pictures.all():
        expect(picture).to_be_hidden()
    assert page.evaluate(SAYS) == SENTENCE
    page.emulate_media(media="screen")


def test_no_page_with_a_picture_of_somebody_prints_it(people: People) -> None:
    member = people.person("member")
    prints_no_picture(member.open("/gallery"))
    of_person = links(member.page, r"/gallery/[0-9a-f-]{36}")[0]
    for path in (of_person, f"{of_person}/know"):
        prints_no_picture(member.open(path))
    manager = people.person("administrator")
    for begin, pattern in (
        ("/people", r"/people/[0-9a-f-]{36}"),
        ("/desk", r"/desk/reports/[0-9a-f-]{36}"),
        ("/desk", r"/desk/duplicates/[0-9a-f-]{36}"),
    ):
        prints_no_picture(manager.open(begin))
        prints_no_picture(manager.open(links(manager.page, pattern)[0]))
    assert [*member.problems, *manager.problems] == []


def fits(person: Person) -> None:
    for size in (LAPTOP, PHONE):
        person.page.set_viewport_size(size)  # type: ignore[arg-type]
        assert too_wide(person.page) is None
        assert violations(person.page) == []


def test_copies_are_asked_for_and_said_to_be_destroyed(people: People) -> None:
    manager = people.person("administrator", reduced_motion="reduce")
    page = manager.open("/desk/settings")
    page.get_by_label("Managers may print pictures of people").check()
    fits(manager)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    manager.open("/desk/galleries")
    manager.open(links(page, r"/desk/galleries/[0-9a-f-]{36}")[0])
    page.get_by_role("link", name="Print this gallery").click()
    page.get_by_role("button", name="Make the copies").click()
    expect(page.get_by_role("alert")).to_contain_text("Type who gets the copies.")
    fits(manager)
    page.get_by_label("Why is this needed on paper?").fill("The till has no screen")
    page.get_by_label("Who gets the copies?").fill("Night team, Corner Foods")
    page.get_by_label("How many copies?").fill("3")
    page.get_by_role("button", name="Make the copies").click()
    expect(page.get_by_role("link", name="Copy 3 of 3")).to_be_visible()
    fits(manager)
    paper = page.request.get(links(page, r"/prints/copies/.*\.pdf")[0])
    assert paper.body().startswith(b"%PDF-")
    page.get_by_role("link", name="All copies on paper").click()
    page.get_by_role("button", name="Destroyed").first.click()
    expect(page.get_by_text("copy 1 of 3 is destroyed.")).to_be_visible()
    fits(manager)
    assert manager.problems == []
