"""Burns a code, a time and a hidden pattern into a rendition, fast enough for every view."""

import functools
import io

from PIL import Image, ImageChops, ImageDraw, ImageFont, JpegImagePlugin

from disc.core.pictures.hidden import NO_CHANGE, THUMB_SIDE, spread

# How far the repeated letters lighten or darken a pixel, of 255: seen on a second look.
DEPTH = 16
SMALL_LETTERS = 10
TILT_DEGREES = 24
LABEL_GROUND = 24
LABEL_INK = 240
NO_COLOUR = 128  # the neutral level of both colour channels


def watermark(rendition: bytes, code: str, at: str, pattern: bytes) -> bytes:
    """Burn a viewer's code, the time and their pattern into a rendition's JPEG; return a JPEG.

    The letters are repeated faintly over the whole picture, so that no crop is without them, and
    stand once legibly in a corner. The pattern (of `pattern_of`) is not seen. `at` should change at
    most once a minute: letters are kept by code, time and size. Give it nothing but `take_in`'s
    own renditions: it trusts what it decodes.
    """
    opened = Image.open(io.BytesIO(rendition), formats=("JPEG",))
    if not isinstance(opened, JpegImagePlugin.JpegImageFile):  # a phone's multi-picture JPEG
        raise TypeError("only a rendition can be marked")
    # Left in the JPEG's own colour space, the picture is decoded and encoded without conversion,
    # and one channel of three carries the mark.
    opened.draft("YCbCr", None)
    tables = opened.quantization
    light, blue, red = opened.convert("YCbCr").split()
    # Both are far from 0 and 255, so that their sum needs no limit, whose cost is eight times this.
    both = ImageChops.add_modulo(spread(pattern, light), _letters_over(code, at, opened.size))
    light = ImageChops.add(light, both, 1.0, -NO_CHANGE - DEPTH)
    marked = Image.merge("YCbCr", (light, blue, red))
    label = _label(code, at, opened.size)
    marked.paste(label, (0, marked.height - label.height))
    out = io.BytesIO()
    # The rendition's own tables: no second loss from a different rounding, and near its size.
    # Optimising takes a tenth of a millisecond from a thumbnail's time and 6 % from its bytes.
    small = max(opened.size) <= THUMB_SIDE
    marked.save(out, "JPEG", qtables=tables, subsampling="4:2:0", optimize=small)
    return out.getvalue()


def _letters_over(code: str, at: str, size: tuple[int, int]) -> Image.Image:
    if max(size) > THUMB_SIDE:
        return _tiled(code, at, size)  # a megabyte each, and cheap beside the decoding
    return _kept_letters(code, at, size)


def _tiled(code: str, at: str, size: tuple[int, int]) -> Image.Image:
    """Cover a picture's size with the mark; DEPTH is no change, 0 darkens, twice DEPTH lightens."""
    tile = _tile(code, at, _letters(size))
    covered = Image.new("L", size, DEPTH)
    for row, top in enumerate(range(0, size[1], tile.height)):
        # Every second row is shifted by half, so that no straight gap runs down the picture.
        for left in range(-(row % 2) * tile.width // 2, size[0], tile.width):
            covered.paste(tile, (left, top))
    return covered


# 128 times a thumbnail's letters are 7 MB at most: several pages of several people's last minute.
_kept_letters = functools.lru_cache(maxsize=128)(_tiled)


@functools.lru_cache(maxsize=128)
def _tile(code: str, at: str, letters: int) -> Image.Image:
    """Write the mark once, tilted, light with a dark edge: it shows on any ground."""
    words = f"{code}\n{at}"
    width, height = _measure(words, letters)
    flat = Image.new("L", (width + letters, height + letters), DEPTH)
    pen = ImageDraw.Draw(flat)
    pen.multiline_text((2, 2), words, fill=0, font=_font(letters), align="center", spacing=1)
    pen.multiline_text(
        (1, 1), words, fill=2 * DEPTH, font=_font(letters), align="center", spacing=1
    )
    return flat.rotate(TILT_DEGREES, Image.Resampling.BICUBIC, expand=True, fillcolor=DEPTH)


@functools.lru_cache(maxsize=128)
def _label(code: str, at: str, size: tuple[int, int]) -> Image.Image:
    """Write the mark to be read: on one line, on two, or up the side, whichever fits first."""
    letters = _letters(size)
    line, lines = _plate(f"{code}  {at}", letters), _plate(f"{code}\n{at}", letters)
    choices = (line, lines, line.transpose(Image.Transpose.ROTATE_90))
    fitting = [plate for plate in choices if plate.width <= size[0] and plate.height <= size[1]]
    plate = fitting[0] if fitting else lines
    colourless = Image.new("L", plate.size, NO_COLOUR)
    return Image.merge("YCbCr", (plate, colourless, colourless))


def _plate(words: str, letters: int) -> Image.Image:
    width, height = _measure(words, letters)
    edge = letters // 3
    plate = Image.new("L", (width + 2 * edge, height + 2 * edge), LABEL_GROUND)
    ImageDraw.Draw(plate).multiline_text(
        (edge, edge), words, fill=LABEL_INK, font=_font(letters), spacing=1
    )
    return plate


def _measure(words: str, letters: int) -> tuple[int, int]:
    pen = ImageDraw.Draw(Image.new("L", (1, 1)))
    _, _, right, bottom = pen.multiline_textbbox((0, 0), words, font=_font(letters), spacing=1)
    return int(right) + 1, int(bottom) + 1


def _letters(size: tuple[int, int]) -> int:
    longest = max(size)
    return SMALL_LETTERS if longest <= THUMB_SIDE else max(SMALL_LETTERS, longest // 64)


@functools.lru_cache(maxsize=16)
def _font(letters: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(letters)
