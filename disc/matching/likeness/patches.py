"""What each part of two overlaid pictures looks like: the numbers from which "changed" is told."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from disc.matching.likeness.overlay import Overlay, box
from disc.matching.likeness.pictures import Numbers, Pixels
from disc.matching.likeness.windows import means

Flags = NDArray[np.bool_]

WINDOWS = (9, 17, 33)
"""Pixels across: a moved hand, a moved head, a moved person."""
CONTEXT = 14
"""How many of the last numbers are the same for every part: what the whole pair is like."""
_MOSTLY = 0.9
_BLACK, _WHITE = 6, 249
_STILL = 2
"""Levels of 256."""


@dataclass(frozen=True, slots=True, eq=False)
class Patches:
    """Rows x columns of parts, each with its numbers; and which of them both pictures show."""

    numbers: Numbers
    valid: Flags

    @property
    def agreement(self) -> float:
        """Return the correlation that half of the parts reach, in windows of 17 pixels."""
        return float(self.numbers[0, 0, 4 - CONTEXT])


def describe(overlay: Overlay) -> Patches:
    """Return the numbers of every part. None of them knows in which picture a change was made."""
    valid = means(overlay.valid.astype(np.uint8), WINDOWS[1])[0] > _MOSTLY
    counted = valid if valid.any() else np.ones_like(valid)
    maps: list[Numbers] = []
    whole: list[float] = []
    levels = means(overlay.earlier, *WINDOWS), means(overlay.later, *WINDOWS)
    for found in _correlations(overlay, levels):
        _agreement(found, counted, maps, whole)
    _directions(overlay, counted, maps, whole)
    _levels(overlay, (levels[0][0], levels[1][0]), counted, maps)
    _colours(overlay, counted, maps)
    _drawn_over(overlay, maps)
    numbers = np.stack(maps, axis=-1)
    context = np.broadcast_to(np.array(whole, np.float32), (*numbers.shape[:2], len(whole)))
    return Patches(np.concatenate([numbers, context], axis=-1).astype(np.float32), valid)


def _correlations(
    overlay: Overlay, levels: tuple[list[Numbers], list[Numbers]]
) -> Iterator[tuple[Numbers, Numbers, Numbers]]:
    """Return for each size of window the correlation (-1 to 1) and both deviations."""
    one, other = overlay.earlier, overlay.later
    squares = [means(a * b, *WINDOWS) for a, b in ((one, one), (other, other), (one, other))]
    for mean_one, mean_other, of_one, of_other, of_both in zip(*levels, *squares, strict=True):
        var_one = np.maximum(of_one - mean_one**2, 0)
        var_other = np.maximum(of_other - mean_other**2, 0)
        both = of_both - mean_one * mean_other
        yield both / np.sqrt(var_one * var_other + 1.0), np.sqrt(var_one), np.sqrt(var_other)


def _agreement(
    found: tuple[Numbers, Numbers, Numbers], valid: Flags, maps: list[Numbers], whole: list[float]
) -> None:
    """Correlation, both textures, and how unusual the correlation is for such a texture here."""
    agree, one, other = found
    least, most = np.minimum(one, other), np.maximum(one, other)
    ratio = np.log((one + 1) / (other + 1))
    ratios, values = ratio[valid], np.sort(agree[valid])
    usual = float(np.median(ratios))
    texture = np.log1p(least)
    unusual, spread = _unusual(agree, texture, valid)
    maps += [agree, texture, np.log1p(most), np.abs(ratio - usual), unusual]
    maps += [least * np.sqrt(np.maximum(1 - np.maximum(agree, 0) ** 2, 0))]
    whole += [_ranked(values, 0.5), _ranked(values, 0.15), spread, float(np.std(ratios))]


def _unusual(agree: Numbers, texture: Numbers, valid: Flags) -> tuple[Numbers, float]:
    """How far a part agrees less than parts of like texture do; and how those differ."""
    at, usual, apart = [], [], []
    for middle, part in _grouped(texture[valid], agree[valid], 8):
        quarter, half = _ranked(part, 0.25), _ranked(part, 0.5)
        at.append(middle)
        usual.append(half)
        apart.append(half - quarter)
    expected = np.interp(texture, at, usual).astype(np.float32)
    width = np.interp(texture, at, apart).astype(np.float32)
    away: Numbers = np.clip((expected - agree) / (width + 0.03), -4, 30).astype(np.float32)
    return away, float(np.mean(apart))


def _grouped(levels: Numbers, values: Numbers, groups: int) -> Iterator[tuple[float, Numbers]]:
    """Part values by rising levels into groups of one size; give each one's middle and values.

    The values are in order. Those at the edge of two groups are in both.
    """
    order = np.argsort(levels)
    rising, partners = levels[order], values[order]
    edges = [_ranked(rising, n / groups) for n in range(groups + 1)]
    for low, high in pairwise(edges):
        start = np.searchsorted(rising, np.float32(low), "left")
        stop = np.searchsorted(rising, np.float32(high), "right")
        yield (low + high) / 2, np.sort(partners[start:stop])


def _directions(overlay: Overlay, valid: Flags, maps: list[Numbers], whole: list[float]) -> None:
    """Whether edges point the same way, however strong: it survives changed contrast."""
    (ax, ay), (bx, by) = (_gradient(each) for each in (overlay.earlier, overlay.later))
    long_a, long_b = cv2.magnitude(ax, ay), cv2.magnitude(bx, by)
    both = long_a * long_b
    weight = np.sqrt(both)
    cosine = (ax * bx + ay * by) / (both + 1.0) * weight
    lost = np.maximum(long_a - long_b, 0)
    sizes = WINDOWS[1:]
    for same, much, gone, one, other in zip(
        *(means(each, *sizes) for each in (cosine, weight, lost, long_a, long_b)), strict=True
    ):
        alike = same / (much + 0.5)
        shares = gone / (one + 2), np.maximum(gone - one + other, 0) / (other + 2)
        maps += [alike, np.maximum(*shares), np.minimum(*shares)]
        whole.append(float(np.median(alike[valid])))


def _gradient(values: Numbers) -> tuple[Numbers, Numbers]:
    soft = cv2.GaussianBlur(values, (0, 0), 1.0)
    return cv2.Sobel(soft, cv2.CV_32F, 1, 0), cv2.Sobel(soft, cv2.CV_32F, 0, 1)


def _levels(
    overlay: Overlay, levels: tuple[Numbers, Numbers], valid: Flags, maps: list[Numbers]
) -> None:
    """How far the level of a part is from what the rest of the picture says it should be."""
    away = _away(*levels, valid)
    maps += [away, cv2.blur(away, (3, 3))]
    around = 97
    between = box(overlay.earlier - overlay.later, 9)
    maps.append(means(np.abs(between - box(between, around)), WINDOWS[1])[0] / 10)
    clipped = []
    for colours in (overlay.earlier_colour, overlay.later_colour):
        grey = cv2.cvtColor(colours, cv2.COLOR_BGR2GRAY)
        lost = (grey < _BLACK) | (grey > _WHITE)
        clipped += means(lost.view(np.uint8), WINDOWS[1])
    maps += [np.minimum(*clipped), np.maximum(*clipped)]


def _colours(overlay: Overlay, valid: Flags, maps: list[Numbers]) -> None:
    """How far the colour of a part is from what the rest says it should be: another coat.

    Where one of both has no colours at all, nothing is expected, and nothing is far from it.
    """
    labs = [
        cv2.split(cv2.cvtColor(each, cv2.COLOR_BGR2LAB))
        for each in (overlay.earlier_colour, overlay.later_colour)
    ]
    far = []
    for channel in (1, 2):
        one, other = (means(lab[channel], 9)[0] for lab in labs)
        far.append(_away(one, other, valid))
    away = np.maximum(*far)
    maps += [away, cv2.blur(away, (3, 3))]


def _away(one: Numbers, other: Numbers, valid: Flags) -> Numbers:
    """Map one picture's levels to the other's by their usual partners; return what is left."""
    both = []
    for first, second in ((one, other), (other, one)):
        at, usual, apart = [], [], []
        for middle, part in _grouped(first[valid], second[valid], 12):
            quarter, half, upper = (_ranked(part, share) for share in (0.25, 0.5, 0.75))
            at.append(middle)
            usual.append(half)
            apart.append((upper - quarter) / 2)
        expected = np.interp(first, at, usual)
        width = np.interp(first, at, apart)
        both.append(np.minimum(np.abs(second - expected) / (width + 3), 20))
    return np.minimum(both[0], both[1]).astype(np.float32)


def _ranked(ordered: Numbers, share: float) -> float:
    """Return what a share (0 to 1) of ordered numbers does not exceed.

    As ``numpy.percentile`` does, which takes ten times as long for as few.
    """
    place = share * (len(ordered) - 1)
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return float(ordered[low] + (ordered[high] - ordered[low]) * (place - low))


def _drawn_over(overlay: Overlay, maps: list[Numbers]) -> None:
    """Where one picture has strokes, bars or blocks that no camera makes and the other lacks."""
    pair = (overlay.earlier_colour, overlay.later_colour)
    painted = [_is_paint(colours) for colours in pair]
    near = [cv2.dilate(each, np.ones((5, 5), np.uint8)) for each in painted]
    still = [_is_still(colours) for colours in pair]
    sizes = WINDOWS[1:]
    for here, there in (
        (painted[0] > near[1], painted[1] > near[0]),
        (still[0] > still[1], still[1] > still[0]),
    ):
        each = [means(one.view(np.uint8), *sizes) for one in (here, there)]
        maps += [np.maximum(*both) for both in zip(*each, strict=True)]


def _is_paint(colours: Pixels) -> Pixels:
    """Return 1 where a pixel is of a colour that is brighter or purer than a camera's, else 0."""
    blue, green, red = cv2.split(colours)
    high, low = cv2.max(cv2.max(blue, green), red), cv2.min(cv2.min(blue, green), red)
    strong = (high > 150) & (high - low > 110)  # noqa: PLR2004 - levels of 256
    pure = (low > 235) | (high < 20)  # noqa: PLR2004 - levels of 256
    return (strong | pure).view(np.uint8)


def _is_still(colours: Pixels) -> Pixels:
    """Return 1 where a pixel hardly differs from its neighbours, else 0."""
    grey = cv2.cvtColor(colours, cv2.COLOR_BGR2GRAY)
    steps = cv2.morphologyEx(grey, cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8))
    return (steps <= _STILL).view(np.uint8)
