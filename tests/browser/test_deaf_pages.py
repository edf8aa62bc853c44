"""A page that hears no alerts any more says so, or leads to what is to be done first."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.people import HOME, People, Person, sign_in

pytestmark = pytest.mark.browser

NONE = "No alerts in your Areas."
DEAF = "You do not hear alerts now."


@pytest.fixture
def manager(people: People) -> Person:
    """The Administrator, who has accepted what there is to accept."""
    person = people.stranger()
    sign_in(person.page, *people.site.signins["administrator"])
    return person


@pytest.fixture(autouse=True)
def signed_in(people: People) -> None:
    """Both members sign in once, before the first of new rules would lead them elsewhere."""
    for who in ("member", "second_member"):
        people.person(who).leave()


def at_home(people: People, who: str) -> Person:
    person = people.person(who, phone=True)
    if "/rules" in person.open("/").url:
        accept(person.page)
    return person


def publish(manager: Person) -> None:
    page = manager.open("/desk/rules/rules/new")
    body = page.get_by_label("Text")
    body.fill(f"{body.input_value()}\n\nKeep to these words too.")
    page.get_by_role("button", name="Publish for everybody").click()
    page.wait_for_url(re.compile(r"/rules(\?|$)"))
    accept(manager.another_tab("/rules"))


def accept(page: Page) -> None:
    for box in page.get_by_role("checkbox").all():
        box.check()
    page.get_by_role("button", name="Accept and go on").click()
    page.wait_for_url(HOME)


def test_home_leads_to_new_rules_and_does_not_go_on_saying_that_all_is_quiet(
    people: People, manager: Person
) -> None:
    member = at_home(people, "member")
    page = member.open("/")
    expect(page.get_by_text(NONE)).to_be_visible()
    publish(manager)
    page.wait_for_url("**/rules?next=*")
    expect(page.get_by_role("heading", name="Read and accept")).to_be_visible()
    assert member.problems == []
    for person in (member, manager):
        person.leave()


def test_half_written_words_stay_and_the_page_says_that_it_is_deaf_until_it_hears_again(
    people: People, manager: Person
) -> None:
    member = at_home(people, "second_member")
    page = member.open("/report")
    page.get_by_label("Shop theft").check()
    publish(manager)
    strip = page.get_by_role("alert").filter(has_text=DEAF)
    # A report's page has no socket, to stay small: it asks every ten seconds.
    expect(strip).to_contain_text("Accept the rules first.")
    expect(strip.get_by_role("link")).to_have_attribute("href", "/rules")
    expect(page.get_by_label("Shop theft")).to_be_checked()
    accept(member.another_tab("/rules"))
    page.bring_to_front()
    expect(strip).to_have_count(0)
    expect(page.get_by_label("Shop theft")).to_be_checked()
    assert member.problems == []
    for person in (member, manager):
        person.leave()
