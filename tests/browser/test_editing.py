"""A manager draws a box on a picture, by pointer, finger or keys alone, and blurs what is in it."""

import io
import uuid
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from playwright.sync_api import Browser, Locator, Page

from tests.browser.looking import too_wide, violations
from tests.browser.people import LAPTOP, PHONE, People, Person
from tests.browser.test_comparing import inside
from tests.desk.pairing import sent, whole_picture
from tests.serving import Site
from tests.whole_app.servers import flask, running
from tests.world import PASSWORD, make_place

pytestmark = pytest.mark.browser

SPOT = (0.3125, 0.2778)
"""Where a spot of pure colour is in the picture, in shares of its sides."""
SIDES = ("left", "top", "right", "bottom")


@dataclass
class Desk:
    """A scheme whose manager has a picture to edit."""

    people: People
    path: str

    def manager(self, *, phone: bool = False, **options: object) -> Person:
        return self.people.person("administrator", phone=phone, **options)


@pytest.fixture(scope="module")
def desk(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    instance = tmp_path_factory.mktemp("editing") / "instance"
    assert flask(instance, "prepare").returncode == 0
    with running(instance) as server:
        server.wait_for(200)
        site = Site(server, instance)
        with inside(site):
            place = make_place("Harbour Watch", live=True)
            still_id: uuid.UUID = sent(place.actor("member"), place.premises_id, whole_picture())
        site.signins = {"administrator": (place.emails["administrator"], PASSWORD)}
        yield Desk(People(chromium, site), f"/desk/stills/{still_id}/edit")


def _opened(person: Person, path: str) -> Page:
    page = person.open(path)
    _loaded(page)
    return page


def _loaded(page: Page) -> None:
    page.wait_for_function(
        "() => { const one = document.querySelector('.editor img');"
        " return one && one.complete && one.naturalWidth > 0; }"
    )
    page.evaluate("() => document.querySelector('.editor img').decode()")


def _press(page: Page, name: str) -> None:
    with page.expect_navigation():
        page.get_by_role("button", name=name).click()
    _loaded(page)


def _seen(place: Locator) -> NDArray[np.int16]:
    shot = Image.open(io.BytesIO(place.screenshot()))
    return np.asarray(shot.convert("RGB")).astype(np.int16)


def _spot_is_seen(page: Page) -> bool:
    """Say whether the spot's magenta is still where it was, which no mean of its box has."""
    seen = _seen(page.locator(".editor img"))
    middle = [int(share * side) for share, side in zip(SPOT, seen.shape[1::-1], strict=True)]
    near = seen[middle[1] - 6 : middle[1] + 6, middle[0] - 6 : middle[0] + 6]
    return bool((np.abs(near - np.array((255, 0, 255))).sum(axis=2) < 140).any())


def _field(page: Page, side: str) -> Locator:
    return page.locator(f"[data-box={side}]")


def _box(page: Page) -> list[float]:
    return [float(_field(page, side).input_value()) for side in SIDES]


def _draw(page: Page, start: tuple[float, float], end: tuple[float, float]) -> None:
    page.locator(".editor").scroll_into_view_if_needed()
    box = page.locator(".editor__sheet").bounding_box()
    assert box
    for move, (x, y) in (("down", start), ("up", end)):
        page.mouse.move(box["x"] + x * box["width"], box["y"] + y * box["height"], steps=4)
        getattr(page.mouse, move)()


def test_a_box_is_drawn_blurred_and_saved(desk: Desk) -> None:
    person = desk.manager()
    page = _opened(person, desk.path)
    assert _spot_is_seen(page)
    _draw(page, (SPOT[0] - 0.1, SPOT[1] - 0.15), (SPOT[0] + 0.1, SPOT[1] + 0.15))
    assert _box(page) == pytest.approx([21.2, 12.8, 41.2, 42.8], abs=1)
    _press(page, "Blur the box")
    assert not _spot_is_seen(page)
    assert page.get_by_text("Nobody else sees this yet.").is_visible()
    _press(page, "Undo the last")
    assert _spot_is_seen(page)
    _draw(page, (SPOT[0] + 0.1, SPOT[1] + 0.15), (SPOT[0] - 0.1, SPOT[1] - 0.15))
    _press(page, "Blur the box")
    _press(page, "Save for everybody")
    assert page.get_by_text("Saved. Everybody sees the picture like this now.").is_visible()
    assert not _spot_is_seen(page)
    _press(page, "Undo all")
    _press(page, "Save for everybody")
    assert _spot_is_seen(page)
    assert person.problems == []
    person.leave()


def test_a_tap_draws_nothing_and_a_typed_box_is_shown(desk: Desk) -> None:
    person = desk.manager()
    page = _opened(person, desk.path)
    page.locator(".editor__sheet").click()
    assert _field(page, "left").input_value() == ""
    for side, value in zip(SIDES, ("10", "20", "60", "70"), strict=True):
        _field(page, side).fill(value)
    shown = page.locator(".compare__box--over")
    sides = [shown.get_attribute(one) for one in ("x", "y", "width", "height")]
    assert sides == ["10", "20", "50", "50"]
    page.locator(".editor__sheet").click()
    assert _box(page) == [10, 20, 60, 70]
    person.leave()


def test_keys_alone_draw_blur_and_save(desk: Desk) -> None:
    person = desk.manager()
    page = _opened(person, desk.path)
    page.locator(".editor__sheet").focus()
    for key, times in (("ArrowLeft", 18), ("ArrowUp", 21), ("Shift+ArrowDown", 6)):
        for _ in range(times):
            page.keyboard.press(key)
    assert _box(page) == [22, 19, 42, 45]
    for _ in range(5):
        page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.value") == "blur"
    with page.expect_navigation():
        page.keyboard.press("Enter")
    _loaded(page)
    assert not _spot_is_seen(page)
    person.leave()


def test_keys_keep_the_box_on_the_picture(desk: Desk) -> None:
    person = desk.manager()
    page = _opened(person, desk.path)
    page.locator(".editor__sheet").focus()
    for key in ("ArrowLeft", "ArrowDown"):
        for _ in range(60):
            page.keyboard.press(key)
    assert _box(page) == [0, 80, 20, 100]
    for _ in range(30):
        page.keyboard.press("Shift+ArrowLeft")
    assert _box(page) == [0, 80, 1, 100]
    person.leave()


def test_without_scripts_the_box_is_typed(desk: Desk) -> None:
    person = desk.manager(java_script_enabled=False)
    page = person.open(desk.path)
    for side, value in zip(SIDES, ("20", "10", "45", "50"), strict=True):
        _field(page, side).fill(value)
    with page.expect_navigation():
        page.get_by_role("button", name="Blur the box").click()
    assert page.get_by_text("Blurred a box").is_visible()
    assert not _spot_is_seen(page)
    person.leave()


def test_it_fits_is_accessible_and_can_be_touched(desk: Desk) -> None:
    for size, phone in ((PHONE, True), (LAPTOP, False)):
        person = desk.manager(phone=phone, reduced_motion="reduce")
        page = _opened(person, desk.path)
        _press(page, "Turn right")
        for theme in ("light", "dark"):
            page.emulate_media(color_scheme=theme)
            assert too_wide(page) is None, (size, theme)
            assert violations(page) == [], (size, theme)
        heights = page.locator("form.edit button, form.edit input:visible").evaluate_all(
            "all => all.map((one) => one.getBoundingClientRect().height)"
        )
        assert min(heights) >= 48
        person.leave()
