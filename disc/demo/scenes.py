"""Drawn CCTV stills: a fixed camera's scene, the people in it at a moment, and what its recorder
adds.
"""

import io
import math
import random
from datetime import UTC, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from disc.demo.bodies import Pose
from disc.demo.cameras import TITLES, stage_of
from disc.demo.carrying import balls_of
from disc.demo.disguises import Disguise, close_view, disguise
from disc.demo.figures import FigureDescription, describe, look_of
from disc.demo.lens import Floats, Lens, Window
from disc.demo.modelling import Standing, extent, model, shadow
from disc.demo.stage import Backdrop, Spot, Stage, backdrop

__all__ = [
    "CAMERAS",
    "Disguise",
    "FigureDescription",
    "as_jpeg",
    "close_view",
    "describe",
    "disguise",
    "draw_still",
]

CAMERAS = TITLES
"""The name of each camera and its title on the picture."""

SIZE = (1280, 720)
SECONDS_AT_ONE_SPOT = 12
PACE = 1.15
"""Metres that a walking figure covers in a second."""
_LOCAL = ZoneInfo("Europe/London")


@lru_cache(maxsize=len(TITLES))
def _backdrop(camera: str, size: tuple[int, int]) -> Backdrop:
    return backdrop(stage_of(camera), size)


def _pose(act: str, moment: int, rng: random.Random, tall: float) -> Pose:
    """Return the joints of an act; hands are metres in the figure's own space."""
    sway = rng.uniform(-0.04, 0.04)
    poses = {
        "walk": Pose(stride=0.75 * math.sin(1.9 * moment + rng.uniform(0, 6)), lean=0.05),
        "reach": Pose(0.12, 0.07, right_hand=(0.16 + sway, 0.44, (0.72 + sway) * tall)),
        "phone": Pose(
            0.08,
            0.03,
            right_hand=(0.1, 0.26, 0.7 * tall),
            left_hand=(-0.07, 0.25, 0.68 * tall),
            holds=True,
        ),
        "pay": Pose(0.1, 0.06, right_hand=(0.14 + sway, 0.42, 0.63 * tall)),
        "crouch": Pose(0.35, 0.12, 0.26, right_hand=(0.12, 0.46, 0.33 * tall + sway)),
        "stand": Pose(0.1 + sway, 0.02),
    }
    return poses[act]


def _placed(figure_seed: int, spot: Spot, moment: int, rng: random.Random) -> Standing:
    look = look_of(figure_seed)
    pose = _pose(spot.act, moment, rng, look.tall)
    return Standing(balls_of(look, pose), spot.x, spot.y, spot.facing)


def _where(stage: Stage, moment: int, rng: random.Random) -> Spot:
    """Return where the figure is at the moment: at a spot for a while, or on its way."""
    if rng.random() < 0.6:
        spot = rng.choice(stage.spots)
        drift = 0.03 * (moment % SECONDS_AT_ONE_SPOT - 6)
        turned = spot.facing + rng.uniform(-14, 14)
        return Spot(spot.x + rng.uniform(-0.1, 0.1), spot.y + 0.4 * drift, turned, spot.act)
    (x0, y0), (x1, y1) = stage.walk
    long = math.dist(*stage.walk)
    gone = (PACE * moment + rng.uniform(0, long)) % (2 * long)
    part, back = (gone / long, False) if gone < long else (2 - gone / long, True)
    facing = math.degrees(math.atan2(x1 - x0, y1 - y0)) + (180 if back else 0)
    return Spot(x0 + (x1 - x0) * part, y0 + (y1 - y0) * part, facing, "walk")


def _people(camera: str, moment: int, figure_seed: int) -> list[Standing]:
    """Return who is there, the figure of the seed last and sometimes a passer-by before."""
    stage, block = stage_of(camera), moment // SECONDS_AT_ONE_SPOT
    rng = random.Random(f"{camera} {block} {figure_seed}")
    first = _placed(figure_seed, _where(stage, moment, rng), moment, rng)
    others = random.Random(f"passers-by {camera} {block}")
    if others.random() > 0.4:
        return [first]
    passer = _placed(others.randrange(10**6, 10**7), others.choice(stage.behind), moment, others)
    apart = abs(passer.x / passer.y - first.x / first.y)
    return [passer, first] if apart > 0.12 else [first]  # nobody stands in line with the figure


def _compose(seen: Backdrop, stage: Stage, lens: Lens, people: list[Standing]) -> Floats:
    levels = seen.levels.astype(np.float32)
    for figure in people:
        window, dark = shadow(lens, stage.light, figure)
        part = (slice(window.top, window.bottom), slice(window.left, window.right))
        levels[part] *= 1 - (0.62 * dark * seen.ground[part])[..., None]
    for figure in sorted(people, key=lambda one: -one.y):
        drawn = model(lens, stage.light, figure, seen.depth)
        part = (
            slice(drawn.window.top, drawn.window.bottom),
            slice(drawn.window.left, drawn.window.right),
        )
        levels[part] = levels[part] * (1 - drawn.cover)[..., None] + drawn.levels
    return levels


