"""Two pictures compared in Chromium: laid over each other, boxed, enlarged, judged by one press."""

import contextlib
import io
import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from playwright.sync_api import Browser, Locator, Page, expect

from config import from_environment
from disc.app import create_app
from disc.core.database import db
from disc.core.rows import every_scheme
from disc.matching.models import Finding
from tests.browser.looking import too_wide, violations
from tests.browser.people import LAPTOP, PHONE, People, Person
from tests.desk.pairing import CHANGED, SPOTS, cut_picture, evidence, sent_twice, whole_picture
from tests.pictures import picture
from tests.serving import Site, wait_until
from tests.whole_app.servers import flask, running
from tests.world import PASSWORD, Place, make_place

pytestmark = pytest.mark.browser

Colour = tuple[int, int, int]
AS_IT_IS = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0)
NEAR = 100
"""Sum of three differences, of 255 each: the viewer's mark changes each colour a little."""
FEW = 2.0
"""Pixels by which two things may lie apart that belong together."""
NARROW = {"width": 320, "height": 640}


@dataclass
class Desk:
    """A scheme whose manager has pairs of pictures to judge."""

    site: Site
    people: People
    place: Place
    aligned: str
    unlike: str
    beside: str
    """Of which the later picture shows a part of the earlier one, at its right edge."""

    def manager(self, *, phone: bool = False, **options: object) -> Person:
        return self.people.person("administrator", phone=phone, **options)

    def another_pair(self, seed: int) -> str:
        with inside(self.site):
            return _pair(self.place, seed)


@contextlib.contextmanager
def inside(site: Site) -> Iterator[None]:
    """Work on a site's own database."""
    app = create_app(from_environment({"DISC_INSTANCE": str(site.instance)}))
    with app.app_context(), every_scheme():
        yield
        db.session.remove()
        db.engine.dispose()


def _pair(place: Place, seed: int) -> str:
    """Make a pair of two pictures that are nothing alike, said to lie on each other."""
    found = evidence(homography=AS_IT_IS, changed=())
    pictures = picture(seed), picture(seed + 50)
    return _path(sent_twice(place, *pictures, Finding.SAME_MOMENT, found))


def _beside(place: Place) -> str:
    """Make a pair of which the earlier picture covers the right third of the later one."""
    found = evidence(homography=(1.0, 0.0, 2 / 3, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0), changed=())
    return _path(sent_twice(place, picture(17), picture(67), Finding.PROBABLY, found))


def _path(pair_id: uuid.UUID) -> str:
    return f"/desk/duplicates/{pair_id}"


