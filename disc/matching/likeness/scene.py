"""Many stills of one fixed camera: which of them shows what the new one shows.

Points cannot tell, for all of them hold the same background. So the new still is drawn into the
camera's frame, what all have in common is taken away, and what is left is compared.
"""

from collections.abc import Sequence

import cv2
import numpy as np

from disc.matching.likeness.alignment import Alignment, Matrix
from disc.matching.likeness.fingerprint import Features
from disc.matching.likeness.overlay import box
from disc.matching.likeness.pictures import Numbers, Picture, Pixels

WINDOW = 15
"""Pixels, of 160 on the long side: about a person's width on a shop's camera."""


def order_by_likeness(
    later: Picture, alignment: Alignment, reference: Features, members: Sequence[Features]
) -> list[int]:
    """Return the members' indexes, likeliest first.

    ``alignment`` takes the later picture to the reference, one still of the camera. Members that
    are not drawn in the reference's frame (cropped copies) come last.
    """
    high, wide = reference.scene.shape
    to_scene = np.diag([wide / reference.size.width, high / reference.size.height, 1.0])
    view: Matrix = to_scene @ alignment.matrix
    seen = _draw(later.grey, view, wide, high)
    shown = _draw(np.full(later.grey.shape, 255, np.uint8), view, wide, high) > 250  # noqa: PLR2004
    fitting = [n for n, each in enumerate(members) if each.scene.shape == (high, wide)]
    if not fitting or not shown.any():
        return list(range(len(members)))
    stack = np.stack([_local(members[n].scene) for n in fitting])
    usual = _usual(stack) if len(fitting) > 2 else np.zeros_like(stack[0])  # noqa: PLR2004
    stack = (stack - usual)[:, shown]
    asked = (_local(seen) - usual)[shown]
    length = np.sqrt((stack**2).sum(axis=1) * (asked**2).sum()) + 1.0
    alike = (stack @ asked) / length
    first = [fitting[n] for n in np.argsort(-alike, kind="stable")]
    return first + [n for n in range(len(members)) if n not in set(fitting)]


def _draw(grey: Pixels, view: Matrix, wide: int, high: int) -> Pixels:
    shrink = max(1.0, grey.shape[1] / wide)
    soft = cv2.GaussianBlur(grey, (0, 0), 0.45 * shrink) if shrink > 1 else grey
    return cv2.warpPerspective(
        soft, view, (wide, high), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT
    )


def _usual(stack: Numbers) -> Numbers:
    """Return the median of each place. As ``numpy.median`` does, in a quarter of its time."""
    ordered = np.sort(stack.reshape(len(stack), -1).T, axis=1)
    middle: Numbers = (ordered[:, (len(stack) - 1) // 2] + ordered[:, len(stack) // 2]) / 2
    return middle.reshape(stack.shape[1:])


def _local(grey: Pixels) -> Numbers:
    """Take away the level and the contrast of each place."""
    values = grey.astype(np.float32)
    level = box(values, WINDOW)
    contrast = np.sqrt(np.maximum(box(values * values, WINDOW) - level**2, 0))
    local: Numbers = (values - level) / (contrast + 6)
    return local
