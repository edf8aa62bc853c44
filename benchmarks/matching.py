"""How well stills are found again, and how often another moment is taken for one.

    python -m benchmarks.matching --frames DIR --manifest FILE [--json FILE]

Stores every ``gallery`` frame, then asks with edited copies of them and with other moments of the
same cameras, by the code that the product runs. About two seconds a question on one core; with
``--each 1`` and fourteen cameras some 1,400 questions.
"""

import argparse
import json
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from multiprocessing import get_context
from pathlib import Path
from uuid import UUID

import cv2
import imagehash
import numpy as np
from PIL import Image

from benchmarks import edits
from benchmarks.edits import Pixels
from benchmarks.figures import Figures, machine
from benchmarks.frames import Shot, chance, is_other_moment, read_manifest
from disc.matching.likeness.evidence import Finding
from disc.matching.likeness.fingerprint import Features, Fingerprint, fingerprint
from disc.matching.likeness.pdq import pdq
from disc.matching.likeness.pictures import Picture, TooPlain, from_pixels
from disc.matching.likeness.search import compare_all, shortlist
from disc.matching.likeness.shelf import Shelf
from disc.matching.likeness.verdict import Weights, learned, read_weights

SAME = {Finding.SAME_STILL}
PROBABLE = {Finding.SAME_STILL, Finding.PROBABLY}
PHASH_BITS, PDQ_BITS = 10, 31


@dataclass
class Memory:
    """Stored stills, as the product's worker has them."""

    shots: list[Shot] = field(default_factory=list)
    prints: dict[UUID, Fingerprint] = field(default_factory=dict)
    pictures: dict[UUID, Picture] = field(default_factory=dict)
    shelf: Shelf = field(default_factory=Shelf)
    cameras: dict[str, set[UUID]] = field(default_factory=lambda: defaultdict(set))

    def add(self, shot: Shot) -> None:
        """Store a frame under the number of its place in the list."""
        picture = from_pixels(shot.pixels)
        number = UUID(int=len(self.shots))
        self.shots.append(shot)
        self.prints[number], self.pictures[number] = fingerprint(picture), picture
        self.shelf.add(number, self.prints[number].sketch)
        self.cameras[shot.camera].add(number)

    def features(self, still_id: UUID) -> Features:
        """Return a still's features."""
        return self.prints[still_id].features

    def picture(self, still_id: UUID) -> Picture:
        """Return a still's pixels."""
        return self.pictures[still_id]

    def scene_of(self, still_id: UUID) -> set[UUID]:
        """Return the stills of the same camera: the product groups them as they come in."""
        return self.cameras[self.shots[still_id.int].camera]


@dataclass(frozen=True)
class Question:
    """A picture to look for: a stored frame edited, or another moment, edited or not."""

    shot: Shot
    edit: str
    severity: int
    seed: int

    def pixels(self) -> Pixels:
        """Make the picture that is sent."""
        if self.edit == "plain":
            return self.shot.pixels
        rng = chance(self.seed, self.shot.path.name, self.edit, self.severity)
        return edits.apply(self.edit, self.shot.frame(), self.severity, rng)


@dataclass
class Answer:
    """What was found for a question: the finding for each still that was compared."""

    question: Question
    found: dict[int, Finding]
    ranked: list[int]
    best: list[int]
    phash: dict[int, int]
    pdq: dict[int, int]
    seconds: dict[str, float]


def ask(question: Question, memory: Memory, weights: Weights) -> Answer:
    """Look for one picture the way the worker does."""
    start = time.perf_counter()
    picture = from_pixels(question.pixels())
    try:
        query = fingerprint(picture)
    except TooPlain:
        return Answer(question, {}, [], [], {}, {}, {})
    printed = time.perf_counter()
    chosen = shortlist(picture, query, memory.shelf, memory)
    listed = time.perf_counter()
    likeliest = compare_all(picture, chosen, memory, weights)
    done = time.perf_counter()
    seconds = {"fingerprint": printed - start, "candidates": listed - printed}
    if chosen:
        seconds["verify"] = done - listed
        seconds["verify_each"] = (done - listed) / max(1, len(likeliest))
    phash, pdq = _baselines(picture, memory)
    ranked = [one.still_id.int for one in chosen]
    found = {still_id.int: likeness.finding for still_id, likeness in likeliest}
    best = [still_id.int for still_id, _ in likeliest]
    return Answer(question, found, ranked, best, phash, pdq, seconds)


