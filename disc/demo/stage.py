"""A scene without people: flat surfaces in a room or a street, drawn once for each camera with
their depths.
"""

from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from disc.demo.lens import Floats, Lens, Light, Point, Window
from disc.demo.textures import PIXELS_PER_METRE, blank

NOTHING = 60.0
"""Metres at which a ray that meets no surface ends."""
SMALLER_COPIES = 5


@dataclass(frozen=True)
class Surface:
    """A textured rectangle: its top left corner, the way across and the way down in metres, and
    its own glow.
    """

    corner: Point
    across: Point
    down: Point
    texture: Image.Image
    glow: float = 0.0

    def corners(self) -> Floats:
        """Return the four corners as (4, 3) metres."""
        corner, across, down = (
            np.array(part, dtype=np.float32) for part in (self.corner, self.across, self.down)
        )
        return np.stack([corner, corner + across, corner + down, corner + across + down])

    def normal(self) -> Floats:
        """Return the unit normal; which of the two sides is not settled."""
        way = np.cross(np.array(self.across), np.array(self.down))
        return np.asarray(way / np.linalg.norm(way), dtype=np.float32)


@dataclass(frozen=True)
class Spot:
    """A place to stand, in metres, which way to face in degrees (0 looks away from the camera) and
    what is done there.
    """

    x: float
    y: float
    facing: float
    act: str


@dataclass(frozen=True)
class Stage:
    """All that one fixed camera sees when nobody is there, where people go, and how its recorder
    renders it.
    """

    title: str
    position: Point
    pitch: float
    view: float
    light: Light
    surfaces: tuple[Surface, ...]
    floor: tuple[float, float, float, float]
    ground: Image.Image
    walk: tuple[tuple[float, float], tuple[float, float]]
    spots: tuple[Spot, ...]
    behind: tuple[Spot, ...] = ()
    yaw: float = 0.0
    tint: Point = (1.0, 1.0, 1.0)
    colourful: float = 0.85
    noise: float = 1.0
    sky: tuple[int, int, int] = (0, 0, 0)
    shades: tuple[tuple[float, float, float, float], ...] = field(default=())

    def lens(self, size: tuple[int, int]) -> Lens:
        """Return the camera for a picture of so many pixels."""
        return Lens(self.position, self.pitch, self.yaw, self.view, *size)


class Backdrop(NamedTuple):
    """What the camera sees: (h, w, 3) levels, (h, w) metres of depth, and where the ground is
    seen.
    """

    levels: NDArray[np.uint8]
    depth: NDArray[np.float16]
    ground: NDArray[np.bool_]


def box(
    low: Point,
    high: Point,
    *,
    front: Image.Image,
    side: Image.Image | None = None,
    top: Image.Image | None = None,
) -> list[Surface]:
    """Return the sides of a box that a camera in front and above can see, between two corners in
    metres.
    """
    (x0, y0, z0), (x1, y1, z1) = low, high
    side, top = side or front, top or blank(0.1, 0.1, (150, 148, 144))
    wide, deep, tall = x1 - x0, y1 - y0, z1 - z0
    return [
        Surface((x0, y0, z1), (wide, 0, 0), (0, 0, -tall), front),
        Surface((x0, y1, z1), (0, -deep, 0), (0, 0, -tall), side),
        Surface((x1, y0, z1), (0, deep, 0), (0, 0, -tall), side),
        Surface((x0, y1, z1), (wide, 0, 0), (0, -deep, 0), top),
    ]


