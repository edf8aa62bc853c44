"""What people do to a still before they send it again: chat programs, crops, filters, rings and
screenshots.
"""

import io
import random
from collections.abc import Callable
from enum import StrEnum
from types import MappingProxyType
from typing import TypeAlias

from PIL import Image, ImageDraw, ImageEnhance, ImageFont, ImageOps

WHATSAPP_LONG_SIDE = 1600
"""Pixels of the longer side above which the chat program makes a picture smaller."""

Box: TypeAlias = tuple[int, int, int, int]


class Disguise(StrEnum):
    """One way in which a still comes back."""

    WHATSAPP = "whatsapp"
    CROP = "crop"
    BRIGHTER = "brighter"
    SCREENSHOT = "screenshot"
    GREYSCALE = "greyscale"
    RING = "ring"
    FLIP = "flip"


def _figure(picture: Image.Image) -> Box:
    """Return where the figure is: the still's own note, or the middle where an edit has lost it."""
    note = picture.info.get("comment", b"")
    words = note.split() if isinstance(note, bytes) else []
    if len(words) == 5 and words[0] == b"figure":
        left, top, right, bottom = (int(word) for word in words[1:])
        return left, top, right, bottom
    wide, tall = picture.size
    return wide * 2 // 5, tall // 4, wide * 3 // 5, tall * 3 // 4


def _whatsapp(picture: Image.Image, _rng: random.Random) -> Image.Image:
    share = min(1.0, WHATSAPP_LONG_SIDE / max(picture.size))
    small = (max(1, round(picture.width * share)), max(1, round(picture.height * share)))
    return picture.resize(small, Image.Resampling.LANCZOS)


def _crop(picture: Image.Image, rng: random.Random) -> Image.Image:
    left, top, right, bottom = _figure(picture)
    room = max(right - left, bottom - top)
    sides = [room * rng.uniform(0.25, 0.6) for _ in range(4)]
    return picture.crop(
        (
            max(0, round(left - sides[0])),
            max(0, round(top - sides[1] * 0.5)),
            min(picture.width, round(right + sides[2])),
            min(picture.height, round(bottom + sides[3] * 0.5)),
        )
    )


def _brighter(picture: Image.Image, rng: random.Random) -> Image.Image:
    light = ImageEnhance.Brightness(picture).enhance(rng.uniform(1.25, 1.5))
    return ImageEnhance.Contrast(light).enhance(rng.uniform(1.05, 1.2))


def _screenshot(picture: Image.Image, rng: random.Random) -> Image.Image:
    """Return the picture as an invented phone's viewer shows it, held upright, 1080 pixels wide."""
    screen = Image.new("RGB", (1080, 1920), (12, 12, 14))
    shown = picture.resize(
        (1080, max(1, round(picture.height * 1080 / picture.width))), Image.Resampling.LANCZOS
    )
    screen.paste(shown, (0, (1920 - shown.height) // 2))
    draw, white, grey = ImageDraw.Draw(screen), (238, 238, 240), (150, 150, 156)
    clock = f"{rng.randrange(8, 22):02}:{rng.randrange(60):02}"
    draw.text((56, 34), clock, font=ImageFont.load_default(38), fill=white)
    for bar in range(4):
        draw.rectangle((880 + bar * 16, 66 - bar * 9, 890 + bar * 16, 74), fill=white)
    draw.rounded_rectangle((960, 42, 1026, 74), radius=8, outline=white, width=3)
    draw.rectangle((966, 48, 966 + rng.randrange(14, 52), 68), fill=white)
    draw.line([(76, 150), (52, 174), (76, 198)], fill=white, width=6)
    draw.text((120, 142), "Shop group", font=ImageFont.load_default(44), fill=white)
    draw.text((120, 196), f"Today, {clock}", font=ImageFont.load_default(30), fill=grey)
    for button in range(4):
        middle = 150 + button * 260
        draw.ellipse((middle - 34, 1726, middle + 34, 1794), outline=white, width=5)
        draw.line((middle - 14, 1760, middle + 14, 1760), fill=white, width=5)
    draw.rounded_rectangle((380, 1884, 700, 1894), radius=5, fill=white)
    return screen


def _greyscale(picture: Image.Image, _rng: random.Random) -> Image.Image:
    return ImageOps.grayscale(picture).convert("RGB")


def _ring(picture: Image.Image, rng: random.Random) -> Image.Image:
    """Draw a ring by hand, twice round and not quite closed, about the figure."""
    left, top, right, bottom = _figure(picture)
    marked, pen = picture.copy(), max(3, picture.width // 210)
    draw = ImageDraw.Draw(marked)
    for turn in range(2):
        wide, tall = (
            (right - left) * rng.uniform(0.2, 0.3),
            (bottom - top) * rng.uniform(0.06, 0.12),
        )
        box = (left - wide, top - tall, right + wide, bottom + tall)
        start = rng.uniform(-120, -60) + 140 * turn
        draw.arc(box, start, start + rng.uniform(250, 330), fill=(228, 22, 28), width=pen)
    return marked


def _flip(picture: Image.Image, _rng: random.Random) -> Image.Image:
    return ImageOps.mirror(picture)


_WAYS: MappingProxyType[Disguise, Callable[[Image.Image, random.Random], Image.Image]] = (
    MappingProxyType(
        {
            Disguise.WHATSAPP: _whatsapp,
            Disguise.CROP: _crop,
            Disguise.BRIGHTER: _brighter,
            Disguise.SCREENSHOT: _screenshot,
            Disguise.GREYSCALE: _greyscale,
            Disguise.RING: _ring,
            Disguise.FLIP: _flip,
        }
    )
)


def disguise(jpeg: bytes, kind: Disguise, seed: int) -> bytes:
    """Return the JPEG as it would come back after the edit, without any metadata, the same for the
    same seed.
    """
    with Image.open(io.BytesIO(jpeg), formats=("JPEG",)) as opened:
        picture = opened.convert("RGB")
    edited = _WAYS[kind](picture, random.Random(f"{kind} {seed}"))
    edited.info.clear()
    out = io.BytesIO()
    edited.save(out, "JPEG", quality=52 if kind is Disguise.WHATSAPP else 84)
    return out.getvalue()


def close_view(jpeg: bytes) -> bytes:
    """Return a square view of the figure alone, as shops cut it out before they send it."""
    with Image.open(io.BytesIO(jpeg), formats=("JPEG",)) as opened:
        left, top, right, bottom = _figure(opened)
        side = min(round(max(right - left, bottom - top) * 1.25), *opened.size)
        x = min(max(0, (left + right - side) // 2), opened.width - side)
        y = min(max(0, (top + bottom - side) // 2), opened.height - side)
        view = opened.convert("RGB").crop((x, y, x + side, y + side))
    view = view.resize((640, 640), Image.Resampling.LANCZOS)
    out = io.BytesIO()
    view.save(out, "JPEG", quality=88)
    return out.getvalue()
