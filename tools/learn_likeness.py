"""Learn what tells one moment of a camera from another: writes disc/matching/likeness/learned.json.

    python -m tools.learn_likeness --frames DIR --manifest FILE [--pairs DIR] [--leave-one-out DIR]

Makes edited copies and other moments of the frames (``benchmarks.edits``, ``benchmarks.frames``),
lays each pair over each other by the product's own code, and learns two small steps:

1. of each part of a pair, whether it changed. Between two moments of a fixed camera that is known
   from the unedited frames; between a frame and its edited copy nothing changed, whatever was
   drawn over it.
2. of a whole pair, from the worst of its parts, whether both are the same still.

The second step learns from parts judged by networks that never saw the pair's camera, and the
limits of "same" and "probably the same" are set by scores of cameras that neither step saw; each
pair counts for as many as its camera has. With ``--leave-one-out`` weights are also written for
each camera: its network, its second step and its limits were learned from the other cameras. They
are for ``benchmarks.matching --weights``. About an hour on two cores; ``--pairs`` keeps most of it.
"""

import argparse
import json
import pickle
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.neural_network import MLPClassifier

from benchmarks import edits
from benchmarks.frames import (
    Shot,
    chance,
    difference,
    is_other_moment,
    moved,
    read_manifest,
)
from disc.matching.likeness.alignment import Size, align
from disc.matching.likeness.overlay import Overlay, lay_over
from disc.matching.likeness.patches import Patches, describe
from disc.matching.likeness.pictures import Picture, from_pixels
from disc.matching.likeness.points import Points, find_points
from disc.matching.likeness.verdict import LEARNED, Layer, Weights, part_odds, read_weights, summary
from disc.matching.likeness.windows import PARTS

HIDDEN = (32, 16)
ROUNDS = 8
CELLS = 120
"""Parts of each kind taken from a pair; of the unchanged rather those that agree least."""
FALSE_SAME, FALSE_PROBABLE = 0.003, 0.02
"""Shares of other moments, on cameras not learned from, that the limits let through; a little
less than the goals of 0.5 and 3 %, for other cameras may be harder."""
FOLDS = 5
CHANGED, UNCHANGED, STEADY = 0.4, 0.02, 8.0
PLAIN, EDITED = 25, 75
"""Pairs of other moments of a camera: as they are, and with one of them edited."""


@dataclass
class Pair:
    """Two aligned pictures of one camera, as their parts."""

    camera: str
    is_copy: bool
    inliers: int
    overlap: float
    patches: Patches
    stands_for: float = 1.0
    moved: NDArray[np.float16] | None = None
    differs: NDArray[np.float16] | None = None


Drawn = tuple[Picture, Points]
Whole = tuple[NDArray, NDArray, NDArray, float]
"""Middle and spread of each number of a summary, its weight, and the bias."""


def draw(pixels: edits.Pixels) -> Drawn:
    """Return a picture and its points."""
    picture = from_pixels(pixels)
    return picture, find_points(picture)


def lay(earlier: Drawn, later: Drawn) -> tuple[int, Overlay] | None:
    """Lay one over the other by the product's code."""
    sizes = [Size(p.width, p.height) for p, _ in (later, earlier)]
    found = align(later[1], sizes[0], earlier[1], sizes[1])
    overlay = found and lay_over(earlier[0], later[0], found)
    return (found.inliers, overlay) if found and overlay else None


def pairs_of(shots: list[Shot], keep: Path, camera: str) -> None:
    """Make a camera's pairs and keep them in a file."""
    cv2.setNumThreads(1)
    mine = [s for s in shots if s.camera == camera]
    stored = [s for s in mine if s.role == "gallery"]
    drawn = {s.path: draw(s.pixels) for s in stored}
    found = [*_copies(camera, stored, drawn), *_others(camera, mine, stored, drawn)]
    (keep / f"{camera}.pkl").write_bytes(pickle.dumps(found))
    print(camera, len(found), "pairs", flush=True)


def _copies(camera: str, stored: list[Shot], drawn: dict[Path, Drawn]) -> Iterator[Pair]:
    for name in edits.EDITS:
        for severity in edits.SEVERITIES:
            rng = chance(camera, name, severity, "pos")
            shot = stored[rng.choice(len(stored), 1, replace=False)[0]]
            copy = draw(edits.apply(name, shot.frame(), severity, rng))
            laid = lay(drawn[shot.path], copy)
            if laid:
                yield Pair(
                    camera,
                    is_copy=True,
                    inliers=laid[0],
                    overlap=laid[1].overlap,
                    patches=describe(laid[1]),
                )


