"""All codes of one scheme in memory, and which of them are near: exact, by looking at each."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

faiss: Any
try:
    import faiss
except ImportError:  # no wheel for this machine: numpy finds the same, in about twice the time
    faiss = None

BYTES = 32
"""Of one code, which is 256 bits."""
SMALLEST, LARGEST = 1024, 65536
"""Codes in a block. A new block holds a quarter of what there is, so that at most about a fifth of
the memory waits to be filled."""
AT_ONCE = 131072
"""Distances worked out between two looks at them: they stay in the processor's cache."""


class _Block:
    """Some codes and the key of each; neither is ever copied to a larger block."""

    __slots__ = ("codes", "keys")

    def __init__(self, size: int) -> None:
        self.codes = np.zeros((size, BYTES), np.uint8)
        self.keys = np.zeros(size, np.int64)


class CodeIndex:
    """Codes of 256 bits under whole numbers as keys; for one thread at a time.

    Codes lie in blocks, all full but the last. A removed code's place is taken by the last one,
    whose own place is overwritten with zeros: nothing of a removed code is left in memory. Add
    keys in rising order where many are added: to add any other takes a look at all the keys.
    """

    def __init__(self) -> None:
        self._blocks: list[_Block] = []
        self._in_last = 0
        self._count = 0
        self._highest: int | None = None

    def __len__(self) -> int:
        """Return the number of codes."""
        return self._count

    @property
    def nbytes(self) -> int:
        """Return how many bytes the codes and their keys take, with places still free."""
        return sum(block.codes.nbytes + block.keys.nbytes for block in self._blocks)

    def add(self, key: int, codes: NDArray[np.uint8]) -> None:
        """Keep a key's codes (n x 32; equal ones once) in place of those it had before."""
        distinct = _distinct(codes)
        if self._highest is not None and key <= self._highest:
            self.remove(key)
        for code in distinct:
            self._append(key, code)
        self._highest = key if self._highest is None else max(key, self._highest)

    def remove(self, key: int) -> None:
        """Overwrite a key's codes; nothing happens where it has none."""
        for number in reversed(range(len(self._blocks))):
            for place in reversed(self._places(number, key)):
                self._take_out(number, place)

    def within(self, queries: NDArray[np.uint8], bits: int) -> dict[int, int]:
        """Return the keys at most ``bits`` away from any query (m x 32), each with its distance.

        That is the least distance between any of its codes and any query.
        """
        asked = _distinct(queries)
        near: dict[int, int] = {}
        if not len(asked):
            return near
        rows = max(1, AT_ONCE // len(asked))
        room = np.empty(len(asked) * rows, np.int32)
        for number, block in enumerate(self._blocks):
            filled = self._filled(number)
            for start in range(0, filled, rows):
                stop = min(start + rows, filled)
                found = _distances(asked, block.codes[start:stop], room)
                if found.min() <= bits:
                    _note(near, block.keys[start:stop], found, bits)
        return near

    def _filled(self, number: int) -> int:
        """Return how many codes a block holds."""
        is_last = number == len(self._blocks) - 1
        return self._in_last if is_last else len(self._blocks[number].keys)

    def _places(self, number: int, key: int) -> list[int]:
        """Return where in a block a key's codes are, in rising order."""
        keys = self._blocks[number].keys[: self._filled(number)]
        found: list[int] = np.flatnonzero(keys == key).tolist()
        return found

    def _append(self, key: int, code: NDArray[np.uint8]) -> None:
        if not self._blocks or self._in_last == len(self._blocks[-1].keys):
            size = min(max(SMALLEST, self._count // 4), LARGEST)
            self._blocks.append(_Block(size))
            self._in_last = 0
        last = self._blocks[-1]
        last.codes[self._in_last], last.keys[self._in_last] = code, key
        self._in_last += 1
        self._count += 1

    def _take_out(self, number: int, place: int) -> None:
        """Put the last code of all in a place, and zeros where that was."""
        block, last = self._blocks[number], self._blocks[-1]
        self._in_last -= 1
        self._count -= 1
        block.codes[place], block.keys[place] = last.codes[self._in_last], last.keys[self._in_last]
        last.codes[self._in_last], last.keys[self._in_last] = 0, 0
        if not self._in_last:
            self._blocks.pop()
            self._in_last = len(self._blocks[-1].keys) if self._blocks else 0


class KindIndex:
    """Codes of several kinds under one key, each kind asked only of its own.

    The distance of codes that were made in different ways says nothing.
    """

    def __init__(self, kinds: int) -> None:
        self._indexes = [CodeIndex() for _ in range(kinds)]

    def __len__(self) -> int:
        """Return the number of codes of all kinds."""
        return sum(len(each) for each in self._indexes)

    @property
    def nbytes(self) -> int:
        """Return how many bytes the codes and their keys take, with places still free."""
        return sum(each.nbytes for each in self._indexes)

    def add(self, key: int, codes: Sequence[NDArray[np.uint8]]) -> None:
        """Keep a key's codes, kind by kind, in place of those it had before."""
        for index, its in zip(self._indexes, codes, strict=True):
            index.add(key, its)

    def remove(self, key: int) -> None:
        """Overwrite a key's codes of all kinds; nothing happens where it has none."""
        for index in self._indexes:
            index.remove(key)

    def within(self, queries: Sequence[NDArray[np.uint8]], bits: int) -> dict[int, int]:
        """Return the keys at most ``bits`` away from any query of the same kind, and how far."""
        near: dict[int, int] = {}
        for index, asked in zip(self._indexes, queries, strict=True):
            for key, distance in index.within(asked, bits).items():
                near[key] = min(distance, near.get(key, distance))
        return near


def _distinct(codes: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return each different code once; raises ValueError for what are no codes.

    What is compared in C is taken by its address, so its shape is checked here.
    """
    if codes.dtype != np.uint8 or codes.shape != (len(codes), BYTES):
        raise ValueError(f"Codes are rows of {BYTES} bytes, not {codes.shape} of {codes.dtype}.")
    different = dict.fromkeys(bytes(code) for code in codes)
    return np.frombuffer(b"".join(different), np.uint8).reshape(-1, BYTES)


def _distances(
    queries: NDArray[np.uint8], codes: NDArray[np.uint8], room: NDArray[np.int32]
) -> NDArray[np.int32]:
    """Return the differing bits of each query (row) and code (column), written into ``room``.

    Both are rows that lie one after another in memory, as _distinct and a block leave them.
    """
    found = room[: len(queries) * len(codes)]
    if faiss is None:
        return _distances_by_words(queries, codes, found.reshape(len(queries), len(codes)))
    faiss.hammings(
        faiss.swig_ptr(queries),
        faiss.swig_ptr(codes),
        len(queries),
        len(codes),
        BYTES,
        faiss.swig_ptr(found),
    )
    return found.reshape(len(queries), len(codes))


def _distances_by_words(
    queries: NDArray[np.uint8], codes: NDArray[np.uint8], found: NDArray[np.int32]
) -> NDArray[np.int32]:
    """Do the same with numpy alone, 64 bits at a time."""
    found[:] = 0
    for asked, held in zip(queries.view(np.uint64).T, codes.view(np.uint64).T, strict=True):
        found += np.bitwise_count(asked[:, None] ^ held)
    return found


def _note(
    near: dict[int, int], keys: NDArray[np.int64], found: NDArray[np.int32], bits: int
) -> None:
    """Add the near ones of some codes to those known."""
    least = found.min(axis=0)
    close = np.flatnonzero(least <= bits)
    for key, distance in zip(keys[close].tolist(), least[close].tolist(), strict=True):
        near[key] = min(distance, near.get(key, distance))
