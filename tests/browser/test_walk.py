"""Three browsers walk from a report to the police's answer, in both profiles."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser import alerting, managing, shop_floor
from tests.browser.conftest import need
from tests.browser.people import People, Person
from tests.pictures import picture
from tests.serving import Site, embedded, scaled, why_no_postgresql, why_no_redis

NAME = "Ferran Duskwell"
CRIME_NUMBER = "SQ/2026/00777"
PASSWORD = "seven brass lanterns under the quay"

pytestmark = pytest.mark.browser


@pytest.fixture(
    params=[
        "embedded",
        pytest.param("scaled", marks=[pytest.mark.postgresql, pytest.mark.redis]),
    ]
)
def site(
    request: pytest.FixtureRequest, chromium: Browser, demo: Path, tmp_path: Path
) -> Iterator[Site]:
    """A running site of one profile, of its own."""
    if request.param == "scaled":
        need(why_no_postgresql() or why_no_redis())
    serve = scaled if request.param == "scaled" else embedded
    with serve(demo, tmp_path / "instance") as site:
        yield site


def test_a_report_becomes_a_ban_and_an_alert_reaches_the_next_shop(
    site: Site, chromium: Browser
) -> None:
    people = People(chromium, site)
    phone = people.person("member", phone=True)
    manager = people.person("administrator")
    second = people.person("second_member")
    numbers = _reports_are_sent(phone, second)
    reference, subject = _the_desk_decides(numbers, phone, manager, second)
    _the_gallery_is_read(subject, reference, phone, manager, second)
    _a_ban_is_made(subject, manager, second, people.person("board"))
    tabs, seconds = _an_alert_is_raised(site, people, phone, manager, second)
    # pytest shows it with -s
    print(f"an alert stood on {tabs} open pages {seconds:.2f} s after the tap")  # noqa: T201
    _the_police_answer(numbers[0], phone, manager, people.person("spoc"))
    for person in people.everybody:
        assert person.problems == []


def _reports_are_sent(phone: Person, second: Person) -> list[str]:
    """Point 4, and what points 5 and 6 need: a copy of a picture, and a report to reject."""
    camera = picture(7001, (1280, 960))
    photos = [shop_floor.photo("till.jpg", camera), shop_floor.photo("door.jpg", picture(7002))]
    first, taps = shop_floor.the_member_reports(
        phone, photos, goods="Four joints of meat", words="Said: I do this every day."
    )
    assert taps <= 12
    shop_floor.the_member_follows(phone, first, "Sent")
    copied = shop_floor.photo("copy.jpg", shop_floor.copy_of(camera))
    again = shop_floor.the_member_reports_on_one_page(second, copied, "Seen here too.")
    blurred = shop_floor.photo("blurred.jpg", picture(7003))
    poor = shop_floor.the_member_reports_on_one_page(second, blurred, "Somebody ran.")
    return [first, again, poor]


def _the_desk_decides(
    numbers: list[str], phone: Person, manager: Person, second: Person
) -> tuple[str, str]:
    """Points 5 and 6; returns the person's reference and the path of their page for members."""
    first, again, poor = numbers
    managing.the_manager_compares(manager, again, first)
    reference, record = managing.the_manager_approves(manager, first)
    shop_floor.the_open_report_says(phone, "Accepted")
    subject = record.replace("/people/", "/gallery/")
    shop_floor.a_member_sees_the_unknown_person(second, reference)
    shop_floor.the_member_follows(phone, first, "Accepted")
    managing.the_manager_approves_the_same_person(manager, again, reference)
    out = managing.the_manager_takes_the_records_apart(manager, record)
    shop_floor.a_member_sees_the_unknown_person(second, out)
    managing.the_manager_joins(manager, managing.path_of_record(manager, out), reference)
    expect(second.open("/gallery").locator(".faces")).not_to_contain_text(out)
    managing.the_manager_rejects(manager, poor, "Send one that shows the coat.")
    page = shop_floor.the_member_follows(second, poor, "Not accepted")
    expect(page.locator("main")).to_contain_text("Send one that shows the coat.")
    managing.the_manager_hides(manager, record)
    shop_floor.a_member_does_not_see(second, subject, reference)
    managing.the_manager_shows_again(manager, record)
    return reference, subject


def _the_gallery_is_read(
    subject: str, reference: str, phone: Person, manager: Person, second: Person
) -> None:
    """Point 7."""
    shop_floor.a_member_sees_the_unknown_person(second, reference)
    shop_floor.pictures_are_marked_for_their_viewer(phone, second, subject)
    shop_floor.the_member_knows_the_person(second, subject, NAME)
    shop_floor.nobody_else_reads_the_answer(phone, subject, NAME)
    managing.the_manager_reads_the_answer(manager, reference, NAME)


def _a_ban_is_made(subject: str, manager: Person, second: Person, board: Person) -> None:
    """Point 8."""
    record = subject.replace("/gallery/", "/people/")
    managing.the_manager_names(manager, record, NAME, "Banned")
    notice = managing.the_manager_proposes_a_notice(manager, record)
    managing.the_board_approves(board, NAME)
    managing.the_manager_prints_and_serves(manager, notice)
    managing.members_see_the_ban(second, NAME)


def _an_alert_is_raised(
    site: Site, people: People, phone: Person, manager: Person, second: Person
) -> tuple[int, float]:
    """Point 9, with the manager away and two people whom it must not reach."""
    far = people.newcomer(
        site.invite("saltmarsh-quay", "Market Row", "Tess Farrow", "tess@saltmarsh-quay.example"),
        PASSWORD,
    )
    others = [far, people.person("other_scheme_member")]
    for person in others:
        person.open("/gallery")
    manager.page.goto("about:blank")
    tabs = [second.open("/gallery")]
    if site.settings:
        tabs = alerting.tabs_on_every_worker(site, second, "/gallery")
    alerting.pages_wait(tabs)
    card, seconds = alerting.seconds_until_shown(phone, tabs)
    alerting.the_second_member_answers(second, card)
    alerting.the_raiser_learns_of_it(phone, "Lantern Chemist")
    alerting.who_was_away_has_it_now(manager, card)
    alerting.nobody_else_has_it(others)
    _another, taps = alerting.the_member_raises_an_alert(phone)
    assert taps == 3
    return len(tabs), seconds


def _the_police_answer(number: str, phone: Person, manager: Person, spoc: Person) -> None:
    """Point 10."""
    managing.the_manager_shares_with_the_police(manager, number)
    shop_floor.the_member_follows(phone, number, "Shared with police")
    managing.the_police_answer(spoc, number, CRIME_NUMBER)
    shop_floor.the_open_report_says(phone, "Police answered")
    page = shop_floor.the_member_follows(phone, number, "Police answered")
    expect(page.locator("main")).to_contain_text(CRIME_NUMBER)
    expect(page.locator("main")).to_contain_text("The police charged a person.")
