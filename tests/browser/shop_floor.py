"""What members do: report, follow their reports, leaf through the gallery, say whom they know."""

import io
import itertools
import re
from collections.abc import Sequence

from PIL import Image, ImageChops
from playwright.sync_api import FilePayload, Locator, Page, expect

from tests.browser.people import Person

MARKED = 20
"""Levels of 255 by which two viewers' marks differ at least somewhere in each part."""


NUMBER = re.compile(r"R-\w{6}")
CAMERA = 3
"""Taps to open the camera, take a photo and use it, which a browser test cannot make."""


class Taps:
    """Counts what a thumb does on one page."""

    def __init__(self, page: Page) -> None:
        self.page, self.count = page, 0

    def on(self, what: Locator) -> None:
        what.tap()
        self.count += 1


def photo(name: str, data: bytes) -> FilePayload:
    return {"name": name, "mimeType": "image/jpeg", "buffer": data}


def copy_of(data: bytes) -> bytes:
    """Return a picture as a chat program sends it on: smaller, and compressed again."""
    image = Image.open(io.BytesIO(data))
    out = io.BytesIO()
    image.resize((image.width * 6 // 10, image.height * 6 // 10)).save(out, "JPEG", quality=40)
    return out.getvalue()


GOODS, WORTH = re.compile("What goods|Other goods"), re.compile("goods worth|they worth")
"""What is asked for in other words where premises have a list of goods."""


def the_member_reports(
    phone: Person, photos: Sequence[FilePayload], *, goods: str, words: str
) -> tuple[str, int]:
    """Send a report step by step; return its number and how many taps it took."""
    page = phone.open("/")
    taps = Taps(page)
    taps.on(page.get_by_role("navigation").get_by_role("link", name="Report"))
    taps.on(page.get_by_label("Shop theft"))
    page.get_by_label("Add photos").set_input_files(photos)
    expect(page.locator("#pictures-preview li")).to_have_count(len(photos))
    taps.count += CAMERA
    page.get_by_label("There was a weapon").wait_for()
    page.get_by_label(GOODS).fill(goods)
    page.get_by_label(WORTH).fill("62")
    page.get_by_label(WORTH).blur()
    taps.on(page.get_by_label("Tall"))
    taps.on(page.get_by_label("Red top"))
    page.get_by_label("What happened, in your words").fill(words)
    taps.on(page.get_by_role("button", name="Send report"))
    expect(page.get_by_role("status").filter(has_text="Your report was sent")).to_be_visible()
    return _number(page), taps.count


def the_member_reports_on_one_page(person: Person, sent: FilePayload, words: str) -> str:
    """Send a report from a laptop, where all questions are on the page."""
    page = person.open("/report")
    page.get_by_label("Shop theft").click()
    page.get_by_label("Add photos").set_input_files([sent])
    page.get_by_label("What happened, in your words").fill(words)
    page.get_by_role("button", name="Send report").click()
    expect(page.get_by_role("status").filter(has_text="Your report was sent")).to_be_visible()
    return _number(page)


def the_member_follows(person: Person, number: str, state: str) -> Page:
    """Find a report among one's own, by its number, and open it: its state is on both pages."""
    page = person.open("/my-reports")
    row = page.locator(".queue__row").filter(has_text=number)
    expect(row.locator(".chip")).to_have_text(state)
    row.get_by_role("link").click()
    page.wait_for_url("**/my-reports/*")  # the list has the same chip
    expect(page.locator(".chip-row .chip").first).to_have_text(state)
    return page


def the_open_report_says(person: Person, state: str) -> None:
    """The page of a report that its writer left open hears by itself what became of it."""
    expect(person.page.locator(".chip-row .chip").first).to_have_text(state)
    person.page.wait_for_load_state()


def a_member_sees_the_unknown_person(person: Person, reference: str) -> None:
    """Find somebody among those whom the scheme looks for, and open the page."""
    page = person.open("/gallery")
    page.get_by_role("link", name="Who is this?", exact=True).first.click()
    page.wait_for_url("**/gallery?kind=id-sought")
    face = page.locator(".face").filter(has_text=reference)
    expect(face.locator(".face__name")).to_have_text("Who is this?")
    expect(face.get_by_text("Leaves in 3 months")).to_be_visible()
    expect(face.locator("img.still")).to_have_js_property("complete", value=True)
    face.get_by_role("link").click()
    expect(page.get_by_role("heading", name="Who is this?")).to_be_visible()


def a_member_does_not_see(person: Person, subject_path: str, reference: str) -> None:
    """Find somebody neither in the gallery nor under the address of the page."""
    expect(person.open("/gallery").locator(".faces")).not_to_contain_text(reference)
    answer = person.page.goto(subject_path)
    assert answer
    assert answer.status == 404


def the_member_knows_the_person(person: Person, subject_path: str, name: str) -> None:
    """Answer who it is; only the manager may read it."""
    page = person.open(subject_path)
    page.get_by_role("link", name="I know this person").click()
    page.get_by_label("Fairly sure").click()
    page.get_by_label("What is their name?").fill(name)
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_text("Only your manager sees your answer.")).to_be_visible()


def nobody_else_reads_the_answer(person: Person, subject_path: str, name: str) -> None:
    expect(person.open(subject_path).locator("body")).not_to_contain_text(name)
    answer = person.page.goto("/desk/answers")
    assert answer
    assert answer.status == 404


def pictures_are_marked_for_their_viewer(one: Person, other: Person, subject_path: str) -> None:
    """The same picture must differ between two viewers in each of its nine parts."""
    first, second = _seen(one, subject_path), _seen(other, subject_path)
    assert first.size == second.size
    apart = ImageChops.difference(first, second)
    wide, tall = apart.width // 3, apart.height // 3
    for left, top in itertools.product(range(3), range(3)):
        part = (left * wide, top * tall, (left + 1) * wide, (top + 1) * tall)
        assert apart.crop(part).getextrema()[1] > MARKED


def _seen(person: Person, subject_path: str) -> Image.Image:
    page = person.open(subject_path)
    still = page.locator("img.still").first
    expect(still).to_have_js_property("complete", value=True)
    address = still.get_attribute("src")
    assert address
    answer = person.context.request.get(address)
    assert answer.ok
    assert answer.headers["cache-control"] == "no-store, private"
    return Image.open(io.BytesIO(answer.body())).convert("L")


def _number(page: Page) -> str:
    """Return the number of what was sent: of the page in hand, or the newest of one's own.

    Where the service worker sends the report first, its writer is told so and sees no report.
    """
    found = NUMBER.search(page.title())
    if found is None:
        page.goto("/my-reports")
        found = NUMBER.search(page.locator(".queue__row").first.inner_text())
    assert found, page.url
    return found.group()
