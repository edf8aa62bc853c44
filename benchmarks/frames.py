"""Stills to measure matching on: a folder of frames and its manifest, and which pairs count."""

import csv
import zlib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from benchmarks.edits import Box, Frame, Pixels

LEAST_SECONDS = 1.0
"""Between two frames that count as different moments."""
LEAST_MOVED = 0.005
"""Share of the picture that one connected region must have moved over."""
_SMALL = (240, 180)
_LEVELS = 25


@dataclass(frozen=True)
class Shot:
    """One frame of a manifest."""

    path: Path
    camera: str
    clip: str
    seconds: float
    role: str
    person: Box

    @cached_property
    def pixels(self) -> Pixels:
        """Return the pixels: blue, green, red."""
        return np.asarray(cv2.imread(str(self.path)))

    def frame(self) -> Frame:
        """Return it as something to edit."""
        return Frame(self.pixels, self.person)


def read_manifest(folder: Path, manifest: Path, cameras: set[str] | None) -> list[Shot]:
    """Return the frames of a manifest, of all cameras or of some."""
    with manifest.open(newline="") as lines:
        rows = [r for r in csv.DictReader(lines) if cameras is None or r["camera"] in cameras]
    return [
        Shot(
            path=folder / row["file"],
            camera=row["camera"],
            clip=row.get("clip") or "0",
            seconds=float(row["time_s"]),
            role=row.get("role") or "gallery",
            person=_box(row.get("fg_box") or "0.3;0.2;0.7;0.8"),
        )
        for row in rows
    ]


def chance(*names: object) -> Generator:
    """Return chance that is the same in every run for the same names."""
    return np.random.default_rng(zlib.crc32("|".join(map(str, names)).encode()))


def is_other_moment(one: Shot, other: Shot) -> bool:
    """Say whether two frames of a camera are apart in time and something moved between them."""
    apart = one.clip != other.clip or abs(one.seconds - other.seconds) >= LEAST_SECONDS
    return apart and largest(moved(one.pixels, other.pixels)) >= LEAST_MOVED


def moved(one: Pixels, other: Pixels) -> NDArray[np.uint8]:
    """Return where (180 x 240, 0 or 1) two frames of a fixed camera differ."""
    grown = (difference(one, other) > _LEVELS).astype(np.uint8)
    opened = cv2.morphologyEx(grown, cv2.MORPH_OPEN, np.ones((2, 2)))
    return np.asarray(cv2.morphologyEx(opened, cv2.MORPH_CLOSE, np.ones((3, 3))), np.uint8)


def difference(one: Pixels, other: Pixels) -> NDArray[np.float32]:
    """Return by how many levels (180 x 240) two frames differ, brightness fitted."""
    first, second = (_small(each) for each in (one, other))
    slope, level = np.polyfit(first.ravel(), second.ravel(), 1)
    return np.abs(first * np.float32(slope) + np.float32(level) - second)


def largest(mask: NDArray[np.uint8]) -> float:
    """Return the share of the picture that its largest connected region takes."""
    count, _, stats, _ = cv2.connectedComponentsWithStats(mask)
    return 0.0 if count < 2 else float(stats[1:, cv2.CC_STAT_AREA].max() / mask.size)


def _small(pixels: Pixels) -> NDArray[np.float32]:
    grey = cv2.resize(cv2.cvtColor(pixels, cv2.COLOR_BGR2GRAY), _SMALL)
    return cv2.GaussianBlur(grey, (0, 0), 1).astype(np.float32)


def _box(text: str) -> Box:
    left, top, right, bottom = (float(n) for n in text.split(";"))
    return left, top, right, bottom
