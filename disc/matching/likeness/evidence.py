"""What a comparison of two pictures found, and what it rests on."""

import json
from dataclasses import asdict, dataclass
from enum import StrEnum


class Finding(StrEnum):
    """What the machine suggests about two pictures; a person decides."""

    SAME_STILL = "same still"
    PROBABLY = "probably same"
    SAME_MOMENT = "same moment"
    SAME_CAMERA = "same camera"


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle of a picture, its sides as shares (0 to 1) of the picture's width and height."""

    left: float
    top: float
    right: float
    bottom: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Likeness:
    """The evidence of one comparison, of an earlier picture with a later one.

    ``score`` is the chance, 0 to 1, that both are the same still. ``distance`` is in how many of
    256 bits their codes differ. ``inliers`` are the points that agree on one alignment;
    ``overlap`` is the share of the smaller picture that both show. ``homography`` takes a point
    of the earlier picture to the later one: nine numbers, row by row, points as shares (0 to 1)
    of each picture's width and height; where the picture is mirrored, the mirroring is in it.
    ``changed`` are the places where they differ, in the later picture.
    """

    finding: Finding
    score: float
    distance: int | None
    inliers: int
    overlap: float
    homography: tuple[float, ...]
    mirrored: bool
    changed: tuple[Box, ...]

    def packed(self) -> bytes:
        """Return the evidence as JSON."""
        return json.dumps(asdict(self), separators=(",", ":")).encode()

    @staticmethod
    def unpack(packed: bytes) -> "Likeness":
        """Return the evidence from JSON."""
        told = json.loads(packed)
        return Likeness(
            finding=Finding(told["finding"]),
            score=told["score"],
            distance=told["distance"],
            inliers=told["inliers"],
            overlap=told["overlap"],
            homography=tuple(told["homography"]),
            mirrored=told["mirrored"],
            changed=tuple(Box(**box) for box in told["changed"]),
        )