def _baselines(picture: Picture, memory: Memory) -> tuple[dict[int, int], dict[int, int]]:
    mine = _usual_hashes(picture)
    phash, pdq = {}, {}
    for still_id, other in memory.pictures.items():
        theirs = _stored_hashes(still_id, other)
        phash[still_id.int] = int((mine[0] != theirs[0]).sum())
        pdq[still_id.int] = int((mine[1] != theirs[1]).sum())
    return phash, pdq


_kept: dict[UUID, tuple[np.ndarray, np.ndarray]] = {}


def _stored_hashes(still_id: UUID, picture: Picture) -> tuple[np.ndarray, np.ndarray]:
    if still_id not in _kept:
        _kept[still_id] = _usual_hashes(picture)
    return _kept[still_id]


def _usual_hashes(picture: Picture) -> tuple[np.ndarray, np.ndarray]:
    shown = cv2.cvtColor(picture.colour, cv2.COLOR_BGR2RGB)
    return imagehash.phash(Image.fromarray(shown)).hash, np.unpackbits(pdq(picture.colour)[0])


def questions(shots: list[Shot], each: int, others: int, seed: int) -> list[Question]:
    """Choose what to ask: every edit and severity of some stored frames, and other moments.

    ``each`` stored frames of a camera for every edit and severity; ``others`` edited copies of
    every other moment, and the moment as it is.
    """
    chosen = []
    cameras = sorted({shot.camera for shot in shots})
    no_crops = sorted(edits.EDITS.keys() - edits.CROPS)
    for camera in cameras:
        stored = [s for s in shots if s.camera == camera and s.role == "gallery"]
        later = [s for s in shots if s.camera == camera and s.role == "holdout"]
        for name in edits.EDITS:
            for severity in edits.SEVERITIES:
                rng = chance(seed, camera, name, severity)
                picks = rng.choice(len(stored), min(each, len(stored)), replace=False)
                chosen += [Question(stored[n], name, severity, seed) for n in picks]
        for shot in later:
            rng = chance(seed, shot.path.name)
            chosen.append(Question(shot, "plain", 0, seed))
            for _ in range(others):
                name = str(rng.choice(no_crops))
                chosen.append(Question(shot, name, int(rng.integers(1, 4)), seed))
    return chosen


def score(answers: list[Answer], shots: list[Shot], stored: list[Shot]) -> Figures:
    """Count what was found and what was mistaken, with 95 % bounds."""
    positives, negatives, unrelated = [], [], []
    moments = _other_moments(shots, stored)
    for answer in answers:
        asked = answer.question
        for number, shot in enumerate(stored):
            row = Row(asked, number, answer)
            if shot.path == asked.shot.path:
                positives.append(row)
            elif shot.camera != asked.shot.camera:
                unrelated.append(row)
            elif asked.edit not in edits.CROPS and number in moments[asked.shot.path]:
                negatives.append(row)
    return _figures(positives, negatives, unrelated)


@dataclass(frozen=True)
class Row:
    """One pair: a question and a stored still."""

    question: Question
    number: int
    answer: Answer

    def is_any(self, findings: set[Finding]) -> bool:
        """Say whether the pair was given one of some findings."""
        return self.answer.found.get(self.number) in findings


def _other_moments(shots: list[Shot], stored: list[Shot]) -> dict[Path, set[int]]:
    found: dict[Path, set[int]] = {}
    for shot in shots:
        found[shot.path] = {
            number
            for number, other in enumerate(stored)
            if other.camera == shot.camera
            and other.path != shot.path
            and is_other_moment(shot, other)
        }
    return found


