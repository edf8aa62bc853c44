"""A whole report on a phone in 12 taps, and nothing asked of the network between them."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from disc.core.database import db
from disc.core.transaction import writing
from disc.incidents.models import GoodsPreset
from tests.browser.looking import too_wide, violations
from tests.browser.people import People
from tests.browser.shop_floor import CAMERA, Taps, photo
from tests.browser.test_comparing import inside
from tests.pictures import picture
from tests.serving import Site
from tests.story import in_gallery
from tests.whole_app.servers import flask, running
from tests.world import PASSWORD, make_place

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def shop(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[People]:
    """A shop with goods on its list and somebody in its gallery."""
    instance = tmp_path_factory.mktemp("taps") / "instance"
    assert flask(instance, "prepare").returncode == 0
    with running(instance) as server:
        server.wait_for(200)
        site = Site(server, instance)
        with inside(site):
            place = make_place("Harbour Watch", live=True)
            in_gallery(place)
            with writing():
                db.session.add(
                    GoodsPreset(
                        premises_id=place.premises_id, position=0, what="Joint of beef", pence=1450
                    )
                )
        site.signins = {who: (place.emails[who], PASSWORD) for who in ("member", "administrator")}
        yield People(chromium, site)


def _asked(page: Page) -> list[str]:
    """Keep what the page asks for from now on, but for the alerts that every page asks for."""
    asked: list[str] = []
    page.on("request", lambda one: asked.append(one.url))
    return asked


def _in_sight(page: Page, label: str) -> bool:
    return page.get_by_label(label, exact=True).is_visible()


def test_a_whole_report_takes_12_taps_and_asks_for_nothing_between(shop: People) -> None:
    page = shop.person("member", phone=True).open("/")
    taps = Taps(page)
    taps.on(page.get_by_role("navigation").get_by_role("link", name="Report"))
    page.wait_for_url("**/report", wait_until="networkidle")
    expect(page.get_by_role("link", name="Call 999")).to_be_visible()
    asked = _asked(page)
    taps.on(page.get_by_label("Shop theft"))
    page.get_by_label("Add photos").set_input_files([photo("till.jpg", picture(1))])
    taps.count += CAMERA
    page.get_by_label("There was a weapon").wait_for()
    assert not _in_sight(page, "Knife")
    taps.on(page.get_by_label("There was a weapon"))
    taps.on(page.get_by_label("Knife", exact=True))
    taps.on(page.get_by_label("Somebody was hurt"))
    assert _in_sight(page, "Staff")
    taps.on(page.get_by_label("Joint of beef"))
    taps.on(page.get_by_label("Tall", exact=True))
    taps.on(page.get_by_label("Red top"))
    between = [one for one in asked if "/alerts/" not in one and not one.startswith("blob:")]
    scripts = [one for one in between if "/static/js/" in one]
    assert between == scripts
    names = [one.rsplit("/", 1)[1].split("?")[0] for one in scripts]
    # What keeps the draft, what seals and sends, what measures photos: each comes once.
    assert len(set(names)) == len(names)
    assert set(names) <= {"boxes.js", "draft.js", "quality.js", "sending.js"}
    assert page.locator("[data-call='999']").is_visible()
    taps.on(page.get_by_role("button", name="Send report"))
    expect(page.get_by_role("status").filter(has_text="Your report was sent")).to_be_visible()
    assert taps.count == 12
    for words in ("Joint of beef", "£14.50", "A knife", "Ask the police to come"):
        expect(page.locator("main")).to_contain_text(words)
    expect(page.locator("img.still")).to_have_js_property("complete", value=True)


def test_a_question_is_asked_only_where_it_matters_and_its_answer_goes_with_it(
    shop: People,
) -> None:
    page = shop.person("member").open("/report")
    page.get_by_label("Abuse of staff", exact=True).click()
    assert not _in_sight(page, "Joint of beef")
    assert not page.get_by_text("When was that?").is_visible()
    page.get_by_label("Shop theft", exact=True).click()
    page.get_by_label("Joint of beef").click()
    assert page.get_by_text("Do you have the goods back?").is_visible()
    page.get_by_label("Somebody used or threatened violence", exact=True).click()
    assert page.get_by_text("When was that?").is_visible()
    page.get_by_label("Abuse of staff", exact=True).click()
    sent = page.evaluate("[...new FormData(document.querySelector('[data-upload]')).keys()]")
    assert "preset" not in sent
    assert "force" not in sent


def test_a_face_of_the_gallery_is_one_tap_more_and_the_manager_reads_it(shop: People) -> None:
    member = shop.person("member", phone=True)
    page = member.open("/report")
    page.get_by_label("Other").first.wait_for(state="attached")
    page.get_by_label("Antisocial behaviour").tap()
    while not page.get_by_role("button", name="Is it somebody from the gallery?").is_visible():
        page.get_by_role("button", name="Next", exact=True).tap()
    page.get_by_role("button", name="Is it somebody from the gallery?").tap()
    page.locator("[data-known]").first.tap()
    expect(page.locator("input[name=known]")).to_be_checked()
    expect(page.locator(".pick img.still")).to_have_js_property("complete", value=True)
    assert not too_wide(page)
    page.get_by_role("button", name="Send report").tap()
    expect(page.get_by_role("status").filter(has_text="Your report was sent")).to_be_visible()
    number = page.title().split()[1]
    desk = shop.person("administrator").open("/desk")
    desk.locator(".queue__row").filter(has_text=number).get_by_role("link").first.click()
    expect(desk).to_have_title(re.compile(number))
    expect(desk.locator("main")).to_contain_text("as the reporter believes")
    assert member.problems == []


def test_a_face_is_pointed_at_without_scripts_and_nothing_is_lost(shop: People) -> None:
    person = shop.person("member", phone=True, java_script_enabled=False)
    page = person.open("/report")
    page.get_by_label("Antisocial behaviour").check(force=True)
    page.get_by_label("What happened, in your words").fill("She shouted at the till.")
    page.get_by_label("Other goods").fill("Ham")
    expect(page.get_by_text("They do not come along.")).to_be_visible()
    page.get_by_role("button", name="Is it somebody from the gallery?").click()
    expect(page.get_by_role("heading", name="Is it one of these people?")).to_be_visible()
    assert not too_wide(page)
    page.locator("[data-known]").first.click()
    expect(page.locator("input[name=known]")).to_be_checked()
    expect(page.get_by_label("What happened, in your words")).to_have_value(
        "She shouted at the till."
    )
    page.get_by_label("Other goods").press("Enter")
    expect(page.locator("main")).to_contain_text("Your report was sent")
    expect(page.locator("main")).to_contain_text("She shouted at the till.")


def test_somebody_who_needs_help_has_a_short_form_of_their_own(shop: People) -> None:
    phone = shop.person("member", phone=True)
    page = phone.open("/report")
    page.get_by_role("link", name="Somebody needs help").tap()
    page.get_by_label("A missing person").tap()
    page.get_by_label("With our staff").tap()
    assert not too_wide(page)
    assert violations(page) == []
    page.get_by_role("button", name="Send").tap()
    expect(page.get_by_role("status").filter(has_text="Your report was sent")).to_be_visible()
    expect(page.locator("main")).to_contain_text("Welfare")
    assert phone.problems == []
