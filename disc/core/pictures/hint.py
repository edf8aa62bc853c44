"""A picture's hint: some 25 bytes that tell its shades, to stand in its place until it is here.

The format is ThumbHash, and this follows its reference (Evan Wallace, MIT licence,
github.com/evanw/thumbhash), without transparency and with the sums taken by rows and columns.
"""

import functools
import math
import operator
from collections.abc import Iterator

from PIL import Image

SIDE = 32
"""Pixels of the long side that are looked at; waves of the format are at least four of them."""
REDUCING_GAP = 2.0
"""Shrinks first by whole steps to at least so many times the size: many times as fast."""
MOST_WAVES = 7
FEWEST_WAVES = 3

Plane = list[list[float]]


def hint_of(upright: Image.Image) -> bytes:
    """Return the hint of an upright RGB picture, 19 to 25 bytes."""
    scale = SIDE / max(upright.size)
    size = (max(1, round(upright.width * scale)), max(1, round(upright.height * scale)))
    small = upright.resize(size, Image.Resampling.BOX, reducing_gap=REDUCING_GAP)
    wide, high = small.size
    lasting = wide > high
    waves = [max(1, round(MOST_WAVES * side / max(small.size))) for side in small.size]
    light, yellow, red = _planes(small)
    l_dc, l_ac, l_most = _waves(light, *(max(FEWEST_WAVES, each) for each in waves))
    p_dc, p_ac, p_most = _waves(yellow, FEWEST_WAVES, FEWEST_WAVES)
    q_dc, q_ac, q_most = _waves(red, FEWEST_WAVES, FEWEST_WAVES)
    head = (
        round(63 * l_dc)
        | round(31.5 + 31.5 * p_dc) << 6
        | round(31.5 + 31.5 * q_dc) << 12
        | round(31 * l_most) << 18
        | waves[1 if lasting else 0] << 24
        | round(63 * p_most) << 27
        | round(63 * q_most) << 33
        | lasting << 39
    )
    return head.to_bytes(5, "little") + _packed([*l_ac, *p_ac, *q_ac])


def _planes(small: Image.Image) -> tuple[Plane, Plane, Plane]:
    """Return lightness, yellow against blue, and red against green, each 0 to 1 or -1 to 1."""
    wide, data = small.width, small.tobytes()
    pixels = [
        (data[at] / 255, data[at + 1] / 255, data[at + 2] / 255) for at in range(0, len(data), 3)
    ]
    rows = [pixels[start : start + wide] for start in range(0, len(pixels), wide)]
    return (
        [[(r + g + b) / 3 for r, g, b in row] for row in rows],
        [[(r + g) / 2 - b for r, g, b in row] for row in rows],
        [[r - g for r, g, _ in row] for row in rows],
    )


def _waves(plane: Plane, across: int, down: int) -> tuple[float, list[float], float]:
    """Return a plane's mean, how strong its waves are (0 to 1), and what the strongest is."""
    wide, high = len(plane[0]), len(plane)
    by_row = [[_sum(row, each) for row in plane] for each in range(across)]
    found = [_sum(by_row[x], y) / (wide * high) for x, y in _pairs(across, down)]
    mean, rest = found[0], found[1:]
    most = max(map(abs, rest), default=0.0)
    return mean, [0.5 + 0.5 / most * each if most else 0.5 for each in rest], most


def _pairs(across: int, down: int) -> Iterator[tuple[int, int]]:
    for y in range(down):
        x = 0
        while x * down < across * (down - y):
            yield x, y
            x += 1


def _sum(values: list[float], wave: int) -> float:
    return float(sum(map(operator.mul, values, _cosines(len(values), wave))))


@functools.lru_cache(maxsize=SIDE * MOST_WAVES)
def _cosines(length: int, wave: int) -> tuple[float, ...]:
    step = math.pi / length * wave
    return tuple(math.cos(step * (at + 0.5)) for at in range(length))


def _packed(strengths: list[float]) -> bytes:
    """Pack each strength into half a byte, the first one low."""
    halves = [round(15 * each) for each in strengths]
    halves += [0] * (len(halves) % 2)
    return bytes(low | high << 4 for low, high in zip(halves[::2], halves[1::2], strict=True))
