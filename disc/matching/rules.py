"""What findings say, evidence read the other way round, and what hangs together: pure."""

import uuid
from collections.abc import Iterable
from dataclasses import replace

from disc.matching.likeness.evidence import Box, Likeness

Point = tuple[float, float]
COPIES = frozenset({"same file", "same still", "probably same"})
"""Findings by which two pictures are one picture."""
OTHER_MOMENTS = frozenset({"same moment", "same camera"})
"""Findings by which they are two pictures of one camera."""


def components(pairs: Iterable[tuple[uuid.UUID, uuid.UUID]]) -> list[set[uuid.UUID]]:
    """Return the sets of what hangs together by some pairs."""
    parts: list[set[uuid.UUID]] = []
    for pair in pairs:
        touched = [part for part in parts if not part.isdisjoint(pair)]
        parts = [part for part in parts if part not in touched]
        parts.append(set(pair).union(*touched))
    return parts


def turned(likeness: Likeness) -> Likeness:
    """Return the evidence of two pictures for the later as if it were the earlier.

    A picture may be compared after one that came later, when jobs run out of their order.
    """
    back = _inverse(likeness.homography)
    changed = tuple(_moved(box, back) for box in likeness.changed)
    return replace(likeness, homography=back, changed=tuple(box for box in changed if box))


def _inverse(matrix: tuple[float, ...]) -> tuple[float, ...]:
    """Return the inverse of a 3x3 matrix given row by row, with a last element of 1.

    Raises ZeroDivisionError for one that has none; a homography that aligns always has.
    """
    a, b, c, d, e, f, g, h, i = matrix
    adjugate = (
        *(e * i - f * h, c * h - b * i, b * f - c * e),
        *(f * g - d * i, a * i - c * g, c * d - a * f),
        *(d * h - e * g, b * g - a * h, a * e - b * d),
    )
    return tuple(value / adjugate[8] for value in adjugate)


def _at(matrix: tuple[float, ...], x: float, y: float) -> Point:
    a, b, c, d, e, f, g, h, i = matrix
    depth = g * x + h * y + i
    return (a * x + b * y + c) / depth, (d * x + e * y + f) / depth


def _moved(box: Box, matrix: tuple[float, ...]) -> Box | None:
    """Return what a box covers in the other picture, or None where that is outside of it."""
    corners = [_at(matrix, x, y) for x in (box.left, box.right) for y in (box.top, box.bottom)]
    across = [min(max(x, 0.0), 1.0) for x, _ in corners]
    down = [min(max(y, 0.0), 1.0) for _, y in corners]
    moved = Box(min(across), min(down), max(across), max(down))
    return moved if moved.left < moved.right and moved.top < moved.bottom else None
