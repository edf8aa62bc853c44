"""What people do to a still before they send it: 23 edits, each light, middling and heavy."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

Pixels = NDArray[Any]
Box = tuple[float, float, float, float]
SEVERITIES = (1, 2, 3)


@dataclass(frozen=True, slots=True)
class Frame:
    """A still to edit: its pixels (blue, green, red) and where in it somebody is, as shares."""

    pixels: Pixels
    person: Box


Edit = Callable[[Frame, int, Generator], Pixels]
EDITS: dict[str, Edit] = {}
CROPS = frozenset({"crop", "crop_person", "phone_crop_whatsapp", "chain"})
"""Edits after which nothing but background may be left, so that no wrong answer can be counted."""


def edit(work: Edit) -> Edit:
    """Register an edit under its function's name."""
    EDITS[work.__name__.strip("_")] = work
    return work


def apply(name: str, frame: Frame, severity: int, rng: Generator) -> Pixels:
    """Return an edited copy, as it would be sent: through one more JPEG."""
    return _jpeg(EDITS[name](frame, severity, rng), 90)


def _pick(severity: int, *of_three: float) -> float:
    return of_three[severity - 1]


def _jpeg(pixels: Pixels, quality: float) -> Pixels:
    packed = cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, int(quality)])[1]
    return np.asarray(cv2.imdecode(packed, cv2.IMREAD_COLOR))


def _scale(pixels: Pixels, x: float, y: float | None = None) -> Pixels:
    height, width = pixels.shape[:2]
    size = (max(8, round(width * x)), max(8, round(height * (y or x))))
    way = cv2.INTER_AREA if x < 1 else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(pixels, size, interpolation=way))


def _clip(values: NDArray[np.floating]) -> Pixels:
    return np.clip(np.rint(values), 0, 255).astype(np.uint8)


@edit
def jpeg(frame: Frame, severity: int, _: Generator) -> Pixels:
    """Save as a poorer JPEG."""
    return _jpeg(frame.pixels, _pick(severity, 60, 35, 15))


@edit
def resize(frame: Frame, severity: int, _: Generator) -> Pixels:
    """Make it smaller."""
    return _scale(frame.pixels, _pick(severity, 0.75, 0.5, 0.33))


@edit
def whatsapp(frame: Frame, severity: int, rng: Generator) -> Pixels:
    """Send it by a messenger: smaller and poorer, more than once."""
    share = _pick(severity, 0.9, 0.75, 0.6) * rng.uniform(0.95, 1.05)
    once = _jpeg(_scale(frame.pixels, share), _pick(severity, 70, 55, 40))
    return _jpeg(once, _pick(severity, 65, 50, 35))


@edit
def grey(frame: Frame, severity: int, _: Generator) -> Pixels:
    """Take the colour away."""
    plain = cv2.cvtColor(frame.pixels, cv2.COLOR_BGR2GRAY)
    return _jpeg(cv2.cvtColor(plain, cv2.COLOR_GRAY2BGR), _pick(severity, 90, 60, 35))


@edit
def aspect(frame: Frame, severity: int, rng: Generator) -> Pixels:
    """Stretch one side."""
    more = _pick(severity, 1.1, 1.25, 1.4)
    return _scale(frame.pixels, more if rng.random() < 0.5 else 1 / more, 1.0)


@edit
def letterbox(frame: Frame, severity: int, rng: Generator) -> Pixels:
    """Add bars above and below, or beside."""
    height, width = frame.pixels.shape[:2]
    share = _pick(severity, 0.06, 0.12, 0.2)
    level = int(rng.choice([0, 16, 255]))
    upright = rng.random() < 0.6
    y, x = (round(height * share), 0) if upright else (0, round(width * share))
    return cv2.copyMakeBorder(
        frame.pixels, y, y, x, x, cv2.BORDER_CONSTANT, value=(level, level, level)
    )