def _figures(positives: list[Row], negatives: list[Row], unrelated: list[Row]) -> Figures:
    by_edit: dict[str, list[list[float]]] = {}
    for name in edits.EDITS:
        by_edit[name] = []
        for severity in edits.SEVERITIES:
            rows = [
                r for r in positives if (r.question.edit, r.question.severity) == (name, severity)
            ]
            by_edit[name].append([_share(rows, SAME), _share(rows, PROBABLE)])
    top = [r.number in r.answer.ranked for r in positives]
    only_probable = {Finding.PROBABLY}
    return {
        "recall": {
            "same": _share(positives, SAME),
            "same_or_probable": _share(positives, PROBABLE),
        },
        "by_edit": by_edit,
        "false": {
            "same_camera": {
                "same": _share(negatives, SAME),
                "probable": _share(negatives, only_probable),
                "same_or_probable": _share(negatives, PROBABLE),
            },
            "unrelated": {
                "same": _share(unrelated, SAME),
                "probable": _share(unrelated, only_probable),
            },
        },
        "candidates_top10": round(float(np.mean(top)), 4),
        "baselines": {
            f"phash8<={PHASH_BITS}": {
                "recall": _near(positives, "phash", PHASH_BITS),
                "same_camera_false": _near(negatives, "phash", PHASH_BITS),
            },
            f"pdq<={PDQ_BITS}": {
                "recall": _near(positives, "pdq", PDQ_BITS),
                "same_camera_false": _near(negatives, "pdq", PDQ_BITS),
            },
        },
        "bounds_95": {
            "recall_same": bounds(positives, SAME),
            "recall_same_or_probable": bounds(positives, PROBABLE),
            "same_camera_same": bounds(negatives, SAME),
            "same_camera_same_or_probable": bounds(negatives, PROBABLE),
            "unrelated_same_or_probable": bounds(unrelated, PROBABLE),
        },
        "by_camera": {
            camera: {
                "recall": [_share(_of(positives, camera), each) for each in (SAME, PROBABLE)],
                "false": [_share(_of(negatives, camera), each) for each in (SAME, PROBABLE)],
                "pairs": [len(_of(positives, camera)), len(_of(negatives, camera))],
            }
            for camera in sorted({r.question.shot.camera for r in positives})
        },
        "pairs": {
            "positive": len(positives),
            "same_camera": len(negatives),
            "unrelated": len(unrelated),
        },
    }


def _of(rows: list[Row], camera: str) -> list[Row]:
    return [r for r in rows if r.question.shot.camera == camera]


def _share(rows: list[Row], findings: set[Finding]) -> float:
    return round(float(np.mean([r.is_any(findings) for r in rows])), 4) if rows else 0.0


def _near(rows: list[Row], what: str, bits: int) -> float:
    near = [getattr(r.answer, what).get(r.number, 256) <= bits for r in rows]
    return round(float(np.mean(near)), 4) if rows else 0.0


def bounds(rows: list[Row], findings: set[Finding]) -> Figures:
    """Return 95 % bounds twice: as if pairs were independent (Wilson), and by drawing cameras anew.

    Pairs of one camera resemble each other, so the second is the honest one.
    """
    if not rows:
        return {"wilson": [0.0, 1.0], "cameras": [0.0, 1.0]}
    hits = defaultdict(list)
    for row in rows:
        hits[row.question.shot.camera].append(row.is_any(findings))
    cameras = [(sum(each), len(each)) for each in hits.values()]
    rng = np.random.default_rng(0)
    drawn = rng.integers(len(cameras), size=(4000, len(cameras)))
    counted = np.array(cameras)[drawn].sum(axis=1)
    low, high = np.percentile(counted[:, 0] / counted[:, 1], [2.5, 97.5])
    found, n = sum(c[0] for c in cameras), len(rows)
    return {"wilson": _wilson(found, n), "cameras": [round(float(low), 4), round(float(high), 4)]}


def _wilson(found: int, n: int) -> list[float]:
    z, p = 1.96, found / n
    middle = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * np.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    return [round(max(0.0, middle - half), 4), round(min(1.0, middle + half), 4)]


def dense_top3(
    folder: Path, manifest: Path, per_camera: int, seed: int, weights: Path | None
) -> Figures:
    """Ask among many stills of one camera; count the exact one in the first three."""
    shots = read_manifest(folder, manifest, None)
    hits: dict[str, list[bool]] = defaultdict(list)
    for camera in sorted({shot.camera for shot in shots}):
        memory = Memory()
        for shot in shots:
            if shot.camera == camera:
                memory.add(shot)
        rng = chance(seed, "dense", camera)
        for number in rng.choice(len(memory.shots), per_camera, replace=False):
            name = str(rng.choice(sorted(edits.EDITS)))
            asked = Question(memory.shots[number], name, int(rng.integers(1, 4)), seed)
            answer = ask(asked, memory, _weights(weights, camera))
            hits[camera].append(int(number) in answer.best[:3])
    every = [hit for each in hits.values() for hit in each]
    return {
        "dense_top3": round(float(np.mean(every)), 4),
        "dense_bounds_95": _wilson(sum(every), len(every)),
        "dense_by_camera": {name: round(float(np.mean(each)), 4) for name, each in hits.items()},
        "dense_asked": len(every),
    }


