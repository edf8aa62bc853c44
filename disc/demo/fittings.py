"""What the drawn scenes are fitted with: walls and stocked shelving."""

from PIL import Image

from disc.demo import textures as flat
from disc.demo.stage import Surface, box


def wall(
    x0: float, x1: float, y: float, tall: float, texture: Image.Image, *, glow: float = 0
) -> Surface:
    """Return a wall across the view, in metres; glow lights it from behind."""
    return Surface((x0, y, tall), (x1 - x0, 0, 0), (0, 0, -tall), texture, glow)


def side(x: float, near: float, far: float, tall: float, texture: Image.Image) -> Surface:
    """Return a wall along the view, in metres."""
    return Surface((x, near, tall), (0, far - near, 0), (0, 0, -tall), texture)


def plain(colour: flat.Colour) -> Image.Image:
    """Return one colour as a texture."""
    return flat.blank(0.2, 0.2, colour)


def gondola(
    across: tuple[float, float], along: tuple[float, float], tall: float, seed: int
) -> list[Surface]:
    """Return stocked shelving between two places across and two along the view, in metres."""
    (x0, x1), (near, far) = across, along
    return box(
        (x0, near, 0),
        (x1, far, tall),
        front=flat.shelving(x1 - x0, tall, seed, 4),
        side=flat.shelving(far - near, tall, seed + 1, 5),
        top=plain((176, 174, 168)),
    )
