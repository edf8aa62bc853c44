"""From the numbers of every part to a verdict: which parts changed, and so what the pictures are.

Two steps, both learned (``tools/learn_likeness.py``) and small enough to read in ``learned.json``:
a network of 49 x 32 x 16 x 1 says of each part how surely it changed, and a weighted sum over the
whole says how surely both are the same still.
"""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from disc.matching.likeness.alignment import move
from disc.matching.likeness.evidence import Box, Finding
from disc.matching.likeness.overlay import Overlay
from disc.matching.likeness.patches import CONTEXT, Flags, Patches
from disc.matching.likeness.pictures import Numbers, Picture
from disc.matching.likeness.windows import STRIDE

LEARNED = Path(__file__).with_name("learned.json")
SUREST = 8.0
"""Log odds beyond which one part says no more."""
LEAST_SHARED = 0.5
"""Share of the smaller picture that both must show to be called the same still. Two close views of
one camera may share nothing but a shelf: that agrees, and who stood beside it was not compared."""
_CHANGED = 0.0
"""Log odds above which a part is drawn as changed."""
_FEWEST_PARTS = 4
_MOST_BOXES = 8
_SHARES = (0.3, 0.5, 0.7, 0.9)


@dataclass(frozen=True, slots=True, eq=False)
class Layer:
    """One step of the network."""

    weights: Numbers
    bias: Numbers


@dataclass(frozen=True, slots=True, eq=False)
class Weights:
    """What was learned; ``same`` and ``probable`` are the least scores of those findings."""

    middle: Numbers
    spread: Numbers
    layers: tuple[Layer, ...]
    whole_middle: Numbers
    whole_spread: Numbers
    whole: Layer
    same: float
    probable: float


@dataclass(frozen=True, slots=True, eq=False)
class Verdict:
    """The finding, its score, and where the two pictures differ (rows x columns of parts)."""

    finding: Finding
    score: float
    changed: Flags

    def boxes(self, overlay: Overlay, later: Picture) -> tuple[Box, ...]:
        """Return the changed places in the later picture, largest first."""
        count, _, stats, _ = cv2.connectedComponentsWithStats(self.changed.astype(np.uint8))
        kept = [s for s in stats[1:count] if s[cv2.CC_STAT_AREA] >= _FEWEST_PARTS]
        kept.sort(key=lambda stat: -int(stat[cv2.CC_STAT_AREA]))
        way = np.linalg.inv(overlay.frame @ overlay.matrix)
        return tuple(_box(stat, way, later) for stat in kept[:_MOST_BOXES])


def judge(
    patches: Patches, inliers: int, overlap: float, weights: Weights | None = None
) -> Verdict:
    """Say what two aligned pictures are to each other."""
    weights = weights or learned()
    odds = part_odds(patches, weights)
    whole = (summary(patches, odds, inliers, overlap) - weights.whole_middle) / weights.whole_spread
    said = float(whole @ weights.whole.weights[:, 0] + weights.whole.bias[0])
    score = 1 / (1 + float(np.exp(-np.clip(said, -30, 30))))
    finding = Finding.SAME_CAMERA
    if score >= weights.probable:
        is_same = score >= weights.same and overlap >= LEAST_SHARED
        finding = Finding.SAME_STILL if is_same else Finding.PROBABLY
    return Verdict(finding, score, (odds > _CHANGED) & patches.valid)


def part_odds(patches: Patches, weights: Weights) -> Numbers:
    """Return, rows x columns, the log odds that each part changed."""
    values = (np.clip(patches.numbers, -30, 30) - weights.middle) / weights.spread
    for number, layer in enumerate(weights.layers):
        values = values @ layer.weights + layer.bias
        if number < len(weights.layers) - 1:
            values = np.maximum(values, 0)
    return np.clip(values[..., 0], -SUREST, SUREST).astype(np.float32)


def summary(patches: Patches, odds: Numbers, inliers: int, overlap: float) -> Numbers:
    """Return what the whole pair is judged by: its worst places, and how well it fits at all."""
    valid = patches.valid
    seen = np.where(valid, odds, -6).astype(np.float32)
    count = max(int(valid.sum()), 1)
    found: list[float] = []
    for side in (1, 3, 5):
        found += _worst(cv2.blur(seen, (side, side))[valid], count)
    chance = 1 / (1 + np.exp(-seen))
    for share in _SHARES:
        found += _areas((chance > share) & valid, count)
    found.append(float(np.log1p(100 * chance[valid].sum() / count)))
    found += [float(np.log(inliers)), overlap, float(np.log(count))]
    found += [float(n) for n in patches.numbers[0, 0, -CONTEXT:][[0, 4, 8, 12, 13]]]
    return np.array(found, np.float32)


@cache
def learned() -> Weights:
    """Return the weights that the product runs with."""
    return read_weights(LEARNED)


def read_weights(file: Path) -> Weights:
    """Return weights from a file of the form that ``tools/learn_likeness.py`` writes."""
    told = json.loads(file.read_text())
    parts, whole = told["parts"], told["whole"]
    return Weights(
        middle=_numbers(parts["middle"]),
        spread=_numbers(parts["spread"]),
        layers=tuple(Layer(_numbers(w), _numbers(b)) for w, b in parts["layers"]),
        whole_middle=_numbers(whole["middle"]),
        whole_spread=_numbers(whole["spread"]),
        whole=Layer(_numbers(whole["weights"])[:, None], _numbers([whole["bias"]])),
        same=told["same"],
        probable=told["probable"],
    )


def _numbers(values: object) -> Numbers:
    return np.array(values, np.float32)


def _worst(values: Numbers, count: int) -> list[float]:
    """Return the worst part, and the parts that one and three in a hundred are worse than."""
    if not len(values):
        return [-6.0] * 3
    worst = np.sort(values)[::-1]
    return [float(worst[min(len(worst) - 1, int(share * count))]) for share in (0, 0.01, 0.03)]


def _areas(changed: Flags, count: int) -> list[float]:
    """Return the largest connected changed area and all of it, in hundredths, as logarithms."""
    found, _, stats, _ = cv2.connectedComponentsWithStats(changed.astype(np.uint8))
    largest = int(stats[1:, cv2.CC_STAT_AREA].max()) if found > 1 else 0
    return [float(np.log1p(100 * n / count)) for n in (largest, int(changed.sum()))]


def _box(stat: NDArray[np.int32], way: NDArray[np.float64], later: Picture) -> Box:
    left, top, wide, high = (int(n) * STRIDE for n in stat[:4])
    corners = np.array(
        [[left, top], [left + wide, top], [left + wide, top + high], [left, top + high]],
        np.float32,
    )
    places = np.clip(move(corners, way) / [later.width, later.height], 0, 1)
    low, most = places.min(axis=0), places.max(axis=0)
    return Box(float(low[0]), float(low[1]), float(most[0]), float(most[1]))
