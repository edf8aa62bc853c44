"""Whose hidden mark a copy carries: ``python -m benchmarks.watermark --frames … --manifest …``."""

import argparse
import json
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

import cv2
import numpy as np
from numpy.random import Generator

from benchmarks import edits
from benchmarks.edits import Frame, Pixels
from benchmarks.figures import Figures, machine
from benchmarks.frames import Shot, chance, read_manifest
from disc.core.pictures import GRID, pattern_of, render, strengths, watermark
from disc.dataprotection.rules import HowSure, how_sure
from disc.matching.likeness.carried import Seen, added_to, scores, seen
from disc.matching.likeness.pictures import from_pixels, read_picture

VIEWERS, FEW = 1000, 200
"""Viewers of one picture, and the fewer of them that it is asked among as well."""
STILLS = 10
"""Stills that a search tries at most: so many more chances to be wrong count against a score."""
VIEW = 1280
UNMARKED_EACH = 3
ABOUT = """Mark thumbnails and views for one of 1,000 viewers, do to them what people do, and ask
whose mark it is: how often the viewer is named, and how often anybody else is. Which still it is,
is told. Frames smaller than 1,280 pixels are enlarged to it first. 24 frames take about 20 minutes
on two cores; after --minutes no further frame is begun."""

Distortion = Callable[[Frame, Generator], Pixels]


def _edit(name: str, severity: int) -> Distortion:
    return lambda frame, rng: edits.apply(name, frame, severity, rng)


def _jpeg(quality: int) -> Distortion:
    return lambda frame, _: _sent(frame.pixels, quality)


def _sized(share: float) -> Distortion:
    way = cv2.INTER_AREA if share < 1 else cv2.INTER_CUBIC
    return lambda frame, _: _sent(
        np.asarray(cv2.resize(frame.pixels, None, fx=share, fy=share, interpolation=way)), 85
    )


def _cropped(share: float) -> Distortion:
    def crop(frame: Frame, rng: Generator) -> Pixels:
        height, width = frame.pixels.shape[:2]
        h, w = round(height * share), round(width * share)
        y, x = int(rng.integers(0, height - h + 1)), int(rng.integers(0, width - w + 1))
        return _sent(frame.pixels[y : y + h, x : x + w].copy(), 90)

    return crop


def _sent(pixels: Pixels, quality: int) -> Pixels:
    packed = cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
    return np.asarray(cv2.imdecode(packed, cv2.IMREAD_COLOR))


