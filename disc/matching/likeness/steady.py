"""A camera's stills held still, and a copy bent onto what they have in common.

A camera on a pole sways by a pixel or more, and a copy is laid over its original only to a pixel
or so. Either moves every edge of the background, and so hides what little tells two moments apart.
What is bent is bent smoothly as a whole, so that nobody who moved is moved back.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from disc.matching.likeness.overlay import box
from disc.matching.likeness.pictures import Numbers

WINDOW = 15
"""Pixels, of 160 on the long side: about a person's width on a shop's camera."""
SOFT = 1.0
"""Pixels, of 160, by which all are softened: what is finer no copy keeps, and each move blurs."""
FARTHEST = 4.0
"""Pixels, of 160, by which a camera sways or a copy may be off."""
LEAST_SWAY = 0.03
"""Pixels below which moving a still would soften it for nothing."""
BENDS = 6
"""How often a copy is bent, each time by what the last left over."""
MOST_FOR_USUAL = 64
"""Stills, evenly taken of all, from which what they have in common is told."""
_FAR = 2.5
"""Deviations beyond which a pixel moves nothing: what sways is the whole, not somebody in it."""
_DEVIATION = 1.4826
"""From the median of what is left to a deviation, if it is spread as chance spreads it."""
_SAMPLED = 7
"""Of so many pixels one is looked at for a deviation."""
_FITS = 2
_RIDGE = 1e-4


@dataclass(frozen=True, slots=True, eq=False)
class Shown:
    """Which pixels of the camera's frame a copy shows, as flags and as 1 or 0."""

    flags: NDArray[np.bool_]
    numbers: Numbers
    around: Numbers

    @staticmethod
    def of(flags: NDArray[np.bool_]) -> "Shown":
        """Return it with the share of each window that is shown."""
        numbers = flags.astype(np.float32)
        return Shown(flags, numbers, box(numbers, WINDOW) + np.float32(1e-3))

    def local(self, values: Numbers) -> Numbers:
        """Take away the level and the contrast of each place, as they are where it is shown.

        What lies beyond the edge of a cropped copy is thus left out of all pictures alike.
        """
        values = cv2.GaussianBlur(values, (0, 0), SOFT) * self.numbers
        level = box(values, WINDOW) / self.around
        contrast = np.sqrt(np.maximum(box(values * values, WINDOW) / self.around - level**2, 0))
        local: Numbers = (values - level) / (contrast + 6)
        return local


