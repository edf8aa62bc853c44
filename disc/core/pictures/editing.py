"""Makes a picture's renditions anew through the steps of an edit; the original stays as it was."""

import math
from collections.abc import Sequence

from PIL import Image, ImageFilter

from disc.core.pictures.decoding import open_checked, upright_rgb
from disc.core.pictures.errors import DamagedPicture
from disc.core.pictures.kinds import kind_of
from disc.core.pictures.quality import LOOKED_AT
from disc.core.pictures.renditions import thumb_of, view_of
from disc.core.pictures.steps import Blur, Crop, Levels, Step, Turn
from disc.core.pictures.taken import DEFAULT_LIMITS, Limits, Rendition

TRANSPOSED = {
    1: Image.Transpose.ROTATE_270,
    2: Image.Transpose.ROTATE_180,
    3: Image.Transpose.ROTATE_90,
}
"""Pillow turns the other way round."""
MOST_BLOCKS = 4
"""Blocks of one colour along a blurred box's longer side: of a face, no eye is left."""
MIDDLE = 128


def render(
    original: bytes, steps: Sequence[Step], limits: Limits = DEFAULT_LIMITS
) -> dict[str, Rendition]:
    """Make `thumb` and `view` of a picture as it was sent, through the steps in their order.

    Without steps the thumbnail is that of ``take_in``. Slow: call it in a thread pool. Raises as
    ``take_in`` does, though never for the file's size: the picture was taken in before.
    """
    picture = _decoded(original, math.ceil(limits.view_side / _smallest(steps)), limits)
    for step in steps:
        picture = _done(picture, step)
    small = picture if steps else _decoded(original, LOOKED_AT, limits)
    return {"thumb": thumb_of(small, limits), "view": view_of(picture, limits)}


def render_view(original: bytes, limits: Limits = DEFAULT_LIMITS) -> bytes:
    """Return the `view` alone of a picture as it was sent, as ``render`` makes it."""
    return view_of(_decoded(original, limits.view_side, limits), limits).bytes


def _decoded(original: bytes, at_least: int, limits: Limits) -> Image.Image:
    """Decode what was taken in. A broken end may show only in a larger picture than was read then:
    such a one stays as small as that.
    """
    try:
        return upright_rgb(open_checked(original, kind_of(original), limits), at_least=at_least)
    except DamagedPicture:
        if at_least <= LOOKED_AT:
            raise
        return _decoded(original, LOOKED_AT, limits)


def _smallest(steps: Sequence[Step]) -> float:
    """Return the share of a side that the crops leave at least."""
    wide = tall = 1.0
    for step in steps:
        if isinstance(step, Crop):
            wide, tall = wide * (step.right - step.left), tall * (step.bottom - step.top)
        elif isinstance(step, Turn) and step.quarters % 2:
            wide, tall = tall, wide
    return min(wide, tall)


def _done(picture: Image.Image, step: Step) -> Image.Image:
    if isinstance(step, Turn):
        return picture.transpose(TRANSPOSED[step.quarters])
    if isinstance(step, Crop):
        return picture.crop(_pixels(picture, step))
    if isinstance(step, Blur):
        return _blurred(picture, _pixels(picture, step))
    return _levelled(picture, step)


def _pixels(picture: Image.Image, box: Crop | Blur) -> tuple[int, int, int, int]:
    """Return a box in whole pixels, rounded outwards: of what was to go, no edge stays."""
    wide, tall = picture.size
    return (
        math.floor(box.left * wide),
        math.floor(box.top * tall),
        math.ceil(box.right * wide),
        math.ceil(box.bottom * tall),
    )


def _blurred(picture: Image.Image, box: tuple[int, int, int, int]) -> Image.Image:
    """Leave of a box the mean colours of a few blocks, run into each other.

    The blocks are what hides: a blur alone can be undone, a mean of a thousand pixels cannot.
    """
    inside = picture.crop(box)
    block = max(inside.size) / MOST_BLOCKS
    few = tuple(max(1, round(side / block)) for side in inside.size)
    means = inside.resize((few[0], few[1]), Image.Resampling.BOX)
    blocks = means.resize(inside.size, Image.Resampling.NEAREST)
    hidden = picture.copy()
    hidden.paste(blocks.filter(ImageFilter.GaussianBlur(block / 4)), box[:2])
    return hidden


def _levelled(picture: Image.Image, levels: Levels) -> Image.Image:
    more = levels.contrast / 50 if levels.contrast > 0 else levels.contrast / 100
    table = [
        round((level - MIDDLE) * (1 + more) + MIDDLE + levels.brightness * 1.28)
        for level in range(256)
    ]
    return picture.point([min(255, max(0, level)) for level in table] * 3)