@edit
def screenshot(frame: Frame, severity: int, rng: Generator) -> Pixels:
    """Show it on a phone and keep the whole screen, with bars, words and buttons."""
    canvas_width = 540
    inside = round(canvas_width * _pick(severity, 1.0, 0.92, 0.8))
    picture = cv2.resize(
        frame.pixels,
        (inside, round(frame.pixels.shape[0] * inside / frame.pixels.shape[1])),
        interpolation=cv2.INTER_AREA,
    )
    tall = round(max(picture.shape[0] + 260, _pick(severity, 640, 800, 960)))
    dark = rng.random() < 0.5
    canvas = np.full((tall, canvas_width, 3), 18 if dark else 245, np.uint8)
    ink = (235, 235, 235) if dark else (30, 30, 30)
    top = int(rng.integers(110, tall - picture.shape[0] - 90))
    left = (canvas_width - inside) // 2
    canvas[top : top + picture.shape[0], left : left + inside] = picture
    cv2.putText(canvas, "12:41", (18, 30), cv2.FONT_HERSHEY_SIMPLEX, 0.7, ink, 2)
    cv2.putText(canvas, "Security group", (70, 78), cv2.FONT_HERSHEY_SIMPLEX, 0.9, ink, 2)
    cv2.circle(canvas, (36, 70), 20, (190, 120, 60), -1)
    for number in range(4):
        cv2.circle(canvas, (70 + number * 130, tall - 40), 16, ink, 2)
    return _jpeg(canvas, 80)


@edit
def flip(frame: Frame, severity: int, _: Generator) -> Pixels:
    """Mirror it, as front cameras do."""
    return _jpeg(frame.pixels[:, ::-1].copy(), _pick(severity, 90, 60, 35))


@edit
def rotate(frame: Frame, severity: int, rng: Generator) -> Pixels:
    """Turn it a little, as a careless hand does."""
    height, width = frame.pixels.shape[:2]
    angle = _pick(severity, 2, 5, 10) * (1 if rng.random() < 0.5 else -1)
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), angle, 1)
    return cv2.warpAffine(frame.pixels, turn, (width, height), flags=cv2.INTER_CUBIC)


@edit
def rot90(frame: Frame, severity: int, _: Generator) -> Pixels:
    """Lay it on its side or its head."""
    return np.rot90(frame.pixels, severity).copy()


@edit
def crop(frame: Frame, severity: int, rng: Generator) -> Pixels:
    """Keep 90, 70 or 50 % of each side."""
    height, width = frame.pixels.shape[:2]
    share = _pick(severity, 0.9, 0.7, 0.5)
    h, w = round(height * share), round(width * share)
    y, x = int(rng.integers(0, height - h + 1)), int(rng.integers(0, width - w + 1))
    return frame.pixels[y : y + h, x : x + w].copy()


@edit
def crop_person(frame: Frame, severity: int, rng: Generator) -> Pixels:
    """Keep somebody and little else: at least 40, 32 or 25 % of each side."""
    height, width = frame.pixels.shape[:2]
    margin, least = _pick(severity, 0.6, 0.35, 0.15), _pick(severity, 0.4, 0.32, 0.25)
    left, right = _around(frame.person[0], frame.person[2], margin, least, rng)
    top, bottom = _around(frame.person[1], frame.person[3], margin, least, rng)
    return frame.pixels[
        int(top * height) : round(bottom * height), int(left * width) : round(right * width)
    ].copy()


def _around(
    low: float, high: float, margin: float, least: float, rng: Generator
) -> tuple[float, float]:
    size = min(1.0, max(least, (high - low) * (1 + margin)))
    start = (low + high) / 2 - size / 2 + rng.uniform(-0.04, 0.04)
    start = min(max(0.0, start), 1 - size)
    return start, start + size


@edit
def brightness(frame: Frame, severity: int, rng: Generator) -> Pixels:
    """Make it lighter or darker until parts are lost."""
    by = _pick(severity, 35, 60, 90) * (1 if rng.random() < 0.6 else -1)
    return _clip(frame.pixels.astype(np.float32) + by)


@edit
def contrast(frame: Frame, severity: int, rng: Generator) -> Pixels:
    """Stretch or flatten its levels."""
    by = _pick(severity, 1.3, 1.7, 2.2)
    by = by if rng.random() < 0.6 else 1 / by
    values = frame.pixels.astype(np.float32)
    return _clip((values - values.mean()) * by + values.mean())


