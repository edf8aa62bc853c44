"""Means over square windows around the middles of all parts, from one table of sums for each map.

A box filter works its mean out around every pixel; these are wanted around one in 36, in several
sizes of window.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from disc.matching.likeness.pictures import Numbers

STRIDE = 6
"""Pixels between the middles of parts."""
PARTS = (slice(STRIDE // 2, None, STRIDE), slice(STRIDE // 2, None, STRIDE))
"""Rows and columns of the middles of all parts."""


def means(values: NDArray[np.uint8] | Numbers, *windows: int) -> list[Numbers]:
    """Return, for each size of window (odd), its mean around the middle of each part.

    Beyond its edges a picture goes on as in a mirror, as in ``overlay.box``.
    """
    reach = max(windows) // 2
    padded = cv2.copyMakeBorder(values, reach, reach, reach, reach, cv2.BORDER_REFLECT_101)
    sums = cv2.integral(padded, sdepth=cv2.CV_32S if values.dtype == np.uint8 else cv2.CV_64F)
    return [_mean(sums, window, reach, values.shape) for window in windows]


def _mean(sums: Numbers, window: int, reach: int, shape: tuple[int, ...]) -> Numbers:
    """Take a window's four corners in the table around each middle."""
    start = STRIDE // 2 + reach - window // 2
    top, left = (slice(start, start + size - STRIDE // 2, STRIDE) for size in shape)
    bottom, right = (slice(each.start + window, each.stop + window, STRIDE) for each in (top, left))
    inside = sums[bottom, right] - sums[top, right] - sums[bottom, left] + sums[top, left]
    return np.asarray(inside / window**2, np.float32)
