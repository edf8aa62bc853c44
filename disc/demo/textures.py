"""The flat surfaces of the drawn scenes, seen straight on: shelves, floors, doors, bricks and shop
windows.
"""

import random
from collections.abc import Callable
from typing import TypeAlias

from PIL import Image, ImageChops, ImageDraw, ImageFilter

Colour: TypeAlias = tuple[int, int, int]

PIXELS_PER_METRE = 96

PACKETS: tuple[Colour, ...] = (
    (196, 44, 40), (226, 168, 38), (38, 92, 168), (52, 132, 74), (236, 232, 222), (120, 60, 130),
    (232, 112, 36), (70, 160, 190), (214, 202, 160), (98, 62, 40), (206, 80, 120), (30, 44, 74),
)  # fmt: skip


def blank(width: float, height: float, colour: Colour) -> Image.Image:
    """Return a plain surface of so many metres."""
    return Image.new(
        "RGB",
        (max(2, round(width * PIXELS_PER_METRE)), max(2, round(height * PIXELS_PER_METRE))),
        colour,
    )


def _shade(colour: Colour, by: float) -> Colour:
    red, green, blue = (max(0, min(255, round(part * by))) for part in colour)
    return red, green, blue


def _packet(
    draw: ImageDraw.ImageDraw, box: tuple[int, int, int, int], colour: Colour, kind: int
) -> None:
    left, top, right, bottom = box
    width, height = right - left, bottom - top
    if kind == 0:  # a bottle: a neck above a body
        draw.rectangle(
            (left + width // 3, top, right - width // 3, top + height // 3),
            fill=_shade(colour, 0.8),
        )
        draw.rounded_rectangle(
            (left, top + height // 4, right, bottom), radius=width // 4, fill=colour
        )
    else:
        draw.rounded_rectangle(box, radius=1 if kind == 1 else width // 4, fill=colour)
    draw.line((left, top + height // 3, left, bottom), fill=_shade(colour, 0.55))
    draw.line((right, top + height // 3, right, bottom), fill=_shade(colour, 0.6))
    label = (left + width // 5, top + height * 2 // 5, right - width // 5, top + height * 3 // 4)
    if label[2] > label[0]:
        draw.rectangle(label, fill=(238, 234, 226) if sum(colour) < 520 else (170, 40, 44))


def _row(draw: ImageDraw.ImageDraw, rng: random.Random, width: int, floor: int, room: int) -> None:
    x = rng.randrange(2, 8)
    while x < width - 6:
        wide, tall, kind = (
            rng.randrange(9, 26),
            rng.randrange(room * 68 // 100, room * 98 // 100),
            rng.randrange(3),
        )
        colour = rng.choice(PACKETS)
        for _ in range(rng.randrange(2, 6)):
            if x + wide < width - 2 and rng.random() > 0.06:
                sink = rng.randrange(0, 3)
                _packet(
                    draw,
                    (x, floor - tall + sink, x + wide, floor - 1),
                    _shade(colour, rng.uniform(0.88, 1.05)),
                    kind,
                )
            x += wide + 2
        x += rng.randrange(0, 5)


def shelving(width: float, height: float, seed: int, levels: int = 5) -> Image.Image:
    """Return a bay of stocked shelves of so many metres, the same for the same seed."""
    picture = blank(width, height, (64, 62, 60))
    draw, rng = ImageDraw.Draw(picture), random.Random(f"shelving {seed}")
    room = picture.height // levels
    for level in range(levels):
        floor = room * (level + 1) - 7
        _row(draw, rng, picture.width, floor, room - 10)
        draw.rectangle((0, floor, picture.width, floor + 6), fill=(206, 206, 200))
        for ticket in range(6, picture.width, 34):
            colour = (250, 222, 60) if rng.random() < 0.3 else (250, 250, 250)
            draw.rectangle((ticket, floor + 1, ticket + 12, floor + 5), fill=colour)
    shade = Image.new("L", (1, room))
    shade.putdata([max(120, min(255, 120 + 300 * row // room)) for row in range(room)])
    darkness = Image.new("L", picture.size, 255)
    for level in range(levels):
        darkness.paste(shade.resize((picture.width, room)), (0, level * room - 2))
    black = Image.new("RGB", picture.size)
    upright = ImageDraw.Draw(picture)
    for post in range(0, picture.width, PIXELS_PER_METRE):
        upright.rectangle((post, 0, post + 3, picture.height), fill=(150, 150, 146))
    return Image.composite(picture, black, darkness)


def speckled(picture: Image.Image, seed: int, amount: int, grain: int = 2) -> Image.Image:
    """Return the surface with patches of wear, lighter and darker by up to `amount` levels."""
    rng = random.Random(f"wear {seed}")
    small = Image.new(
        "L", (max(2, picture.width // (grain * 8)), max(2, picture.height // (grain * 8)))
    )
    small.putdata(
        [rng.randrange(128 - amount, 128 + amount) for _ in range(small.width * small.height)]
    )
    worn = small.resize(picture.size, Image.Resampling.BICUBIC)
    return Image.merge("RGB", [_added(band, worn) for band in picture.split()])


def _added(band: Image.Image, worn: Image.Image) -> Image.Image:
    return ImageChops.add(band, worn, 1.0, -128)


def tiled(
    width: float, height: float, seed: int, *, tile: float, colour: Colour, line: Colour
) -> Image.Image:
    """Return a tiled surface; `tile` is the side of one tile in metres."""
    picture = blank(width, height, colour)
    draw, rng = ImageDraw.Draw(picture), random.Random(f"tiles {seed}")
    step = tile * PIXELS_PER_METRE
    for row in range(int(picture.height / step) + 1):
        for column in range(int(picture.width / step) + 1):
            box = (column * step, row * step, (column + 1) * step, (row + 1) * step)
            draw.rectangle(box, fill=_shade(colour, rng.uniform(0.95, 1.05)), outline=line, width=2)
    return speckled(picture, seed, 9)


def bricks(width: float, height: float, seed: int, colour: Colour = (136, 82, 64)) -> Image.Image:
    """Return a brick wall of so many metres."""
    picture = blank(width, height, (150, 142, 132))
    draw, rng = ImageDraw.Draw(picture), random.Random(f"bricks {seed}")
    for row in range(picture.height // 8 + 1):
        for column in range(-1, picture.width // 22 + 1):
            left = column * 22 + (11 if row % 2 else 0)
            draw.rectangle(
                (left, row * 8, left + 20, row * 8 + 6), fill=_shade(colour, rng.uniform(0.8, 1.15))
            )
    return speckled(picture, seed, 10)


def panelled(width: float, height: float, colour: Colour, band: Colour) -> Image.Image:
    """Return a painted wall with a dado band and a skirting board."""
    picture = blank(width, height, colour)
    draw = ImageDraw.Draw(picture)
    draw.rectangle((0, picture.height * 6 // 10, picture.width, picture.height), fill=band)
    draw.rectangle(
        (0, picture.height * 6 // 10 - 3, picture.width, picture.height * 6 // 10 + 3),
        fill=_shade(band, 0.6),
    )
    draw.rectangle((0, picture.height - 10, picture.width, picture.height), fill=(50, 48, 46))
    return speckled(picture, 5, 6)


def door(width: float, height: float, colour: Colour, *, sign: Colour | None = None) -> Image.Image:
    """Return a flush door with a glass slot, a kick plate and a handle, and a coloured sign where
    asked for.
    """
    picture = blank(width, height, _shade(colour, 0.5))
    draw = ImageDraw.Draw(picture)
    wide, tall = picture.size
    draw.rectangle((6, 6, wide - 7, tall), fill=colour)
    draw.rectangle(
        (wide * 6 // 10, tall // 6, wide * 8 // 10, tall // 2),
        fill=(40, 50, 56),
        outline=(30, 30, 30),
    )
    draw.rectangle((8, tall * 88 // 100, wide - 9, tall - 4), fill=(160, 160, 158))
    draw.rectangle((12, tall * 52 // 100, 20, tall * 60 // 100), fill=(200, 198, 190))
    if sign is not None:
        draw.rectangle((wide // 5, tall // 5, wide // 2, tall // 5 + wide // 8), fill=sign)
    return picture


def glass(width: float, height: float, leaves: int, seed: int) -> Image.Image:
    """Return glazed doors with a bright street behind them, in so many leaves."""
    picture = blank(width, height, (196, 206, 214))
    draw, rng = ImageDraw.Draw(picture), random.Random(f"street {seed}")
    wide, tall = picture.size
    for block in range(0, wide, 46):
        top = rng.randrange(tall // 8, tall // 3)
        draw.rectangle(
            (block, top, block + 44, tall * 7 // 10),
            fill=rng.choice(((164, 150, 140), (178, 170, 162), (140, 134, 136))),
        )
        for window in range(top + 10, tall * 6 // 10, 26):
            draw.rectangle((block + 9, window, block + 33, window + 13), fill=(110, 122, 132))
    draw.rectangle((0, tall * 7 // 10, wide, tall), fill=(176, 174, 170))
    picture = picture.filter(ImageFilter.GaussianBlur(5))
    draw = ImageDraw.Draw(picture)
    for leaf in range(leaves + 1):
        x = leaf * wide // leaves
        draw.rectangle((x - 6, 0, x + 6, tall), fill=(54, 58, 62))
    draw.rectangle((0, 0, wide, 12), fill=(54, 58, 62))
    draw.rectangle((0, tall - 18, wide, tall), fill=(60, 64, 68))
    for spot in range(10, wide, 18):
        draw.rectangle((spot, tall // 2, spot + 7, tall // 2 + 7), fill=(240, 240, 240))
    return picture


def shop_front(width: float, height: float, colour: Colour, seed: int) -> Image.Image:
    """Return a shop seen from the street: a fascia without words, a window with goods, a door and
    an upper floor.
    """
    picture = bricks(width, height, seed, (150, 104, 84) if seed % 2 else (176, 160, 136))
    draw, rng = ImageDraw.Draw(picture), random.Random(f"front {seed}")
    wide, tall = picture.size
    ground = tall - round(2.9 * PIXELS_PER_METRE)
    draw.rectangle((0, ground - 58, wide, ground), fill=colour)
    mark = wide // 2 - 70
    for letter in range(rng.randrange(6, 10)):  # blocks in place of letters: the shops are nobody's
        tall_letter = rng.randrange(20, 30)
        draw.rectangle(
            (mark + letter * 17, ground - 16 - tall_letter, mark + letter * 17 + 11, ground - 16),
            fill=(240, 234, 214),
        )
    draw.rectangle((0, ground, wide, tall), fill=_shade(colour, 0.45))
    goods = shelving(width * 0.62, 2.1, seed, 3).point(lambda level: min(255, round(level * 1.15)))
    picture.paste(goods, (14, ground + 20))
    draw.rectangle(
        (wide - round(1.15 * PIXELS_PER_METRE), ground + 14, wide - 16, tall - 6),
        fill=(60, 74, 82),
        outline=(220, 218, 210),
        width=5,
    )
    for left in range(40, wide - 100, 170):
        draw.rectangle(
            (left, max(8, ground - 270), left + 84, ground - 100),
            fill=(84, 98, 110),
            outline=(232, 228, 218),
            width=7,
        )
        draw.line((left, ground - 185, left + 84, ground - 185), fill=(232, 228, 218), width=5)
    return picture


def bays(width: float, height: float, seed: int) -> Image.Image:
    """Return worn tarmac with painted parking bays on both sides, so many metres each way."""
    picture = speckled(blank(width, height, (74, 75, 78)), seed, 5, 6)
    draw = ImageDraw.Draw(picture)
    metre = PIXELS_PER_METRE
    for start in (2.3, width - 8.0):
        for line in range(int(height / 2.5) + 1):
            y = round(line * 2.5 * metre)
            draw.rectangle(
                (start * metre, y - 5, (start + 5.0) * metre, y + 5), fill=(196, 196, 190)
            )
    return speckled(picture.filter(ImageFilter.GaussianBlur(1)), seed + 1, 5, 1)


def cardboard(width: float, height: float, seed: int) -> Image.Image:
    """Return stacked cardboard boxes in a wire cage."""
    picture = blank(width, height, (56, 50, 44))
    draw, rng = ImageDraw.Draw(picture), random.Random(f"boxes {seed}")
    y = picture.height
    while y > 16:
        tall, x = rng.randrange(26, 44), 4
        while x < picture.width - 14:
            wide = min(rng.randrange(30, 64), picture.width - 4 - x)
            colour = _shade((176, 138, 92), rng.uniform(0.75, 1.12))
            draw.rectangle(
                (x, y - tall, x + wide - 2, y - 2), fill=colour, outline=_shade(colour, 0.6)
            )
            draw.rectangle(
                (x, y - tall // 2 - 3, x + wide - 2, y - tall // 2), fill=(214, 192, 140)
            )
            x += wide
        y -= tall
    for wire in range(0, picture.width, 18):
        draw.line((wire, 0, wire, picture.height), fill=(150, 154, 158), width=2)
    for wire in range(0, picture.height, 36):
        draw.line((0, wire, picture.width, wire), fill=(150, 154, 158), width=2)
    return picture


def painted(
    picture: Image.Image, paint: Callable[[ImageDraw.ImageDraw, float], None]
) -> Image.Image:
    """Return the surface after `paint(draw, pixels_per_metre)` has drawn on it."""
    paint(ImageDraw.Draw(picture), float(PIXELS_PER_METRE))
    return picture
