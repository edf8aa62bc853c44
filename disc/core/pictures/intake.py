"""Takes in one untrusted picture: read to its end, hashed, turned upright, its thumbnail made."""

import hashlib

from disc.core.pictures.decoding import captured_at, open_checked, upright_rgb, upright_size
from disc.core.pictures.errors import PictureTooLarge
from disc.core.pictures.hint import hint_of
from disc.core.pictures.kinds import kind_of
from disc.core.pictures.quality import LOOKED_AT, measure
from disc.core.pictures.renditions import thumb_of
from disc.core.pictures.taken import DEFAULT_LIMITS, MEBIBYTE, Limits, TakenIn

BAND_ROWS = 256  # hashing in bands spares a second copy of the whole picture


def take_in(data: bytes, limits: Limits = DEFAULT_LIMITS) -> TakenIn:
    """Read a picture by its content, and make its thumbnail; the bytes given are not kept.

    Somebody waits in a shop meanwhile, so a large JPEG is read to its end but only as large as
    the thumbnail needs: a third of the time that its `view` takes, which is made when it is first
    wanted (``disc.core.pictures.render``). Call it in a thread pool. Raises
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
    width, height = upright_size(opened)
    upright = upright_rgb(opened, at_least=LOOKED_AT)
    return TakenIn(
        sha256=hashlib.sha256(data).hexdigest(),
        format=kind,
        width=width,
        height=height,
        captured_at=taken,
        thumb=thumb_of(upright, limits),
        hint=hint_of(upright),
        quality=measure(upright),
    )


def pixel_sha256(data: bytes, limits: Limits = DEFAULT_LIMITS) -> str:
    """Return the SHA-256 of a picture's pixels, in lower-case hexadecimal: the same for two files
    that hold one picture.

    The pixels are upright, in rows from the top, three bytes (red, green, blue) each. Decodes all
    of them, about 15 ms of CPU a megapixel: call it in a job. Raises as ``take_in`` does.
    """
    upright = upright_rgb(open_checked(data, kind_of(data), limits))
    digest = hashlib.sha256()
    for top in range(0, upright.height, BAND_ROWS):
        bottom = min(top + BAND_ROWS, upright.height)
        digest.update(upright.crop((0, top, upright.width, bottom)).tobytes())
    return digest.hexdigest()