def _ground(stage: Stage) -> Surface:
    x0, y0, x1, y1 = stage.floor
    shade = Image.new("L", stage.ground.size, 255)
    for left, near, right, far in stage.shades:
        place = ((left - x0 - 0.1, y1 - far - 0.1), (right - x0 + 0.1, y1 - near + 0.1))
        shade.paste(70, tuple(round(part * PIXELS_PER_METRE) for pair in place for part in pair))  # type: ignore[arg-type]
    soft = (
        shade.resize((shade.width // 8, shade.height // 8))
        .filter(ImageFilter.GaussianBlur(3))
        .resize(shade.size)
    )
    texture = Image.composite(stage.ground, Image.new("RGB", shade.size), soft)
    return Surface((x0, y1, 0), (x1 - x0, 0, 0), (0, y0 - y1, 0), texture)


def _copies(texture: Image.Image) -> list[NDArray[np.uint8]]:
    sizes = [
        (max(2, texture.width >> level), max(2, texture.height >> level))
        for level in range(SMALLER_COPIES)
    ]
    return [
        np.asarray(texture.resize(size, Image.Resampling.BOX), dtype=np.float32) for size in sizes
    ]


def _between(texture: NDArray[np.uint8], u: Floats, v: Floats) -> Floats:
    """Return the (n, 3) colours of the texture at u, v in 0 to 1, mixed from the four nearest
    texels.
    """
    height, width = texture.shape[:2]
    x = np.clip(u * width - 0.5, 0, width - 1.001)
    y = np.clip(v * height - 0.5, 0, height - 1.001)
    column, row = x.astype(np.int32), y.astype(np.int32)
    flat, start = texture.reshape(-1, 3), row * width + column
    right, below = (x - column)[:, None], (y - row)[:, None]
    upper = flat[start] * (1 - right) + flat[start + 1] * right
    lower = flat[start + width] * (1 - right) + flat[start + width + 1] * right
    return np.asarray(upper * (1 - below) + lower * below, dtype=np.float32)


class _Canvas:
    """The buffers that surfaces are drawn into, nearest surface first."""

    def __init__(self, stage: Stage, size: tuple[int, int]) -> None:
        self.lens = stage.lens(size)
        self.place = np.array(stage.position, dtype=np.float32)
        self.rays = self.lens.rays(self.lens.frame())
        self.depth: Floats = np.full((size[1], size[0]), NOTHING, dtype=np.float32)
        self.colour: Floats = np.empty((size[1], size[0], 3), dtype=np.float32)
        self.colour[:] = stage.sky
        self.owner = np.full((size[1], size[0]), -1, dtype=np.int16)

    def _window(self, surface: Surface) -> Window:
        seen = self.lens.project(surface.corners())
        if (
            float(seen[:, 2].min()) <= 0.1
        ):  # it passes behind the camera, where a projection means nothing
            return self.lens.frame()
        low, high = seen.min(axis=0), seen.max(axis=0)
        return self.lens.clip((float(low[0]), float(low[1]), float(high[0]), float(high[1])))

    def draw(self, surface: Surface, owner: int) -> None:
        """Draw the part of the surface that nothing nearer hides."""
        window = self._window(surface)
        part = (slice(window.top, window.bottom), slice(window.left, window.right))
        rays, normal = self.rays[part], surface.normal()
        offset = np.array(surface.corner, dtype=np.float32) - self.place
        slant = rays @ normal
        safe = np.where(np.abs(slant) < 1e-6, np.float32(1e-6), slant)
        depth: Floats = np.asarray((offset @ normal) / safe, dtype=np.float32)
        way = [np.array(side, dtype=np.float32) for side in (surface.across, surface.down)]
        u, v = ((depth * (rays @ side) - offset @ side) / (side @ side) for side in way)
        seen = (depth > 0.1) & (depth < self.depth[part]) & (u >= 0) & (u < 1) & (v >= 0) & (v < 1)
        if seen.any():
            self.depth[part][seen] = depth[seen]
            self.owner[part][seen] = owner
            self.colour[part][seen] = self._looked_up(surface, depth[seen], u[seen], v[seen])

    def _looked_up(self, surface: Surface, depth: Floats, u: Floats, v: Floats) -> Floats:
        copies = _copies(surface.texture)
        metre = surface.texture.width / float(np.linalg.norm(np.array(surface.across)))
        texels = depth * np.float32(1.2 * metre / self.lens.focal)
        level = sum((texels > 1.4 * 2**step).astype(np.int8) for step in range(SMALLER_COPIES - 1))
        colours = np.empty((len(u), 3), dtype=np.float32)
        for step, copy in enumerate(copies):
            chosen = level == step
            colours[chosen] = _between(copy, u[chosen], v[chosen])
        return colours


def backdrop(stage: Stage, size: tuple[int, int]) -> Backdrop:
    """Draw the scene without people, lit, at so many pixels."""
    surfaces = [_ground(stage), *stage.surfaces]
    canvas = _Canvas(stage, size)
    nearest = [float(canvas.lens.project(surface.corners())[:, 2].min()) for surface in surfaces]
    for owner in sorted(range(1, len(surfaces)), key=nearest.__getitem__):
        canvas.draw(surfaces[owner], owner)
    canvas.draw(surfaces[0], 0)
    normals, glows = _sides(surfaces, canvas.place)
    lit = stage.light.on(
        canvas.place + canvas.depth[..., None] * canvas.rays, normals[canvas.owner]
    )
    lit = np.maximum(lit, glows[canvas.owner])
    levels = canvas.colour * lit[..., None] * np.array(stage.light.colour, dtype=np.float32)
    return Backdrop(
        np.clip(levels, 0, 255).astype(np.uint8), canvas.depth.astype(np.float16), canvas.owner == 0
    )


def _sides(surfaces: list[Surface], place: Floats) -> tuple[Floats, Floats]:
    """Return the normals that face the camera and the glow of each surface, with the sky last."""
    normals = [surface.normal() for surface in surfaces]
    faced = [
        normal
        if float(normal @ (place - np.array(surface.corner, dtype=np.float32))) > 0
        else -normal
        for surface, normal in zip(surfaces, normals, strict=True)
    ]
    up = np.array([0, 0, 1], dtype=np.float32)
    return np.stack([*faced, up]), np.array(
        [*(surface.glow for surface in surfaces), 1.0], dtype=np.float32
    )
