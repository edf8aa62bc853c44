"""The shape of a figure: a pose's joints, and the soft balls that clothes and limbs are made of."""

import math
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import NamedTuple

from disc.demo.figures import Colour, Garment, Look
from disc.demo.lens import Point


class Cloth(NamedTuple):
    """What a ball is covered with: a colour, a pattern and its second colour."""

    colour: Colour
    pattern: str = "plain"
    second: Colour = (0, 0, 0)


class Ball(NamedTuple):
    """An ellipsoid in the body's own metres: x to its right, y where it faces, z up from the
    floor.
    """

    centre: Point
    radii: Point
    cloth: Cloth


@dataclass(frozen=True)
class Pose:
    """A moment of movement: stride and swing from -1 to 1, lean ahead and stoop in metres, hands
    where they reach.
    """

    stride: float = 0.0
    lean: float = 0.03
    stoop: float = 0.0
    right_hand: Point | None = None
    left_hand: Point | None = None
    holds: bool = False


@dataclass
class Body:
    """Balls that are collected limb by limb."""

    look: Look
    pose: Pose
    balls: list[Ball] = field(default_factory=list)

    def sweep(self, start: Point, end: Point, radii: tuple[Point, Point], cloth: Cloth) -> None:
        """Fill the way between two places with balls whose radii go from first to second."""
        size = min(*radii[0], *radii[1])
        steps = max(2, math.ceil(math.dist(start, end) / (0.38 * size)))
        for step in range(steps + 1):
            part = step / steps
            self.balls.append(Ball(mix(start, end, part), mix(radii[0], radii[1], part), cloth))

    def limb(
        self,
        joints: tuple[Point, Point, Point],
        girths: tuple[float, float, float],
        cloths: tuple[Cloth, Cloth],
    ) -> None:
        """Draw two bones through three joints."""
        for bone in (0, 1):
            first, second = girths[bone], girths[bone + 1]
            self.sweep(joints[bone], joints[bone + 1], ((first,) * 3, (second,) * 3), cloths[bone])


def mix(first: Point, second: Point, part: float) -> Point:
    """Return the place that is so far, 0 to 1, from the first to the second."""
    x, y, z = (a + (b - a) * part for a, b in zip(first, second, strict=True))
    return x, y, z


def cloth(garment: Garment) -> Cloth:
    """Return what a garment covers a ball with."""
    return Cloth(garment.colour, garment.pattern, garment.second)


def bend(start: Point, end: Point, bone: float, way: Point) -> Point:
    """Return the elbow or knee between two places for two bones of one length, bent that way."""
    gap = min(math.dist(start, end), 1.98 * bone)
    out = math.sqrt(bone**2 - (gap / 2) ** 2)
    x, y, z = mix(start, end, 0.5)
    return x + way[0] * out, y + way[1] * out, z + way[2] * out


FULLNESS = MappingProxyType(
    {
        "puffer": 1.28,
        "coat": 1.12,
        "parka": 1.2,
        "hooded": 1.12,
        "jacket": 1.08,
        "jumper": 1.04,
        "tee": 1.0,
    }
)
"""How much wider than the body each cut of top is."""
