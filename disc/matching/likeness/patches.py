"""What each part of two overlaid pictures looks like: the numbers from which "changed" is told."""

from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from disc.matching.likeness.overlay import Overlay, box, correlation
from disc.matching.likeness.pictures import Numbers, Pixels

Flags = NDArray[np.bool_]
Places = tuple[NDArray[np.intp], NDArray[np.intp]]

STRIDE = 6
"""Pixels between the middles of parts."""
WINDOWS = (9, 17, 33)
"""Pixels across: a moved hand, a moved head, a moved person."""
CONTEXT = 14
"""How many of the last numbers are the same for every part: what the whole pair is like."""
_MOSTLY = 0.9
_BLACK, _WHITE = 6, 249
_STILL = 2.5
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
    at = grid(overlay.valid.shape)
    valid = np.asarray(box(overlay.valid.astype(np.float32), WINDOWS[1])[at] > _MOSTLY)
    counted = valid if valid.any() else np.ones_like(valid)
    maps: list[Numbers] = []
    whole: list[float] = []
    for window in WINDOWS:
        found = correlation(overlay.earlier, overlay.later, window)
        _agreement(tuple(each[at] for each in found), counted, maps, whole)
    _directions(overlay, at, counted, maps, whole)
    _levels(overlay, at, counted, maps)
    _colours(overlay, at, counted, maps)
    _drawn_over(overlay, at, maps)
    numbers = np.stack(maps, axis=-1)
    context = np.broadcast_to(np.array(whole, np.float32), (*numbers.shape[:2], len(whole)))
    return Patches(np.concatenate([numbers, context], axis=-1).astype(np.float32), valid)


