"""What the manager, the Board and the police do on their own pages."""

import re

from playwright.sync_api import Locator, Page, expect

from tests.browser.people import Person, leading_on
from tests.serving import wait_until


def the_manager_compares(manager: Person, later: str, earlier: str) -> None:
    """Open the pair of two reports from the desk: what was found, laid over each other, apart."""
    wait_until(lambda: _open_report(manager, later).get_by_role("link", name="Compare").count())
    page = manager.page
    page.get_by_role("link", name="Compare", exact=True).first.click()
    expect(page.get_by_role("heading", name="Is it the same picture?")).to_be_visible()
    rests_on = re.compile(r"\d+ points agree\. They overlap by \d+ %\.")
    expect(page.get_by_text(rests_on)).to_be_visible()
    expect(page.locator(".chip-row .chip")).to_have_text(re.compile(r"same picture", re.IGNORECASE))
    expect(page.locator("main")).to_contain_text(earlier)
    expect(page.locator("main")).to_contain_text(later)
    left, right = (page.locator(".compare img.still").nth(at) for at in (0, 1))
    for one in (left, right):
        page.wait_for_function("image => image.naturalWidth > 300", arg=one.element_handle())
    expect(page.get_by_role("slider")).to_be_visible()
    page.get_by_role("button", name="Apart").click()
    boxes = left.bounding_box(), right.bounding_box()
    assert boxes[0]
    assert boxes[1]
    assert abs(boxes[0]["y"] - boxes[1]["y"]) < 2
    assert boxes[1]["x"] >= boxes[0]["x"] + boxes[0]["width"]
    page.get_by_role("button", name="The same picture", exact=True).click()
    expect(page.get_by_text("You said: the same picture.")).to_be_visible()


def the_manager_approves(manager: Person, number: str) -> tuple[str, str]:
    """Approve a report about a new person; return their reference and the path of their page."""
    page = _open_report(manager, number)
    page.get_by_label("A person who is not in the gallery yet").check()
    page.get_by_role("button", name="Approve").click()
    problems = page.locator(".govuk-error-summary")
    expect(problems.get_by_role("link", name="Answer yes or no.")).to_have_count(2)
    expect(problems).to_be_focused()
    for question in ("Is this person under 18?", "Is this person vulnerable?"):
        page.get_by_role("group", name=question).get_by_label("No", exact=True).check()
    page.get_by_role("button", name="Approve").click()
    expect(page.get_by_text("Members see the person in the gallery.")).to_be_visible()
    _decided(manager, number)
    page.get_by_role("link", name="Open the person's record").click()
    page.wait_for_url("**/people/*")
    reference = page.locator(".facts").get_by_text(re.compile(r"^P-\w{6}$")).inner_text()
    return reference, _path(page)


def the_manager_approves_the_same_person(manager: Person, number: str, reference: str) -> None:
    """Approve a report about somebody who is in the gallery: the two records are joined."""
    page = _open_report(manager, number)
    page.get_by_label(f"The same person as Who is this? ({reference})").check()
    for question in ("Is this person under 18?", "Is this person vulnerable?"):
        page.get_by_role("group", name=question).get_by_label("No", exact=True).check()
    page.get_by_role("button", name="Approve").click()
    expect(page.get_by_text("You can undo it here.")).to_be_visible()
    _decided(manager, number)


def the_manager_takes_the_records_apart(manager: Person, person_path: str) -> str:
    """Undo a joining; return the reference of the record that was taken out."""
    page = manager.open(person_path)
    out = page.get_by_role("button", name=re.compile(r"^Take P-\w{6} out$"))
    reference = out.inner_text().split()[1]
    out.click()
    expect(page.get_by_text("Each record has its own pictures again.")).to_be_visible()
    return reference


def the_manager_joins(manager: Person, person_path: str, into: str) -> None:
    """Join a record to another by its number."""
    page = manager.open(person_path)
    page.get_by_label("Join this record to number").fill(into.lower())
    page.get_by_role("button", name="Show both").click()
    page.get_by_role("group", name="Which record is kept?").get_by_label(into, exact=True).check()
    page.get_by_role("button", name="Join the records").click()
    expect(page.get_by_text("You can undo this on this page for 7 days.")).to_be_visible()


def path_of_record(manager: Person, reference: str) -> str:
    """Find a record in the list of all people."""
    page = manager.open("/people")
    row = page.locator(".queue__row, .face").filter(has_text=reference).first
    row.get_by_role("link").first.click()
    page.wait_for_url(re.compile(r"/people/[0-9a-f-]{36}$"))
    return _path(page)


def the_manager_rejects(manager: Person, number: str, words: str) -> None:
    page = _open_report(manager, number)
    page.get_by_role("button", name="Reject").click()
    expect(page.locator(".govuk-error-summary")).to_contain_text("Choose a reason.")
    page.get_by_label("The picture does not show enough.").check()
    page.get_by_label("Tell the reporter more").fill(words)
    page.get_by_role("button", name="Reject").click()
    expect(page.get_by_text("Rejected. The reporter reads your reason.")).to_be_visible()
    _decided(manager, number)


def the_manager_hides(manager: Person, person_path: str) -> None:
    page = manager.open(person_path)
    page.get_by_role("button", name="Hide now").click()
    expect(page.get_by_text("Hidden from everyone.")).to_be_visible()


