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
CHUNKS, CHUNK_BITS = 6, 10
"""Two signatures are compared only if one of six chunks of ten bits is equal in both: so are
three in four of those that differ in 9 bits, and nearly all that differ in fewer than 5."""
_BUCKETS = 1 << CHUNK_BITS
_UNSORTED = 20_000
"""Signatures that are looked at one by one before any is put into a bucket."""
_BLOCK = 8_192
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
        self._starts: list[NDArray[np.int64]] = []
        self._sorted = self._used = self._gone = 0

    def add(self, number: int, signatures: Signatures) -> None:
        """Keep a still's signatures under its number, 0 or more."""
        end = self._used + len(signatures)
        if end > len(self._owners):
            more = end // 2 + len(signatures)
            self._signatures = np.concatenate([self._signatures, np.zeros(more, np.uint64)])
            self._owners = np.concatenate([self._owners, np.full(more, _NOBODY, np.int32)])
        self._signatures[self._used : end], self._owners[self._used : end] = signatures, number
        self._used = end

    def remove(self, number: int) -> None:
        """Forget a still's signatures: they are overwritten when this returns.

        In which buckets they lay is forgotten when the buckets are next made.
        """
        places = np.flatnonzero(self._owners[: self._used] == number)
        self._signatures[places], self._owners[places] = 0, _NOBODY
        self._gone += len(places)

    def count(self, signatures: Signatures) -> dict[int, float]:
        """Return the votes for each still. A point that is like points of many says less of each.

        So each has one vote in all, which is shared among the stills that hold a near one.
        """
        self._tidy()
        asked, found = self._near(signatures)
        pairs = np.unique(np.stack([asked, self._owners[found]]), axis=1)
        pairs = pairs[:, pairs[1] != _NOBODY]
        share = 1 / np.bincount(pairs[0], minlength=len(signatures))[pairs[0]]
        owners, places = np.unique(pairs[1], return_inverse=True)
        votes = np.bincount(places, weights=share, minlength=len(owners))
        return dict(zip(owners.tolist(), votes.tolist(), strict=True))

    def _near(self, signatures: Signatures) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """Return which asked and which stored signatures are near, chunk after chunk."""
        asked, found = [], []
        for pairs in self._pairs(signatures):
            apart = np.bitwise_count(signatures[pairs[0]] ^ self._signatures[pairs[1]])
            near = apart <= NEAR_BITS
            asked.append(pairs[0][near])
            found.append(pairs[1][near])
        return np.concatenate(asked), np.concatenate(found)

    def _pairs(self, signatures: Signatures) -> Iterator[tuple[NDArray[np.intp], NDArray[np.intp]]]:
        """Return in parts which asked and which stored signatures to compare."""
        every = np.arange(len(signatures))
        for chunk, (order, starts) in enumerate(zip(self._orders, self._starts, strict=True)):
            buckets = _chunk(signatures, chunk)
            lengths = starts[buckets + 1] - starts[buckets]
            within = np.arange(lengths.sum()) - np.repeat(np.cumsum(lengths) - lengths, lengths)
            places = np.repeat(starts[buckets], lengths) + within
            yield np.repeat(every, lengths), order[places].astype(np.intp)
        for start in range(self._sorted, max(self._used, self._sorted + 1), _BLOCK):
            late = np.arange(start, min(start + _BLOCK, self._used))
            yield np.repeat(every, len(late)), np.tile(late, len(signatures))

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
            order = np.argsort(buckets, kind="stable")
            self._orders.append(order.astype(np.int32))
            self._starts.append(np.searchsorted(buckets[order], np.arange(_BUCKETS + 1)))
        self._sorted = self._used


def _chunk(signatures: Signatures, chunk: int) -> NDArray[np.intp]:
    shifted = signatures >> np.uint64(chunk * CHUNK_BITS)
    return (shifted & np.uint64(_BUCKETS - 1)).astype(np.intp)
