"""Whose hidden mark a copy carries: found in what people do to pictures, never made up."""

import io
import random

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFilter

from disc.core.pictures import pattern_of, render, strengths, watermark
from disc.core.pictures.hidden import GRID
from disc.matching.likeness.carried import added_to, scores, seen
from disc.matching.likeness.pictures import read_picture

KEY = bytes(range(32))
TRUE = "K7Q2F4M"
OTHERS = [f"NOBODY{number}" for number in range(300)]
SURE = 7.5
"""A score that chance gives one pattern in 10 to the 12."""
NOTHING = 5.0
"""What the best of 600 patterns that are not there stays below, but for one time in 5,000."""


def drawn() -> bytes:
    chance = random.Random(11)  # noqa: S311 - a drawing
    picture = Image.new("RGB", (960, 720), (130, 120, 105))
    pen = ImageDraw.Draw(picture)
    for _ in range(160):
        x, y, side = chance.randrange(900), chance.randrange(660), chance.randrange(15, 90)
        colour = tuple(chance.randrange(30, 225) for _ in range(3))
        shape = pen.rectangle if chance.random() < 0.6 else pen.ellipse
        shape((x, y, x + side, y + side // 2 + 8), fill=colour)
    out = io.BytesIO()
    picture.filter(ImageFilter.GaussianBlur(1)).save(out, "JPEG", quality=92)
    return out.getvalue()


RENDITIONS = {name: one.bytes for name, one in render(drawn(), ()).items()}


def sent(picture: Image.Image, quality: int = 80) -> bytes:
    out = io.BytesIO()
    picture.convert("RGB").save(out, "JPEG", quality=quality)
    return out.getvalue()


def photographed(picture: Image.Image) -> Image.Image:
    """Skewed, soft, grainy, darker, on a ground of another colour, as a phone sees a screen."""
    wide, high = picture.size
    ground = Image.new("RGB", (wide * 5 // 4, high * 5 // 4), (40, 42, 45))
    ground.paste(picture.convert("RGB"), (wide // 8, high // 8))
    corners = (0, 0, 4, ground.height, ground.width - 3, ground.height - 6, ground.width, 5)
    skewed = ground.transform(ground.size, Image.Transform.QUAD, corners, Image.Resampling.BICUBIC)
    grain = Image.effect_noise(ground.size, 8).convert("RGB")
    soft = skewed.filter(ImageFilter.GaussianBlur(0.8)).point(lambda level: level * 0.85)
    return Image.blend(soft, grain, 0.06)


COPIES = {
    "as it is": lambda picture: picture,
    "grey": lambda picture: picture.convert("L"),
    "half the size": lambda picture: picture.resize((picture.width // 2, picture.height // 2)),
    "mirrored": lambda picture: picture.transpose(Image.Transpose.FLIP_LEFT_RIGHT),
    "lighter": lambda picture: picture.point(lambda level: level * 0.8 + 40),
    "cropped": lambda picture: picture.crop(
        (picture.width // 5, picture.height // 6, picture.width, picture.height)
    ),
    "photographed": photographed,
}


def read(copy: bytes) -> tuple[float, float]:
    """Return the score of the viewer and the best of others, over both renditions."""
    patterns = [pattern_of(KEY, code) for code in (TRUE, *OTHERS)]
    found = []
    for rendition in RENDITIONS.values():
        told = np.array(strengths(rendition), np.float32).reshape(GRID, GRID)
        cells = added_to(seen(read_picture(rendition)), seen(read_picture(copy)), told)
        if cells is not None:
            found.append(scores(cells, patterns))
    best = np.max(found, axis=0)
    return best[0], best[1:].max()


@pytest.mark.parametrize("how", COPIES)
@pytest.mark.parametrize("name", ["thumb", "view"])
def test_a_copy_names_who_saw_it_and_nobody_else(name: str, how: str) -> None:
    marked = watermark(RENDITIONS[name], TRUE, "211126 14:05", pattern_of(KEY, TRUE))
    copy = COPIES[how](Image.open(io.BytesIO(marked)))
    true, others = read(sent(copy, 60))
    assert true > SURE
    assert others < NOTHING


@pytest.mark.parametrize("name", ["thumb", "view"])
def test_a_copy_of_somebody_outside_or_of_nobody_names_nobody(name: str) -> None:
    stranger = watermark(RENDITIONS[name], "STRANGE", "", pattern_of(KEY, "STRANGE"))
    for copy in (stranger, RENDITIONS[name]):
        assert max(read(sent(Image.open(io.BytesIO(copy)), 60))) < NOTHING


def test_the_mark_of_one_picture_is_none_in_another() -> None:
    """What somebody cut out of one picture, to put it into another, names nobody there."""
    other = pattern_of(bytes(32), TRUE)
    marked = watermark(RENDITIONS["view"], TRUE, "", other)
    assert max(read(marked)) < NOTHING


def test_patterns_that_chance_makes_score_as_chance_does() -> None:
    marked = watermark(RENDITIONS["view"], TRUE, "", pattern_of(KEY, TRUE))
    told = np.array(strengths(RENDITIONS["view"]), np.float32).reshape(GRID, GRID)
    copy = seen(read_picture(marked))
    cells = added_to(seen(read_picture(RENDITIONS["view"])), copy, told)
    assert cells is not None
    found = np.array(scores(cells, [pattern_of(KEY, f"{n}") for n in range(4000)]))
    assert abs(found.mean()) < 0.1
    assert abs(found.std() - 1) < 0.1