def grid(shape: tuple[int, ...]) -> Places:
    """Return the rows and columns of the middles of all parts."""
    ys, xs = np.mgrid[STRIDE // 2 : shape[0] : STRIDE, STRIDE // 2 : shape[1] : STRIDE]
    return ys, xs


def _agreement(
    found: tuple[Numbers, ...], valid: Flags, maps: list[Numbers], whole: list[float]
) -> None:
    """Correlation, both textures, and how unusual the correlation is for such a texture here."""
    agree, one, other = found
    least, most = np.minimum(one, other), np.maximum(one, other)
    ratio = np.log((one + 1) / (other + 1))
    usual = float(np.median(ratio[valid]))
    unusual, spread = _unusual(agree, least, valid)
    maps += [agree, np.log1p(least), np.log1p(most), np.abs(ratio - usual), unusual]
    maps += [least * np.sqrt(np.maximum(1 - np.maximum(agree, 0) ** 2, 0))]
    values = agree[valid]
    whole += [float(np.median(values)), float(np.percentile(values, 15)), spread]
    whole += [float(np.std(ratio[valid]))]


def _unusual(agree: Numbers, texture: Numbers, valid: Flags) -> tuple[Numbers, float]:
    """How far a part agrees less than parts of like texture do; and how those differ."""
    known, levels = agree[valid], np.log1p(texture[valid])
    edges = np.quantile(levels, np.linspace(0, 1, 9))
    middles, usual, apart = [], [], []
    for low, high in pairwise(edges):
        part = np.sort(known[(levels >= low) & (levels <= high)])
        middles.append((low + high) / 2)
        quarter, half = _ranked(part, 0.25), _ranked(part, 0.5)
        usual.append(half)
        apart.append(half - quarter)
    expected = np.interp(np.log1p(texture), middles, usual).astype(np.float32)
    width = np.interp(np.log1p(texture), middles, apart).astype(np.float32)
    away: Numbers = np.clip((expected - agree) / (width + 0.03), -4, 30).astype(np.float32)
    return away, float(np.mean(apart))


def _directions(
    overlay: Overlay, at: Places, valid: Flags, maps: list[Numbers], whole: list[float]
) -> None:
    """Whether edges point the same way, however strong: it survives changed contrast."""
    gradients = []
    for picture in (overlay.earlier, overlay.later):
        soft = cv2.GaussianBlur(picture, (0, 0), 1.0)
        gradients.append((cv2.Sobel(soft, cv2.CV_32F, 1, 0), cv2.Sobel(soft, cv2.CV_32F, 0, 1)))
    (ax, ay), (bx, by) = gradients
    long_a, long_b = cv2.magnitude(ax, ay), cv2.magnitude(bx, by)
    weight = np.sqrt(long_a * long_b)
    cosine = (ax * bx + ay * by) / (long_a * long_b + 1.0) * weight
    for window in WINDOWS[1:]:
        alike = (box(cosine, window) / (box(weight, window) + 0.5))[at]
        lost = (box(np.maximum(long_a - long_b, 0), window) / (box(long_a, window) + 2))[at]
        won = (box(np.maximum(long_b - long_a, 0), window) / (box(long_b, window) + 2))[at]
        maps += [alike, np.maximum(lost, won), np.minimum(lost, won)]
        whole.append(float(np.median(alike[valid])))


def _levels(overlay: Overlay, at: Places, valid: Flags, maps: list[Numbers]) -> None:
    """How far the level of a part is from what the rest of the picture says it should be."""
    a, b = box(overlay.earlier, 9), box(overlay.later, 9)
    away = _away(a[at], b[at], valid)
    maps += [away, cv2.blur(away, (3, 3))]
    around = 97
    near = np.abs((a - box(a, around)) - (b - box(b, around)))
    maps.append(box(near, WINDOWS[1])[at] / 10)
    clipped = []
    for colours in (overlay.earlier_colour, overlay.later_colour):
        levels = cv2.cvtColor(colours, cv2.COLOR_BGR2GRAY)
        lost = ((levels < _BLACK) | (levels > _WHITE)).astype(np.float32)
        clipped.append(box(lost, WINDOWS[1])[at])
    maps += [np.minimum(*clipped), np.maximum(*clipped)]


def _colours(overlay: Overlay, at: Places, valid: Flags, maps: list[Numbers]) -> None:
    """How far the colour of a part is from what the rest says it should be: another coat.

    Where one of both has no colours at all, nothing is expected, and nothing is far from it.
    """
    labs = [
        cv2.cvtColor(each, cv2.COLOR_BGR2LAB).astype(np.float32)
        for each in (overlay.earlier_colour, overlay.later_colour)
    ]
    far = []
    for channel in (1, 2):
        one, other = (box(np.ascontiguousarray(lab[..., channel]), 9)[at] for lab in labs)
        far.append(_away(one, other, valid))
    away = np.maximum(*far)
    maps += [away, cv2.blur(away, (3, 3))]


def _away(one: Numbers, other: Numbers, valid: Flags) -> Numbers:
    """Map one picture's levels to the other's by their usual partners; return what is left."""
    both = []
    for first, second in ((one, other), (other, one)):
        known, partner = first[valid], second[valid]
        edges = np.quantile(known, np.linspace(0, 1, 13))
        at, usual, apart = [], [], []
        for low, high in pairwise(edges):
            part = np.sort(partner[(known >= low) & (known <= high)])
            quarter, half, upper = (_ranked(part, share) for share in (0.25, 0.5, 0.75))
            at.append((low + high) / 2)
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


def _drawn_over(overlay: Overlay, at: Places, maps: list[Numbers]) -> None:
    """Where one picture has strokes, bars or blocks that no camera makes and the other lacks."""
    pair = (overlay.earlier_colour, overlay.later_colour)
    painted = [_is_paint(colours) for colours in pair]
    near = [cv2.dilate(each.astype(np.uint8), np.ones((5, 5))).astype(bool) for each in painted]
    still = [_is_still(colours) for colours in pair]
    for here, there in (
        (painted[0] & ~near[1], painted[1] & ~near[0]),
        (still[0] & ~still[1], still[1] & ~still[0]),
    ):
        for window in WINDOWS[1:]:
            each = [box(one.astype(np.float32), window)[at] for one in (here, there)]
            maps.append(np.maximum(*each))


def _is_paint(colours: Pixels) -> Flags:
    high, low = colours.max(axis=2).astype(int), colours.min(axis=2).astype(int)
    strong = (high > 150) & (high - low > 110)  # noqa: PLR2004 - levels of 256
    pure = (low > 235) | (high < 20)  # noqa: PLR2004 - levels of 256
    return np.asarray(strong | pure)


def _is_still(colours: Pixels) -> Flags:
    """Pixels that hardly differ from their neighbours."""
    grey = cv2.cvtColor(colours, cv2.COLOR_BGR2GRAY)
    return np.asarray(cv2.morphologyEx(grey, cv2.MORPH_GRADIENT, np.ones((3, 3))) < _STILL)