def the_manager_shows_again(manager: Person, person_path: str) -> None:
    page = manager.open(person_path)
    page.locator(".danger-zone").get_by_role("button", name="Show again").click()
    expect(page.get_by_text("Shown again.")).to_be_visible()


def the_manager_reads_the_answer(manager: Person, reference: str, name: str) -> None:
    page = manager.open("/desk")
    page.get_by_role("link", name="Read the answers").click()
    card = page.locator(".card").filter(has_text=reference)
    expect(card.get_by_role("heading", name=name)).to_be_visible()
    expect(card.locator(".told .chip")).to_have_text("Fairly sure")
    card.get_by_role("button", name="Could be right, keep looking").click()
    expect(card.get_by_text("Still looked into by you")).to_be_visible()
    wait_until(lambda: _again(page, card).get_by_text("You are still looking").count())
    card.get_by_role("link", name="Use this name").click()
    expect(page.get_by_label("Name", exact=True)).to_have_value(name)


def _again(page: Page, card: Locator) -> Locator:
    """Load the page anew: what was decided takes effect after ten seconds."""
    page.reload()
    return card


def the_manager_names(manager: Person, person_path: str, name: str, gallery: str) -> None:
    page = manager.open(person_path)
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_label(gallery, exact=True).check()
    page.get_by_role("button", name="Save the name").click()
    expect(page.get_by_role("heading", name=name)).to_be_visible()


def the_manager_proposes_a_notice(manager: Person, person_path: str) -> str:
    """Propose a notice, after the form has asked for what is missing; return its path."""
    page = manager.open(person_path)
    page.get_by_role("link", name="Propose an exclusion notice").click()
    page.get_by_role("button", name="Send to the Board").click()
    expect(page.locator(".govuk-error-summary li")).not_to_have_count(0)
    page.locator("#evidence").check()
    page.get_by_label(re.compile("All .* places below")).check()
    page.get_by_label("6 months").click()
    page.get_by_label("Why?").fill("Took goods without paying twice, and was told to stay away.")
    page.get_by_role("button", name="Send to the Board").click()
    page.wait_for_url("**/notices/*")
    expect(page.locator(".chip-row .chip").first).to_have_text("Waits for the Board")
    return _path(page)


def the_board_approves(board: Person, name: str) -> None:
    page = board.open("/board")
    page.get_by_role("link", name=name).click()
    page.get_by_label("Approve", exact=True).check()
    page.get_by_label("Why?", exact=True).fill("The evidence is clear and the time is short.")
    page.get_by_role("button", name="Send my decision").click()
    expect(page.locator(".chip-row .chip").first).to_have_text("To be served")


def the_manager_prints_and_serves(manager: Person, notice_path: str) -> None:
    page = manager.open(notice_path)
    address = page.get_by_role("link", name="Open the paper to print (PDF)").get_attribute("href")
    assert address
    paper = manager.context.request.get(address)
    assert paper.ok
    assert paper.headers["content-type"] == "application/pdf"
    assert paper.body().startswith(b"%PDF-")
    page.get_by_label("Given to the person").check()
    page.get_by_label("Who gave or sent it?").fill("The manager")
    page.get_by_role("button", name="Record it").click()
    expect(page.locator(".chip-row .chip").first).to_have_text("In force")


def members_see_the_ban(person: Person, name: str) -> None:
    page = person.open("/gallery")
    with leading_on(page):
        page.get_by_role("link", name="Banned", exact=True).click()
    face = page.locator(".face").filter(has_text=name)
    expect(face.locator(".chip").first).to_have_text(
        re.compile(r"^\s*Banned until \d+ \w+ \d{4}\s*$")
    )
    face.get_by_role("link").click()
    expect(page.locator(".chip-row .chip").first).to_have_text(re.compile("Banned until"))


def the_manager_shares_with_the_police(manager: Person, number: str) -> None:
    page = _open_report(manager, number)
    page.get_by_label("Why do you share this report?").fill("The third time in one week.")
    page.get_by_role("button", name="Share with the police").click()
    expect(page.get_by_text("The report is shared with the police.")).to_be_visible()


def the_police_answer(spoc: Person, number: str, crime_number: str) -> None:
    page = spoc.open("/police")
    page.locator(".queue__row").filter(has_text=number).get_by_role("link").click()
    expect(page.locator("main")).to_contain_text("The third time in one week.")
    page.get_by_label("Crime number").fill(crime_number)
    page.get_by_label("A person was charged").check()
    page.get_by_role("button", name="Save the answer").click()
    expect(page.get_by_text("Your answer is saved. The reporter can see it.")).to_be_visible()


def _open_report(manager: Person, number: str) -> Page:
    """Open a report by its number: from the desk while it waits, from its address afterwards."""
    page = manager.open("/desk")
    row = page.locator(".queue__row").filter(has_text=number).filter(has_text=re.compile("R-"))
    if row.count():
        row.get_by_role("link").first.click()
        page.wait_for_url("**/desk/reports/*")
        manager.notes[number] = _path(page)
    else:
        manager.open(manager.notes[number])
    return page


def _decided(manager: Person, number: str) -> None:
    """Wait until a decision has taken effect, ten seconds after it was made."""

    def has_no_forms() -> bool:
        page = _open_report(manager, number)
        waits = page.get_by_text("It takes effect in some seconds.").count()
        return not waits and not page.get_by_role("button", name="Approve").count()

    wait_until(has_no_forms)


def _path(page: Page) -> str:
    return "/" + page.url.split("/", 3)[3]