def _others(
    camera: str, mine: list[Shot], stored: list[Shot], drawn: dict[Path, Drawn]
) -> Iterator[Pair]:
    asked = stored + [s for s in mine if s.role == "holdout"]
    pairs = [(q, g) for q in asked for g in stored if q is not g and is_other_moment(q, g)]
    if not pairs:
        return
    rng = chance(camera, "neg")
    names = [n for n in edits.EDITS if n not in edits.CROPS]
    picks = [(int(n), "plain", 0) for n in rng.permutation(len(pairs))[:PLAIN]]
    for _ in range(EDITED):
        number = int(rng.integers(len(pairs)))
        picks.append((number, names[int(rng.integers(len(names)))], int(rng.integers(1, 4))))
    for number, name, severity in picks:
        asks, holds = pairs[number]
        pixels = asks.pixels if name == "plain" else edits.apply(name, asks.frame(), severity, rng)
        laid = lay(drawn[holds.path], draw(pixels))
        if laid:
            found = _other(camera, asks, holds, laid, drawn[holds.path][0])
            found.stands_for = len(pairs) / len(picks)
            yield found


def _other(
    camera: str, asks: Shot, holds: Shot, laid: tuple[int, Overlay], earlier: Picture
) -> Pair:
    inliers, overlay = laid
    return Pair(
        camera,
        is_copy=False,
        inliers=inliers,
        overlap=overlay.overlap,
        patches=describe(overlay),
        moved=_on_grid(moved(asks.pixels, holds.pixels), overlay, earlier),
        differs=_on_grid(difference(asks.pixels, holds.pixels), overlay, earlier),
    )


def _on_grid(values: NDArray, overlay: Overlay, earlier: Picture) -> NDArray[np.float16]:
    """Take a map of the earlier picture (180 x 240) to the parts of the overlay."""
    high, wide = values.shape
    way = overlay.frame @ np.diag([earlier.width / wide, earlier.height / high, 1.0])
    size = overlay.earlier.shape[::-1]
    drawn = cv2.warpPerspective(values.astype(np.float32), way, size)
    return cv2.blur(drawn, (15, 15))[PARTS].astype(np.float16)


def parts_of(pair: Pair, rng: np.random.Generator) -> tuple[NDArray, NDArray]:
    """Return numbers of some parts of a pair, and whether each changed."""
    numbers = pair.patches.numbers.reshape(-1, pair.patches.numbers.shape[-1])
    known = pair.patches.valid.ravel()
    changed = np.zeros(len(numbers), bool)
    if pair.moved is not None and pair.differs is not None:
        share, levels = pair.moved.ravel(), pair.differs.ravel()
        changed = share > CHANGED
        known = known & (changed | ((share < UNCHANGED) & (levels < STEADY)))
    yes, no = np.flatnonzero(known & changed), np.flatnonzero(known & ~changed)
    if len(yes) > CELLS:
        yes = rng.choice(yes, CELLS, replace=False)
    if len(no) > CELLS:
        unusual = np.exp(np.clip(numbers[no, 10], 0, 4))
        no = rng.choice(no, CELLS, replace=False, p=unusual / unusual.sum())
    chosen = np.r_[yes, no]
    return numbers[chosen], changed[chosen]


