"""The pinhole camera of a drawn scene, and the light that falls on what it sees."""

import math
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float32]
Point: TypeAlias = tuple[float, float, float]


class Window(NamedTuple):
    """A rectangle of pixels: left and top included, right and bottom not."""

    left: int
    top: int
    right: int
    bottom: int


@dataclass(frozen=True)
class Lens:
    """A fixed camera: position in metres (x right, y ahead, z up), angles in degrees, field of
    view across.
    """

    position: Point
    pitch: float
    yaw: float
    view: float
    width: int
    height: int

    @property
    def focal(self) -> float:
        """Return the focal length in pixels."""
        return self.width / (2 * math.tan(math.radians(self.view) / 2))

    def axes(self) -> Floats:
        """Return a 3x3 array whose rows are right, up and forward in the world."""
        pitch, yaw = math.radians(self.pitch), math.radians(self.yaw)
        right = (math.cos(yaw), -math.sin(yaw), 0.0)
        forward = (
            math.sin(yaw) * math.cos(pitch),
            math.cos(yaw) * math.cos(pitch),
            -math.sin(pitch),
        )
        up = (math.sin(yaw) * math.sin(pitch), math.cos(yaw) * math.sin(pitch), math.cos(pitch))
        return np.array([right, up, forward], dtype=np.float32)

    def project(self, points: Floats) -> Floats:
        """Return (n, 3) rows of pixel x, pixel y and depth in metres for (n, 3) points of the
        world.
        """
        seen = (points - np.array(self.position, dtype=np.float32)) @ self.axes().T
        depth = np.maximum(seen[:, 2], 0.05)
        across = self.width / 2 + self.focal * seen[:, 0] / depth
        down = self.height / 2 - self.focal * seen[:, 1] / depth
        return np.stack([across, down, depth], axis=1).astype(np.float32)

    def rays(self, window: Window, scale: int = 1) -> Floats:
        """Return the (h, w, 3) ray of each pixel in the window, `scale` rays to a pixel each way;
        depth is its length.
        """
        across = (
            np.arange(window.left * scale, window.right * scale, dtype=np.float32) + 0.5
        ) / scale
        down = (
            np.arange(window.top * scale, window.bottom * scale, dtype=np.float32) + 0.5
        ) / scale
        right, up, forward = self.axes()
        rows = forward - ((down - self.height / 2) / self.focal)[:, None] * up
        columns = ((across - self.width / 2) / self.focal)[:, None] * right
        return np.asarray(rows[:, None, :] + columns[None, :, :], dtype=np.float32)

    def frame(self) -> Window:
        """Return the whole picture as a window."""
        return Window(0, 0, self.width, self.height)

    def clip(self, box: tuple[float, float, float, float], margin: float = 2) -> Window:
        """Return the pixels that a box in pixels covers, with a margin, kept inside the picture."""
        left = max(0, min(self.width, math.floor(box[0] - margin)))
        top = max(0, min(self.height, math.floor(box[1] - margin)))
        right = max(left, min(self.width, math.ceil(box[2] + margin)))
        return Window(left, top, right, max(top, min(self.height, math.ceil(box[3] + margin))))


@dataclass(frozen=True)
class Lamp:
    """A lamp at a place in metres; power is its brightness at one metre, reach the metres where it
    halves.
    """

    place: Point
    power: float
    reach: float = 3.0


@dataclass(frozen=True)
class Light:
    """The lamps of a scene and the light that comes from everywhere; colour is red, green, blue."""

    lamps: tuple[Lamp, ...]
    ambient: float
    colour: Point = (1.0, 1.0, 1.0)

    def on(self, places: Floats, normals: Floats) -> Floats:
        """Return the brightness of each place (..., 3) with its normal (..., 3)."""
        total = np.full(places.shape[:-1], self.ambient, dtype=np.float32)
        total += np.float32(0.16 * self.ambient) * normals[..., 2]
        for lamp in self.lamps:
            way = np.array(lamp.place, dtype=np.float32) - places
            square = np.einsum("...i,...i->...", way, way)
            facing = np.einsum("...i,...i->...", way, normals) / np.sqrt(square)
            fade = lamp.power / (1 + square / lamp.reach**2)
            total += fade * np.maximum(0, 0.35 + 0.65 * facing)
        return total.astype(np.float32)
