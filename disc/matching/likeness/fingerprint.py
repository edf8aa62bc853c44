"""What is kept of a still to find it again: codes and signatures in memory, points on disk."""

import math
import struct
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from disc.matching.likeness.alignment import Size
from disc.matching.likeness.pdq import pdq, pdq_turned
from disc.matching.likeness.pictures import Numbers, Picture, Pixels, TooPlain, fit
from disc.matching.likeness.points import Points, find_points, unpack_points
from disc.matching.likeness.signatures import Signatures, sign

FINGERPRINT_VERSION = 1
"""Of the packed form. What was made by another is made again (``flask disc matching rebuild``)."""
CODE_BYTES = 32
CODES = 3
"""PDQ of the whole, PDQ without its border, and the perceptual hash of ImageHash, 256 bits each."""
KINDS = (slice(0, 2), slice(2, 3))
"""Which of the three are of one kind: only those can be compared."""
SMALLEST = 32
"""Pixels. Nothing can be told from a smaller side."""
FLATTEST = 16
"""Levels of 256 between the darkest and the lightest hundredth, below which a picture is flat."""
SCENE_SIDE = 160
"""Pixels on the long side of the small picture by which a camera's stills are put in order."""
_BORDER = 14
_SKETCH = struct.Struct("<BH")
_FEATURES = struct.Struct("<HHHHI")


@dataclass(frozen=True, slots=True, eq=False)
class Sketch:
    """What stays in memory, 2 KB: three codes (3 x 32 bytes), signatures, quality 0 to 100."""

    codes: Pixels
    signatures: Signatures
    quality: int

    def packed(self) -> bytes:
        """Return the sketch as bytes."""
        head = _SKETCH.pack(self.quality, len(self.signatures))
        return head + self.codes.tobytes() + self.signatures.astype("<u8").tobytes()

    @staticmethod
    def unpack(packed: bytes) -> "Sketch":
        """Return a sketch from bytes."""
        quality, count = _SKETCH.unpack_from(packed)
        start = _SKETCH.size + CODES * CODE_BYTES
        codes = np.frombuffer(packed[_SKETCH.size : start], np.uint8).reshape(CODES, CODE_BYTES)
        signatures = np.frombuffer(packed[start : start + 8 * count], "<u8").astype(np.uint64)
        return Sketch(codes.copy(), signatures, quality)


@dataclass(frozen=True, slots=True, eq=False)
class Features:
    """What stays sealed on disk, 60 KB: the points, the picture's size, a small grey picture."""

    points: Points
    size: Size
    scene: Pixels

    def packed(self) -> bytes:
        """Return the features as bytes."""
        high, wide = self.scene.shape
        points = self.points.packed()
        head = _FEATURES.pack(self.size.width, self.size.height, wide, high, len(points))
        return head + points + self.scene.tobytes()

    @staticmethod
    def unpack(packed: bytes) -> "Features":
        """Return features from bytes."""
        width, height, wide, high, length = _FEATURES.unpack_from(packed)
        middle = _FEATURES.size + length
        scene = np.frombuffer(packed[middle : middle + wide * high], np.uint8)
        points = unpack_points(packed[_FEATURES.size : middle])
        return Features(points, Size(width, height), scene.reshape(high, wide))


@dataclass(frozen=True, slots=True, eq=False)
class Fingerprint:
    """A still's sketch and features."""

    sketch: Sketch
    features: Features


def fingerprint(picture: Picture) -> Fingerprint:
    """Take a picture's fingerprint. Raises TooPlain for one that resembles every other."""
    _refuse_plain(picture.grey)
    points = find_points(picture)
    codes, quality = _codes(picture)
    size = Size(picture.width, picture.height)
    features = Features(points, size, fit(picture.grey, SCENE_SIDE))
    return Fingerprint(Sketch(codes, sign(points), quality), features)


def turned_codes(picture: Picture) -> list[Pixels]:
    """Return, for each kind, the codes to ask with.

    PDQ of the picture and of its part without a border, in eight positions each; ImageHash's as
    it is and mirrored.
    """
    rows = []
    for colour in (picture.colour, trimmed(picture.colour)):
        rows += pdq_turned(colour)
    waves = [_imagehash(picture.grey), _imagehash(picture.grey[:, ::-1])]
    return [np.stack(rows), np.stack(waves)]


def trimmed(colour: Pixels) -> Pixels:
    """Cut off rows and columns at the edges in which nothing is to be seen."""
    grey = cv2.cvtColor(colour, cv2.COLOR_BGR2GRAY).astype(np.int16)
    rows = np.flatnonzero(_spreads(grey) > _BORDER)
    if not len(rows):
        return colour
    columns = np.flatnonzero(_spreads(grey[rows[0] : rows[-1] + 1].T) > _BORDER)
    if len(rows) < SMALLEST or len(columns) < SMALLEST:
        return colour
    return colour[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def _spreads(lines: NDArray[np.int16]) -> Numbers:
    """Return by how many levels the middle 94 of 100 pixels of each line differ."""
    ordered = np.sort(lines, axis=1)
    ends = []
    for share in (0.03, 0.97):
        place = share * (ordered.shape[1] - 1)
        low, high = ordered[:, math.floor(place)], ordered[:, math.ceil(place)]
        ends.append(low + (high - low) * (place - math.floor(place)))
    return ends[1] - ends[0]


def _refuse_plain(grey: Pixels) -> None:
    if min(grey.shape) < SMALLEST:
        raise TooPlain
    dark, light = np.percentile(grey, [1, 99])
    if light - dark < FLATTEST:
        raise TooPlain


def _codes(picture: Picture) -> tuple[Pixels, int]:
    whole, quality = pdq(picture.colour)
    inner, _ = pdq(trimmed(picture.colour))
    return np.stack([whole, inner, _imagehash(picture.grey)]), quality


def _imagehash(grey: Pixels) -> Pixels:
    import imagehash
    from PIL import Image

    bits: NDArray[np.bool_] = imagehash.phash(Image.fromarray(grey), hash_size=16).hash
    return np.packbits(bits.flatten())
