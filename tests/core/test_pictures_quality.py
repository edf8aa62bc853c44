"""How dark and how soft a picture is, measured on drawn ones."""

import io

import pytest
from PIL import Image, ImageFilter

from disc.core.pictures import take_in
from disc.core.pictures.quality import DARK, SOFT, measure
from disc.demo.scenes import CAMERAS, draw_still
from tests.pictures import picture


def drawn(seed: int = 1) -> Image.Image:
    return Image.open(io.BytesIO(picture(seed, (1280, 960)))).convert("RGB")


def test_a_night_without_light_is_dark_and_a_lit_room_is_not() -> None:
    assert measure(drawn()).light > 2 * DARK
    assert measure(drawn().point(lambda level: level // 8)).light < DARK


@pytest.mark.parametrize("camera", CAMERAS)
def test_no_camera_of_the_demo_is_called_poor(camera: str) -> None:
    seen = measure(draw_still(camera, 3, 1))
    assert seen.light > DARK
    assert seen.softness < SOFT


@pytest.mark.parametrize("camera", sorted(CAMERAS)[:2])
def test_the_softer_a_picture_is_the_softer_it_is_called(camera: str) -> None:
    sharp = draw_still(camera, 3, 1)
    blurred = [sharp.filter(ImageFilter.GaussianBlur(radius)) for radius in (2, 4, 8, 12)]
    softness = [measure(one).softness for one in (sharp, *blurred)]
    assert softness == sorted(softness)
    assert softness[-1] > SOFT


def test_how_large_a_file_is_does_not_matter() -> None:
    small = drawn().filter(ImageFilter.GaussianBlur(1))
    large = small.resize((5120, 3840), Image.Resampling.LANCZOS)
    assert measure(large).softness == pytest.approx(measure(small).softness, abs=0.03)


def test_a_picture_of_one_colour_has_no_edge_to_be_sharp() -> None:
    assert measure(Image.new("RGB", (100, 80), "grey")).softness == 1


def test_what_comes_in_is_measured() -> None:
    assert take_in(picture(2)).quality == measure(Image.open(io.BytesIO(picture(2))).convert("RGB"))
