"""Pictures as the comparison sees them: upright, at most 640 pixels on the long side."""

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[Any]
"""Levels 0 to 255. OpenCV's own types say no more than "any number"."""
Numbers = NDArray[Any]
"""Fractions, 32 bits each where there are many."""

LONG_SIDE = 640
"""Pixels. A still of CCTV seldom holds more detail, and the cost grows with the square."""


class TooPlain(ValueError):
    """The picture is so flat that it resembles every other: a wall, a covered lens, one pixel."""


class NotReadable(ValueError):
    """The bytes are no picture that can be decoded."""


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """One decoded picture: ``grey`` (height x width) and ``colour`` (blue, green, red besides)."""

    grey: Pixels
    colour: Pixels

    @property
    def width(self) -> int:
        """Return the width in pixels of this decoded form."""
        return int(self.grey.shape[1])

    @property
    def height(self) -> int:
        """Return the height in pixels of this decoded form."""
        return int(self.grey.shape[0])


def read_picture(jpeg: bytes) -> Picture:
    """Decode a picture that was cleaned on its way in. Raises NotReadable."""
    try:
        colour = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR)
    except cv2.error as error:
        raise NotReadable from error
    if colour is None:
        raise NotReadable
    return from_pixels(colour)


def from_pixels(colour: Pixels) -> Picture:
    """Return a picture from rows of blue, green and red."""
    small = fit(colour, LONG_SIDE)
    return Picture(cv2.cvtColor(small, cv2.COLOR_BGR2GRAY), small)


def fit(pixels: Pixels, long_side: int) -> Pixels:
    """Shrink a picture to a long side; a smaller one is left as it is."""
    height, width = pixels.shape[:2]
    share = long_side / max(height, width)
    if share >= 1:
        return pixels
    size = (max(1, round(width * share)), max(1, round(height * share)))
    return cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)
