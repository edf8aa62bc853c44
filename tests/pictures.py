"""Drawn pictures for tests: a scene and a figure, never a face."""

import io
import random
from functools import lru_cache

from PIL import Image, ImageDraw, ImageFilter


@lru_cache(maxsize=256)
def picture(seed: int = 1, size: tuple[int, int] = (640, 480), fmt: str = "JPEG") -> bytes:
    """Return an encoded drawn scene, the same for the same seed."""
    dice = random.Random(seed)  # noqa: S311 - drawings
    image = Image.new("RGB", size, (120, 120, 110))
    pen = ImageDraw.Draw(image)
    for _ in range(24):
        left, top = dice.randrange(size[0]), dice.randrange(size[1])
        colour = tuple(dice.randrange(256) for _ in range(3))
        pen.rectangle(
            (left, top, left + dice.randrange(20, 160), top + dice.randrange(20, 160)), colour
        )
    image = image.filter(ImageFilter.GaussianBlur(2))
    out = io.BytesIO()
    image.save(out, fmt)
    return out.getvalue()
