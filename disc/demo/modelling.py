"""Figures in a scene: their balls seen through the camera, lit, patterned, with a shadow on the
ground.
"""

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter

from disc.demo.bodies import Ball
from disc.demo.lens import Floats, Lens, Light, Window
from disc.demo.stage import NOTHING

FINER = 2
"""Rays to a pixel each way, so that outlines are smooth."""
PATTERNS = ("plain", "stripes", "checks", "side", "quilt", "bands")


@dataclass(frozen=True)
class Standing:
    """A figure's balls, where on the floor they stand in metres and which way they face in
    degrees.
    """

    balls: list[Ball]
    x: float
    y: float
    facing: float

    def turn(self) -> Floats:
        """Return the 3x3 array that takes the figure's own metres to the world's."""
        angle = math.radians(self.facing)
        cos, sin = math.cos(angle), math.sin(angle)
        return np.array([[cos, sin, 0], [-sin, cos, 0], [0, 0, 1]], dtype=np.float32)

    def centres(self) -> Floats:
        """Return the (n, 3) centres of the balls in the world."""
        own = np.array([ball.centre for ball in self.balls], dtype=np.float32)
        return (own @ self.turn().T + np.array([self.x, self.y, 0], dtype=np.float32)).astype(
            np.float32
        )


class Drawn(NamedTuple):
    """A figure as seen: its window, (h, w, 3) levels already multiplied by the (h, w) share of
    each pixel it covers.
    """

    window: Window
    levels: Floats
    cover: Floats


class _Rays(NamedTuple):
    """The rays of a window in the figure's own metres, and where they all start."""

    window: Window
    ways: Floats
    start: Floats


def _reach(lens: Lens, figure: Standing) -> tuple[Floats, Floats]:
    """Return the (n, 3) projected centres and the (n,) radii in pixels of the balls."""
    seen = lens.project(figure.centres())
    radii = np.array([max(ball.radii) for ball in figure.balls], dtype=np.float32)
    return seen, (1.25 * radii * lens.focal / seen[:, 2]).astype(np.float32)


def extent(lens: Lens, figure: Standing) -> Window:
    """Return the pixels that the figure may cover."""
    seen, radii = _reach(lens, figure)
    low, high = (
        (seen[:, :2] - radii[:, None]).min(axis=0),
        (seen[:, :2] + radii[:, None]).max(axis=0),
    )
    return lens.clip((float(low[0]), float(low[1]), float(high[0]), float(high[1])))


def _hits(rays: _Rays, figure: Standing, lens: Lens) -> tuple[Floats, NDArray[np.int32]]:
    """Return each ray's depth in metres and the number of the ball that it meets first, or -1."""
    seen, sizes = _reach(lens, figure)
    depth: Floats = np.full(rays.ways.shape[:2], NOTHING, dtype=np.float32)
    owner = np.full(rays.ways.shape[:2], -1, dtype=np.int32)
    height, width = depth.shape
    for number, ball in enumerate(figure.balls):
        x, y = (seen[number, :2] - (rays.window.left, rays.window.top)) * FINER
        size = float(sizes[number]) * FINER + 1
        rows = slice(max(0, int(y - size)), max(0, min(height, int(y + size) + 1)))
        columns = slice(max(0, int(x - size)), max(0, min(width, int(x + size) + 1)))
        radii = np.array(ball.radii, dtype=np.float32)
        way = rays.ways[rows, columns] / radii
        start = (rays.start - np.array(ball.centre, dtype=np.float32)) / radii
        square = np.einsum("hwi,hwi->hw", way, way)
        along = way @ start
        root = along * along - square * np.float32(start @ start - 1)
        near = np.where(root > 0, (-along - np.sqrt(np.maximum(root, 0))) / square, NOTHING)
        part = depth[rows, columns]
        closer = near < part
        part[closer] = near[closer]
        owner[rows, columns][closer] = number
    return depth, owner


def _smoothed(normals: Floats) -> Floats:
    """Return the normals mixed with their neighbours, which joins the balls of a limb into one
    cloth.
    """
    for axis in (0, 1):
        total = normals.copy()
        for step in (1, 2, 3):
            total += np.roll(normals, step, axis) + np.roll(normals, -step, axis)
        normals = total
    length = np.sqrt(np.einsum("hwi,hwi->hw", normals, normals))
    return np.asarray(normals / np.maximum(length, 1e-6)[..., None], dtype=np.float32)


def _second(pattern: str, place: Floats, normal: Floats) -> NDArray[np.bool_]:
    """Return where a pattern shows its second colour, from (n, 3) places and normals in the
    figure's own metres.
    """
    x, height = place[:, 0], place[:, 2]
    if pattern == "stripes":
        return np.asarray(height % 0.1 < 0.045)
    if pattern == "checks":
        return np.asarray((height % 0.12 < 0.06) ^ (x % 0.12 < 0.06))
    if pattern == "quilt":
        return np.asarray((height + 0.1 * np.abs(x)) % 0.11 < 0.016)
    if pattern == "side":
        return np.asarray((np.abs(normal[:, 0]) > 0.9) & (x * normal[:, 0] > 0.08))
    return np.asarray((np.abs(height - 1.02) < 0.035) | (np.abs(height - 1.2) < 0.035))


