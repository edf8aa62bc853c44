"""What may come in as a picture, and what comes out of it."""

import builtins
from dataclasses import dataclass
from datetime import datetime

from disc.core.pictures.quality import Quality

MEBIBYTE = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How large or small a picture may be, and how large its renditions become.

    Sides are pixels. `thumb_bytes` leaves room for the mark: a thumbnail should reach the phone
    in about 6 KB, and burning in a mark adds about a third.
    """

    max_bytes: int = 40 * MEBIBYTE
    max_pixels: int = 40_000_000
    min_side: int = 48
    thumb_side: int = 240
    thumb_bytes: int = 4_400
    view_side: int = 1280


DEFAULT_LIMITS = Limits()


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendition:
    """One re-encoded copy without metadata: its encoded bytes, and its sides in pixels."""

    bytes: builtins.bytes
    width: int
    height: int
    mime: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenIn:
    """A picture that was read to its last pixel.

    `sha256` is of the file as sent, in lower-case hexadecimal. `width` and `height` are the upright
    picture's. `captured_at` is the camera's own clock: it has no zone and may be wrong.
    `hint` stands in for `thumb` while that loads.
    """

    sha256: str
    format: str
    width: int
    height: int
    captured_at: datetime | None
    thumb: Rendition
    hint: builtins.bytes
    quality: Quality
