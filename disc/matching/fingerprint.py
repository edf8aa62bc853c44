"""A picture's fingerprint and how far apart two are: about the picture, never about a face."""

import io
from dataclasses import dataclass

from PIL import Image

COARSE_SIDE, FINE_SIDE = 8, 16
CLOSE_BITS = 20
"""Of the fine hash's 256 bits. Measured on 14 fixed cameras: it holds for every copy sent again as
a smaller JPEG or in grey, and for 95 % of those made 30 % brighter; for no copy with its edge cut
off; and for 10 % of *other moments* of the same camera."""
ALIKE_BITS = 10
"""Of the coarse hash's 64 bits, the usual limit: it finds 46 % of the copies with an edge cut off
and calls 39 % of other moments of the same camera alike (same 14 cameras, nothing edited). So it
is shown beside a report, and never fills the queue."""
PACKED = (COARSE_SIDE**2 // 8, FINE_SIDE**2 // 8)
FLATTEST = 16
"""Levels of grey, of 256, below which a picture resembles every other: a wall, a covered lens."""


@dataclass(frozen=True, slots=True)
class Codes:
    """A picture's perceptual hashes: 64 coarse bits and 256 fine ones."""

    coarse: int
    fine: int

    def packed(self) -> bytes:
        """Return the codes as 40 bytes."""
        return self.coarse.to_bytes(PACKED[0]) + self.fine.to_bytes(PACKED[1])


@dataclass(frozen=True, slots=True)
class Difference:
    """In how many bits two pictures' codes differ."""

    coarse: int
    fine: int

    @property
    def is_close(self) -> bool:
        """Whether one is likely the other, sent again."""
        return self.fine <= CLOSE_BITS

    @property
    def is_alike(self) -> bool:
        """Whether a person may want to compare them."""
        return self.is_close or self.coarse <= ALIKE_BITS


def unpack(packed: bytes) -> Codes:
    """Return codes from 40 bytes."""
    return Codes(int.from_bytes(packed[: PACKED[0]]), int.from_bytes(packed[PACKED[0] :]))


def fingerprint(picture: bytes) -> Codes | None:
    """Return a picture's codes, or None for one so flat that it would resemble every other.

    ImageHash brings scipy with it, so only the job worker may call this.
    """
    with Image.open(io.BytesIO(picture), formats=("JPEG",)) as opened:
        grey = opened.convert("L")
    levels = [level for level, count in enumerate(grey.histogram()) if count]
    if levels[-1] - levels[0] < FLATTEST:
        return None
    return Codes(_bits(grey, COARSE_SIDE), _bits(grey, FINE_SIDE))


def difference(one: Codes, other: Codes) -> Difference:
    """Return how far apart two pictures are."""
    return Difference((one.coarse ^ other.coarse).bit_count(), (one.fine ^ other.fine).bit_count())


def _bits(grey: Image.Image, side: int) -> int:
    import imagehash

    bits = imagehash.phash(grey, hash_size=side).hash.flatten()
    return int("".join("1" if bit else "0" for bit in bits), 2)