@edit
def gamma(frame: Frame, severity: int, rng: Generator) -> Pixels:
    """Lift or press the shadows."""
    power = _pick(severity, 0.7, 0.5, 0.35)
    power = power if rng.random() < 0.6 else 1 / power
    return _clip((frame.pixels / 255.0) ** power * 255)


@edit
def blur_noise(frame: Frame, severity: int, rng: Generator) -> Pixels:
    """Out of focus and in the dark."""
    soft = cv2.GaussianBlur(frame.pixels, (0, 0), _pick(severity, 0.8, 1.5, 2.2))
    grain = rng.normal(0, _pick(severity, 4, 8, 12), soft.shape)
    return _clip(soft.astype(np.float32) + grain)


WORDS = ("BANNED", "DO NOT SERVE", "CAM 02  03-05-2026 14:22:07", "KNOWN THIEF", "Seen today?")


@edit
def text(frame: Frame, severity: int, rng: Generator) -> Pixels:
    """Write over it: a time, a caption, a slogan across it; with or without a bar."""
    out = frame.pixels.copy()
    height, width = out.shape[:2]
    for _ in range(severity):
        words = str(rng.choice(WORDS))
        size = _pick(severity, 0.45, 0.6, 0.8) * width / 400
        thick = max(1, round(size * 2))
        (w, h), low = cv2.getTextSize(words, cv2.FONT_HERSHEY_SIMPLEX, size, thick)
        x = int(rng.integers(0, max(1, width - w)))
        y = int(rng.integers(h + 2, max(h + 3, height - low)))
        colour = [(255, 255, 255), (0, 0, 255), (0, 255, 255), (0, 0, 0)][int(rng.integers(4))]
        if rng.random() < 0.4:
            back = (0, 0, 0) if sum(colour) else (255, 255, 255)
            cv2.rectangle(out, (x - 4, y - h - 4), (x + w + 4, y + low), back, -1)
        cv2.putText(out, words, (x, y), cv2.FONT_HERSHEY_SIMPLEX, size, colour, thick, cv2.LINE_AA)
    return out


@edit
def annotation(frame: Frame, severity: int, rng: Generator) -> Pixels:
    """Ring somebody, point an arrow, draw a box, scribble."""
    out = frame.pixels.copy()
    height, width = out.shape[:2]
    left, top, right, bottom = frame.person
    middle = (round((left + right) / 2 * width), round((top + bottom) / 2 * height))
    thick = round(_pick(severity, 3, 5, 7) * width / 640 + 1)
    colour = [(0, 0, 255), (0, 255, 255), (0, 255, 0), (255, 0, 0)][int(rng.integers(4))]
    around = (
        max(12, round((right - left) * width * 0.6)),
        max(12, round((bottom - top) * height * 0.6)),
    )
    if rng.random() < 0.7:
        cv2.ellipse(out, middle, around, 0, 0, 360, colour, thick, cv2.LINE_AA)
    else:
        low = (middle[0] - around[0], middle[1] - around[1])
        high = (middle[0] + around[0], middle[1] + around[1])
        cv2.rectangle(out, low, high, colour, thick)
    for _ in range(severity - 1):
        start = (int(rng.integers(0, width)), int(rng.integers(0, height)))
        cv2.arrowedLine(out, start, middle, colour, thick, cv2.LINE_AA, tipLength=0.15)
    return out