@dataclass(frozen=True, slots=True, eq=False)
class Usual:
    """What a camera usually shows, and how that changes where the picture is bent.

    ``surfaces`` (6 x rows x columns) are those of the second degree. ``terms`` are what a shift
    by each of them adds, from side to side and up and down, at the pixels that are shown, and
    three that change the contrast and one that changes the level.
    """

    values: Numbers
    shown: Shown
    surfaces: Numbers
    terms: Numbers

    @staticmethod
    def of(stack: Numbers, shown: Shown) -> "Usual":
        """Return what a camera's stills (each without level and contrast) have in common."""
        values = _middle(stack[:: -(-len(stack) // MOST_FOR_USUAL)])
        surfaces = _surfaces(values.shape)
        across = cv2.Sobel(values, cv2.CV_32F, 1, 0, scale=1 / 8)
        down = cv2.Sobel(values, cv2.CV_32F, 0, 1, scale=1 / 8)
        maps = [across * surfaces, down * surfaces, values * surfaces[:3], surfaces[:1]]
        return Usual(values, shown, surfaces, np.concatenate(maps)[:, shown.flags])

    def departs(self, values: Numbers) -> Numbers:
        """Return by how much pictures depart from the usual, at the pixels that are shown."""
        apart: Numbers = (values - self.values)[..., self.shown.flags]
        return apart

    def bend(self, seen: Numbers) -> Numbers:
        """Return what a picture shows once it is bent smoothly until it lies on what is usual.

        Without level and contrast. Where a step leads away, as it may where a copy's contrast was
        bent part by part, the best before it is kept.
        """
        inverse = _inverse(self.terms @ self.terms.T)
        shifts = np.zeros((2, len(self.surfaces)), np.float32)
        rows, columns = np.indices(seen.shape, np.float32)
        best = local = self.shown.local(seen)
        least = float("inf")
        for step in range(BENDS + 1):
            apart = self.departs(local)
            deviation = _deviation(apart)
            if deviation < least:
                best, least = local, deviation
            if step < BENDS:
                apart = np.clip(apart, -_FAR * deviation, _FAR * deviation)
                shifts -= (inverse @ (self.terms @ apart))[: shifts.size].reshape(shifts.shape)
                x, y = np.clip(np.tensordot(shifts, self.surfaces, 1), -FARTHEST, FARTHEST)
                bent = cv2.remap(
                    seen, columns + x, rows + y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
                )
                local = self.shown.local(bent)
        return best

    def hold_still(self, stack: Numbers) -> bool:
        """Move each still in place by as much as its camera swayed; say whether any was moved."""
        n = len(self.surfaces)
        terms = self.terms[[0, n, 2 * n]]  # as a whole: across, down; and its contrast
        to_shift = np.zeros((2, self.values.size), np.float32)
        to_shift[:, self.shown.flags.ravel()] = _inverse(terms @ terms.T)[:2] @ terms
        sampled = np.flatnonzero(self.shown.flags)[::_SAMPLED]
        any_moved = False
        for number, each in enumerate(stack):
            apart = (each - self.values).ravel()
            most = _FAR * _deviation(apart[sampled])
            x, y = (to_shift @ np.clip(apart, -most, most)).clip(-FARTHEST, FARTHEST)
            if max(abs(x), abs(y)) > LEAST_SWAY:
                any_moved = True
                stack[number] = cv2.warpAffine(
                    each,
                    np.array([[1, 0, x], [0, 1, y]], np.float32),
                    each.shape[::-1],
                    flags=cv2.INTER_LINEAR,
                    borderMode=cv2.BORDER_REPLICATE,
                )
        return any_moved


@dataclass(frozen=True, slots=True, eq=False)
class Rest:
    """What is left of values when what some terms explain is taken away from them."""

    terms: Numbers
    values: Numbers
    weights: Numbers
    inverse: Numbers

    @staticmethod
    def of(values: Numbers, terms: Numbers) -> "Rest":
        """Fit by least squares, twice: what is far off, as a caption is, counts less."""
        weights: Numbers = np.ones(len(values), np.float32)
        left, inverse = values, np.zeros((len(terms),) * 2, np.float32)
        for _ in range(_FITS):
            weighed = terms * weights
            inverse = _inverse(weighed @ terms.T)
            left = values - (inverse @ (weighed @ values)) @ terms
            weights = 1 / (1 + (left / (2 * _deviation(left[::_SAMPLED]))) ** 2)
        return Rest(terms, left, weights, inverse)

    def likeness(self, others: Numbers) -> Numbers:
        """Return how each of others (rows), rid of the same terms, correlates: -1 to 1."""
        weighed = others * self.weights
        explained = weighed @ self.terms.T
        much = np.einsum("ij,ij->i", weighed, others)
        much -= np.einsum("ij,jk,ik->i", explained, self.inverse, explained)
        length = np.sqrt(np.maximum(much, 0) * (self.values**2 @ self.weights) + 1e-6)
        alike: Numbers = (weighed @ self.values) / length
        return alike


def _deviation(values: Numbers) -> float:
    return _DEVIATION * float(np.median(np.abs(values))) + 1e-6


def _inverse(squares: Numbers) -> Numbers:
    """Invert what may have no inverse, nearly."""
    ridge = _RIDGE * np.trace(squares) / len(squares)
    inverse: Numbers = np.linalg.inv(squares + ridge * np.eye(len(squares), dtype=np.float32))
    return inverse


def _middle(stack: Numbers) -> Numbers:
    """Return the median of each place. As ``numpy.median`` does, in a quarter of its time."""
    ordered = np.sort(stack.reshape(len(stack), -1).T, axis=1)
    middle: Numbers = (ordered[:, (len(stack) - 1) // 2] + ordered[:, len(stack) // 2]) / 2
    return middle.reshape(stack.shape[1:])


def _surfaces(shape: tuple[int, ...]) -> Numbers:
    x = np.linspace(-1, 1, shape[1], dtype=np.float32)[None]
    y = np.linspace(-1, 1, shape[0], dtype=np.float32)[:, None]
    each = [np.ones((1, 1), np.float32), x, y, x * x, x * y, y * y]
    return np.stack([np.broadcast_to(one, shape) for one in each])
