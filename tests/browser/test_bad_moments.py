"""What a busy person meets: no mouse, no scripts, no signal, a double tap, an ended sign-in."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.people import People, Person, leading_on, sign_in
from tests.browser.shop_floor import (
    WORTH,
    photo,
    the_member_follows,
    the_member_reports_on_one_page,
)
from tests.pictures import picture
from tests.serving import wait_until

pytestmark = pytest.mark.browser

WORDS = "He said: I do this every day."
MOST_TABS = 40
KEPT = """async () => {
    const kept = [];
    for (const name of await caches.keys()) {
        const cache = await caches.open(name);
        for (const { url } of await cache.keys()) kept.push(new URL(url).pathname);
    }
    return kept;
}"""


def test_a_report_is_sent_by_keys_alone_from_the_sign_in(people: People) -> None:
    person = people.stranger()
    page = person.open("/sign-in?next=/report")
    email, password = people.site.signins["second_member"]
    _tab_to(page, "#email")
    page.keyboard.type(email)
    page.keyboard.press("Tab")
    page.keyboard.type(password)
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r":\d+/report$"))
    _tab_to(page, "[name=kind]")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Space")
    expect(page.get_by_label("Violence or threat")).to_be_checked()
    _tab_to(page, "#weapon")
    page.keyboard.press("Space")
    _tab_to(page, "#words")
    page.keyboard.type(WORDS)
    _tab_to(page, ".send-bar button[type=submit]")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Your report was sent.")).to_be_visible()
    expect(page.locator("#main")).to_be_focused()
    expect(page.locator("main")).to_contain_text("Violence, a weapon")
    person.leave()
    assert person.problems == []


def test_sign_in_report_and_alert_work_without_scripts(people: People) -> None:
    person = people.stranger(phone=True, java_script_enabled=False)
    sign_in(person.page, *people.site.signins["second_member"])
    page = person.open("/report")
    page.get_by_label("Damage").check()
    page.get_by_label("Add photos").set_input_files([photo("a.jpg", picture(91))])
    page.get_by_label(WORTH).fill("much")
    page.get_by_role("button", name="Send report").click()
    expect(page.get_by_role("link", name="Type the value in pounds")).to_be_visible()
    expect(page.get_by_label("Damage")).to_be_checked()
    page.get_by_label(WORTH).fill("12.50")
    page.get_by_role("button", name="Send report").click()
    expect(page.get_by_text("Your report was sent.")).to_be_visible()
    expect(page.locator("main")).to_contain_text("£12.50")
    page = person.open("/alerts/new")
    page.get_by_label("Fake notes").check()
    page.get_by_role("button", name="Send alert").click()
    expect(page.get_by_role("heading", name="Your alert is sent")).to_be_visible()
    page.get_by_role("button", name="Cancel the alert").click()
    expect(page.locator("main")).to_contain_text("This alert was cancelled.")
    person.leave()


def test_a_double_tap_on_send_makes_one_report(people: People) -> None:
    person = people.person("second_member", phone=False)
    before = _reports(person.open("/my-reports"))
    page = person.open("/report")
    page.get_by_label("Abuse of staff").check()
    page.get_by_label("What happened, in your words").fill(WORDS)
    page.get_by_role("button", name="Send report").dblclick()
    expect(page.get_by_text("Your report was sent.")).to_be_visible()
    assert _reports(person.open("/my-reports")) == before + 1
    person.leave()
    assert person.problems == []


def test_two_pages_of_one_report_do_not_write_over_each_other_unasked(people: People) -> None:
    person = people.person("second_member", phone=False)
    page = person.open("/report")
    page.get_by_label("Abuse of staff").check()
    page.get_by_label("What happened, in your words").fill(WORDS)
    page.get_by_role("button", name="Send report").click()
    page.get_by_role("link", name="Change what you sent").click()
    page.wait_for_url("**/change")
    page.get_by_label("What happened, in your words").fill("Mine, from the first page.")
    other = person.context.new_page()
    other.goto(page.url)
    other.get_by_label("What happened, in your words").fill("Theirs, from the second page.")
    other.get_by_role("button", name="Save").click()
    expect(other.get_by_text("Saved.")).to_be_visible()
    for _ in range(2):
        with leading_on(page):
            page.get_by_role("button", name="Save").click()
        expect(page.get_by_role("heading", name="What the report says now")).to_be_visible()
        expect(page.locator("[data-clash]")).to_contain_text("Theirs, from the second page.")
        words = page.get_by_label("What happened, in your words")
        expect(words).to_have_value("Mine, from the first page.")
    page.get_by_label("Save what I typed in place of what it says now").check()
    page.get_by_role("button", name="Save").click()
    expect(page.locator("main")).to_contain_text("Mine, from the first page.")
    expect(page.get_by_text("Saved.")).to_be_visible()
    person.leave()


def test_news_of_a_report_keeps_nobody_on_its_page_who_leads_on(people: People) -> None:
    person = people.person("member", service_workers="block")
    number = the_member_reports_on_one_page(person, photo("c.jpg", picture(93)), WORDS)
    heard: list[str] = []
    person.page.on(
        "websocket", lambda socket: socket.on("framereceived", lambda data: heard.append(str(data)))
    )
    page = the_member_follows(person, number, "Sent")
    heard.clear()
    page.reload()
    manager = people.person("administrator")
    asked = manager.open("/desk")
    asked.locator(".queue__row").filter(has_text=number).get_by_role("link").first.click()
    asked.get_by_label("What do you want to know?").fill("Which coat?")
    wait_until(lambda: asked.wait_for_timeout(20) is None and "40{" in "".join(heard))
    held: list[Route] = []
    page.route("**/my-reports", lambda route: held.append(route))  # noqa: PLW0108
    began = _loads(page)
    page.get_by_role("link", name="My reports").first.click(no_wait_after=True)
    wait_until(lambda: asked.wait_for_timeout(20) is None and held)
    asked.get_by_role("button", name="Ask", exact=True).click()
    wait_until(lambda: asked.wait_for_timeout(20) is None and "report_moved" in str(heard))
    asked.wait_for_timeout(500)  # by then it would have loaded its page again
    held[0].continue_()
    page.wait_for_url(re.compile(r"/my-reports$"))
    assert len(began) == 1
    person.leave()
    manager.leave()
    assert manager.problems == []


def _ask(manager: Person, number: str, question: str) -> None:
    page = manager.open("/desk")
    page.locator(".queue__row").filter(has_text=number).get_by_role("link").first.click()
    page.get_by_label("What do you want to know?").fill(question)
    with leading_on(page):
        page.get_by_role("button", name="Ask", exact=True).click()


def test_the_page_left_open_after_sending_shows_what_became_of_the_report(people: People) -> None:
    person = people.person("member", service_workers="block")
    number = the_member_reports_on_one_page(person, photo("e.jpg", picture(95)), WORDS)
    manager = people.person("administrator")
    _ask(manager, number, "Which hat?")
    expect(person.page.get_by_text("Which hat?")).to_be_visible()  # it asks every ten seconds
    manager.leave()
    person.leave()
    assert manager.problems == []


def test_a_page_without_a_socket_shows_what_became_of_its_report(people: People) -> None:
    person = people.person("member", service_workers="block")
    number = the_member_reports_on_one_page(person, photo("d.jpg", picture(94)), WORDS)
    person.page.route_web_socket("**", lambda socket: socket.close())
    page = the_member_follows(person, number, "Sent")
    page.reload()
    manager = people.person("administrator")
    _ask(manager, number, "Which scarf?")
    expect(page.get_by_text("Which scarf?")).to_be_visible()  # nobody loaded the page again
    manager.leave()
    person.leave()
    assert manager.problems == []


def test_a_file_that_is_too_large_is_refused_and_the_words_stay(
    people: People, tmp_path: Path
) -> None:
    heavy = tmp_path / "heavy.jpg"
    heavy.write_bytes(picture(92))
    with heavy.open("r+b") as opened:
        opened.truncate(43 * 1024 * 1024)
    person = people.person("member", phone=True)
    page = person.open("/report")
    page.get_by_label("Shop theft").tap()
    page.get_by_label("Add photos").set_input_files(heavy)
    page.get_by_label("There was a weapon").wait_for()
    for _ in range(2):
        page.get_by_role("button", name="Next").tap()
    page.get_by_label("What happened, in your words").fill(WORDS)
    page.get_by_role("button", name="Send report").tap()
    expect(page.get_by_text("This photo file is too large.").first).to_be_visible()
    expect(page.get_by_label("What happened, in your words")).to_have_value(WORDS)
    expect(page.get_by_label("Shop theft")).to_be_checked()
    page.get_by_label("Add photos").set_input_files([photo("light.jpg", picture(92))])
    page.get_by_role("button", name="Send report").tap()
    expect(page.get_by_text("Your report was sent.")).to_be_visible()
    person.leave()
    assert person.problems == []


def test_a_sign_in_that_ends_while_typing_loses_nothing(people: People) -> None:
    person = people.stranger()
    sign_in(person.page, *people.site.signins["second_member"])
    page = person.open("/report")
    page.get_by_label("Shop theft").check()
    page.get_by_label("Add photos").set_input_files([photo("a.jpg", picture(93))])
    page.get_by_label("What happened, in your words").fill(WORDS)
    elsewhere = person.another_tab("/me")
    elsewhere.get_by_role("button", name="Sign out").click()
    elsewhere.wait_for_url("**/sign-in")
    page.bring_to_front()
    page.get_by_role("button", name="Send report").click()
    expect(page.get_by_text("Your report was sent.")).to_be_visible()
    sign_in(elsewhere, *people.site.signins["second_member"])
    page = person.open("/my-reports")
    page.locator(".queue__row a").first.click()
    expect(page.locator("main")).to_contain_text(WORDS)
    expect(page.locator("img.still")).to_have_count(1)
    person.leave()


def test_the_phone_keeps_the_shell_and_never_a_picture_or_a_page(people: People) -> None:
    person = people.person("member", phone=True)
    page = person.open("/gallery")
    page.wait_for_function("() => navigator.serviceWorker.controller")
    for path in ("/gallery", "/my-reports", "/"):
        person.open(path)
    expect(person.open("/gallery").locator("img.still").first).to_have_js_property(
        "complete", value=True
    )
    kept: list[str] = page.evaluate(KEPT)
    assert "/offline" in kept
    assert [one for one in kept if one != "/offline" and not re.match(r"/static/", one)] == []
    person.context.set_offline(offline=True)
    page.goto("/my-reports")
    expect(page.get_by_role("heading", name="You are offline")).to_be_visible()
    expect(page.locator("body")).not_to_contain_text("Saltmarsh")
    person.context.set_offline(offline=False)
    page.get_by_role("link", name="Try again").tap()
    expect(page.get_by_role("heading", name="Home")).to_be_visible()
    person.leave()


def _tab_to(page: Page, selector: str) -> None:
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        if page.evaluate("wanted => document.activeElement.matches(wanted)", selector):
            return
    raise AssertionError(f"{selector} cannot be reached by keys")


def _loads(page: Page) -> list[str]:
    """Note from now on which documents a page asks for."""
    asked: list[str] = []
    page.on("request", lambda one: asked.append(one.url) if one.is_navigation_request() else None)
    return asked


def _reports(page: Page) -> int:
    return page.locator(".queue__row").count()
