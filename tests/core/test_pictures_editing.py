"""An edit is steps kept as data: what they show, where they move a point, and what is gone."""

import io
import random

import pytest
from PIL import Image, ImageChops, ImageDraw, ImageStat

from disc.core.pictures import render, take_in
from disc.core.pictures.steps import (
    MOST_STEPS,
    Blur,
    Crop,
    Levels,
    Step,
    Turn,
    added,
    back,
    levels_of,
    pack,
    plane_of,
    size_after,
    times,
    unpack,
)
from tests.pictures import picture

SIZE = (800, 600)
BOX = (0.25, 0.25, 0.75, 0.75)
EVERY_STEP: tuple[Step, ...] = (
    Turn(1),
    Crop(0.1, 0.2, 0.9, 0.8),
    Blur(0, 0, 0.5, 1),
    Levels(5, -5),
)


def png(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def shown(data: bytes, *steps: Step, rendition: str = "view") -> Image.Image:
    return Image.open(io.BytesIO(render(data, steps)[rendition].bytes)).convert("RGB")


def checkerboard(*, first: int, cell: int = 5) -> bytes:
    """Draw the same grey scene with a checkerboard in its middle; ``first`` says which way."""
    image = Image.new("RGB", SIZE, (90, 110, 130))
    pen = ImageDraw.Draw(image)
    for row in range(60):
        for column in range(80):
            level = 255 * ((row + column + first) % 2)
            left, top = 200 + column * cell, 150 + row * cell
            pen.rectangle((left, top, left + cell - 1, top + cell - 1), (level, level, level))
    return png(image)


def corners() -> bytes:
    """Draw four quarters: red, green, blue and white, from the left top with the clock."""
    image = Image.new("RGB", SIZE)
    pen = ImageDraw.Draw(image)
    for left, top, colour in (
        (0, 0, "red"),
        (400, 0, "lime"),
        (400, 300, "blue"),
        (0, 300, "white"),
    ):
        pen.rectangle((left, top, left + 399, top + 299), colour)
    return png(image)


def colour_at(image: Image.Image, x: float, y: float) -> str:
    names = {(1, 0, 0): "red", (0, 1, 0): "lime", (0, 0, 1): "blue", (1, 1, 1): "white"}
    pixel = image.getpixel((int(x * image.width), int(y * image.height)))
    assert isinstance(pixel, tuple)
    return names[tuple(int(level > 127) for level in pixel)]  # type: ignore[index]


def test_no_steps_show_what_came_in_byte_for_byte() -> None:
    data = picture(4, (1600, 1200))
    assert render(data, ())["thumb"] == take_in(data).thumb


@pytest.mark.parametrize("rendition", ["view", "thumb"])
def test_of_a_blurred_box_nothing_can_be_read_back(rendition: str) -> None:
    """Two boards that are each other's negative look the same; without the blur they do not."""
    boards = [checkerboard(first=first) for first in (0, 1)]
    plain = [shown(board, rendition=rendition) for board in boards]
    blurred = [shown(board, Blur(*BOX), rendition=rendition) for board in boards]
    assert max(high for _, high in ImageChops.difference(*plain).getextrema()) > 60  # type: ignore[misc]
    assert max(high for _, high in ImageChops.difference(*blurred).getextrema()) <= 2  # type: ignore[misc]


def test_a_blurred_box_holds_no_edge_that_somebody_could_know_a_face_by() -> None:
    dice = random.Random(3)  # noqa: S311 - drawings
    noise = Image.frombytes("RGB", SIZE, dice.randbytes(SIZE[0] * SIZE[1] * 3))
    inside = shown(png(noise), Blur(*BOX)).crop((230, 180, 570, 420))
    assert max(ImageStat.Stat(inside).stddev) < 4


def test_a_blur_reaches_the_last_pixel_of_its_box_and_none_beside_it() -> None:
    image = Image.new("RGB", SIZE, "black")
    ImageDraw.Draw(image).rectangle((200, 150, 599, 449), "white")
    seen = shown(png(image), Blur(0.2501, 0.2501, 0.7499, 0.7499))
    assert ImageStat.Stat(seen.crop((0, 0, 190, 600))).mean == [0, 0, 0]
    assert seen.getpixel((202, 152)) == (255, 255, 255)


@pytest.mark.parametrize(
    ("quarters", "expected"),
    [
        (0, ("red", "lime", "blue", "white")),
        (1, ("white", "red", "lime", "blue")),
        (2, ("blue", "white", "red", "lime")),
        (3, ("lime", "blue", "white", "red")),
    ],
)
def test_a_turn_is_with_the_clock(quarters: int, expected: tuple[str, ...]) -> None:
    seen = shown(corners(), *([Turn(quarters)] if quarters else []))
    at = ((0.2, 0.2), (0.8, 0.2), (0.8, 0.8), (0.2, 0.8))
    assert tuple(colour_at(seen, *one) for one in at) == expected


def test_a_cut_keeps_its_box_alone_and_shows_it_as_sharp_as_it_was_sent() -> None:
    large = Image.open(io.BytesIO(corners())).resize((3200, 2400))
    cut = Crop(0.4, 0.4, 0.6, 0.6)
    seen = shown(png(large), cut)
    assert seen.size == (640, 480) == size_after((cut,), 3200, 2400)
    assert [colour_at(seen, *one) for one in ((0.1, 0.1), (0.9, 0.9))] == ["red", "blue"]
    out = io.BytesIO()
    large.save(out, "JPEG")
    assert shown(out.getvalue(), cut).size == (640, 480)


def test_steps_are_done_in_their_order_on_what_the_ones_before_left() -> None:
    seen = shown(corners(), Turn(1), Crop(0, 0, 0.5, 0.5))
    assert {colour_at(seen, x, y) for x in (0.1, 0.9) for y in (0.1, 0.9)} == {"white"}


def test_levels_make_lighter_and_darker() -> None:
    grey = png(Image.new("RGB", SIZE, (100, 100, 100)))
    levels = [ImageStat.Stat(shown(grey, Levels(by, 0))).mean[0] for by in (-50, 0, 50)]
    assert levels == pytest.approx([36, 100, 164], abs=2)
    harder = ImageStat.Stat(shown(grey, Levels(0, 50))).mean[0]
    assert harder == pytest.approx(72, abs=2)


def test_what_was_written_down_is_read_again() -> None:
    assert unpack(pack(EVERY_STEP)) == EVERY_STEP
    assert (pack(()), unpack("")) == ("", ())


@pytest.mark.parametrize(
    "text",
    [
        "nonsense",
        "{}x",
        "[1]",
        '[["turn"]]',
        '[["turn",4]]',
        '[["turn",true]]',
        '[["spin",1]]',
        '[["blur",0,0,1]]',
        '[["blur",0.5,0,0.5,1]]',
        '[["crop",-0.1,0,1,1]]',
        '[["crop",0,0,NaN,1]]',
        '[["crop",0,0,Infinity,1]]',
        '[["levels",101,0]]',
        '[["levels",0.5,0]]',
        '[["blur","0","0","1","1"]]',
        "[" + ",".join(['["turn",1]'] * (MOST_STEPS + 1)) + "]",
        "[" * 2000,
    ],
)
def test_what_is_no_step_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        unpack(text)


def test_turns_that_follow_each_other_are_one_and_light_is_set_once() -> None:
    steps = added(added((), Turn(1)), Turn(1))
    assert steps == (Turn(2),)
    assert added(added(steps, Turn(1)), Turn(1)) == ()
    lit = added(added((Blur(*BOX),), Levels(10, 0)), Levels(20, 5))
    assert lit == (Blur(*BOX), Levels(20, 5))
    assert levels_of(lit) == Levels(20, 5)
    assert added(lit, Levels(0, 0)) == (Blur(*BOX),)
    with pytest.raises(ValueError, match="too many"):
        added((Blur(*BOX),) * MOST_STEPS, Blur(*BOX))


def test_a_point_is_found_again_where_the_steps_put_it() -> None:
    plane = plane_of(EVERY_STEP)
    x, y = 0.35, 0.4
    at = plane[0] * x + plane[1] * y + plane[2], plane[3] * x + plane[4] * y + plane[5]
    # Turned with the clock a point goes to (1 - y, x); the cut then counts from its own corner.
    assert at == pytest.approx(((0.6 - 0.1) / 0.8, (0.35 - 0.2) / 0.6))
    assert times(back(EVERY_STEP), plane) == pytest.approx((1, 0, 0, 0, 1, 0, 0, 0, 1))
    assert size_after(EVERY_STEP, 1000, 500) == (400, 600)