@pytest.fixture(scope="module")
def desk(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    instance = tmp_path_factory.mktemp("comparing") / "instance"
    assert flask(instance, "prepare").returncode == 0
    with running(instance) as server:
        server.wait_for(200)
        site = Site(server, instance)
        with inside(site):
            place = make_place("Harbour Watch", live=True)
            pictures = whole_picture(), cut_picture()
            aligned = _path(sent_twice(place, *pictures, Finding.PROBABLY, evidence()))
            unlike, beside = _pair(place, 11), _beside(place)
        site.signins = {"administrator": (place.emails["administrator"], PASSWORD)}
        yield Desk(site, People(chromium, site), place, aligned, unlike, beside)


def _opened(person: Person, path: str) -> Page:
    page = person.open(path)
    page.wait_for_function(
        "() => [...document.querySelectorAll('.compare img')]"
        ".every((one) => one.complete && one.naturalWidth > 0)"
    )
    page.evaluate("() => Promise.all([...document.images].map((one) => one.decode()))")
    return page


def _seen(place: Locator) -> NDArray[np.int16]:
    shot = Image.open(io.BytesIO(place.screenshot()))
    return np.asarray(shot.convert("RGB")).astype(np.int16)


def _view(page: Page) -> Locator:
    return page.locator(".compare__view").nth(1)


def _slide(page: Page, share: int) -> None:
    page.get_by_role("slider").fill(str(share))


def _spots(page: Page, colours: list[Colour]) -> dict[Colour, NDArray[np.float64]]:
    """Return where the middle of each spot is seen, in pixels of the frame."""
    seen, found = _seen(_view(page)), {}
    for colour in colours:
        near = np.abs(seen - np.array(colour)).sum(axis=2) < NEAR
        assert near.sum() > 20, f"nothing of {colour} is seen"
        found[colour] = np.median(np.argwhere(near), axis=0)
    return found


def _inside_picture(page: Page) -> dict[str, float]:
    """Return where the later picture itself lies in the window: its frame may be wider."""
    found: dict[str, float] = page.evaluate(
        """() => {
            const sheet = [...document.querySelectorAll(".compare__sheet")]
                .find((one) => one.querySelector(":scope > .compare__boxes"));
            const box = sheet.getBoundingClientRect();
            const shape = sheet.dataset.width / sheet.dataset.height;
            const width = Math.min(box.width, box.height * shape);
            return { width, height: width / shape, left: box.left + (box.width - width) / 2,
                top: box.top + (box.height - width / shape) / 2 };
        }"""
    )
    return found


def _box_is_right(page: Page) -> None:
    """Say that the box is drawn where the evidence says that the pictures differ."""
    inside_of, box = _inside_picture(page), page.locator(".compare__box--over").bounding_box()
    assert box
    stroke = 2
    assert box["x"] == pytest.approx(
        inside_of["left"] + CHANGED.left * inside_of["width"], abs=FEW + stroke
    )
    assert box["y"] == pytest.approx(
        inside_of["top"] + CHANGED.top * inside_of["height"], abs=FEW + stroke
    )
    wide = (CHANGED.right - CHANGED.left) * inside_of["width"]
    tall = (CHANGED.bottom - CHANGED.top) * inside_of["height"]
    assert box["width"] == pytest.approx(wide, abs=FEW + 2 * stroke)
    assert box["height"] == pytest.approx(tall, abs=FEW + 2 * stroke)


# --- Laid over each other


@pytest.mark.parametrize("phone", [False, True])
@pytest.mark.parametrize("times", [1, 2])
def test_a_cut_and_shifted_picture_lies_where_it_was_cut_from(
    desk: Desk, *, phone: bool, times: int
) -> None:
    manager = desk.manager(phone=phone)
    page = _opened(manager, desk.aligned)
    page.get_by_role("button", name="Boxes").click()
    if times == 2:
        page.get_by_role("button", name="Larger").click()
        _view(page).evaluate("view => view.scrollTo(view.scrollWidth / 3, view.scrollHeight / 8)")
    colours = [(0, 255, 255)] if times == 2 else list(SPOTS)
    _slide(page, 0)
    later = _spots(page, colours)
    _slide(page, 100)
    earlier = _spots(page, colours)
    for colour in colours:
        assert np.abs(earlier[colour] - later[colour]).max() <= FEW, colour
    manager.leave()
    assert manager.problems == []


def test_the_slider_shows_the_earlier_picture_left_of_it_and_the_later_one_right(
    desk: Desk,
) -> None:
    manager = desk.manager()
    page = _opened(manager, desk.unlike)
    shots = {}
    for share in (0, 50, 100):
        _slide(page, share)
        shots[share] = _seen(_view(page))
    middle = shots[0].shape[1] // 2
    apart = np.abs(shots[0] - shots[100]).mean()
    assert apart > 20, "the two pictures look alike: nothing could be told from them"
    left, right = (slice(None), slice(0, middle - 20)), (slice(None), slice(middle + 20, None))
    assert np.abs(shots[50][left] - shots[100][left]).mean() < 1
    assert np.abs(shots[50][right] - shots[0][right]).mean() < 1
    manager.leave()


def test_the_slider_is_moved_by_mouse_keyboard_and_on_the_picture(desk: Desk) -> None:
    manager = desk.manager()
    page = _opened(manager, desk.unlike)
    slider, line = page.get_by_role("slider"), page.locator(".compare__line")
    expect(slider).to_have_value("50")
    box, view = slider.bounding_box(), _view(page).bounding_box()
    assert box
    assert view
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.9, box["y"] + box["height"] / 2, steps=4)
    page.mouse.up()
    assert int(slider.input_value()) > 80
    page.mouse.move(view["x"] + view["width"] * 0.5, view["y"] + view["height"] / 2)
    page.mouse.down()
    page.mouse.move(view["x"] + view["width"] * 0.25, view["y"] + view["height"] / 2, steps=4)
    page.mouse.up()
    assert int(slider.input_value()) == pytest.approx(25, abs=1)
    drawn = line.bounding_box()
    assert drawn
    assert drawn["x"] + 1 == pytest.approx(view["x"] + view["width"] * 0.25, abs=6)
    slider.focus()
    page.keyboard.press("ArrowRight")
    assert int(slider.input_value()) == pytest.approx(26, abs=1)
    page.keyboard.press("End")
    expect(slider).to_have_value("100")
    expect(slider).to_have_attribute("aria-valuetext", "100 in 100 of the earlier picture")
    page.keyboard.press("Home")
    expect(slider).to_have_value("0")
    manager.leave()
    assert manager.problems == []


