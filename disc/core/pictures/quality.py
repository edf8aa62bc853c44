"""Measures whether a picture shows enough to know somebody by: how light it is, and how soft."""

from dataclasses import dataclass

from PIL import Image, ImageChops, ImageFilter, ImageStat

LOOKED_AT = 640
"""Pixels of the long side on which a picture is measured; the browser measures on as many."""
BLUR_RADIUS = 4
DARK = 40.0
"""Mean level, of 255, below which hardly anything is seen on a phone in a shop."""
SOFT = 0.72
"""Softness above which edges run over several pixels of a phone's screen."""
RECOGNISED_FROM = 212
"""Pixels of a person's height from which somebody who knows them recognises them: 125 pixels a
metre (EN 62676-4, *recognise*) at 1.7 m."""


@dataclass(frozen=True, slots=True)
class Quality:
    """``light`` is the mean level, 0 to 255. ``softness`` is 0 for hard edges, 1 for none."""

    light: float
    softness: float


def measure(upright: Image.Image) -> Quality:
    """Measure an upright picture; some 10 ms."""
    grey = _small(upright.convert("L"))
    return Quality(
        light=ImageStat.Stat(grey).mean[0],
        softness=max(_softness(grey, (1, 0)), _softness(grey, (0, 1))),
    )


def _small(grey: Image.Image) -> Image.Image:
    share = LOOKED_AT / max(grey.size)
    if share >= 1:
        return grey
    size = (max(1, round(grey.width * share)), max(1, round(grey.height * share)))
    return grey.resize(size, Image.Resampling.BOX)


def _softness(grey: Image.Image, way: tuple[int, int]) -> float:
    """Return how little a picture changes by being blurred once more, one way: 1 is not at all.

    F. Crete, T. Dolmiere, P. Ladret and M. Nicolas, "The blur effect: perception and estimation
    with a new no-reference perceptual blur metric", 2007. What is shown does not matter.
    """
    blurred = grey.filter(ImageFilter.BoxBlur((BLUR_RADIUS * way[0], BLUR_RADIUS * way[1])))
    steps = _steps(grey, way)
    whole = ImageStat.Stat(steps).sum[0]
    lost = ImageStat.Stat(ImageChops.subtract(steps, _steps(blurred, way))).sum[0]
    return 1 - lost / whole if whole else 1.0


def _steps(grey: Image.Image, way: tuple[int, int]) -> Image.Image:
    """Return how far each pixel is from the next one."""
    across, down = way
    wide, tall = grey.size
    one = grey.crop((across, down, wide, tall))
    return ImageChops.difference(one, grey.crop((0, 0, wide - across, tall - down)))
