"""The queue of the desk: fifty decided by keyboard, two managers at once, one of them gone."""

import uuid
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from playwright.sync_api import Browser, Error, Page, Route, expect

from disc.core.database import db
from disc.core.transaction import writing
from disc.desk import deciding
from disc.desk.models import ItemKind, Lease, PendingDecision
from disc.incidents import following
from disc.incidents.models import Incident, IncidentState
from disc.incidents.queries import get_report
from disc.matching.models import PossibleDuplicate, Verdict
from disc.members.models import Member, MemberState
from tests.browser.conftest import ARGUMENTS, CHROMIUM
from tests.browser.looking import too_wide, violations
from tests.browser.people import LAPTOP, PHONE, People, Person
from tests.browser.test_comparing import inside
from tests.desk.kinds import item_of, wait
from tests.pictures import picture
from tests.serving import Site, wait_until
from tests.story import reported
from tests.whole_app.servers import flask, running
from tests.world import PASSWORD, Place, make_place

pytestmark = pytest.mark.browser

MANAGERS = ("administrator", "sub_administrator")


@dataclass
class Desk:
    """A scheme with two managers, and reports that are made as a test asks for them."""

    people: People
    site: Site
    place: Place

    def report(self, count: int = 1, *, pictures: tuple[bytes, ...] = ()) -> list[uuid.UUID]:
        """Send reports; those without a picture show nobody."""
        with inside(self.site):
            made = [reported(self.place, pictures=pictures) for _ in range(count)]
            if not pictures:
                with writing():
                    for one in made:
                        db.session.get_one(Incident, one).description = ()
            return made

    def states(self) -> dict[uuid.UUID, IncidentState]:
        with inside(self.site):
            ours = db.session.query(Incident).where(Incident.scheme_id == self.place.scheme_id)
            return {one.id: one.state for one in ours}

    def leases(self) -> int:
        """Count the items that somebody looks at."""
        with inside(self.site):
            ours = sa.select(sa.func.count()).where(Lease.scheme_id == self.place.scheme_id)
            return db.session.scalar(ours) or 0

    def let_go(self) -> None:
        """End every lease, as the server does when a socket closes."""
        with inside(self.site), writing():
            db.session.execute(sa.delete(Lease).where(Lease.scheme_id == self.place.scheme_id))

    def open(self, who: str = "administrator", **options: object) -> tuple[Person, Page]:
        person = self.people.person(who, **options)
        page = person.open("/desk/queue")
        page.locator(".has-script").wait_for()
        return person, page


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A server for all tests; each has a scheme of its own there."""
    instance = tmp_path_factory.mktemp("queue") / "instance"
    assert flask(instance, "prepare").returncode == 0
    with running(instance) as server:
        server.wait_for(200)
        yield Site(server, instance)


@pytest.fixture
def desk(chromium: Browser, served: Site) -> Iterator[Desk]:
    with inside(served):
        place = make_place("Harbour Watch", live=True)
        for who in (*MANAGERS, "member"):
            place.actor(who)
    site = replace(served, signins={who: (place.emails[who], PASSWORD) for who in MANAGERS})
    desk = Desk(People(chromium, site), site, place)
    yield desk
    for person in desk.people.everybody:
        assert person.problems == []
        person.leave()


class Keys:
    """Counts what is pressed."""

    def __init__(self, page: Page) -> None:
        self.page, self.count = page, 0

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)
            self.count += 1


def test_fifty_are_decided_and_one_undone_with_fifty_one_keys(desk: Desk) -> None:
    reports = desk.report(50)
    _, page = desk.open()
    expect(page.locator(".triage__row")).to_have_count(50)
    keys = Keys(page)
    for _ in reports:
        keys.press("a")
    keys.press("z")
    # Sent one after the other: what is undone last waits for fifty answers of a busy machine.
    expect(page.get_by_text("Undone.")).to_be_visible()
    expect(page.locator(".triage__row")).to_have_count(1)
    print(f"{keys.count} keys for 50 decisions and one undo")  # noqa: T201 - pytest shows it with -s
    assert keys.count == 51

    def accepted() -> bool:
        return list(desk.states().values()).count(IncidentState.ACCEPTED) == 49

    wait_until(accepted)
    assert desk.states()[reports[-1]] is IncidentState.SUBMITTED


def test_questions_about_a_person_are_two_keys_more_and_a_rejection_is_two(desk: Desk) -> None:
    [shows] = desk.report(pictures=(picture(1),))
    [poor] = desk.report()
    _, page = desk.open()
    page.locator("form[data-approve]").wait_for()
    keys = Keys(page)
    keys.press("a")
    expect(page.locator("#under_18")).to_be_focused()
    keys.press("n", "n")
    expect(page.locator(".undo-toast")).to_contain_text("Approved.")
    expect(page.locator(f'[data-id="{poor}"]')).to_have_attribute("aria-current", "true")
    assert keys.count == 3
    keys.press("r")
    expect(page.get_by_role("dialog")).to_be_visible()
    assert violations(page) == []
    keys.press("1")
    expect(page.locator(".undo-toast")).to_contain_text("Rejected.")
    assert keys.count == 5
    wait_until(
        lambda: desk.states() == {shows: IncidentState.ACCEPTED, poor: IncidentState.REJECTED}
    )


def test_a_closed_browser_changes_nothing_about_a_decision(desk: Desk) -> None:
    [report] = desk.report()
    person, page = desk.open()
    page.keyboard.press("a")
    page.locator(".undo-toast").wait_for()
    person.leave()
    assert desk.states()[report] is IncidentState.SUBMITTED
    wait_until(lambda: desk.states()[report] is IncidentState.ACCEPTED)


def test_two_managers_see_each_other_and_a_killed_browser_frees_its_item(desk: Desk) -> None:
    [report] = desk.report()
    killed = desk.people.chromium.browser_type.launch(executable_path=CHROMIUM, args=ARGUMENTS)
    doomed = People(killed, desk.site)
    first = doomed.person("administrator").open("/desk/queue")
    wait_until(lambda: desk.leases() == 1)
    expect(first.locator("[data-pane-lease]")).to_be_empty()
    _, second = desk.open("sub_administrator")
    chip = second.locator("[data-lease]")
    expect(chip).to_contain_text("is looking at this")
    expect(second.locator("[data-pane-lease]")).to_contain_text("is looking at this")
    assert violations(second) == []
    second.keyboard.press("a")
    expect(second.locator(".triage__toasts .flash--danger")).to_contain_text("is looking at this")
    expect(second.locator(".triage__row")).to_have_count(1)
    assert desk.states()[report] is IncidentState.SUBMITTED
    with suppress(Error):  # its answer does not come any more
        killed.new_browser_cdp_session().send("Browser.crash")
    expect(chip).to_have_count(0)
    second.locator(".queue__title").click()
    second.keyboard.press("a")
    expect(second.locator(".undo-toast")).to_be_visible()


def test_what_comes_and_goes_shows_on_an_open_page(desk: Desk) -> None:
    _, first = desk.open()
    _, second = desk.open("sub_administrator")
    expect(second.get_by_text("Nothing waits for you.").first).to_be_visible()
    desk.report()
    # This process is not the server: its news comes with the server's own sweep.
    expect(second.locator(".triage__row")).to_have_count(1)
    expect(first.locator(".triage__row")).to_have_count(1)
    first.locator(".queue__title").click()
    first.keyboard.press("a")
    expect(second.locator(".triage__row")).to_have_count(0)
    expect(second.locator(".on-its-way")).to_contain_text("Approved by")
    expect(second.locator(".on-its-way button")).to_have_count(0)
    expect(second.locator(".on-its-way")).to_have_count(0)


def test_many_are_rejected_with_one_reason_and_more_than_twenty_ask_twice(desk: Desk) -> None:
    desk.report(23)
    _, page = desk.open()
    page.keyboard.press("x")
    for _ in range(21):
        page.keyboard.press("j")
    page.keyboard.press("Shift+X")
    page.keyboard.press("r")
    expect(page.get_by_role("dialog")).to_contain_text("Why do you reject 22 reports?")
    page.keyboard.press("4")
    expect(page.get_by_label("Type how many you reject")).to_be_focused()
    page.keyboard.type("21")
    page.keyboard.press("Enter")
    expect(page.locator(".triage__toasts")).to_contain_text("Type 22 to reject them all.")
    expect(page.locator(".triage__row")).to_have_count(23)
    first = page.locator(".triage__row").first
    first.locator("a").click()
    page.keyboard.press("x")
    for _ in range(21):
        page.keyboard.press("j")
    page.keyboard.press("Shift+X")
    page.keyboard.press("r")
    page.keyboard.press("4")
    page.keyboard.type("22")
    page.keyboard.press("Enter")
    expect(page.locator(".undo-toast")).to_contain_text("22 rejected.")
    expect(page.locator(".triage__row")).to_have_count(1)
    page.keyboard.press("z")
    expect(page.locator(".triage__row")).to_have_count(23)


def test_single_keys_can_be_turned_off_and_do_nothing_in_a_field(desk: Desk) -> None:
    desk.report()
    _, page = desk.open()
    page.locator("form[data-reject]").wait_for()
    field = page.get_by_label("Tell the reporter more")
    field.focus()
    page.keyboard.type("a raj")
    expect(field).to_have_value("a raj")
    expect(page.locator(".triage__row")).to_have_count(1)
    page.get_by_text("Single keys", exact=True).click()
    page.get_by_label("Single keys decide").uncheck()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Single keys are off.")).to_be_visible()
    page.locator("form[data-approve]").wait_for()
    page.keyboard.press("a")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.locator(".triage__row")).to_have_count(1)
    page.get_by_role("button", name="Approve").first.click()
    expect(page.locator(".undo-toast")).to_be_visible()


def test_the_photo_is_edited_and_the_queue_comes_back_to_its_report(desk: Desk) -> None:
    desk.report()
    [shows] = desk.report(pictures=(picture(2),))
    _, page = desk.open()
    page.keyboard.press("j")
    page.locator("a[data-edit]").wait_for()
    page.keyboard.press("e")
    page.get_by_role("button", name="Turn left").click()
    expect(page.get_by_text("Nobody else sees this yet.")).to_be_visible()
    page.get_by_role("button", name="Save for everybody").click()
    expect(page.locator(f'[data-id="{shows}"]')).to_have_attribute("aria-current", "true")


def test_a_reason_rejects_what_it_was_asked_for_and_nothing_that_took_its_place(desk: Desk) -> None:
    kept, *chosen = desk.report(3)
    _, page = desk.open()
    page.locator("form[data-approve]").wait_for()
    for one in chosen:
        page.locator(f"#pick-{one}").check()
    page.keyboard.press("r")
    expect(page.get_by_role("dialog")).to_contain_text("Why do you reject 2 reports?")
    with inside(desk.site), writing():
        deciding.approve_many(desk.place.actor("sub_administrator"), chosen)
    expect(page.locator(".triage__row")).to_have_count(1)
    page.keyboard.press("1")
    expect(page.locator(".triage__toasts .flash--danger")).to_contain_text("2 not rejected")
    expect(page.locator(f'[data-id="{kept}"]')).to_have_count(1)
    assert desk.states()[kept] is IncidentState.SUBMITTED


def test_a_reason_is_not_given_to_the_report_that_opens_under_it(desk: Desk) -> None:
    first, second = desk.report(2)
    _, page = desk.open()
    page.locator("form[data-approve]").wait_for()
    page.get_by_label("Nobody").check()
    slow: list[Route] = []

    def hold(route: Route) -> None:
        slow.append(route)

    page.route("**/approve", hold)
    page.get_by_role("button", name="Approve").last.click()
    wait_until(lambda: page.wait_for_timeout(50) is None and bool(slow))
    page.keyboard.press("r")
    expect(page.get_by_role("dialog")).to_be_visible()
    slow[0].continue_()
    expect(page.locator(f'[data-id="{second}"]')).to_have_attribute("aria-current", "true")
    page.locator('dialog [data-reason="other"]').click()
    page.keyboard.type("It is too dark.")
    with page.expect_response("**/reject") as refused:
        page.locator("[data-sheet-send]").click()
    assert str(first) in refused.value.url
    expect(page.locator(".triage__toasts .flash--danger")).to_be_visible()
    page.keyboard.press("r")
    page.locator('dialog [data-reason="other"]').click()
    expect(page.get_by_role("dialog").get_by_label("Tell the reporter")).to_have_value(
        "It is too dark."
    )
    page.keyboard.press("Escape")
    expect(page.locator(f'[data-id="{second}"]')).to_have_count(1)
    wait_until(lambda: desk.states()[first] is IncidentState.ACCEPTED)
    assert desk.states()[second] is IncidentState.SUBMITTED


def tell(desk: Desk, incident_id: uuid.UUID, words: str) -> None:
    """Add words to a report, as its reporter does."""
    with inside(desk.site), writing():
        member = desk.place.actor("member")
        report = get_report(member, incident_id)
        following.add(member, report, uuid.uuid4(), words, [])


def test_what_the_reporter_changes_is_told_and_what_was_typed_stays(desk: Desk) -> None:
    [changed] = desk.report(pictures=(picture(1),))
    _, page = desk.open()
    page.locator("form[data-approve]").wait_for()
    page.get_by_label("A short note for members").fill("Left on a bicycle")
    page.get_by_label("The picture does not show enough.").check()
    page.get_by_role("group", name="Is this person under 18?").get_by_label("No").check()
    news = page.get_by_text("This was changed after you opened it.")
    expect(news).to_be_hidden()
    tell(desk, changed, "Not the thief, a customer.")
    expect(news).to_be_visible()
    assert violations(page) == []
    expect(page.get_by_text("Not the thief, a customer.")).to_have_count(0)
    page.get_by_role("button", name="Show what it says now").click()
    expect(page.get_by_text("Not the thief, a customer.")).to_be_visible()
    expect(news).to_be_hidden()
    expect(page.get_by_label("A short note for members")).to_have_value("Left on a bicycle")
    expect(page.get_by_label("The picture does not show enough.")).to_be_checked()
    assert page.locator("form[data-approve] :checked").count() == 0


def test_a_decision_on_older_words_is_refused_and_the_new_ones_stand_there(desk: Desk) -> None:
    [changed] = desk.report(pictures=(picture(1),))
    _, page = desk.open()
    page.locator("form[data-reject]").wait_for()
    page.route("**/desk/queue/list", lambda route: route.fulfill(status=503))  # not in time
    page.get_by_label("The picture does not show enough.").check()
    page.get_by_label("Tell the reporter more").fill("Too dark.")
    tell(desk, changed, "It was her sister.")
    page.get_by_role("button", name="Reject").last.click()
    refusal = page.locator(".triage__toasts .flash--danger")
    expect(refusal).to_contain_text("The reporter changed this report.")
    expect(page.get_by_text("It was her sister.")).to_be_visible()
    expect(page.get_by_label("Tell the reporter more")).to_have_value("Too dark.")
    assert desk.states()[changed] is IncidentState.SUBMITTED
    page.unroute("**/desk/queue/list")
    page.get_by_role("button", name="Reject").last.click()
    expect(page.locator(".undo-toast")).to_contain_text("Rejected.")


def test_a_form_of_the_pane_that_was_not_sent_is_sent_again(desk: Desk) -> None:
    desk.report()
    person, page = desk.open()
    page.get_by_label("Nobody").check()
    page.route("**/approve", lambda route: route.abort())
    approve = page.locator("form[data-approve]").get_by_role("button")
    approve.click()
    expect(page.get_by_text("That was not sent. Try again.")).to_be_visible()
    assert [one for one in person.problems if "net::ERR_FAILED" not in one] == []
    person.problems.clear()
    page.unroute("**/approve")
    approve.click()
    expect(page.locator(".undo-toast")).to_be_visible()


def test_a_pair_and_a_joiner_are_answered_by_keyboard_and_taken_back(desk: Desk) -> None:
    with inside(desk.site):
        pair = item_of(desk.place, ItemKind.PAIR)
        joiner = wait(desk.place, "second_member")
    _, page = desk.open()
    answers = (
        ("pair", "A different moment or person", "You said: a different moment or person."),
        ("joiner", "No", "Not let in."),
    )
    for kind, button, said in answers:
        row = page.locator(f'.triage__row[data-kind="{kind}"]')
        row.locator("a").click()
        expect(page.get_by_role("button", name=button, exact=True)).to_be_visible()
        page.keyboard.press("r")
        expect(page.get_by_role("button", name=button, exact=True)).to_be_focused()
        expect(row).to_have_count(1)
        page.keyboard.press("Enter")
        expect(page.locator(".undo-toast")).to_contain_text(said)
        expect(row).to_have_count(0)
        page.keyboard.press("z")
        expect(page.get_by_text("Undone.")).to_be_visible()
        expect(row).to_have_count(1)
    assert violations(page) == []
    with inside(desk.site):
        ours = sa.select(PendingDecision.id).where(
            PendingDecision.scheme_id == desk.place.scheme_id
        )
        assert list(db.session.scalars(ours)) == []
        assert db.session.get_one(PossibleDuplicate, pair.id).verdict is Verdict.OPEN
        assert db.session.get_one(Member, joiner).state is MemberState.WAITING


def test_a_page_that_was_left_open_takes_no_lease_when_its_socket_comes_back(desk: Desk) -> None:
    desk.report()

    def reconnected(page: Page) -> None:
        """Let go as the server does when a socket closes, and say that it is open again."""
        desk.let_go()
        page.evaluate("document.dispatchEvent(new CustomEvent('queue:connected'))")

    _, page = desk.open()
    wait_until(lambda: desk.leases() == 1)
    expect(page.locator("form[data-approve]")).to_be_visible()
    page.wait_for_load_state("networkidle")  # the page has read that the lease is its own
    reconnected(page)
    wait_until(lambda: desk.leases() == 1)
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(1_000)  # what the lease brings is fetched a moment later
    page.clock.set_system_time(datetime.now(UTC) + timedelta(minutes=2))
    reconnected(page)
    page.evaluate("document.dispatchEvent(new CustomEvent('queue:changed'))")
    page.wait_for_timeout(1_000)
    assert desk.leases() == 0
    page.keyboard.press("Shift")
    page.evaluate("document.dispatchEvent(new CustomEvent('queue:changed'))")
    wait_until(lambda: desk.leases() == 1)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_fits_a_phone_and_a_laptop_and_is_accessible(desk: Desk, scheme: str) -> None:
    desk.report(3)
    desk.report(pictures=(picture(3),))
    _, page = desk.open(phone=True, color_scheme=scheme, reduced_motion="reduce")
    expect(page.locator("[data-pane]")).to_be_hidden()
    found = [too_wide(page), *violations(page)]
    page.locator(".queue__title").last.tap()
    expect(page.locator("form[data-approve]")).to_be_visible()
    expect(page.locator(".triage__side")).to_be_hidden()
    found += [too_wide(page), *violations(page)]
    for size in ({"width": 320, "height": 640}, LAPTOP, PHONE):
        page.set_viewport_size(size)
        found += [too_wide(page), *violations(page)]
    page.get_by_role("button", name="Back to the list").tap()
    expect(page.locator(".triage__side")).to_be_visible()
    page.get_by_role("button", name="Help").tap()
    found += [too_wide(page), *violations(page)]
    assert [one for one in found if one] == []