DISTORTIONS: dict[str, Distortion] = {
    **{f"JPEG {quality}": _jpeg(quality) for quality in (90, 70, 50, 30)},
    "half the size": _sized(0.5),
    "twice the size": _sized(2.0),
    "cropped to half the area": _cropped(0.5**0.5),
    "cropped to half of each side": _cropped(0.5),
    "screenshot with bars": _edit("screenshot", 2),
    "messenger": _edit("whatsapp", 2),
    "brightness": _edit("brightness", 2),
    "contrast": _edit("contrast", 2),
    "grey": _edit("grey", 1),
    "mirrored": _edit("flip", 1),
    "turned by 5 degrees": _edit("rotate", 2),
    "phone photo, light": _edit("phone", 1),
    "phone photo, middling": _edit("phone", 2),
    "phone photo, heavy": _edit("phone", 3),
    "phone photo, cropped, messenger": _edit("phone_crop_whatsapp", 2),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """One copy that was asked about; ``score`` is the viewer's, None where the copy did not fit.

    ``best_other`` is the best of all the others, who did not see it. A copy that nobody's mark
    was put on has no viewer: there, all are others.
    """

    rendition: str
    distortion: str
    marked: bool
    score: float | None
    best_other: float | None

    def named(self, viewers: int) -> HowSure | None:
        """Say how sure the right viewer is named among so many."""
        return None if self.score is None else how_sure(self.score, tried(viewers))

    def misnamed(self) -> bool:
        """Say whether anybody is named who did not see it."""
        return self.best_other is not None and bool(how_sure(self.best_other, tried(VIEWERS)))


def tried(viewers: int) -> int:
    """Return how many patterns a search compares: of each viewer, in both renditions."""
    return STILLS * 2 * viewers


class Subjects:
    """A still's two renditions, and what is needed to lay copies over them."""

    def __init__(self, shot: Shot) -> None:
        pixels = shot.pixels
        share = max(1.0, VIEW / max(pixels.shape[:2]))
        large = cv2.resize(pixels, None, fx=share, fy=share, interpolation=cv2.INTER_CUBIC)
        packed = cv2.imencode(".jpg", large, [cv2.IMWRITE_JPEG_QUALITY, 92])[1].tobytes()
        made = render(packed, ())
        self.plain = {name: made[name].bytes for name in ("thumb", "view")}
        self._seen = [
            (seen(read_picture(each)), np.array(strengths(each), np.float32).reshape(GRID, GRID))
            for each in self.plain.values()
        ]

    def scores(self, copy: Seen, patterns: list[bytes]) -> list[float] | None:
        """Return each pattern's better score of both renditions; None where neither fits."""
        cells = [added_to(rendition, copy, told) for rendition, told in self._seen]
        found = [scores(one, patterns) for one in cells if one is not None]
        return [max(both) for both in zip(*found, strict=True)] if found else None


def ask_about(shot: Shot, number: int, seed: int, names: list[str]) -> list[Tried]:
    """Ask about every distorted copy of one frame's thumbnail and view."""
    subjects, key = Subjects(shot), f"{seed} {shot.path.name}".encode()
    codes = [f"VIEWER{each}" for each in range(VIEWERS)]
    patterns = [pattern_of(key, code) for code in codes]
    viewer = number % FEW
    done = []
    for rendition, plain in subjects.plain.items():
        marked = watermark(plain, codes[viewer], "211126 14:05", patterns[viewer])
        nobodys = chance(seed, number, rendition).choice(names, min(UNMARKED_EACH, len(names)))
        for name, of in [*((each, marked) for each in names), *((str(n), plain) for n in nobodys)]:
            frame = Frame(np.asarray(cv2.imdecode(np.frombuffer(of, np.uint8), 1)), shot.person)
            copy = DISTORTIONS[name](frame, chance(seed, number, rendition, name))
            found = subjects.scores(seen(from_pixels(copy)), patterns)
            done.append(_tried(rendition, name, found, viewer if of is marked else None))
    return done


def _tried(rendition: str, name: str, found: list[float] | None, viewer: int | None) -> Tried:
    others = [each for n, each in enumerate(found or []) if n != viewer]
    return Tried(
        rendition=rendition,
        distortion=name,
        marked=viewer is not None,
        score=found[viewer] if found is not None and viewer is not None else None,
        best_other=max(others) if others else None,
    )


def count(done: list[Tried]) -> Figures:
    """Count how often the viewer is named, by distortion, and how often anybody else is."""
    by_kind: dict[str, dict[str, list[Tried]]] = defaultdict(lambda: defaultdict(list))
    for one in done:
        if one.marked:
            by_kind[one.rendition][one.distortion].append(one)
    marked, unmarked = [one for one in done if one.marked], [o for o in done if not o.marked]
    others = [one.best_other for one in done if one.best_other is not None]
    return {
        "recovered": {
            rendition: {name: _recovered(rows) for name, rows in kinds.items()}
            for rendition, kinds in by_kind.items()
        },
        "false": {
            "viewer not among those asked": [sum(o.misnamed() for o in marked), len(marked)],
            "marked for nobody": [sum(o.misnamed() for o in unmarked), len(unmarked)],
            "best score of anybody else": round(max(others), 2) if others else None,
            "patterns that were not there": len(others) * (VIEWERS - 1),
        },
    }


def _recovered(rows: list[Tried]) -> Figures:
    fitting = [one.score for one in rows if one.score is not None]
    return {
        "copies": len(rows),
        f"of_{FEW}": _share(one.named(FEW) is not None for one in rows),
        f"of_{VIEWERS}": _share(one.named(VIEWERS) is not None for one in rows),
        "certain": _share(one.named(VIEWERS) is HowSure.CERTAIN for one in rows),
        "did_not_fit": len(rows) - len(fitting),
        "median_score": round(float(np.median(fitting)), 1) if fitting else None,
    }


def _share(hits: Iterator[bool]) -> float:
    return round(float(np.mean(list(hits))), 3)


def _ask(job: tuple[Shot, int, int, list[str]]) -> list[Tried]:
    cv2.setNumThreads(1)
    return ask_about(*job)


def measure(args: argparse.Namespace) -> Figures:
    """Ask about some frames of every camera, until the time is over."""
    shots = [s for s in read_manifest(args.frames, args.manifest, None) if s.role == "gallery"]
    order = chance(args.seed, "frames").permutation(len(shots))[: args.each]
    jobs = [(shots[at], n, args.seed, list(DISTORTIONS)) for n, at in enumerate(order)]
    until, done, frames = time.monotonic() + 60 * args.minutes, list[Tried](), 0
    with get_context("spawn").Pool(args.processes) as pool:
        for some in pool.imap_unordered(_ask, jobs):
            done += some
            frames += 1
            print(f"{frames} of {len(jobs)} frames", flush=True)
            if time.monotonic() > until:
                break
    cameras = len({shots[at].camera for at in order})
    return {**count(done), "frames": frames, "cameras_at_most": cameras, "machine": machine()}


def main(arguments: list[str] | None = None) -> None:
    """Read the arguments, run, print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.watermark", description=ABOUT)
    parser.add_argument("--frames", type=Path, required=True)
    parser.add_argument("--manifest", type=Path, required=True)
    parser.add_argument("--each", type=int, default=24, help="frames, of all cameras by chance")
    parser.add_argument("--minutes", type=float, default=25)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", type=Path, metavar="FILE")
    args = parser.parse_args(arguments)
    text = json.dumps(measure(args), indent=2)
    print(text)
    if args.json:
        args.json.write_text(text + "\n")


if __name__ == "__main__":
    main()
