"""PDQ, the 256-bit code of a whole picture that Meta published (2019, "PDQ & TMK+PDQF").

Written here after its description because the libraries that make it come as source to compile;
on the frames it was measured on it gives the very bits of ``pdqhash`` 0.2.8 (docs/decisions/0029).
"""

from functools import cache

import cv2
import numpy as np

from disc.matching.likeness.pictures import Numbers, Pixels

SIDE, KEPT = 64, 16
"""The picture is shrunk to 64 x 64; of its waves, the 16 x 16 longest are kept."""
_PASSES = 2
_LEVELS = 255
_FULL = 90


def pdq(colour: Pixels) -> tuple[Pixels, int]:
    """Return a picture's code (32 bytes) and its quality, 0 to 100: how much is to be seen."""
    small = _shrink(colour)
    return _code(small), _quality(small)


def pdq_turned(colour: Pixels) -> list[Pixels]:
    """Return the codes of a picture in its eight positions: four turns, each mirrored or not."""
    small = _shrink(colour)
    turned = [np.rot90(each, quarter) for each in (small, small[:, ::-1]) for quarter in range(4)]
    return [_code(each) for each in turned]


def _shrink(colour: Pixels) -> Numbers:
    """Average twice over windows of half a cell, then take the middle of each cell."""
    grey = colour.astype(np.float32) @ np.array([0.114, 0.587, 0.299], np.float32)
    height, width = grey.shape
    window = tuple((n + 2 * SIDE - 1) // (2 * SIDE) for n in (width, height))
    seen = _sum(np.ones_like(grey), window)
    for _ in range(_PASSES):
        grey = np.asarray(_sum(grey, window) / seen)
    rows, columns = (((np.arange(SIDE) + 0.5) * n / SIDE).astype(int) for n in (height, width))
    return grey[np.ix_(rows, columns)]


def _sum(values: Numbers, window: tuple[int, ...]) -> Numbers:
    return cv2.boxFilter(
        values,
        cv2.CV_32F,
        window,
        anchor=tuple(n - (n + 2) // 2 for n in window),
        normalize=False,
        borderType=cv2.BORDER_CONSTANT,
    )


def _code(small: Numbers) -> Pixels:
    waves = _waves() @ small @ _waves().T
    return np.packbits((waves > np.median(waves)).ravel()[::-1])


def _quality(small: Numbers) -> int:
    steps = [np.abs(np.diff(small, axis=axis)) * (100 / _LEVELS) for axis in (0, 1)]
    return min(100, int(sum(each.astype(int).sum() for each in steps) / _FULL))


@cache
def _waves() -> Numbers:
    """Return the cosines (16 x 64) of the transform, without the first, which is the level."""
    wave, place = np.arange(1, KEPT + 1)[:, None], np.arange(SIDE)[None]
    cosines = np.cos(np.pi / (2 * SIDE) * wave * (2 * place + 1))
    return np.asarray(np.sqrt(2 / SIDE) * cosines, np.float32)
