"""Drawn pictures of a shop's and a phone's sizes; nobody's face is in them."""

import io
import random

from PIL import Image, ImageDraw

SMALL = (640, 480)
PHONE = (4032, 3024)
PHONE_BYTES = 3_000_000
SPECKS = 40
"""Standard deviation of a sensor's noise, of 255; it sets what a file of PHONE_BYTES holds."""
ORIENTATION, TURNED_RIGHT = 0x0112, 6
TABLES = b"\xff\xdb"
"""How a JPEG's quantisation tables begin."""
STEP = 15
"""Bytes from there to the step of a middling frequency: after five bytes the steps follow."""


def small_picture(seed: int) -> bytes:
    """Return a JPEG of a camera's frame, the same for the same seed."""
    return _jpeg(_drawn(seed, SMALL), 80)


def phone_photo(seed: int) -> bytes:
    """Return a JPEG of 12 megapixels and about 3 MB, held upright as phones hold it.

    Takes about a second: the quality is chosen so that the file has the wanted size.
    """
    drawn = _drawn(seed, PHONE)
    noise = Image.effect_noise((PHONE[0] // 2, PHONE[1] // 2), SPECKS).resize(PHONE)
    speckled = Image.blend(drawn, Image.merge("RGB", (noise, noise, noise)), 0.25)
    tried = (_jpeg(speckled, quality) for quality in range(94, 30, -4))
    return next(photo for photo in tried if len(photo) <= PHONE_BYTES)


def resaved(photo: bytes, times: int) -> bytes:
    """Return a JPEG as if saved again so many times: other bytes and other pixels, same picture.

    One step of its first quantisation table is made coarser, which takes no time.
    """
    place = photo.index(TABLES) + STEP
    return photo[:place] + bytes([photo[place] + times]) + photo[place + 1 :]


def _drawn(seed: int, size: tuple[int, int]) -> Image.Image:
    dice = random.Random(seed)
    image = Image.linear_gradient("L").resize(size).convert("RGB")
    pen = ImageDraw.Draw(image)
    for _ in range(40):
        left, top = dice.randrange(size[0]), dice.randrange(size[1])
        right, bottom = left + dice.randrange(size[0] // 4), top + dice.randrange(size[1] // 4)
        pen.rectangle((left, top, right, bottom), (dice.randrange(256), dice.randrange(256), 90))
    return image


def _jpeg(image: Image.Image, quality: int) -> bytes:
    exif = Image.Exif()
    if image.size == PHONE:
        exif[ORIENTATION] = TURNED_RIGHT
    out = io.BytesIO()
    image.save(out, "JPEG", quality=quality, exif=exif)
    return out.getvalue()