@edit
def pixelate(frame: Frame, severity: int, rng: Generator) -> Pixels:
    """Hide one to three bystanders behind blocks."""
    out = frame.pixels.copy()
    height, width = out.shape[:2]
    for _ in range(severity):
        h = round(height * _pick(severity, 0.12, 0.16, 0.2))
        w = round(width * _pick(severity, 0.07, 0.09, 0.11))
        y, x = int(rng.integers(0, height - h)), int(rng.integers(0, width - w))
        part = out[y : y + h, x : x + w]
        blocks = cv2.resize(part, (max(2, w // 12), max(2, h // 12)), interpolation=cv2.INTER_AREA)
        out[y : y + h, x : x + w] = cv2.resize(blocks, (w, h), interpolation=cv2.INTER_NEAREST)
    return out


@edit
def clahe(frame: Frame, severity: int, _: Generator) -> Pixels:
    """Enhance its contrast part by part, as players of recordings offer."""
    lab = cv2.cvtColor(frame.pixels, cv2.COLOR_BGR2LAB)
    lab[..., 0] = cv2.createCLAHE(_pick(severity, 2, 4, 8), (8, 8)).apply(lab[..., 0])
    return cv2.cvtColor(lab, cv2.COLOR_LAB2BGR)


@edit
def phone(frame: Frame, severity: int, rng: Generator) -> Pixels:
    """Photograph the monitor with a phone: skewed, moiré, glare, soft, grainy, with its bezel."""
    shown = frame.pixels
    width = shown.shape[1]
    pad = round(width * _pick(severity, 0.05, 0.09, 0.12))
    screen = cv2.copyMakeBorder(shown, pad, pad, pad, pad, cv2.BORDER_CONSTANT, value=(22, 20, 20))
    high, wide = screen.shape[:2]
    corners = np.array([[0, 0], [wide, 0], [wide, high], [0, high]], np.float32)
    skew = _pick(severity, 0.02, 0.04, 0.07)
    moved = corners + rng.uniform(-skew, skew, (4, 2)).astype(np.float32) * [wide, high]
    view = cv2.getPerspectiveTransform(corners, moved.astype(np.float32))
    seen = cv2.warpPerspective(
        screen, view, (wide, high), flags=cv2.INTER_LINEAR, borderValue=(70, 75, 80)
    ).astype(np.float32)
    y, x = np.mgrid[0:high, 0:wide].astype(np.float32)
    angle, period = rng.uniform(0, np.pi), rng.uniform(3.2, 7)
    waves = np.sin((x * np.cos(angle) + y * np.sin(angle)) * 2 * np.pi / period)
    seen *= (1 + _pick(severity, 0.02, 0.05, 0.08) * waves)[..., None]
    light = rng.uniform(0, np.pi * 2)
    slope = ((x / wide - 0.5) * np.cos(light) + (y / high - 0.5) * np.sin(light))[..., None]
    seen = seen * (1 + _pick(severity, 0.15, 0.35, 0.6) * slope)
    far = ((x - rng.uniform(0, wide)) ** 2 + (y - rng.uniform(0, high)) ** 2) / (0.12 * wide) ** 2
    seen += (_pick(severity, 15, 40, 70) * np.exp(-far))[..., None]
    seen = seen * rng.uniform(0.92, 1.08, 3)
    seen = cv2.GaussianBlur(seen, (0, 0), _pick(severity, 0.6, 0.9, 1.3))
    seen += rng.normal(0, _pick(severity, 3, 5, 8), seen.shape)
    return _jpeg(_clip(seen), _pick(severity, 80, 65, 50))


@edit
def phone_crop_whatsapp(frame: Frame, severity: int, rng: Generator) -> Pixels:
    """Photograph the monitor, cut the bezel off, send it on."""
    seen = phone(frame, severity, rng)
    height, width = seen.shape[:2]
    share = _pick(severity, 0.1, 0.15, 0.2)
    y, x = round(height * share), round(width * share)
    inner = Frame(seen[y : height - y, x : width - x].copy(), frame.person)
    return whatsapp(inner, severity, rng)


CHAIN = (
    "whatsapp",
    "crop",
    "text",
    "grey",
    "brightness",
    "letterbox",
    "aspect",
    "annotation",
    "gamma",
)


@edit
def chain(frame: Frame, severity: int, rng: Generator) -> Pixels:
    """Two, three or four edits one after another, each light or middling."""
    out = frame
    for name in rng.choice(CHAIN, size=severity + 1, replace=False):
        strength = 1 if severity == 1 else int(rng.integers(1, 3))
        out = Frame(EDITS[str(name)](out, strength, rng), frame.person)
    return out.pixels
