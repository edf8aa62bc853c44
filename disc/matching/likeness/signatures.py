"""Votes: which stored stills hold the same points as a picture, without keeping the points.

Each point's description (128 bytes) becomes 64 bits: on which side of 64 planes it lies. The
planes are random and fixed; nothing about them was learned. Points whose bits are nearly the same
vote for each other's pictures. A crop, a screenshot or a photo of a monitor keeps enough of them,
where a code of the whole picture changes beyond recognition.
"""

from collections.abc import Iterator
from functools import cache

import numpy as np
from numpy.typing import NDArray

from disc.matching.likeness.pictures import Numbers
from disc.matching.likeness.points import Points

Signatures = NDArray[np.uint64]

MOST_SIGNED = 250
"""Points of a stored still that can be voted for: 2 KB."""
NEAR_BITS = 9
"""Of 64. With 12 and a whole vote for each, a third of the screenshots lost their still among
others' points; with 9 and shared votes none of 40 hard copies did (14 cameras, 8 stills each)."""
CHUNKS, CHUNK_BITS = 4, 16
"""Two signatures are compared only if one of four chunks of 16 bits differs in at most one bit: so
do all that differ in up to 7 bits, and 86 in 100 of those that differ in 9."""
_BUCKETS = 1 << CHUNK_BITS
_ALIKE = np.array([0, *(1 << bit for bit in range(CHUNK_BITS))], np.uint16)
"""What makes of a chunk itself and each that differs from it in one bit."""
_UNSORTED = 20_000
"""Signatures that are looked at one by one before any is put into a bucket."""
_NOBODY = -1
_SEED = 20260503


def sign(points: Points) -> Signatures:
    """Return the signatures of a picture's first points, which are spread over it."""
    described = points.descriptions[:MOST_SIGNED].astype(np.float32)
    if not len(described):
        return np.zeros(0, np.uint64)
    bits = described @ _planes() > 0
    return np.packbits(bits, axis=1).view(">u8").ravel().astype(np.uint64)


@cache
def _planes() -> Numbers:
    """Return 64 planes (128 x 64). Each compares two directions in the same cells of a point.

    So it splits descriptions near their middle whatever the picture, and needs no average.
    """
    rng = np.random.default_rng(_SEED)
    planes = np.zeros((16, 8, 64), np.float32)
    for column in range(64):
        for cell in rng.permutation(16)[:8]:
            first, second = rng.permutation(8)[:2]
            planes[cell, first, column], planes[cell, second, column] = 1, -1
    return planes.reshape(128, 64)


class Votes:
    """The signatures of many stills, by number of the still.

    Arrays grow by half, and what came last is put into buckets before a search, once it is a
    good part of the whole: so neither loading many nor adding one looks at all there is.
    """

    def __init__(self) -> None:
        self._signatures = np.zeros(_UNSORTED, np.uint64)
        self._owners = np.full(_UNSORTED, _NOBODY, np.int32)
        self._orders: list[NDArray[np.int32]] = []
        self._starts: list[NDArray[np.intp]] = []
        self._sorted = self._used = self._gone = self._span = 0

    def add(self, number: int, signatures: Signatures) -> None:
        """Keep a still's signatures under its number, 0 or more."""
        end = self._used + len(signatures)
        if end > len(self._owners):
            more = end // 2 + len(signatures)
            self._signatures = np.concatenate([self._signatures, np.zeros(more, np.uint64)])
            self._owners = np.concatenate([self._owners, np.full(more, _NOBODY, np.int32)])
        self._signatures[self._used : end], self._owners[self._used : end] = signatures, number
        self._used, self._span = end, max(self._span, number + 1)

    def remove(self, number: int) -> None:
        """Forget a still's signatures: they are overwritten when this returns.

        In which buckets they lay is forgotten when the buckets are next made.
        """
        places = np.flatnonzero(self._owners[: self._used] == number)
        self._signatures[places], self._owners[places] = 0, _NOBODY
        self._gone += len(places)

    def count(self, signatures: Signatures) -> Numbers:
        """Return the votes for each number. A point that is like points of many says less of each.

        So each has one vote in all, which is shared among the stills that hold a near one.
        """
        self._tidy()
        votes = np.zeros(self._span)
        for signature, alike in zip(signatures, self._alike(signatures), strict=True):
            owners = np.unique(self._owners[self._near(signature, alike)])
            owners = owners[owners != _NOBODY]
            votes[owners] += 1 / max(1, len(owners))
        return votes

    def _alike(self, signatures: Signatures) -> Iterator[list[NDArray[np.int32]]]:
        """Return for each signature the buckets in which are places of what may be near it."""
        wanted = []
        for chunk, starts in enumerate(self._starts):
            buckets = (_chunk(signatures, chunk)[:, None] ^ _ALIKE).astype(np.intp)
            wanted.append((starts[buckets].tolist(), starts[buckets + 1].tolist()))
        for number in range(len(signatures)):
            yield [
                order[start:stop]
                for order, (starts_, stops) in zip(self._orders, wanted, strict=True)
                for start, stop in zip(starts_[number], stops[number], strict=True)
                if stop > start
            ]

    def _near(self, signature: np.uint64, alike: list[NDArray[np.int32]]) -> NDArray[np.intp]:
        """Return the places of the near ones in some buckets, and of those in no bucket yet.

        One signature at a time: what it is compared with stays in the processor's cache.
        """
        late = self._signatures[self._sorted : self._used]
        found = [np.flatnonzero(np.bitwise_count(late ^ signature) <= NEAR_BITS) + self._sorted]
        if alike:
            places = np.concatenate(alike)
            apart = np.bitwise_count(self._signatures.take(places) ^ signature)
            found.append(places[apart <= NEAR_BITS])
        return np.concatenate(found)

    def _tidy(self) -> None:
        """Close the gaps of what was forgotten, and put what came late into its buckets."""
        if self._gone > _UNSORTED + self._used // 4:
            kept = np.flatnonzero(self._owners[: self._used] != _NOBODY)
            self._signatures, self._owners = self._signatures[kept], self._owners[kept]
            self._used, self._gone = len(kept), 0
            self._sort()
        elif self._used - self._sorted > _UNSORTED + self._sorted // 64:
            self._sort()

    def _sort(self) -> None:
        self._orders, self._starts = [], []
        for chunk in range(CHUNKS):
            buckets = _chunk(self._signatures[: self._used], chunk)
            self._orders.append(np.argsort(buckets, kind="stable").astype(np.int32))
            counts = np.bincount(buckets, minlength=_BUCKETS)
            self._starts.append(np.concatenate([[0], np.cumsum(counts)]))
        self._sorted = self._used


def _chunk(signatures: Signatures, chunk: int) -> NDArray[np.uint16]:
    return (signatures >> np.uint64(chunk * CHUNK_BITS)).astype(np.uint16)