def test_the_slider_begins_in_the_middle_of_what_both_pictures_show(desk: Desk) -> None:
    manager = desk.manager()
    page = _opened(manager, desk.aligned)
    expect(page.get_by_role("slider")).to_have_value("50")
    page = _opened(manager, desk.beside)
    expect(page.get_by_role("slider")).to_have_value("83")
    expect(page.get_by_role("slider")).to_have_attribute(
        "aria-valuetext", "83 in 100 of the earlier picture"
    )
    manager.leave()
    assert manager.problems == []


def test_a_thumb_slides_on_the_picture_itself(desk: Desk) -> None:
    manager = desk.manager(phone=True)
    page = _opened(manager, desk.unlike)
    view = _view(page).bounding_box()
    assert view
    page.touchscreen.tap(view["x"] + view["width"] * 0.75, view["y"] + view["height"] / 2)
    expect(page.get_by_role("slider")).to_have_value(re.compile("7[456]"))
    manager.leave()


# --- Boxes, apart, larger


@pytest.mark.parametrize("phone", [False, True])
def test_boxes_are_where_the_pictures_differ_however_they_are_shown(
    desk: Desk, *, phone: bool
) -> None:
    manager = desk.manager(phone=phone)
    page = _opened(manager, desk.aligned)
    _box_is_right(page)
    for name in ("Larger", "Apart", "Smaller"):
        page.get_by_role("button", name=name).click()
        _box_is_right(page)
    boxes = page.get_by_role("button", name="Boxes")
    boxes.click()
    expect(boxes).to_have_attribute("aria-pressed", "false")
    expect(page.locator(".compare__boxes")).to_be_hidden()
    boxes.click()
    expect(page.locator(".compare__boxes")).to_be_visible()
    manager.leave()
    assert manager.problems == []


def test_pictures_that_are_apart_and_larger_show_the_same_place(desk: Desk) -> None:
    manager = desk.manager()
    page = _opened(manager, desk.aligned)
    page.get_by_role("button", name="Apart").click()
    views = [page.locator(".compare__view").nth(at) for at in (0, 1)]
    first, second = (one.bounding_box() for one in views)
    assert first
    assert second
    assert abs(first["y"] - second["y"]) < 2
    assert second["x"] >= first["x"] + first["width"]
    larger = page.get_by_role("button", name="Larger")
    for times in (2, 4, 4):
        larger.click(force=True)  # at its end it says so, and takes the press all the same
        expect(page.locator("[data-compare-zoom]")).to_have_text(f"{times}00 %")
    expect(larger).to_have_attribute("aria-disabled", "true")
    views[0].focus()
    for _ in range(5):
        page.keyboard.press("ArrowRight")
    plane = evidence().homography

    def lie_together() -> bool:
        """Say whether the keys, which scroll smoothly, moved both to the same place."""
        first, second = _middles(page)
        laid = [plane[0] * first[0] + plane[2], plane[4] * first[1] + plane[5]]
        return first[0] > 0.55 and laid == pytest.approx(second, abs=0.01)

    wait_until(lie_together)
    manager.leave()
    assert manager.problems == []