def learn_parts(pairs: list[Pair]) -> Weights:
    """Learn the first step; the second is left empty."""
    rng = np.random.default_rng(0)
    taken = [parts_of(pair, rng) for pair in pairs]
    numbers = np.clip(np.concatenate([n for n, _ in taken]), -30, 30).astype(np.float32)
    middle, spread = numbers.mean(axis=0), numbers.std(axis=0) + 1e-3
    network = MLPClassifier(
        HIDDEN,
        alpha=1e-3,
        batch_size=2048,
        learning_rate_init=3e-3,
        max_iter=ROUNDS,
        random_state=0,
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        network.fit((numbers - middle) / spread, np.concatenate([c for _, c in taken]))
    layers = tuple(
        Layer(w.astype(np.float32), b.astype(np.float32))
        for w, b in zip(network.coefs_, network.intercepts_, strict=True)
    )
    empty = np.zeros(1, np.float32)
    return Weights(middle, spread, layers, empty, empty, Layer(empty, empty), 1.0, 1.0)


@dataclass
class Learned:
    """Pairs, the summary of each by a network that never saw its camera, and those networks."""

    pairs: list[Pair]
    seen: NDArray
    networks: dict[str, Weights]

    def without(self, camera: str | None) -> tuple[Whole, float, float]:
        """Learn the second step without a camera, and its limits from cameras it did not see."""
        of = np.array([p.camera for p in self.pairs])
        copies = np.array([p.is_copy for p in self.pairs])
        count = np.array([p.stands_for for p in self.pairs])
        kept = of != camera
        scores = np.zeros(len(of))
        for each in set(of[kept]):
            rest = kept & (of != each)
            whole = _learn_whole(self.seen[rest], copies[rest], count[rest])
            scores[of == each] = _chances(whole, self.seen[of == each])
        others = kept & ~copies
        limits = [_limit(scores[others], count[others], s) for s in (FALSE_SAME, FALSE_PROBABLE)]
        self._tell(camera, scores[kept & copies], limits)
        whole = _learn_whole(self.seen[kept], copies[kept], count[kept])
        return whole, limits[0], limits[1]

    @staticmethod
    def _tell(camera: str | None, found: NDArray, limits: list[float]) -> None:
        shares = [round(float((found >= limit).mean()), 3) for limit in limits]
        print("without", camera, "limits", np.round(limits, 4), "found", shares, flush=True)


def learn(pairs: list[Pair]) -> Learned:
    """Learn each fold's network from the other folds, and summarise its pairs by it."""
    cameras = sorted({p.camera for p in pairs})
    networks: dict[str, Weights] = {}
    for fold in (cameras[n::FOLDS] for n in range(FOLDS)):
        network = learn_parts([p for p in pairs if p.camera not in fold])
        networks |= dict.fromkeys(fold, network)
        print("network without", *fold, flush=True)
    seen = np.stack(
        [
            summary(p.patches, part_odds(p.patches, networks[p.camera]), p.inliers, p.overlap)
            for p in pairs
        ]
    )
    return Learned(pairs, seen, networks)


def _limit(scores: NDArray, count: NDArray, share: float) -> float:
    """Return the score that a share of other moments reaches."""
    falling = np.argsort(-scores)
    reached = np.cumsum(count[falling]) / count.sum()
    return float(scores[falling[np.searchsorted(reached, share)]])


def _learn_whole(seen: NDArray, copies: NDArray, count: NDArray) -> Whole:
    middle, spread = seen.mean(axis=0), seen.std(axis=0) + 1e-3
    model = LogisticRegression(C=0.3, max_iter=3000)
    model.fit((seen - middle) / spread, copies, sample_weight=count)
    return middle, spread, model.coef_[0], float(model.intercept_[0])


def _chances(whole: Whole, seen: NDArray) -> NDArray:
    middle, spread, coefficients, bias = whole
    return 1 / (1 + np.exp(-((seen - middle) / spread @ coefficients + bias)))


def _rounded(values: NDArray) -> list:
    return np.round(np.asarray(values, float), 4).tolist()


def _write(file: Path, parts: Weights, learned: tuple[Whole, float, float]) -> None:
    (middle, spread, coefficients, bias), same, probable = learned
    told = {
        "same": round(same, 5),
        "probable": round(probable, 5),
        "whole": {
            "middle": _rounded(middle),
            "spread": _rounded(spread),
            "weights": _rounded(coefficients),
            "bias": round(bias, 5),
        },
        "parts": {
            "middle": _rounded(parts.middle),
            "spread": _rounded(parts.spread),
            "layers": [[_rounded(layer.weights), _rounded(layer.bias)] for layer in parts.layers],
        },
    }
    file.write_text(json.dumps(told, separators=(",", ":")) + "\n")
    read_weights(file)


def main() -> None:
    """Read the arguments, make pairs, learn, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--frames", type=Path, required=True)
    parser.add_argument("--manifest", type=Path, required=True)
    parser.add_argument("--pairs", type=Path, required=True, help="folder in which pairs are kept")
    parser.add_argument("--leave-one-out", type=Path, help="folder for weights without each camera")
    parser.add_argument("--out", type=Path, default=LEARNED)
    args = parser.parse_args()
    args.pairs.mkdir(parents=True, exist_ok=True)
    shots = read_manifest(args.frames, args.manifest, None)
    missing = [
        c for c in sorted({s.camera for s in shots}) if not (args.pairs / f"{c}.pkl").exists()
    ]
    with get_context("spawn").Pool(2) as pool:
        pool.map(partial(pairs_of, shots, args.pairs), missing, chunksize=1)
    pairs = [
        p
        for f in sorted(args.pairs.glob("*.pkl"))
        for p in pickle.loads(f.read_bytes())  # noqa: S301 - made above
    ]
    learned = learn(pairs)
    _write(args.out, learn_parts(pairs), learned.without(None))
    if args.leave_one_out:
        args.leave_one_out.mkdir(parents=True, exist_ok=True)
        for camera, network in learned.networks.items():
            _write(args.leave_one_out / f"{camera}.json", network, learned.without(camera))


if __name__ == "__main__":
    main()
