"""Makes the small, clean copies of a picture that people are shown."""

import io

from PIL import Image

from disc.core.pictures.taken import Limits, Rendition

VIEW_QUALITY = 80
THUMB_QUALITIES = (78, 70, 62, 54, 46, 38)
SHRINK = 0.85
# Shrinks first by whole steps to at least this many times the wanted size: twice as fast for a
# phone's photo, and looks the same.
REDUCING_GAP = 1.5


def thumb_of(upright: Image.Image, limits: Limits) -> Rendition:
    """Encode an upright RGB picture as `thumb`; it is never enlarged."""
    return _small_enough(upright, limits.thumb_side, limits.thumb_bytes)


def view_of(upright: Image.Image, limits: Limits) -> Rendition:
    """Encode an upright RGB picture as `view`; it is never enlarged."""
    return _encode(_fit(upright, limits.view_side), VIEW_QUALITY)


def _small_enough(picture: Image.Image, side: int, most_bytes: int) -> Rendition:
    """Lower the quality, then the size, until the copy has at most so many bytes."""
    thumb = _fit(picture, side)
    for quality in THUMB_QUALITIES:
        encoded = _encode(thumb, quality)
        if len(encoded.bytes) <= most_bytes:
            return encoded
    while len(encoded.bytes) > most_bytes and max(thumb.size) > 1:
        thumb = _fit(picture, int(max(thumb.size) * SHRINK))
        encoded = _encode(thumb, THUMB_QUALITIES[-1])
    return encoded


def _fit(picture: Image.Image, side: int) -> Image.Image:
    """Shrink so that the long side is at most `side` pixels."""
    scale = side / max(picture.size)
    if scale >= 1:
        return picture
    size = (max(1, round(picture.width * scale)), max(1, round(picture.height * scale)))
    return picture.resize(size, Image.Resampling.LANCZOS, reducing_gap=REDUCING_GAP)


def _encode(picture: Image.Image, quality: int) -> Rendition:
    # A copy built from pixels alone: nothing that the decoder attached can follow it out.
    bare = Image.new("RGB", picture.size)
    bare.paste(picture)
    out = io.BytesIO()
    bare.save(out, "JPEG", quality=quality, optimize=True)
    return Rendition(bytes=out.getvalue(), width=bare.width, height=bare.height, mime="image/jpeg")


def size_of(jpeg: bytes) -> tuple[int, int]:
    """Return the width and height of a JPEG of ours in pixels; its pixels are not decoded."""
    return Image.open(io.BytesIO(jpeg), formats=("JPEG",)).size
