"""The hint of a picture is ThumbHash: few bytes, the shades and the shape of what will come."""

import base64

import pytest
from PIL import Image

from disc.core.pictures import take_in
from disc.core.pictures.hint import hint_of
from tests.pictures import picture


def patches(wide: int, high: int) -> Image.Image:
    """Return shades of which no wave is exactly nothing, where rounding could go either way."""
    image = Image.new("RGB", (wide, high))
    for x in range(wide):
        for y in range(high):
            image.putpixel((x, y), ((x * x * 3 + y) % 256, (x + y * y * 5) % 200, x * y % 90))
    return image


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        ((32, 21), "9249061588302265866787718878877050ac0285e8"),
        ((20, 32), "9139061408106267787773589708209b2b70a7"),
        ((32, 32), "93490617083033647667968677287758878900a4a9507709"),
    ],
)
def test_it_is_the_same_as_another_program_makes(size: tuple[int, int], expected: str) -> None:
    """Expected values are of the package thumbhash 0.1.2, a port of the reference."""
    assert hint_of(patches(*size)).hex() == expected


def test_it_tells_the_shape_and_is_small_whatever_the_size() -> None:
    for size in ((1280, 720), (48, 2000), (2000, 48), (500, 500)):
        made = hint_of(Image.new("RGB", size, (200, 30, 30)))
        assert 5 < len(made) <= 25
        assert bool(made[4] & 0x80) is (size[0] > size[1])


def test_a_plain_picture_has_no_waves() -> None:
    made = hint_of(Image.new("RGB", (32, 32), (255, 255, 255)))
    assert made[0] & 63 == 63
    assert made[2] >> 2 == 0


def test_each_picture_taken_in_has_one() -> None:
    made = take_in(picture(1)).hint
    assert base64.b64encode(made)
    assert made != take_in(picture(2)).hint
