"""Draws the app's own mark, a shield with a shop awning, as the PNG icons of static/icons.

Run it in the product's environment: python tools/vendor/icons.py
"""

from pathlib import Path
from typing import Final

from PIL import Image, ImageDraw

TARGET: Final = Path(__file__).resolve().parents[2] / "static" / "icons"
BLUE: Final = (18, 67, 109)
WHITE: Final = (255, 255, 255)
PALE: Final = (140, 194, 242)
OVERSAMPLE: Final = 4
STRIPES: Final = 5
# Android cuts a maskable icon to a circle of 80 %: the mark stays inside it.
MASKABLE_SCALE: Final = 0.6
PLAIN_SCALE: Final = 0.74

Point = tuple[float, float]


def draw_icon(size: int, *, scale: float, corner: float) -> Image.Image:
    """Draw the mark on a blue square of `size` pixels; scale and corner are parts of it."""
    side = size * OVERSAMPLE
    image = Image.new("RGBA", (side, side), (0, 0, 0, 0))
    pen = ImageDraw.Draw(image)
    pen.rounded_rectangle((0, 0, side - 1, side - 1), radius=side * corner, fill=BLUE)
    pen.polygon(_placed(_shield(), side, scale), fill=WHITE)
    _draw_awning(pen, side, scale)
    _draw_door(pen, side, scale)
    return image.resize((size, size), Image.Resampling.LANCZOS)


def _placed(points: list[Point], side: int, scale: float) -> list[Point]:
    """Move points of a unit square to the middle of the picture."""
    edge = side * (1 - scale) / 2
    return [(edge + x * side * scale, edge + y * side * scale) for x, y in points]


def _curve(start: Point, pull: Point, end: Point, steps: int = 40) -> list[Point]:
    """Follow a quadratic curve from start to end."""
    points = []
    for step in range(steps + 1):
        t = step / steps
        a, b, c = (1 - t) ** 2, 2 * t * (1 - t), t**2
        x = a * start[0] + b * pull[0] + c * end[0]
        y = a * start[1] + b * pull[1] + c * end[1]
        points.append((x, y))
    return points


def _shield() -> list[Point]:
    right = _curve((0.93, 0.5), (0.9, 0.84), (0.5, 1.0))
    left = _curve((0.5, 1.0), (0.1, 0.84), (0.07, 0.5))
    return [(0.07, 0.06), (0.93, 0.06), *right, *left]


def _draw_awning(pen: ImageDraw.ImageDraw, side: int, scale: float) -> None:
    width = 0.7 / STRIPES
    for stripe in range(STRIPES):
        left, colour = 0.15 + stripe * width, BLUE if stripe % 2 == 0 else PALE
        roof = [(left, 0.2), (left + width, 0.2), (left + width, 0.38), (left, 0.38)]
        pen.polygon(_placed(roof, side, scale), fill=colour)
        edge = _placed([(left, 0.38 - width / 2), (left + width, 0.38 + width / 2)], side, scale)
        pen.pieslice((*edge[0], *edge[1]), 0, 180, fill=colour)


def _draw_door(pen: ImageDraw.ImageDraw, side: int, scale: float) -> None:
    box = _placed([(0.4, 0.55), (0.6, 0.85)], side, scale)
    radius = side * scale * 0.03
    pen.rounded_rectangle((*box[0], *box[1]), radius=radius, fill=BLUE)


def main() -> None:
    """Write every icon that the manifest and the layout name."""
    TARGET.mkdir(parents=True, exist_ok=True)
    # A tab's icon comes with every first page, so that 32 colours must do.
    tab = draw_icon(32, scale=PLAIN_SCALE, corner=0.18).quantize(32)
    tab.save(TARGET / "icon-32.png", optimize=True)
    plain = {"icon-192.png": 192, "icon-512.png": 512}
    for name, size in plain.items():
        draw_icon(size, scale=PLAIN_SCALE, corner=0.18).save(TARGET / name, optimize=True)
    full = {"maskable-512.png": (512, MASKABLE_SCALE), "apple-touch-180.png": (180, PLAIN_SCALE)}
    for name, (size, scale) in full.items():
        icon = draw_icon(size, scale=scale, corner=0.0).convert("RGB")
        icon.save(TARGET / name, optimize=True)


if __name__ == "__main__":
    main()