def _weights(folder: Path | None, camera: str) -> Weights:
    """Return the product's weights, or those that were learned without one camera."""
    return learned() if folder is None else read_weights(folder / f"{camera}.json")


@cache
def _memory(frames: Path, manifest: Path, cameras: frozenset[str] | None) -> Memory:
    """Return the stored stills; each process makes them once."""
    memory = Memory()
    for shot in read_manifest(frames, manifest, None if cameras is None else set(cameras)):
        if shot.role == "gallery":
            memory.add(shot)
    return memory


def _ask_all(
    job: tuple[list[Question], Path, Path, frozenset[str] | None, Path | None],
) -> list[Answer]:
    asked, frames, manifest, cameras, folder = job
    cv2.setNumThreads(1)
    memory = _memory(frames, manifest, cameras)
    return [ask(one, memory, _weights(folder, one.shot.camera)) for one in asked]


def measure(args: argparse.Namespace) -> Figures:
    """Run it all."""
    cameras = frozenset(args.cameras.split(",")) if args.cameras else None
    shots = read_manifest(args.frames, args.manifest, None if cameras is None else set(cameras))
    stored = [shot for shot in shots if shot.role == "gallery"]
    asked = _some(questions(shots, args.each, args.others, args.seed), args.share, args.seed)
    parts = [
        (asked[start : start + 40], args.frames, args.manifest, cameras, args.weights)
        for start in range(0, len(asked), 40)
    ]
    answers: list[Answer] = []
    with get_context("spawn").Pool(args.processes) as pool:
        for done in pool.imap(_ask_all, parts):
            answers += done
            print(f"{len(answers)} of {len(asked)} asked", flush=True)
    figures = score(answers, shots, stored)
    figures["ms"] = {
        name: round(1000 * float(np.median(times)), 1) for name, times in _times(answers)
    }
    figures["dense_top3"] = None
    if args.dense:
        figures |= dense_top3(
            args.dense, args.dense_manifest, args.dense_each, args.seed, args.weights
        )
    figures["asked"] = len(asked)
    figures["weights"] = "without the camera asked" if args.weights else "the product's"
    figures["machine"] = machine()
    return figures


def _some(asked: list[Question], share: float, seed: int) -> list[Question]:
    """Return a share of the questions, the same ones for the same seed."""
    kept = chance(seed, "share").random(len(asked)) < share
    return [one for one, keep in zip(asked, kept, strict=True) if keep]


def _times(answers: list[Answer]) -> Iterator[tuple[str, list[float]]]:
    for name in ("fingerprint", "candidates", "verify", "verify_each"):
        yield name, [a.seconds[name] for a in answers if name in a.seconds] or [0.0]


def main() -> None:
    """Read the arguments, run, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--frames", type=Path, required=True)
    parser.add_argument("--manifest", type=Path, required=True)
    parser.add_argument("--cameras", help="some cameras, with commas; all without it")
    parser.add_argument("--dense", type=Path)
    parser.add_argument("--dense-manifest", type=Path)
    parser.add_argument("--dense-each", type=int, default=40, help="questions a dense camera")
    parser.add_argument("--each", type=int, default=1, help="stored frames for each edit, a camera")
    parser.add_argument("--others", type=int, default=4, help="edited copies of each other moment")
    parser.add_argument("--share", type=float, default=1.0, help="of the questions, by chance")
    parser.add_argument("--weights", type=Path, help="folder of CAMERA.json, learned without it")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", type=Path)
    args = parser.parse_args()
    if args.dense and not args.dense_manifest:
        parser.error("--dense needs --dense-manifest")
    figures = measure(args)
    text = json.dumps(figures, indent=2)
    print(text)
    if args.json:
        args.json.write_text(text + "\n")


if __name__ == "__main__":
    main()