def _middles(page: Page) -> list[list[float]]:
    """Return the point of each picture that is in the middle of its frame, in shares."""
    found: list[list[float]] = page.evaluate(
        """() => [...document.querySelectorAll(".compare__view")].map((view) => {
            const { width, height } = view.querySelector(".compare__sheet").dataset;
            const [wide, tall] = [view.scrollWidth, view.scrollHeight];
            const drawn = Math.min(wide, tall * width / height);
            const high = drawn * height / width;
            return [(view.scrollLeft + view.clientWidth / 2 - (wide - drawn) / 2) / drawn,
                (view.scrollTop + view.clientHeight / 2 - (tall - high) / 2) / high];
        })"""
    )
    return found


@pytest.mark.parametrize("size", [PHONE, NARROW, LAPTOP])
def test_the_page_fits_and_is_accessible_in_each_state(desk: Desk, size: dict[str, int]) -> None:
    manager = desk.manager(reduced_motion="reduce")
    manager.page.set_viewport_size(size)  # type: ignore[arg-type]
    page = _opened(manager, desk.aligned)
    found = []
    for name in (None, "Larger", "Apart"):
        if name:
            page.get_by_role("button", name=name).click()
        for theme in ("light", "dark"):
            page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
            wide = too_wide(page)
            found += [f"{name} {theme}: {each}" for each in [wide, *violations(page)] if each]
    small = page.evaluate(
        "() => [...document.querySelectorAll('.compare button, .compare input, .answers button')]"
        ".map((one) => one.getBoundingClientRect()).filter((one) => one.width"
        " && (one.width < 44 || one.height < 44)).length"
    )
    manager.leave()
    assert found == []
    assert small == 0


# --- Answers


def test_each_answer_takes_one_press_and_leads_on(desk: Desk) -> None:
    different, same, camera = (desk.another_pair(seed) for seed in (21, 22, 23))
    manager = desk.manager()
    page = _opened(manager, different)
    page.get_by_role("button", name="A different moment or person", exact=True).click()
    expect(page.get_by_text("You said: a different moment or person.")).to_be_visible()
    expect(page.get_by_role("heading", name="Is it the same picture?")).to_be_visible()
    page = _opened(manager, same)
    page.get_by_role("button", name="The same picture", exact=True).press("Enter")
    expect(page.get_by_text("You said: the same picture.")).to_be_visible()
    page = _opened(manager, camera)
    page.get_by_role("button", name="The same camera", exact=True).click()
    expect(page.get_by_text("You said: the same camera.")).to_be_visible()
    _takes_effect(page, camera)
    page.get_by_role("link", name="Name the camera").click()
    page.get_by_label("Name of the camera").fill("Front door")
    page.get_by_role("button", name="Save the name").click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    page.goto("/desk/cameras")
    expect(page.get_by_role("link", name="Front door")).to_be_visible()
    manager.leave()
    assert manager.problems == []


def _takes_effect(page: Page, path: str) -> None:
    """Wait on the page of a pair until its answer has taken effect, ten seconds later."""

    def is_answered() -> bool:
        page.goto(path)
        return bool(page.get_by_text("Answered: ").count())

    wait_until(is_answered)


@pytest.mark.parametrize("scripts", [True, False])
def test_an_answer_is_taken_back_by_keyboard_alone(desk: Desk, *, scripts: bool) -> None:
    path = desk.another_pair(41 + scripts)
    manager = desk.manager(java_script_enabled=scripts)
    page = manager.open(path)
    page.get_by_role("button", name="The same picture", exact=True).press("Enter")
    expect(page.get_by_text("You said: the same picture.")).to_be_visible()
    page.goto(path)
    page.locator("main").get_by_role("button", name="Undo", exact=True).press("Enter")
    expect(page.get_by_text("Undone.")).to_be_visible()
    page.goto(path)
    page.get_by_role("button", name="The same picture", exact=True).press("Enter")
    expect(page.get_by_text("You said: the same picture.")).to_be_visible()
    _takes_effect(page, path)
    expect(page.get_by_text("Answered: the same picture")).to_be_visible()
    page.get_by_role("button", name="Ask again").press("Enter")
    expect(page.get_by_text("The answer is taken back.")).to_be_visible()
    page.get_by_role("button", name="The same camera", exact=True).press("Enter")
    expect(page.get_by_text("You said: the same camera.")).to_be_visible()
    _takes_effect(page, path)
    page.get_by_role("link", name="Name the camera").press("Enter")
    page.get_by_role("button", name="Take out").first.press("Enter")
    expect(page.get_by_text("The computer will not put it back.")).to_be_visible()
    manager.leave()
    assert manager.problems == []


