"""No signal, a killed page, an ended sign-in: a report is sealed first and sent once."""

import base64
import contextlib
import json
import re

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from playwright.sync_api import Error, Page, Route, expect

from disc.core.vault import open_box
from tests.boxing import seal_part
from tests.browser.offline import (
    begin_to_write,
    draft_is_kept,
    fill,
    find_signal,
    left,
    lose_signal,
    send,
    stored,
)
from tests.browser.people import People, Person, sign_in
from tests.browser.shop_floor import photo
from tests.pictures import picture
from tests.serving import wait_until

pytestmark = pytest.mark.browser

WORDS = "He said: nobody shall read this on the way."
LARGE = picture(95, (3200, 2400)).ljust(900_000, b"\0")
PRIVATE, OURS = bytes(range(32)), bytes(range(1, 33))
SEAL = """async ([source, publicKey, ours, ourPublic, plain, context]) => {
    const { seal } = await import(source);
    const bytes = (text) => Uint8Array.from(atob(text), (one) => one.codePointAt(0));
    const url = (text) => text.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
    const jwk = { kty: "OKP", crv: "X25519", d: url(ours), x: url(ourPublic) };
    const privateKey = await crypto.subtle.importKey("jwk", jwk, "X25519", false, ["deriveBits"]);
    const point = await crypto.subtle.importKey("raw", bytes(ourPublic), "X25519", true, []);
    const pair = { privateKey, publicKey: point };
    const sealed = await seal(bytes(publicKey), new TextEncoder().encode(plain), context, pair);
    return btoa(String.fromCodePoint(...sealed));
}"""

DROP_ALL = """async () => {
    for (const { id } of await boxSending.list()) await boxSending.drop(id);
}"""
SHARE = """async (photo) => {
    const bytes = Uint8Array.from(atob(photo), (one) => one.codePointAt(0));
    const body = new FormData();
    body.append("pictures", new File([bytes], "a.jpg", { type: "image/jpeg" }));
    await fetch("/report/share", { method: "POST", body });
}"""


def reports(person: Person) -> int:
    return person.open("/my-reports").locator(".queue__row").count()


JPEG = json.dumps("\xff\xd8\xff\xe0\x00\x10JFIF")[1:-1]
"""How each of these photos begins; fewer bytes are now and then in what is sealed, by chance."""


def start(people: People, who: str = "second_member", **options: object) -> tuple[Person, Page]:
    """Open the report page, with all that it loads once somebody writes."""
    person = people.person(who, **options)
    page = person.open("/report")
    begin_to_write(page)
    return person, page


def test_the_browser_seals_what_python_opens_and_both_make_the_same_bytes(people: People) -> None:
    person, page = start(people)
    public, point = (
        X25519PrivateKey.from_private_bytes(one).public_key().public_bytes_raw()
        for one in (PRIVATE, OURS)
    )
    source = page.locator("form[data-boxes-src]").get_attribute("data-boxes-src")
    told = [base64.b64encode(one).decode() for one in (public, OURS, point)]
    sealed = base64.b64decode(page.evaluate(SEAL, [source, *told, WORDS, "a|b|c|0"]))
    assert sealed == seal_part(public, WORDS.encode(), "a|b|c|0", OURS)
    assert open_box(PRIVATE, sealed, "a|b|c|0") == WORDS.encode()
    person.leave()


def test_a_report_without_signal_is_unreadable_on_the_phone_and_sent_once(people: People) -> None:
    person, page = start(people)
    before = reports(person)
    page = person.open("/report")
    begin_to_write(page)
    lose_signal(page)
    fill(page, WORDS, [photo("a.jpg", LARGE)])
    saved = send(page)
    expect(saved).to_have_text("Saved on this phone. It will send when you are online.")
    expect(page.locator("#waiting-strip")).to_contain_text("1 report waits on this phone.")
    found = json.dumps(stored(page))
    assert "a key that can be read" not in found
    for plain in ("nobody shall read", "shop-theft", "Saltmarsh", JPEG):
        assert plain not in found
    with contextlib.suppress(Error):  # the worker may not be there yet, which would say so
        page.reload()
    find_signal(page)
    page = person.open("/")
    wait_until(lambda: left(page) == "")
    assert reports(person) == before + 1
    page.locator(".queue__row a").first.click()
    expect(page.locator("main")).to_contain_text(WORDS)
    person.leave()