@lru_cache(maxsize=2)
def _fall(size: tuple[int, int]) -> Floats:
    """Return the (h, w, 1) share of light that the lens and the scan lines let through."""
    width, height = size
    across = (np.arange(width, dtype=np.float32) / width - 0.5)[None, :]
    down = (np.arange(height, dtype=np.float32) / height - 0.5)[:, None]
    corner = 1.04 - 0.52 * (across**2 + 0.8 * down**2)
    lines = np.where(np.arange(height) % 3 == 0, np.float32(0.965), np.float32(1.0))[:, None]
    return (corner * lines)[..., None].astype(np.float32)


def _grain(rng: np.random.Generator, size: tuple[int, int], amount: float) -> Floats:
    """Return (h, w) sensor noise in levels; the bytes of a generator are the same on every
    machine.
    """
    width, height = size
    raw = np.frombuffer(rng.bytes(2 * width * height), dtype=np.uint8).reshape(2, height, width)
    both = raw[0].astype(np.float32) + raw[1] - 255
    return np.asarray(both * (0.036 * amount), dtype=np.float32)


def _recorded(levels: Floats, stage: Stage, size: tuple[int, int], seed: str) -> Image.Image:
    """Return the picture after lens, sensor and recorder."""
    blur = ImageFilter.BoxBlur(0.8 * size[0] / SIZE[0])
    soft = Image.fromarray(np.clip(levels, 0, 255).astype(np.uint8)).filter(blur)
    signal = np.asarray(soft, dtype=np.float32) * _fall(size)
    grey = signal @ np.array([0.3, 0.59, 0.11], dtype=np.float32)
    rng = np.random.default_rng(list(seed.encode()))
    luma = grey * np.float32(1 - stage.colourful) + _grain(rng, size, stage.noise) + 7
    signal *= np.array(stage.tint, dtype=np.float32) * np.float32(stage.colourful)
    signal += luma[..., None]
    coarse = ((size[0] + 3) // 4, (size[1] + 3) // 4)
    for band, strength in ((0, 0.9), (2, 1.2)):  # colour noise comes in blotches
        blotch = _grain(rng, coarse, strength * stage.noise).repeat(4, axis=0).repeat(4, axis=1)
        signal[..., band] += blotch[: size[1], : size[0]]
    return Image.fromarray(np.clip(signal, 0, 255).astype(np.uint8))


def _burn(picture: Image.Image, title: str, moment: int) -> None:
    """Write the camera's title and the British local time into the pixels."""
    draw, unit = ImageDraw.Draw(picture), picture.width / 1280
    font = ImageFont.load_default(26 * unit)
    when = datetime.fromtimestamp(moment, UTC).astimezone(_LOCAL)
    edge, line = 24 * unit, max(1, round(2 * unit))
    draw.text(
        (edge, edge),
        title,
        font=font,
        fill=(240, 240, 236),
        stroke_width=line,
        stroke_fill=(16, 16, 16),
    )
    stamp = f"{when:%d-%m-%Y  %H:%M:%S}"
    place = (picture.width - edge, picture.height - edge)
    draw.text(
        place,
        stamp,
        font=font,
        fill=(240, 240, 236),
        stroke_width=line,
        stroke_fill=(16, 16, 16),
        anchor="rs",
    )


def draw_still(
    camera: str, moment: int, figure_seed: int, *, size: tuple[int, int] = SIZE
) -> Image.Image:
    """Draw what a camera of CAMERAS saw of a figure at a moment, in whole seconds since 1970 UTC.

    The picture's `info["comment"]` says where the figure is, in pixels.
    Raise KeyError for an unknown camera.
    """
    stage = stage_of(camera)
    lens, people = stage.lens(size), _people(camera, moment, figure_seed)
    levels = _compose(_backdrop(camera, size), stage, lens, people)
    picture = _recorded(levels, stage, size, f"{camera} {moment} {figure_seed}")
    _burn(picture, stage.title, moment)
    picture.info["comment"] = _note(extent(lens, people[-1]))
    return picture


def _note(window: Window) -> bytes:
    return f"figure {window.left} {window.top} {window.right} {window.bottom}".encode()


def _invented_exif(picture: Image.Image) -> Image.Exif:
    """Return what a phone might have written: a make, a time and a place in the North Sea."""
    exif = picture.getexif()
    exif[271], exif[272], exif[306] = "Invented Phones", "Demo 1", "2026:11:02 14:05:09"
    exif[34665] = {36867: "2026:11:02 14:05:09"}
    exif[34853] = {1: "N", 2: (55.0, 30.0, 12.5), 3: "E", 4: (3.0, 15.0, 40.0)}
    return exif


def as_jpeg(image: Image.Image, *, quality: int = 88, exif: bool = False) -> bytes:
    """Return the picture as JPEG bytes, with invented EXIF and a GPS position where asked for."""
    out = io.BytesIO()
    if exif:
        image.save(out, "JPEG", quality=quality, exif=_invented_exif(image))
    else:
        image.save(out, "JPEG", quality=quality)
    return out.getvalue()
