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
_AGREES = 0.55
_SOFTER = (0.7, 1.1, 1.7, 2.5)
_BETTER = 0.003


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


def correlation(one: Numbers, other: Numbers, window: int) -> tuple[Numbers, Numbers, Numbers]:
    """Return, for a window around each pixel, the correlation (-1 to 1) and both deviations."""
    mean_one, mean_other = box(one, window), box(other, window)
    var_one = np.maximum(box(one * one, window) - mean_one**2, 0)
    var_other = np.maximum(box(other * other, window) - mean_other**2, 0)
    both = box(one * other, window) - mean_one * mean_other
    return both / np.sqrt(var_one * var_other + 1.0), np.sqrt(var_one), np.sqrt(var_other)


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
    agree, dx, dy = _best_shifts(one, other, _COARSE_REACH, window)
    ys, xs = np.mgrid[6 : small.height - 6 : 6, 6 : small.width - 6 : 6]
    kept = agree[ys, xs] > _AGREES
    if kept.sum() < 16:  # noqa: PLR2004 - twice what eight unknowns need
        return matrix
    at = np.stack([xs[kept], ys[kept]], 1).astype(np.float32)
    asked = at + np.stack([dx[ys, xs][kept], dy[ys, xs][kept]], 1)
    mend, _ = cv2.findHomography(asked, at, cv2.RANSAC, 1.0)
    if mend is None or np.abs(move(small.corners(), mend) - small.corners()).max() > 8:  # noqa: PLR2004
        return matrix
    whole = np.linalg.inv(half @ frame) @ mend @ (half @ frame)
    mended: Matrix = whole @ matrix
    return mended


def _best_shifts(
    one: Numbers, other: Numbers, reach: int, window: int
) -> tuple[Numbers, Numbers, Numbers]:
    """Return each part's best correlation, and by how many pixels the other is off there."""
    best = np.full(one.shape, -2, np.float32)
    best_x, best_y = np.zeros_like(one), np.zeros_like(one)
    mean_one = box(one, window)
    var_one = np.maximum(box(one * one, window) - mean_one**2, 0)
    height, width = one.shape
    padded = cv2.copyMakeBorder(other, reach, reach, reach, reach, cv2.BORDER_REPLICATE)
    mean_all = box(padded, window)
    var_all = np.maximum(box(padded * padded, window) - mean_all**2, 0)
    nearest_first = sorted(
        ((x, y) for x in range(-reach, reach + 1) for y in range(-reach, reach + 1)),
        key=lambda shift: shift[0] ** 2 + shift[1] ** 2,
    )
    for x, y in nearest_first:
        rows, columns = slice(reach + y, reach + y + height), slice(reach + x, reach + x + width)
        both = box(one * padded[rows, columns], window) - mean_one * mean_all[rows, columns]
        agree = both / np.sqrt(var_one * var_all[rows, columns] + 1.0)
        better = agree > best + 0.004 * (abs(x) + abs(y) > 0)
        best[better], best_x[better], best_y[better] = agree[better], x, y
    return best, best_x, best_y


def _settle(one: Numbers, other: Numbers, colour: Pixels) -> tuple[Numbers, Pixels]:
    """Bend the other by the pixel or two by which it is still off, as a lens or a monitor bends.

    Smoothly over the whole, so that somebody who moved by two pixels is not moved back.
    """
    agree, dx, dy = _best_shifts(one, other, REACH, WINDOW)
    ys, xs = np.mgrid[4 : one.shape[0] : 8, 4 : one.shape[1] : 8]
    kept = agree[ys, xs] > _AGREES
    if kept.sum() < 32:  # noqa: PLR2004 - five times what six unknowns need
        return other, colour
    terms = _terms(xs[kept], ys[kept], one.shape)
    every_y, every_x = np.mgrid[0 : one.shape[0], 0 : one.shape[1]].astype(np.float32)
    field = _terms(every_x.ravel(), every_y.ravel(), one.shape)
    bent = [
        place + (field @ _fit_robustly(terms, shift[ys, xs][kept])).reshape(one.shape)
        for place, shift in ((every_x, dx), (every_y, dy))
    ]
    at = [each.astype(np.float32) for each in bent]
    moved = [
        cv2.remap(each, at[0], at[1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        for each in (other, colour)
    ]
    return moved[0], moved[1]


def _terms(xs: Numbers, ys: Numbers, shape: tuple[int, ...]) -> Numbers:
    """Return the terms of a curved surface of the second degree at some places."""
    x, y = xs / shape[1] - 0.5, ys / shape[0] - 0.5
    return np.stack([np.ones_like(x), x, y, x * x, x * y, y * y], axis=1).astype(np.float32)


def _fit_robustly(terms: Numbers, shifts: Numbers) -> Numbers:
    """Fit the surface by least squares, thrice: who is far off counts less each time."""
    weights: Numbers = np.ones(len(shifts), np.float32)
    found: Numbers = np.zeros(terms.shape[1], np.float32)
    for _ in range(3):
        found = np.linalg.lstsq(terms * weights[:, None], shifts * weights, rcond=None)[0]
        weights = 1 / (1 + ((terms @ found - shifts) / 0.7) ** 2)
    return found


def _as_soft(one: Numbers, other: Numbers, valid: NDArray[np.bool_]) -> tuple[Numbers, Numbers]:
    """Soften the sharper of the two until both agree best: a copy may be out of focus."""
    best, pair = _agreement(one, other, valid), (one, other)
    for softens_first in (True, False):
        for sigma in _SOFTER:
            a = cv2.GaussianBlur(one, (0, 0), sigma) if softens_first else one
            b = other if softens_first else cv2.GaussianBlur(other, (0, 0), sigma)
            agree = _agreement(a, b, valid)
            if agree <= best + _BETTER:
                break
            best, pair = agree, (a, b)
    return pair


def _agreement(one: Numbers, other: Numbers, valid: NDArray[np.bool_]) -> float:
    return float(np.median(correlation(one, other, 9)[0][valid][::7]))
