"""Drawn shops as fixed cameras see them, with somebody in them: a figure, never a face."""

import random

from PIL import Image, ImageDraw, ImageFilter

SIZE = (480, 320)


def place(person: int) -> tuple[int, int]:
    """Say where somebody stands; of thirty people no two stand within 16 pixels."""
    return 20 + person * 37 % 360, 20 + person * 47 % 140


def shop(camera: int, person: int | None = None) -> Image.Image:
    """Draw what a camera sees, the same for the same number, and perhaps somebody somewhere."""
    dice = random.Random(camera)  # noqa: S311 - drawings
    image = Image.new("RGB", SIZE, (120, 120, 110))
    pen = ImageDraw.Draw(image)
    for _ in range(70):
        left, top = dice.randrange(SIZE[0]), dice.randrange(SIZE[1])
        colour = tuple(dice.randrange(256) for _ in range(3))
        wide, high = dice.randrange(10, 70), dice.randrange(10, 70)
        pen.rectangle((left, top, left + wide, top + high), colour)
    if person is not None:
        body = random.Random(1000 + person)  # noqa: S311 - drawings
        left, top = place(person)
        shade = tuple(body.randrange(200) for _ in range(3))
        pen.ellipse((left + 18, top, left + 46, top + 34), (190, 150, 130))
        pen.rectangle((left, top + 32, left + 64, top + 140), shade)
        pen.line((left, top + 60, left + 64, top + 90), (250, 250, 250), 6)
    return image.filter(ImageFilter.GaussianBlur(1))
