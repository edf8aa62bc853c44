"""Decodes untrusted bytes into upright RGB pixels, or says why it will not."""

import io
import re
import warnings
from datetime import datetime

from PIL import Image

from disc.core.pictures.errors import (
    AnimatedPicture,
    DamagedPicture,
    PictureTooSmall,
    TooManyPixels,
)
from disc.core.pictures.heif import TooManyInside, open_heif
from disc.core.pictures.kinds import jpeg_scans
from disc.core.pictures.taken import Limits

# Pillow only warns between one and two times its own limit: a warning stops nobody.
warnings.filterwarnings("error", category=Image.DecompressionBombWarning)

MAX_SCANS = 64  # cameras write at most about ten
ORIENTATION = 0x0112
EXIF_IFD = 0x8769
DATE_TIME_ORIGINAL = 0x9003
EXIF_TIME = re.compile(r"\d{4}:\d\d:\d\d \d\d:\d\d:\d\d", re.ASCII)
MILLION = 1_000_000
LYING = 5  # from this EXIF orientation on, width and height change places

TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def open_checked(data: bytes, kind: str, limits: Limits) -> Image.Image:
    """Read a picture's header alone, and refuse what must not be decoded; a HEIF comes decoded.

    Raises TooManyPixels, PictureTooSmall, AnimatedPicture or DamagedPicture.
    """
    if kind == "JPEG" and jpeg_scans(data, MAX_SCANS) > MAX_SCANS:
        raise DamagedPicture
    try:
        opened = _opened(data, kind, limits)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning, TooManyInside) as error:
        raise _too_many(limits) from error
    except (MemoryError, DamagedPicture):
        raise
    except Exception as error:  # decoders fail in many ways, all with one meaning
        raise DamagedPicture from error
    _check_shape(opened, kind, limits)
    return opened


def _opened(data: bytes, kind: str, limits: Limits) -> Image.Image:
    if kind == "HEIF":
        return open_heif(data, limits.max_pixels)
    return Image.open(io.BytesIO(data), formats=(kind,))


def _check_shape(opened: Image.Image, kind: str, limits: Limits) -> None:
    if opened.width * opened.height > limits.max_pixels:
        raise _too_many(limits)
    # A phone's JPEG or HEIF may hold further pictures (depth, a brighter copy): it does not move.
    if kind in ("PNG", "WEBP") and getattr(opened, "is_animated", False):
        raise AnimatedPicture
    if min(opened.size) < limits.min_side:
        raise PictureTooSmall(
            f"This photo is too small. Each side needs at least {limits.min_side} pixels."
        )


def upright_size(opened: Image.Image) -> tuple[int, int]:
    """Return a picture's width and height in pixels, as its camera was held."""
    width, height = opened.size
    return (height, width) if _orientation(opened) >= LYING else (width, height)


def upright_rgb(opened: Image.Image, *, at_least: int | None = None) -> Image.Image:
    """Decode an opened picture into RGB, turned as its camera was held.

    With ``at_least``, a JPEG may come out smaller, though never with its longer side below so
    many pixels. Raises DamagedPicture when its bytes end early or do not decode.
    """
    try:
        orientation = _orientation(opened)
        if at_least is not None:
            opened.draft(None, _within(opened.size, at_least))
        opened.load()
        rgb = _as_rgb(opened)
    except MemoryError:
        raise
    except Exception as error:  # decoders fail in many ways, all with one meaning
        raise DamagedPicture from error
    turn = TURNS.get(orientation)
    return rgb if turn is None else rgb.transpose(turn)


def _within(size: tuple[int, int], side: int) -> tuple[int, int]:
    """Return the size, of the same shape, whose longer side has so many pixels."""
    share = side / max(size)
    return max(1, round(size[0] * share)), max(1, round(size[1] * share))


def captured_at(opened: Image.Image) -> datetime | None:
    """Find when the camera says that it took the picture, or None."""
    try:
        value = opened.getexif().get_ifd(EXIF_IFD).get(DATE_TIME_ORIGINAL)
    except Exception:  # noqa: BLE001 - a stranger's metadata fails in many ways, and is a bonus
        return None
    text = str(value).strip("\0 ")
    if not EXIF_TIME.fullmatch(text):
        return None
    try:
        return datetime.strptime(text, "%Y:%m:%d %H:%M:%S")  # noqa: DTZ007 - cameras give no zone
    except ValueError:
        return None


def _orientation(opened: Image.Image) -> int:
    try:
        return int(opened.getexif().get(ORIENTATION, 1))
    except Exception:  # noqa: BLE001 - a stranger's metadata fails in many ways, and is a bonus
        return 1


def _as_rgb(opened: Image.Image) -> Image.Image:
    if opened.mode.startswith("I"):  # 16 bits: a plain conversion would clip nearly all to white
        return opened.convert("I").point(lambda level: level * (1 / 256)).convert("RGB")
    if opened.has_transparency_data:
        # Dropping transparency would show what the picture's maker had hidden beneath it.
        shown = opened.convert("RGBA")
        ground = Image.new("RGBA", shown.size, "white")
        return Image.alpha_composite(ground, shown).convert("RGB")
    return opened if opened.mode == "RGB" else opened.convert("RGB")  # spares a copy of it all


def _too_many(limits: Limits) -> TooManyPixels:
    return TooManyPixels(
        f"This photo has too many pixels. The limit is {limits.max_pixels // MILLION} million."
    )
