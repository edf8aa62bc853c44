"""A burst: whether what changed between two stills only moved a little, as within 0.3 seconds."""

import cv2
import numpy as np

from disc.matching.likeness.overlay import Overlay
from disc.matching.likeness.patches import Flags
from disc.matching.likeness.windows import STRIDE

STEP = 12
"""Pixels, of 384, that somebody may have moved: about three metres a second for 0.3 seconds, for
a person a third of the picture high."""
ALIKE = 0.85
"""Least correlation, in colour, of what moved with itself a moment later."""
LARGEST = 0.08
"""Share of all parts that may have changed: in a blink a whole scene does not."""
_PARTS = 3
_EDGE = 6


def is_same_moment(overlay: Overlay, changed: Flags) -> bool:
    """Say whether each of the largest changed places is found again within a step."""
    count, _, stats, _ = cv2.connectedComponentsWithStats(changed.astype(np.uint8))
    if count == 1 or changed.mean() > LARGEST:
        return False
    largest = sorted(stats[1:count], key=lambda s: -int(s[cv2.CC_STAT_AREA]))[:_PARTS]
    return all(_found_again(overlay, *(int(n) * STRIDE for n in s[:4])) for s in largest)


def _found_again(overlay: Overlay, left: int, top: int, wide: int, high: int) -> bool:
    height, width = overlay.earlier.shape
    rows = slice(max(0, top - _EDGE), min(height, top + high + _EDGE))
    columns = slice(max(0, left - _EDGE), min(width, left + wide + _EDGE))
    around = cv2.copyMakeBorder(overlay.later_colour, STEP, STEP, STEP, STEP, cv2.BORDER_REPLICATE)
    near = around[rows.start : rows.stop + 2 * STEP, columns.start : columns.stop + 2 * STEP]
    found = cv2.matchTemplate(near, overlay.earlier_colour[rows, columns], cv2.TM_CCOEFF_NORMED)
    return bool(found.max() >= ALIKE)
