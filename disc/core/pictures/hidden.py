"""The mark that nobody sees: a pattern of one viewer and one picture, spread over all its pixels.

Each of 48 x 48 cells of a picture is a little lighter or darker, as a keyed digest says. Cells are
shares of the picture, so a thumbnail and a view carry the same pattern, and so does what a phone
photographs off a screen. Who holds the picture without a mark can tell whose pattern was added
(``disc.matching.likeness.carried``); who does not hold its key can neither read nor forge one.
"""

import hashlib
import hmac
import io

from PIL import Image, ImageChops, ImageFilter

GRID = 48
"""Cells on each side. Finer ones do not outlive a small thumbnail's JPEG, coarser ones are too
few for a crop."""
PATTERN_BYTES = GRID * GRID // 8
IN_VIEW, IN_THUMB = (1, 3), (2, 4)
"""Levels of 255 by which a cell changes where nothing is to be seen, and where much is. Larger
cells show more; a thumbnail's JPEG takes more away, and shows more of its own."""
THUMB_SIDE = 400
"""Pixels on the long side up to which a picture is a thumbnail."""
BUSY = 6.0
"""The mean difference of neighbouring pixels, in levels, from which on a cell is full of detail."""
NO_CHANGE = 128
"""What of a spread pattern leaves a pixel as it is."""
# Spread smoothly to a half or a quarter of the picture, then by repeating: nobody sees the steps
# of less than a level, and a view's pattern takes a tenth of the time.
_STEP_OF_THUMB, _STEP_OF_VIEW = 2, 4


def pattern_of(key: bytes, code: str) -> bytes:
    """Return a viewer's pattern in the picture that a key seals: one bit a cell, in rows."""
    seed = hmac.new(key, f"hidden mark\0{code}".encode(), hashlib.sha256).digest()
    return hashlib.shake_256(seed).digest(PATTERN_BYTES)


def spread(pattern: bytes, light: Image.Image) -> Image.Image:
    """Return what a pattern adds to a picture's lightness, less where it is flat.

    It is as large as the picture; ``NO_CHANGE`` adds nothing.
    """
    small = max(light.size) <= THUMB_SIDE
    lighter, darker = _IN_THUMB if small else _IN_VIEW
    step = _STEP_OF_THUMB if small else _STEP_OF_VIEW
    busy, signs = busyness(light), Image.frombytes("1", (GRID, GRID), pattern)
    cells = Image.composite(busy.point(lighter), busy.point(darker), signs)
    smooth = max(1, light.width // step), max(1, light.height // step)
    return cells.resize(smooth, Image.Resampling.BILINEAR).resize(
        light.size, Image.Resampling.NEAREST
    )


def busyness(light: Image.Image) -> Image.Image:
    """Return how much each cell shows: a small picture of the mean difference of its pixels."""
    change = ImageChops.difference(light, ImageChops.offset(light, 1, 1))
    cells = change.resize((GRID, GRID), Image.Resampling.BOX, reducing_gap=1.0)
    return cells.filter(ImageFilter.BoxBlur(1))


def strengths(rendition: bytes) -> list[float]:
    """Return by how many levels a mark changes each cell of a rendition, in rows."""
    opened = Image.open(io.BytesIO(rendition), formats=("JPEG",))
    busy = busyness(opened.convert("L")).tobytes()
    span = IN_THUMB if max(opened.size) <= THUMB_SIDE else IN_VIEW
    return [_strength(each, span) for each in busy]


def _strength(busy: int, span: tuple[int, int]) -> float:
    return span[0] + (span[1] - span[0]) * min(1.0, busy / BUSY)


def _levels(span: tuple[int, int]) -> tuple[list[int], list[int]]:
    """Return what a cell becomes that is so busy, lighter or darker."""
    by = [round(_strength(busy, span)) for busy in range(256)]
    return [NO_CHANGE + each for each in by], [NO_CHANGE - each for each in by]


_IN_VIEW, _IN_THUMB = _levels(IN_VIEW), _levels(IN_THUMB)