def _cloth(figure: Standing, owner: NDArray[np.int32], place: Floats, normal: Floats) -> Floats:
    """Return the (n, 3) levels of the cloth at n places."""
    first = np.array([ball.cloth.colour for ball in figure.balls], dtype=np.float32)[owner]
    kinds = np.array([PATTERNS.index(ball.cloth.pattern) for ball in figure.balls])[owner]
    second = np.array([ball.cloth.second for ball in figure.balls], dtype=np.float32)[owner]
    for kind in range(1, len(PATTERNS)):
        here = kinds == kind
        if here.any():
            shown = np.zeros_like(here)
            shown[here] = _second(PATTERNS[kind], place[here], normal[here])
            first[shown] = second[shown]
    fold = np.abs((place[:, 2] * 9 + place[:, 0] * 4 + place[:, 1] * 6) % 1 - 0.5)
    return np.asarray(first * (0.9 + 0.22 * fold)[:, None], dtype=np.float32)


def model(lens: Lens, light: Light, figure: Standing, hidden_by: NDArray[np.float16]) -> Drawn:
    """Draw the figure where nothing in the (h, w) depths of the scene stands before it."""
    window, turn = extent(lens, figure), figure.turn()
    start = (np.array(lens.position, dtype=np.float32) - (figure.x, figure.y, 0)) @ turn
    rays = _Rays(window, lens.rays(window, FINER) @ turn, start.astype(np.float32))
    depth, owner = _hits(rays, figure, lens)
    wall = hidden_by[window.top : window.bottom, window.left : window.right].astype(np.float32)
    seen = (owner >= 0) & (depth < wall.repeat(FINER, axis=0).repeat(FINER, axis=1) + 0.03)
    place = rays.start + depth[..., None] * rays.ways
    centres = np.array([ball.centre for ball in figure.balls], dtype=np.float32)
    radii = np.array([ball.radii for ball in figure.balls], dtype=np.float32)
    normals = (place - centres[owner]) / radii[owner] ** 2
    normals /= np.maximum(np.sqrt(np.einsum("hwi,hwi->hw", normals, normals)), 1e-6)[..., None]
    normals[owner < 0] = 0
    normals = _smoothed(normals)
    levels = np.zeros((*seen.shape, 3), dtype=np.float32)
    levels[seen] = _lit(figure, light, owner[seen], place[seen], normals[seen])
    return Drawn(window, _smaller(levels), _smaller(seen.astype(np.float32)[..., None])[..., 0])


def _lit(
    figure: Standing, light: Light, owner: NDArray[np.int32], place: Floats, normal: Floats
) -> Floats:
    turn = figure.turn()
    world = (place @ turn.T + np.array([figure.x, figure.y, 0], dtype=np.float32)).astype(
        np.float32
    )
    bright = light.on(world, (normal @ turn.T).astype(np.float32))
    floor = np.clip(0.62 + 0.5 * place[:, 2], 0, 1)  # less light reaches the legs
    cloth = _cloth(figure, owner, place, normal)
    lit = cloth * (bright * floor)[:, None] * np.array(light.colour, dtype=np.float32)
    return np.asarray(lit, dtype=np.float32)


def _smaller(fine: Floats) -> Floats:
    height, width, bands = fine.shape
    blocks = fine.reshape(height // FINER, FINER, width // FINER, FINER, bands)
    return np.asarray(blocks.mean(axis=(1, 3)), dtype=np.float32)


def shadow(lens: Lens, light: Light, figure: Standing) -> tuple[Window, Floats]:
    """Return the window of the figure's shadow on the ground and the (h, w) share of light that it
    takes.
    """
    centres = figure.centres()
    lamp = np.array(
        min(light.lamps, key=lambda lamp: math.dist(lamp.place[:2], (figure.x, figure.y))).place
    )
    drop = np.minimum(centres[:, 2] / np.maximum(lamp[2] - centres[:, 2], 0.6), 0.7)[:, None]
    ground = centres + (centres - lamp) * drop * 0.75
    ground[:, 2] = 0
    sizes = np.array([ball.radii[0] for ball in figure.balls])
    soft = np.concatenate([ground, centres * (1, 1, 0)]).astype(np.float32)
    seen = lens.project(soft)
    radii = np.tile(sizes, 2) * lens.focal / seen[:, 2]
    low, high = seen[:, :2].min(axis=0), seen[:, :2].max(axis=0)
    window = lens.clip((float(low[0]), float(low[1]), float(high[0]), float(high[1])), 60)
    half = ((window.right - window.left + 3) // 4, (window.bottom - window.top + 3) // 4)
    mask = Image.new("L", half)
    draw = ImageDraw.Draw(mask)
    for (x, y, _), radius in zip(seen, radii, strict=True):
        left, top, wide = (x - window.left) / 4, (y - window.top) / 4, radius / 4
        draw.ellipse((left - wide, top - wide * 0.6, left + wide, top + wide * 0.6), fill=150)
    mask = mask.filter(ImageFilter.GaussianBlur(3)).resize(
        (half[0] * 4, half[1] * 4), Image.Resampling.BILINEAR
    )
    dark = np.asarray(mask, dtype=np.float32)[
        : window.bottom - window.top, : window.right - window.left
    ]
    return window, (dark / 255).astype(np.float32)
