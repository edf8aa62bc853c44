"""Local features: points of a picture that are found again after most of what people do to it."""

from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray

from disc.matching.likeness.pictures import Numbers, Picture, Pixels

MOST_POINTS = 400
"""Of one picture: 53 KB. With 300 the tightest crops of a person lose their last points."""
GRID = (8, 6)
"""Columns and rows over which points are spread: without it, the letters of a caption take them
all (the right still was among the first ten for 4 % of captions, and for all with it)."""
_SCALE = 64.0
_DTYPE = np.dtype([("x", "<u2"), ("y", "<u2"), ("description", "u1", (128,))])


@dataclass(frozen=True, slots=True, eq=False)
class Points:
    """Places (x and y in pixels) and their descriptions (RootSIFT, 128 bytes each)."""

    places: Numbers
    descriptions: Pixels

    def __len__(self) -> int:
        """Return how many points there are."""
        return len(self.places)

    def packed(self) -> bytes:
        """Return the points as 132 bytes each."""
        rows = np.zeros(len(self), _DTYPE)
        rows["x"], rows["y"] = np.rint(self.places.T * _SCALE).astype(np.uint16)
        rows["description"] = self.descriptions
        return rows.tobytes()


def unpack_points(packed: bytes) -> Points:
    """Return points from 132 bytes each."""
    rows = np.frombuffer(packed, _DTYPE)
    places = np.stack([rows["x"], rows["y"]], axis=1).astype(np.float32) / np.float32(_SCALE)
    return Points(places, np.ascontiguousarray(rows["description"]))


def find_points(picture: Picture) -> Points:
    """Return at most 400 points, spread over the picture, strongest first in each part of it."""
    found, described = _detector().detectAndCompute(picture.grey, None)
    if described is None or not len(found):
        return Points(np.zeros((0, 2), np.float32), np.zeros((0, 128), np.uint8))
    places = np.array([point.pt for point in found], np.float32)
    strength = np.array([point.response for point in found], np.float32)
    chosen = _spread(places, strength, picture.width, picture.height)
    return Points(places[chosen], _root(described[chosen]))


def mirrored(points: Points, width: int) -> Points:
    """Return the points that the picture's mirror image has, without looking at it again.

    Mirroring left and right turns round the columns of a description's 4 x 4 cells and the sense
    in which its 8 directions are counted.
    """
    cells = points.descriptions.reshape(-1, 4, 4, 8)
    turned = cells[:, ::-1, :, :][..., (-np.arange(8)) % 8]
    places = points.places.copy()
    places[:, 0] = width - 1 - places[:, 0]
    return Points(places, np.ascontiguousarray(turned.reshape(-1, 128)))


@cache
def _detector() -> cv2.SIFT:
    return cv2.SIFT.create(nfeatures=3000, contrastThreshold=0.01, edgeThreshold=20)


def _spread(places: Numbers, strength: Numbers, width: int, height: int) -> NDArray[np.intp]:
    """Return which points to keep: every part's strongest first, then the second of each."""
    columns, rows = GRID
    cell = (places[:, 0] * columns / width).astype(int) + columns * (
        places[:, 1] * rows / height
    ).astype(int)
    by_strength = np.lexsort((-strength, cell))
    ordered = cell[by_strength]
    rank = np.arange(len(ordered)) - np.searchsorted(ordered, ordered)
    return by_strength[np.lexsort((-strength[by_strength], rank))][:MOST_POINTS]


def _root(described: Numbers) -> Pixels:
    """RootSIFT: the square roots of shares compare better than the shares (Arandjelovic 2012)."""
    shares = described / np.maximum(described.sum(axis=1, keepdims=True), 1e-9)
    return np.minimum(np.sqrt(shares) * 512, 255).astype(np.uint8)