def test_the_page_that_saved_a_report_says_when_it_was_sent_whoever_sent_it(people: People) -> None:
    person, page = start(people)
    page.evaluate("() => navigator.serviceWorker.ready.then(() => null)")
    lose_signal(page)
    fill(page, WORDS)
    expect(send(page)).to_have_text("Saved on this phone. It will send when you are online.")
    find_signal(page)  # the page and the worker both set off now
    expect(page.locator(".saved-box")).to_contain_text("Your report was sent.")
    expect(page.locator("#waiting-strip")).to_be_hidden()
    person.leave()


def test_a_report_is_kept_where_the_signal_went_before_the_first_answer(people: People) -> None:
    person = people.person("second_member")
    page = person.open("/report")
    page.wait_for_function("() => navigator.serviceWorker.controller")
    lose_signal(page)
    assert not page.evaluate("() => Boolean(globalThis.boxSending)")
    fill(page, WORDS)
    expect(send(page)).to_have_text("Saved on this phone. It will send when you are online.")
    find_signal(page)
    expect(page.locator("#waiting-strip")).to_be_hidden()
    person.leave()


def test_what_keeps_a_report_is_asked_for_again_once_there_is_signal(people: People) -> None:
    person = people.person("second_member", service_workers="block")  # it fetches unseen
    page = person.open("/report")
    page.route("**/js/boxes.js*", lambda route: route.abort())
    with page.expect_event("requestfailed", lambda request: "boxes.js" in request.url):
        page.get_by_label("Shop theft").check()
    page.unroute("**/js/boxes.js*")

    def is_asked_for() -> bool:
        page.get_by_label("Shop theft").focus()
        page.get_by_label("What happened, in your words").focus()
        return bool(page.evaluate("() => globalThis.boxSending"))

    wait_until(is_asked_for)
    person.leave()


def test_a_page_that_was_open_for_days_seals_with_a_new_stamp(people: People) -> None:
    person = people.person("second_member")
    person.context.add_init_script(
        "const now = Date.now; Date.now = () => now() + (globalThis.later ?? 0)"
    )
    page = person.open("/report")
    begin_to_write(page)
    old = page.locator("form[data-stamp]").get_attribute("data-stamp")
    stamps: list[str] = []
    person.context.on(
        "request",
        lambda asked: stamps.append(asked.headers["x-stamp"]) if asked.method == "PUT" else None,
    )
    fill(page, WORDS)
    page.evaluate("globalThis.later = 9 * 86_400_000")
    lose_signal(page)
    page.get_by_role("button", name="Send report").click()
    expect(page.get_by_text("This page is too old to save a report.")).to_be_visible()
    assert "boxes/boxes" not in left(page)
    find_signal(page)
    page.get_by_role("button", name="Send report").click()
    expect(page.get_by_text("Your report was sent.")).to_be_visible()
    assert len(stamps) == 1
    assert stamps[0] != old
    person.leave()


def test_a_full_server_leaves_the_report_on_the_phone_and_says_so(people: People) -> None:
    person, page = start(people, service_workers="block")  # the answer is of pages alone
    full = {"code": "no-room", "title": "We have no room for it now.", "status": 503}
    page.route("**/report/boxes/**", lambda route: route.fulfill(status=503, json=full))
    fill(page, WORDS)
    saved = send(page)
    expect(saved).to_have_text("Saved on this phone, but not sent. We have no room for it now.")
    expect(page.locator("#waiting-strip")).to_contain_text("We have no room for it now.")
    page.unroute("**/report/boxes/**")
    page = person.open("/")
    wait_until(lambda: left(page) == "")
    person.leave()


def test_a_large_photo_goes_small_first_and_its_original_follows(people: People) -> None:
    person, page = start(people)
    sizes: list[int] = []
    person.context.on(
        "request",
        lambda asked: (
            sizes.append(len(asked.post_data_buffer or b"")) if asked.method == "PUT" else None
        ),
    )
    fill(page, WORDS, [photo("a.jpg", LARGE)])
    page.get_by_role("button", name="Send report").click()
    expect(page.get_by_text("Your report was sent.")).to_be_visible()
    expect(page.locator("img.still")).to_have_count(1)
    wait_until(lambda: left(page) == "")
    small, *rest = sizes
    assert small < 260_000
    # Where the worker was quicker, the page asks for the answer to the same, perhaps among those.
    assert len([size for size in rest if size != small]) == 4
    person.leave()
    assert person.problems == []


