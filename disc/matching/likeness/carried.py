"""Which viewer's hidden pattern a copy of a stored still carries.

The stored still is known without any mark. So a copy is laid over it, what the still itself shows
is taken out, and what remains is summed in the mark's cells. A viewer's score is how far their
cells agree with these sums, in deviations. The cells of somebody who did not see the picture are
chance to it, so by Hoeffding's inequality (1963) a score of t or more comes from a given pattern
with a chance below ``exp(-t * t / 2)``, whatever the copy shows and whoever made it.
"""

import math
from dataclasses import dataclass

import cv2
import numpy as np

from disc.matching.likeness.alignment import Alignment, Size, align
from disc.matching.likeness.overlay import Overlay, box, lay_over
from disc.matching.likeness.pictures import LONG_SIDE, Numbers, Picture, from_pixels
from disc.matching.likeness.points import Points, find_points

_AROUND = 33
"""Pixels of the frame over which lightness and contrast are evened out: four cells of a whole."""
_NEAR = 9
_LEAST_TEXTURE = 20.0
_LEAST_NOISE = 4.0
"""Squared levels of 255: what a JPEG leaves even where nothing is to be seen."""
_CELLS_AROUND = (3, 3)


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """A picture as large as it can be compared, and its points."""

    picture: Picture
    points: Points

    @property
    def size(self) -> Size:
        """Return its size in pixels."""
        return Size(self.picture.width, self.picture.height)


def seen(picture: Picture) -> Seen:
    """Enlarge a small picture, which has three times as many points then, and find them."""
    large = enlarged(picture)
    return Seen(large, find_points(large))


def added_to(rendition: Seen, copy: Seen, strengths: Numbers) -> Numbers | None:
    """Return what a copy adds to one rendition of a still, as ``cells_of`` does.

    Ask for the view and the thumbnail: a copy has the JPEG's own traces of what was copied.
    None where the copy does not fit.
    """
    found = align(copy.points, copy.size, rendition.points, rendition.size)
    if found is None:
        return None
    return cells_of(rendition.picture, copy.picture, found, strengths)


def enlarged(picture: Picture) -> Picture:
    """Enlarge a small picture: a thumbnail has three times as many points then."""
    share = LONG_SIDE / max(picture.width, picture.height)
    if share <= 1:
        return picture
    size = (max(1, round(picture.width * share)), max(1, round(picture.height * share)))
    return from_pixels(cv2.resize(picture.colour, size, interpolation=cv2.INTER_CUBIC))


def cells_of(
    original: Picture, copy: Picture, alignment: Alignment, strengths: Numbers
) -> Numbers | None:
    """Return what a copy adds to a still, summed in the cells of a mark: unit length, flattened.

    ``strengths`` (rows x columns) says by how many levels a mark changes each cell. None where
    both share too little.
    """
    overlay = lay_over(original, copy, alignment)
    if overlay is None:
        return None
    added, weights = _added(overlay)
    rows, columns = strengths.shape
    down = _shares(overlay.frame[1], original.height, added.shape[0], rows)
    across = _shares(overlay.frame[0], original.width, added.shape[1], columns)
    sums, counted = down.T @ (weights * added) @ across, down.T @ weights @ across
    level = _summed(sums) / np.maximum(_summed(counted), 1e-6)
    sums = (sums - counted * level) * strengths
    length = float(np.sqrt((sums * sums).sum()))
    return None if not math.isfinite(length) or length <= 0 else (sums / length).ravel()


def scores(cells: Numbers, patterns: list[bytes]) -> list[float]:
    """Return how far each pattern (one bit a cell, in rows) agrees with what a copy adds."""
    bits = np.unpackbits(np.frombuffer(b"".join(patterns), np.uint8))
    signs = bits.reshape(len(patterns), -1).astype(np.float32) * 2 - 1
    return [float(each) for each in signs @ cells.astype(np.float32)]


def _summed(cells: Numbers) -> Numbers:
    """Return the mean of each cell and its neighbours, in proportion."""
    return cv2.blur(cells, _CELLS_AROUND, borderType=cv2.BORDER_CONSTANT)


def _added(overlay: Overlay) -> tuple[Numbers, Numbers]:
    """Return what the copy shows and the still does not, and how much each pixel tells.

    Lightness and contrast may be others everywhere: each part of the still is fitted to the copy
    first. Where edges are left over, or grain, a pixel tells less.
    """
    still, copy, seen = overlay.earlier, overlay.later, overlay.valid.astype(np.float32)
    mean_still, mean_copy = box(still, _AROUND), box(copy, _AROUND)
    texture = np.maximum(box(still * still, _AROUND) - mean_still**2, 0)
    both = box(still * copy, _AROUND) - mean_still * mean_copy
    added = copy - mean_copy - both / (texture + _LEAST_TEXTURE) * (still - mean_still)
    noise = box(added * added * seen, _NEAR) / np.maximum(box(seen, _NEAR), 0.05)
    return added, seen / (noise + _LEAST_NOISE)


def _shares(to_frame: Numbers, side: int, pixels: int, cells: int) -> Numbers:
    """Return by how much each cell of one side (columns) reaches each pixel of the frame (rows).

    As a small picture's pixels do when it is enlarged by linear interpolation.
    """
    scale, start = (float(n) for n in (max(to_frame[:2]), to_frame[2]))
    places = ((np.arange(pixels) - start) / scale + 0.5) / side * cells - 0.5
    places = np.clip(places, 0, cells - 1)
    first = np.minimum(np.floor(places).astype(np.intp), cells - 2)
    found = np.zeros((pixels, cells), np.float32)
    every = np.arange(pixels)
    found[every, first] = 1 - (places - first)
    found[every, first + 1] += places - first
    return found
