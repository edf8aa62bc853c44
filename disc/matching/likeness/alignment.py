"""Laying one picture over another: which points agree, and the one change of view they agree on."""

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from disc.matching.likeness.pictures import Numbers
from disc.matching.likeness.points import Points, mirrored

Matrix = NDArray[Any]

RATIO = 0.88
"""How much nearer the best point must be than the second best."""
NEAR = 3.0
"""Pixels, of 640, within which a point must land where its partner is."""
FEWEST = 8
"""Points that must agree. Four make an alignment of anything; unrelated pictures reach six."""
PLENTY = 30
"""Points that agree only in a copy that is not mirrored: the mirrored way is not tried then."""
SHARES = (0.02, 60.0)
"""By how much, as area, one picture may be smaller or larger than the other."""
LONGEST = 4.0
"""By how much more one side may be stretched than the other."""
_REACH = 2.0
_LEAST_PART = 4


@dataclass(frozen=True, slots=True, eq=False)
class Alignment:
    """How a later picture lies on an earlier one: a change of its pixels to the other's."""

    matrix: Matrix
    inliers: int
    mirrored: bool


@dataclass(frozen=True, slots=True)
class Size:
    """Width and height in pixels."""

    width: int
    height: int

    def corners(self) -> Numbers:
        """Return the four corners, clockwise from the top left."""
        w, h = self.width, self.height
        return np.array([[0, 0], [w, 0], [w, h], [0, h]], np.float32)


def align(later: Points, later_size: Size, earlier: Points, earlier_size: Size) -> Alignment | None:
    """Lay a later picture over an earlier one, as it is or mirrored; None where they do not fit."""
    plain = _fit(later, earlier, later_size, earlier_size)
    if plain is not None and plain[1] >= PLENTY:
        return Alignment(plain[0], plain[1], mirrored=False)
    turned = _fit(mirrored(later, later_size.width), earlier, later_size, earlier_size)
    if turned is not None and (plain is None or turned[1] > plain[1]):
        back = np.array([[-1, 0, later_size.width - 1], [0, 1, 0], [0, 0, 1]], np.float64)
        return Alignment(turned[0] @ back, turned[1], mirrored=True)
    return None if plain is None else Alignment(plain[0], plain[1], mirrored=False)


def move(places: Numbers, matrix: Matrix) -> Numbers:
    """Take places (n x 2) through a change of view."""
    moved = cv2.perspectiveTransform(places.reshape(-1, 1, 2).astype(np.float32), matrix)
    return np.asarray(moved.reshape(-1, 2), np.float32)


def _fit(one: Points, other: Points, one_size: Size, other_size: Size) -> tuple[Matrix, int] | None:
    first, second = _partners(one, other)
    if len(first) < FEWEST:
        return None
    found: tuple[Matrix | None, Matrix] = cv2.findHomography(
        one.places[first],
        other.places[second],
        cv2.USAC_MAGSAC,
        NEAR,
        maxIters=2000,
        confidence=0.999,
    )
    matrix, agree = found
    if matrix is None:
        return None
    count = int(agree.sum())
    if count < FEWEST or not _is_sane(matrix, one_size, other_size):
        return None
    return matrix, count


def _partners(one: Points, other: Points) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return which points are each other's nearest by far."""
    if len(one) < _LEAST_PART or len(other) < _LEAST_PART:
        return np.zeros(0, np.intp), np.zeros(0, np.intp)
    a, b = one.descriptions.astype(np.float32), other.descriptions.astype(np.float32)
    apart = a @ (-2 * b.T)
    apart += np.einsum("ij,ij->i", a, a)[:, None]
    apart += np.einsum("ij,ij->i", b, b)
    every, nearest = np.arange(len(a)), apart.argmin(1)
    mutual = apart.argmin(0)[nearest] == every
    least = apart[every, nearest]
    apart[every, nearest] = np.inf
    clear = least < RATIO**2 * apart.min(1)
    kept = np.flatnonzero(mutual & clear)
    return kept, nearest[kept]


def _is_sane(matrix: Matrix, one: Size, other: Size) -> bool:
    """Say whether a change of view could come from a copy: not folded, torn or stretched."""
    corners = one.corners()
    if (np.c_[corners, np.ones(4)] @ matrix[2] * np.sign(matrix[2, 2] or 1) <= 0).any():
        return False
    moved = move(corners, matrix)
    if not np.isfinite(moved).all() or not cv2.isContourConvex(moved.reshape(-1, 1, 2)):
        return False
    if cv2.contourArea(moved, oriented=True) <= 0:
        return False
    share = cv2.contourArea(moved) / (other.width * other.height)
    sides = np.linalg.norm(np.roll(moved, -1, axis=0) - moved, axis=1) / np.array(
        [one.width, one.height] * 2
    )
    return bool(SHARES[0] <= share <= SHARES[1] and sides.max() / sides.min() <= LONGEST)