def test_a_report_that_the_worker_sent_meanwhile_does_not_come_back(people: People) -> None:
    person, page = start(people, service_workers="block")  # the test takes its part
    slow: list[Route] = []

    def hold(route: Route) -> None:
        slow.append(route)

    page.route(re.compile(r"/report/boxes/[^/]+$"), hold)
    fill(page, WORDS, [photo("a.jpg", LARGE)])
    page.get_by_role("button", name="Send report").click()
    wait_until(lambda: page.wait_for_timeout(20) is None and bool(slow))
    page.evaluate(DROP_ALL)
    slow[0].continue_()
    expect(page.get_by_text("Your report was sent.")).to_be_visible()
    wait_until(lambda: left(page) == "")
    expect(page.locator("#waiting-strip")).to_be_hidden()
    person.leave()


def test_the_small_copies_of_all_photos_wait_for_no_original(people: People) -> None:
    person, page = start(people, service_workers="block")  # only the page is to send
    page.route(re.compile(r"/report/boxes/[^/]+/\d+$"), lambda route: route.abort())
    other = picture(97, (3200, 2400)).ljust(900_000, b"\0")
    fill(page, WORDS, [photo("a.jpg", LARGE), photo("b.jpg", other)])
    page.get_by_role("button", name="Send report").click()
    expect(page.get_by_text("Your report was sent.")).to_be_visible()
    expect(page.locator("img.still")).to_have_count(2)
    expect(page.locator("#waiting-strip")).to_contain_text("Photos are still on their way.")
    page.unroute_all()
    person.open("/")
    wait_until(lambda: left(person.page) == "")
    person.leave()


def test_a_draft_comes_back_after_a_reload_and_dies_at_sign_out(people: People) -> None:
    person = people.stranger()
    sign_in(person.page, *people.site.signins["second_member"])
    page = person.open("/report")
    begin_to_write(page)
    fill(page, WORDS, [photo("a.jpg", picture(96))])
    draft_is_kept(page)
    assert "nobody shall read" not in json.dumps(stored(page))
    page.reload()
    expect(page.get_by_label("What happened, in your words")).to_have_value(WORDS)
    expect(page.get_by_label("Shop theft")).to_be_checked()
    expect(page.locator("#pictures-preview li")).to_have_count(1)
    page.goto("/me")
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/sign-in")
    assert left(page) == ""
    sign_in(page, *people.site.signins["second_member"])
    page.goto("/report")
    expect(page.get_by_label("What happened, in your words")).to_have_value("")
    person.leave()


def test_words_that_are_typed_before_the_draft_is_back_stay(people: People) -> None:
    person, page = start(people, service_workers="block")  # it fetches unseen
    fill(page, WORDS)
    page.get_by_label("Somebody used or threatened violence").check()
    draft_is_kept(page)
    slow: list[Route] = []

    def hold(route: Route) -> None:
        slow.append(route)

    page.route("**/js/draft.js*", hold)
    page.reload()
    page.get_by_label("What happened, in your words").fill("Quicker.")
    wait_until(lambda: page.wait_for_timeout(20) is None and bool(slow))
    slow[0].continue_()
    page.locator("form[data-keeps]").wait_for()
    expect(page.get_by_label("Shop theft")).to_be_checked()
    expect(page.get_by_text("When was that?")).to_be_visible()
    expect(page.get_by_label("What happened, in your words")).to_have_value("Quicker.")
    person.leave()


def test_what_waits_outlives_a_sign_out_and_goes_from_the_sign_in_page(people: People) -> None:
    person = people.stranger(service_workers="block")  # only pages are to send
    sign_in(person.page, *people.site.signins["second_member"])
    page = person.open("/report")
    begin_to_write(page)
    fill(page, WORDS)
    page.route("**/report/boxes/**", lambda route: route.abort())
    send(page)
    page.goto("/me")
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/sign-in")
    expect(page.locator("#waiting-strip")).to_contain_text("1 report waits on this phone.")
    assert "draft/items" not in stored(page)
    page.unroute("**/report/boxes/**")
    page.reload()
    wait_until(lambda: left(page) == "")
    expect(page.locator("#waiting-strip")).to_be_hidden()
    sign_in(page, *people.site.signins["second_member"])
    page.goto("/my-reports")
    page.locator(".queue__row a").first.click()
    expect(page.locator("main")).to_contain_text(WORDS)
    person.leave()


def test_shared_photos_come_into_the_report_page(people: People) -> None:
    person = people.person("member", phone=True)
    page = person.open("/report")
    page.wait_for_function("() => navigator.serviceWorker.controller")
    page.evaluate(SHARE, base64.b64encode(picture(97)).decode())
    page.goto("/report?shared=1")
    expect(page.locator("#pictures-preview li")).to_have_count(1)
    wait_until(lambda: "shared/items" not in stored(page))
    person.leave()
