"""Pure rules of boxes: how one is packed, when what it says happened, what is put right in it."""

import json
import struct
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

CHUNK = 256 * 1024
"""Bytes of a photo in one part. A lost connection costs at most one such part."""
MOST_PARTS = 2_400
"""Parts of all photos of one report: 600 MB, more than six photos can be."""
LARGEST_FIRST = 8 * 1024 * 1024
"""Bytes of a report with small copies of its photos."""
KEPT_FREE = 256 * 1024 * 1024
"""Bytes of the disk that no box may fill. Videos stop sooner, so that reports still come."""
STAMP_LASTS = timedelta(days=8)
"""One day longer than a phone keeps a box."""
CLOSES_AFTER = timedelta(days=8)
CLOCK_IS_WRONG = timedelta(minutes=10)
UNITS = (("day", 24 * 60), ("hour", 60), ("minute", 1))
"""With their minutes."""


class NotPacked(ValueError):
    """The bytes are not what our page packs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Photo:
    """One photo of a report: its small copy, and how its untouched original will come.

    ``first`` and ``parts`` are the numbers of the parts that hold the original; no parts mean
    that ``small`` is the original itself.
    """

    field: str
    name: str
    size: int
    sha256: str
    small: bytes
    first: int
    parts: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """The first part of a box, opened. ``saved_at`` is by the server's clock, as far as known.

    ``clock_off`` is how far the phone's clock was behind ours when its page was loaded.
    """

    stamp: str
    fields: tuple[tuple[str, str], ...]
    photos: tuple[Photo, ...]
    saved_at: datetime
    clock_off: timedelta

    @property
    def parts(self) -> int:
        """Return how many parts of originals follow."""
        return sum(photo.parts for photo in self.photos)


def unpack(plain: bytes) -> Contents:
    """Read the first part of a box: a length, JSON, then the small copies one after another.

    Raises NotPacked.
    """
    try:
        (length,) = struct.unpack_from(">I", plain)
        told, rest = json.loads(plain[4 : 4 + length]), plain[4 + length :]
        return Contents(
            stamp=str(told["stamp"]),
            fields=tuple((str(name), str(value)) for name, value in told["fields"]),
            photos=_photos(told["photos"], rest),
            saved_at=_moment(told["saved_at"] + told["clock_off"]),
            clock_off=timedelta(milliseconds=int(told["clock_off"])),
        )
    except (ValueError, TypeError, KeyError, OverflowError, struct.error, RecursionError) as error:
        raise NotPacked from error


def _photos(told: list[dict[str, Any]], rest: bytes) -> tuple[Photo, ...]:
    photos, start, first = [], 0, 1
    for one in told:
        size, small = int(one["size"]), int(one["small"])
        parts = 0 if one["whole"] else -(-size // CHUNK)
        if size < 0 or small < 0 or start + small > len(rest) or first + parts > MOST_PARTS:
            raise NotPacked
        photos.append(
            Photo(
                field=str(one["field"]),
                name=str(one["name"]),
                size=size,
                sha256=str(one["sha256"]),
                small=rest[start : start + small],
                first=first,
                parts=parts,
            )
        )
        start, first = start + small, first + parts
    return tuple(photos)


def to_come(photos: tuple[Photo, ...], most_bytes: int) -> list[int]:
    """Return which photos' originals are waited for: those of no more bytes than a photo may have.

    The small copy of a larger one stays.
    """
    return [at for at, photo in enumerate(photos) if photo.parts and photo.size <= most_bytes]


def _moment(milliseconds: float) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, UTC)


def when_saved(contents: Contents, now: datetime) -> datetime:
    """Return when a report was saved: never later than now, whatever the phone's clock said."""
    return min(contents.saved_at, now)


def clock_words(seconds: int) -> str | None:
    """Return how wrong a phone's clock was, in words, or None where it was right enough."""
    off = timedelta(seconds=abs(seconds))
    if off <= CLOCK_IS_WRONG:
        return None
    minutes = round(off.total_seconds() / 60)
    unit, each = next((name, each) for name, each in UNITS if minutes >= each)
    count = round(minutes / each)
    way = "behind" if seconds > 0 else "ahead"
    return f"The clock of the phone was {count} {unit}{'' if count == 1 else 's'} {way}."


def first_words(text: str, longest: int) -> str:
    """Return no more of a text than a report takes."""
    return text[:longest]
