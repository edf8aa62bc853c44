"""Steps by which a picture is shown otherwise than it was sent: data, and where they move a point.

Boxes are shares of the picture as the steps before have left it: 0 is left or top, 1 right or
bottom.
"""

import json
from collections.abc import Sequence
from dataclasses import astuple, dataclass, replace
from typing import Any

MOST_STEPS = 30
MOST_LEVEL = 100
LEAST_SHARE = 0.01
"""Share of a side that a box covers at least."""
QUARTERS = 4
Plane = tuple[float, float, float, float, float, float, float, float, float]
AS_IT_IS: Plane = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0)
TURNED: Plane = (0.0, -1.0, 1.0, 1.0, 0.0, 0.0, 0.0, 0.0, 1.0)
"""Where a quarter turn clockwise takes a point: three rows of three, as all planes are."""


@dataclass(frozen=True, slots=True)
class Turn:
    """Turn the picture clockwise by so many quarters, 1 to 3."""

    quarters: int

    def __post_init__(self) -> None:
        """Raise ValueError for what is no turn."""
        if type(self.quarters) is not int or not 1 <= self.quarters < QUARTERS:
            raise ValueError(self.quarters)


@dataclass(frozen=True, slots=True)
class _Boxed:
    left: float
    top: float
    right: float
    bottom: float

    def __post_init__(self) -> None:
        """Raise ValueError for what is no box within the picture."""
        sides = astuple(self)
        if not all(type(side) in (int, float) and 0 <= side <= 1 for side in sides):
            raise ValueError(sides)
        if self.right - self.left < LEAST_SHARE or self.bottom - self.top < LEAST_SHARE:
            raise ValueError(sides)


class Crop(_Boxed):
    """Keep what is inside a box, and nothing else."""


class Blur(_Boxed):
    """Make what is inside a box unrecognisable for good."""


@dataclass(frozen=True, slots=True)
class Levels:
    """Show the picture lighter and with more contrast, or with less: -100 to 100 each."""

    brightness: int
    contrast: int

    def __post_init__(self) -> None:
        """Raise ValueError for what is out of reach."""
        for level in astuple(self):
            if type(level) is not int or abs(level) > MOST_LEVEL:
                raise ValueError(level)


Step = Turn | Crop | Blur | Levels
KINDS: dict[str, Any] = {"turn": Turn, "crop": Crop, "blur": Blur, "levels": Levels}
NAMES = {kind: name for name, kind in KINDS.items()}


def pack(steps: Sequence[Step]) -> str:
    """Write steps down; none are the empty string."""
    rows = [[NAMES[type(step)], *astuple(step)] for step in steps]
    return json.dumps(rows, separators=(",", ":")) if rows else ""


def unpack(text: str) -> tuple[Step, ...]:
    """Read steps. Raises ValueError for anything else: a page's hidden field holds them too."""
    if not text:
        return ()
    try:
        steps = tuple(KINDS[name](*values) for name, *values in json.loads(text))
    except (KeyError, TypeError, RecursionError) as error:
        raise ValueError("no steps") from error
    if len(steps) > MOST_STEPS:
        raise ValueError("too many steps")
    return steps


def added(steps: tuple[Step, ...], step: Step) -> tuple[Step, ...]:
    """Return the steps with one more. Turns that follow each other are one, and so are levels.

    Raises ValueError where there would be too many.
    """
    if isinstance(step, Levels):
        steps = tuple(one for one in steps if not isinstance(one, Levels))
        if step == Levels(0, 0):
            return steps
    if isinstance(step, Turn) and steps and isinstance(steps[-1], Turn):
        quarters = (steps[-1].quarters + step.quarters) % QUARTERS
        return steps[:-1] + ((replace(step, quarters=quarters),) if quarters else ())
    if len(steps) >= MOST_STEPS:
        raise ValueError("too many steps")
    return (*steps, step)


def levels_of(steps: Sequence[Step]) -> Levels:
    """Return how light the picture is shown, and with how much contrast."""
    return next((step for step in steps if isinstance(step, Levels)), Levels(0, 0))


def size_after(steps: Sequence[Step], width: int, height: int) -> tuple[int, int]:
    """Return a picture's width and height in pixels when the steps are done."""
    wide, tall = float(width), float(height)
    for step in steps:
        if isinstance(step, Turn) and step.quarters % 2:
            wide, tall = tall, wide
        elif isinstance(step, Crop):
            wide, tall = wide * (step.right - step.left), tall * (step.bottom - step.top)
    return max(1, round(wide)), max(1, round(tall))


def plane_of(steps: Sequence[Step]) -> Plane:
    """Return where the steps take a point of the picture as sent, both in shares of a side."""
    plane = AS_IT_IS
    for step in steps:
        plane = times(_plane(step), plane)
    return plane


def times(outer: Sequence[float], inner: Sequence[float]) -> Plane:
    """Return the plane that does ``inner`` first."""
    product = [
        sum(outer[3 * row + k] * inner[3 * k + column] for k in range(3))
        for row in range(3)
        for column in range(3)
    ]
    return tuple(product)  # type: ignore[return-value]


def back(steps: Sequence[Step]) -> Plane:
    """Return where a point of the edited picture is in the picture as sent."""
    a, b, c, d, e, f, *_ = plane_of(steps)
    whole = a * e - b * d
    return (
        e / whole,
        -b / whole,
        (b * f - c * e) / whole,
        -d / whole,
        a / whole,
        (c * d - a * f) / whole,
        0.0,
        0.0,
        1.0,
    )


def _plane(step: Step) -> Plane:
    if isinstance(step, Turn):
        plane = AS_IT_IS
        for _ in range(step.quarters):
            plane = times(TURNED, plane)
        return plane
    if isinstance(step, Crop):
        wide, tall = step.right - step.left, step.bottom - step.top
        return (1 / wide, 0.0, -step.left / wide, 0.0, 1 / tall, -step.top / tall, 0.0, 0.0, 1.0)
    return AS_IT_IS