def _focused_outside(page: Page) -> Locator | None:
    """Return what has the focus, unless that is within one of the two bars."""
    focused = page.locator("main :focus")
    return focused if focused.count() and not page.locator(".answers :focus").count() else None


@pytest.mark.parametrize("size", [PHONE, NARROW])
@pytest.mark.parametrize("scripts", [True, False])
def test_on_a_phone_the_answers_stay_within_reach_and_cover_no_focus(
    desk: Desk, size: dict[str, int], *, scripts: bool
) -> None:
    manager = desk.manager(phone=True, java_script_enabled=scripts, reduced_motion="reduce")
    manager.page.set_viewport_size(size)  # type: ignore[arg-type]
    page = manager.open(desk.unlike)
    bar, form = (page.locator(one).bounding_box() for one in (".bar", ".answers"))
    assert bar
    assert form
    boxes = [one.bounding_box() or {} for one in page.locator(".answers button").all()]
    assert [min(box["height"], box["width"]) >= 48 for box in boxes] == [True] * 3
    assert form["y"] > size["height"] / 2
    assert all(form["y"] <= box["y"] <= bar["y"] - box["height"] for box in boxes)
    used, covered = 0, []
    for _ in range(30):
        page.keyboard.press("Tab")
        focused = _focused_outside(page)
        box = (focused and focused.bounding_box()) or {"y": 0, "height": 0}
        used += focused is not None
        if box["y"] + box["height"] > form["y"] + 1:
            covered.append(page.evaluate("document.activeElement.outerHTML.slice(0, 80)"))
    assert used > 5
    assert covered == []
    page.mouse.wheel(0, 9000)

    def last_is_clear() -> bool:
        last = page.locator("main li").last.bounding_box()
        return last is not None and last["y"] + last["height"] <= form["y"]

    wait_until(last_is_clear)
    manager.leave()
    assert manager.problems == []


def test_without_scripts_both_pictures_stand_side_by_side_and_answers_work(desk: Desk) -> None:
    path = desk.another_pair(31)
    manager = desk.manager(java_script_enabled=False)
    page = manager.open(desk.aligned)
    first, second = (page.locator(".compare img.still").nth(at).bounding_box() for at in (0, 1))
    assert first
    assert second
    assert abs(first["y"] - second["y"]) < 2
    assert second["x"] >= first["x"] + first["width"]
    expect(page.locator(".compare__tools")).to_be_hidden()
    expect(page.get_by_role("slider")).to_be_hidden()
    box = page.locator(".compare__box--over").bounding_box()
    sheet = page.locator(".compare__sheet").nth(1).bounding_box()
    assert box
    assert sheet
    wide = min(sheet["width"], sheet["height"] * 800 / 525)
    left = sheet["x"] + (sheet["width"] - wide) / 2
    assert box["x"] == pytest.approx(left + CHANGED.left * wide, abs=4)
    page.goto(path)
    page.get_by_role("button", name="The same camera", exact=True).click()
    expect(page.get_by_text("You said: the same camera.")).to_be_visible()
    _takes_effect(page, path)
    page.get_by_role("link", name="Name the camera").click()
    page.get_by_label("Name of the camera").fill("Tills")
    page.get_by_role("button", name="Save the name").click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    page.goto("/desk/cameras")
    expect(page.get_by_role("link", name="Tills")).to_be_visible()
    manager.leave()
