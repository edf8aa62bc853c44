"""Takes in one untrusted picture: checked, hashed, turned upright and re-encoded."""

import hashlib

from PIL import Image

from disc.core.pictures.decoding import captured_at, open_checked, upright_rgb
from disc.core.pictures.errors import PictureTooLarge
from disc.core.pictures.kinds import kind_of
from disc.core.pictures.renditions import make_renditions
from disc.core.pictures.taken import DEFAULT_LIMITS, MEBIBYTE, Limits, TakenIn

BAND_ROWS = 256  # hashing in bands spares a second copy of the whole picture


def take_in(data: bytes, limits: Limits = DEFAULT_LIMITS) -> TakenIn:
    """Read a picture by its content, and make its renditions; the bytes given are not kept.

    Takes about 15 ms of CPU a megapixel: call it in a thread pool or a job. Raises
    PictureTooLarge, NotAPicture, DamagedPicture, AnimatedPicture, TooManyPixels or
    PictureTooSmall, all before any pixel is decoded save DamagedPicture.
    """
    if len(data) > limits.max_bytes:
        raise PictureTooLarge(
            f"This photo file is too large. The limit is {limits.max_bytes // MEBIBYTE} MB."
        )
    kind = kind_of(data)
    opened = open_checked(data, kind, limits)
    taken = captured_at(opened)
    upright = upright_rgb(opened)
    return TakenIn(
        sha256=hashlib.sha256(data).hexdigest(),
        pixel_sha256=_pixel_sha256(upright),
        format=kind,
        width=upright.width,
        height=upright.height,
        captured_at=taken,
        renditions=make_renditions(upright, limits),
    )


def _pixel_sha256(upright: Image.Image) -> str:
    digest = hashlib.sha256()
    for top in range(0, upright.height, BAND_ROWS):
        bottom = min(top + BAND_ROWS, upright.height)
        digest.update(upright.crop((0, top, upright.width, bottom)).tobytes())
    return digest.hexdigest()
