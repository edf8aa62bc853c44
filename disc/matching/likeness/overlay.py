"""Two pictures laid over each other in one frame, as exactly as their pixels allow."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from disc.matching.likeness.alignment import Alignment, Matrix, Size, move
from disc.matching.likeness.pictures import Numbers, Picture, Pixels

FRAME = 384
"""Pixels on the long side of the frame in which both are compared."""
SMALLEST = 48
"""Pixels below which, on either side, what both show is too little to compare."""
REACH = 2
"""Pixels by which a part may still be off after the alignment was refined."""
WINDOW = 33
_COARSE_REACH = 3
_COARSE = (slice(6, -6, 6), slice(6, -6, 6))
_FINE = (slice(4, None, 8), slice(4, None, 8))
_AGREES = 0.55
_SOFTER = (0.7, 1.1, 1.7, 2.5)
_BETTER = 0.003


Places = tuple[slice, slice]
"""Rows and columns of a grid of pixels."""


@dataclass(frozen=True, slots=True, eq=False)
class Overlay:
    """Both pictures in one frame: grey as float32, colour, and where both show something.

    ``matrix`` takes a pixel of the later picture to the earlier one, after refinement;
    ``frame`` takes a pixel of the earlier picture to the frame. ``overlap`` is the share, 0 to
    1, of the smaller picture that both show.
    """

    earlier: Numbers
    later: Numbers
    earlier_colour: Pixels
    later_colour: Pixels
    valid: NDArray[np.bool_]
    matrix: Matrix
    frame: Matrix
    overlap: float


def lay_over(earlier: Picture, later: Picture, alignment: Alignment) -> Overlay | None:
    """Bring both into one frame; None where they share too little."""
    found = _shared(earlier, later, alignment.matrix)
    if found is None:
        return None
    frame, size, overlap = found
    matrix = _refine(earlier, later, alignment.matrix, frame, size)
    view = frame @ matrix
    one, other = _warp(earlier.colour, frame, size), _warp(later.colour, view, size)
    valid = _inside(earlier, frame, size) & _inside(later, view, size)
    if valid.mean() < 0.05:  # noqa: PLR2004 - a frame of which hardly anything is shared
        return None
    greys = [cv2.cvtColor(each, cv2.COLOR_BGR2GRAY).astype(np.float32) for each in (one, other)]
    first, second = _as_soft(greys[0], greys[1], valid)
    second, other = _settle(first, second, other)
    return Overlay(first, second, one, other, valid, matrix, frame, overlap)


def box(values: Numbers, window: int) -> Numbers:
    """Return the mean over a square window around each pixel."""
    return cv2.boxFilter(values, cv2.CV_32F, (window, window), borderType=cv2.BORDER_REFLECT_101)


def _shared(earlier: Picture, later: Picture, matrix: Matrix) -> tuple[Matrix, Size, float] | None:
    """Return the frame of what both show, as a change from the earlier picture, and its size."""
    here = Size(earlier.width, earlier.height)
    there = Size(later.width, later.height)
    seen = move(there.corners(), matrix)
    shared = _within(seen, here)
    area = cv2.contourArea(shared) if len(shared) > 2 else 0.0  # noqa: PLR2004 - a triangle at least
    if area < 1:
        return None
    left, top, wide, high = cv2.boundingRect(shared)
    if min(wide, high) < 1:
        return None
    detail = min(1.0, np.sqrt(there.width * there.height / max(cv2.contourArea(seen), 1.0)))
    share = min(FRAME / max(wide, high), max(float(detail), 0.25))
    size = Size(round(wide * share), round(high * share))
    if min(size.width, size.height) < SMALLEST:
        return None
    frame = np.array([[share, 0, -left * share], [0, share, -top * share], [0, 0, 1]], np.float64)
    smaller = min(here.width * here.height, cv2.contourArea(seen))
    return frame, size, float(min(1.0, area / smaller))


def _within(corners: Numbers, size: Size) -> Numbers:
    """Cut a convex shape (n x 2) along the four sides of a picture.

    OpenCV's own ``intersectConvexConvex`` fails where sides coincide, as those of a copy do.
    """
    for axis, limit, keep in ((0, 0, 1), (0, size.width, -1), (1, 0, 1), (1, size.height, -1)):
        kept = []
        for here, there in zip(corners, np.roll(corners, -1, axis=0), strict=True):
            depth = keep * (here[axis] - limit), keep * (there[axis] - limit)
            if depth[0] >= 0:
                kept.append(here)
            if (depth[0] < 0) != (depth[1] < 0):
                kept.append(here + (there - here) * (depth[0] / (depth[0] - depth[1])))
        corners = np.array(kept, np.float32).reshape(-1, 2)
        if not kept:
            break
    return corners


def _warp(pixels: Pixels, view: Matrix, size: Size) -> Pixels:
    """Draw a picture in the frame; what shrinks is softened first, so that nothing flickers."""
    at = np.array([[size.width / 2, size.height / 2]], np.float32)
    inverse = np.linalg.inv(view)
    middle = move(at, inverse)
    beside = move(at + np.array([[1, 0]], np.float32), inverse)
    below = move(at + np.array([[0, 1]], np.float32), inverse)
    shrink = float(np.sqrt(np.linalg.norm(beside - middle) * np.linalg.norm(below - middle)))
    if shrink > 1.2:  # noqa: PLR2004 - below that, linear sampling sees every pixel
        pixels = cv2.GaussianBlur(pixels, (0, 0), 0.42 * shrink)
    return cv2.warpPerspective(
        pixels,
        view,
        (size.width, size.height),
        flags=cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REPLICATE,
    )


def _inside(picture: Picture, view: Matrix, size: Size) -> NDArray[np.bool_]:
    whole = np.full((picture.height, picture.width), 255, np.uint8)
    whole[:2], whole[-2:], whole[:, :2], whole[:, -2:] = 0, 0, 0, 0
    drawn = cv2.warpPerspective(whole, view, (size.width, size.height), flags=cv2.INTER_LINEAR)
    return drawn > 250  # noqa: PLR2004 - wholly inside, whatever the sampling did at the edge


def _refine(earlier: Picture, later: Picture, matrix: Matrix, frame: Matrix, size: Size) -> Matrix:
    """Mend the alignment by the shifts that its parts ask for."""
    half = np.diag([0.5, 0.5, 1.0])
    small = Size(max(24, size.width // 2), max(24, size.height // 2))
    one = _warp(earlier.grey, half @ frame, small).astype(np.float32)
    other = _warp(later.grey, half @ frame @ matrix, small).astype(np.float32)
    window = 21
    agree, dx, dy = _best_shifts(one, other, _COARSE_REACH, window, _COARSE)
    kept = agree > _AGREES
    if kept.sum() < 16:  # noqa: PLR2004 - twice what eight unknowns need
        return matrix
    rows_and_columns = np.indices(one.shape)[:, *_COARSE][:, kept]
    at = rows_and_columns[::-1].T.astype(np.float32, order="C")
    asked = at + np.stack([dx[kept], dy[kept]], 1)
    mend, _ = cv2.findHomography(asked, at, cv2.RANSAC, 1.0)
    if mend is None or np.abs(move(small.corners(), mend) - small.corners()).max() > 8:  # noqa: PLR2004
        return matrix
    whole = np.linalg.inv(half @ frame) @ mend @ (half @ frame)
    mended: Matrix = whole @ matrix
    return mended


def _best_shifts(
    one: Numbers, other: Numbers, reach: int, window: int, places: Places
) -> tuple[Numbers, Numbers, Numbers]:
    """Return, at some places, the best correlation, and by how many pixels the other is off there.

    Only the products are worked out everywhere; all else only where it is asked.
    """
    height, width = one.shape
    padded = cv2.copyMakeBorder(other, reach, reach, reach, reach, cv2.BORDER_REPLICATE)
    mean_one, var_one = (each[places] for each in _spread(one, window))
    mean_all, var_all = _spread(padded, window)
    best = np.full(mean_one.shape, -2, np.float32)
    best_x, best_y = np.zeros_like(best), np.zeros_like(best)
    products = np.empty_like(one)
    for x, y in _nearest_first(reach):
        there = slice(reach + y, reach + y + height), slice(reach + x, reach + x + width)
        np.multiply(one, padded[there], out=products)
        both = box(products, window)[places] - mean_one * mean_all[there][places]
        agree = both / np.sqrt(var_one * var_all[there][places] + 1.0)
        better = agree > best + 0.004 * (abs(x) + abs(y) > 0)
        best[better], best_x[better], best_y[better] = agree[better], x, y
    return best, best_x, best_y


def _spread(values: Numbers, window: int) -> tuple[Numbers, Numbers]:
    """Return the mean and the variance in a window around each pixel."""
    mean = box(values, window)
    return mean, np.maximum(box(values * values, window) - mean**2, 0)


def _nearest_first(reach: int) -> list[tuple[int, int]]:
    every = range(-reach, reach + 1)
    return sorted(((x, y) for x in every for y in every), key=lambda at: at[0] ** 2 + at[1] ** 2)


def _settle(one: Numbers, other: Numbers, colour: Pixels) -> tuple[Numbers, Pixels]:
    """Bend the other by the pixel or two by which it is still off, as a lens or a monitor bends.

    Smoothly over the whole, so that somebody who moved by two pixels is not moved back.
    """
    agree, dx, dy = _best_shifts(one, other, REACH, WINDOW, _FINE)
    kept = agree > _AGREES
    if kept.sum() < 32:  # noqa: PLR2004 - five times what six unknowns need
        return other, colour
    columns, rows = _columns_and_rows(one.shape)
    x, y = columns / one.shape[1] - 0.5, rows / one.shape[0] - 0.5
    terms = _terms(*(np.broadcast_to(each, one.shape)[_FINE][kept] for each in (x, y)))
    bends = [_surface(_fit_robustly(terms, shift[kept]), x, y) for shift in (dx, dy)]
    at = columns + bends[0], rows + bends[1]
    moved = [
        cv2.remap(each, at[0], at[1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        for each in (other, colour)
    ]
    return moved[0], moved[1]


def _columns_and_rows(shape: tuple[int, ...]) -> tuple[Numbers, Numbers]:
    """Return the numbers of all columns (one row) and of all rows (one column)."""
    return np.arange(shape[1], dtype=np.float32)[None], np.arange(shape[0], dtype=np.float32)[
        :, None
    ]


def _terms(x: Numbers, y: Numbers) -> Numbers:
    """Return the terms of a curved surface of the second degree at some places."""
    return np.stack([np.ones_like(x), x, y, x * x, x * y, y * y], axis=1)


def _surface(factors: Numbers, x: Numbers, y: Numbers) -> Numbers:
    """Return the surface over the whole grid that a row of x and a column of y make."""
    level, by_x, by_y, by_xx, by_xy, by_yy = factors.astype(np.float32)
    along = (by_x + by_xx * x) * x + level
    return along + (by_y + by_yy * y) * y + (by_xy * y) * x


def _fit_robustly(terms: Numbers, shifts: Numbers) -> Numbers:
    """Fit the surface by least squares, thrice: who is far off counts less each time."""
    weights: Numbers = np.ones(len(shifts), np.float32)
    found: Numbers = np.zeros(terms.shape[1], np.float32)
    for _ in range(3):
        found = np.linalg.lstsq(terms * weights[:, None], shifts * weights, rcond=None)[0]
        weights = 1 / (1 + ((terms @ found - shifts) / 0.7) ** 2)
    return found


@dataclass(frozen=True, slots=True, eq=False)
class _Sampled:
    """A picture, and at some of its pixels the mean and variance around them."""

    values: Numbers
    mean: Numbers
    variance: Numbers

    @staticmethod
    def take(values: Numbers, at: NDArray[np.intp]) -> "_Sampled":
        mean, variance = _spread(values, 9)
        return _Sampled(values, mean.ravel()[at], variance.ravel()[at])

    def softened(self, sigma: float, at: NDArray[np.intp]) -> "_Sampled":
        return _Sampled.take(cv2.GaussianBlur(self.values, (0, 0), sigma), at)


def _as_soft(one: Numbers, other: Numbers, valid: NDArray[np.bool_]) -> tuple[Numbers, Numbers]:
    """Soften the sharper of the two until both agree best: a copy may be out of focus."""
    at = np.flatnonzero(valid)[::7]
    first, second = _Sampled.take(one, at), _Sampled.take(other, at)
    best, pair = _agreement(first, second, at), (first, second)
    for softens_first in (True, False):
        for sigma in _SOFTER:
            a = first.softened(sigma, at) if softens_first else first
            b = second if softens_first else second.softened(sigma, at)
            agree = _agreement(a, b, at)
            if agree <= best + _BETTER:
                break
            best, pair = agree, (a, b)
    return pair[0].values, pair[1].values


def _agreement(one: _Sampled, other: _Sampled, at: NDArray[np.intp]) -> float:
    """Return the correlation that half of the sampled pixels reach."""
    both = box(one.values * other.values, 9).ravel()[at] - one.mean * other.mean
    return float(np.median(both / np.sqrt(one.variance * other.variance + 1.0)))
