"""The four cameras inside the shop: what stands where, and how each place is lit."""

from PIL import Image

from disc.demo import textures as flat
from disc.demo.fittings import gondola, plain, side, wall
from disc.demo.lens import Lamp, Light
from disc.demo.stage import Spot, Stage, Surface, box


def till() -> Stage:
    """Return the tills, seen from behind the counter."""
    counter = flat.painted(
        flat.blank(4.4, 0.95, (128, 44, 48)),
        lambda draw, metre: draw.rectangle((0, 0, 4.4 * metre, 0.08 * metre), fill=(206, 200, 190)),
    )
    surfaces = [
        wall(-8, 8, 7.2, 3.2, flat.panelled(16, 3.2, (206, 200, 186), (150, 150, 146))),
        wall(0.9, 3.3, 7.15, 2.5, flat.glass(2.4, 2.5, 2, 11), glow=1.05),
        *gondola((-4.2, -2.1), (4.4, 6.6), 1.7, 21),
        *gondola((-1.5, 0.3), (5.8, 6.8), 1.6, 23),
        *gondola((3.0, 4.4), (3.4, 6.4), 1.7, 25),
        *box(
            (-2.6, 1.45, 0),
            (2.3, 2.05, 0.95),
            front=counter,
            top=flat.speckled(flat.blank(4.9, 0.6, (190, 182, 170)), 4, 10),
        ),
        *box(
            (-0.95, 1.5, 0.95),
            (-0.55, 1.62, 1.26),
            front=plain((62, 66, 72)),
            top=plain((84, 88, 94)),
        ),
        *box(
            (0.62, 1.8, 0.95),
            (0.76, 2.0, 1.06),
            front=plain((30, 30, 34)),
            top=plain((70, 110, 96)),
        ),
        *box(
            (-2.3, 1.8, 0.95),
            (-1.4, 2.05, 1.22),
            front=flat.shelving(0.9, 0.27, 31, 1),
            top=flat.shelving(0.9, 0.25, 33, 1),
        ),
        *box(
            (1.4, 1.78, 0.95),
            (2.1, 2.05, 1.2),
            front=flat.shelving(0.7, 0.25, 35, 1),
            top=flat.shelving(0.7, 0.27, 37, 1),
        ),
    ]
    return Stage(
        "CAM 01  TILLS",
        (0.15, -0.75, 2.75),
        24,
        72,
        Light((Lamp((-1.2, 2.6, 3.1), 0.8), Lamp((1.6, 4.6, 3.1), 0.78)), 0.52, (1.0, 0.97, 0.9)),
        tuple(surfaces),
        (-8, 0, 8, 7.2),
        flat.tiled(16, 7.2, 1, tile=0.5, colour=(176, 168, 154), line=(150, 142, 130)),
        ((-1.6, 2.95), (1.4, 2.8)),
        (
            Spot(-0.3, 2.75, 180, "pay"),
            Spot(0.75, 2.8, 195, "phone"),
            Spot(-1.2, 2.9, 160, "reach"),
            Spot(0.3, 3.0, 170, "stand"),
        ),
        (Spot(1.9, 4.5, 20, "walk"), Spot(-0.9, 5.1, 0, "reach"), Spot(1.3, 5.2, 150, "stand")),
        shades=(
            (-4.2, 4.4, -2.1, 6.6),
            (-1.5, 5.8, 0.3, 6.8),
            (3.0, 3.4, 4.4, 6.4),
            (-2.6, 1.4, 2.3, 2.2),
        ),
    )


def aisle() -> Stage:
    """Return an aisle between shelves."""
    surfaces = [
        wall(-9, 9, 11.5, 4, flat.panelled(18, 4, (196, 198, 196), (170, 172, 172))),
        wall(
            -2.2,
            2.2,
            11.3,
            2.1,
            flat.shelving(4.4, 2.1, 47, 5).point(lambda level: min(255, level + 40)),
            glow=0.95,
        ),
        *gondola((-2.0, -1.15), (1.2, 10.0), 1.95, 41),
        *gondola((1.15, 2.0), (1.2, 10.0), 1.95, 43),
        *gondola((-4.0, -3.2), (1.2, 10.0), 1.95, 45),
        *gondola((3.2, 4.0), (1.2, 10.0), 1.95, 49),
        *box(
            (0.62, 8.4, 0),
            (1.1, 9.1, 0.85),
            front=flat.cardboard(0.48, 0.85, 51),
            top=flat.cardboard(0.48, 0.7, 52),
        ),
    ]
    return Stage(
        "CAM 02  AISLE 4",
        (0.25, -0.6, 2.9),
        21,
        68,
        Light(
            (Lamp((0, 2.6, 3.2), 0.68), Lamp((0, 6.5, 3.2), 0.66), Lamp((0, 10, 3.2), 0.5)),
            0.48,
            (0.98, 1.0, 0.98),
        ),
        tuple(surfaces),
        (-9, 0, 9, 11.5),
        flat.tiled(18, 11.5, 2, tile=0.6, colour=(190, 190, 186), line=(168, 168, 164)),
        ((-0.35, 6.6), (0.3, 2.9)),
        (
            Spot(-0.75, 3.9, -80, "reach"),
            Spot(0.72, 3.7, 82, "reach"),
            Spot(-0.1, 3.6, 165, "phone"),
            Spot(0.66, 4.6, 100, "crouch"),
        ),
        (Spot(0.5, 7.4, 80, "reach"), Spot(-0.5, 8.2, 180, "walk"), Spot(-0.6, 7.6, -70, "stand")),
        shades=(
            (-2, 1.2, -1.1, 10),
            (1.1, 1.2, 2, 10),
            (-4, 1, -3.2, 10),
            (3.2, 1, 4, 10),
            (0.62, 8.4, 1.1, 9.1),
        ),
    )


def doorway() -> Stage:
    """Return the front door, seen from inside."""
    gate = flat.painted(
        flat.blank(0.5, 1.6, (196, 200, 204)),
        lambda draw, metre: draw.rectangle(
            (10, 12, 0.4 * metre, 1.35 * metre), fill=(116, 124, 130)
        ),
    )
    mat = flat.tiled(14, 7, 3, tile=0.45, colour=(184, 176, 166), line=(160, 152, 142))
    flat.painted(
        mat,
        lambda draw, metre: draw.rectangle(
            (5.9 * metre, 0.2 * metre, 8.1 * metre, 2.4 * metre), fill=(58, 60, 62)
        ),
    )
    surfaces = [
        wall(-7, 7, 7, 3.4, flat.panelled(14, 3.4, (188, 184, 176), (122, 128, 132))),
        wall(-1.3, 1.3, 6.96, 2.5, flat.glass(2.6, 2.5, 2, 13), glow=1.12),
        wall(1.9, 3.7, 6.96, 2.3, flat.glass(1.8, 2.3, 1, 15), glow=1.08),
        *box((-1.75, 4.1, 0), (-1.62, 4.75, 1.6), front=plain((206, 208, 210)), side=gate),
        *box((1.62, 4.1, 0), (1.75, 4.75, 1.6), front=plain((206, 208, 210)), side=gate),
        *gondola((-4.0, -2.4), (1.6, 6.2), 1.6, 53),
        *gondola((2.5, 4.0), (1.8, 4.6), 1.4, 55),
        *box(
            (2.3, 5.6, 0),
            (2.9, 6.3, 0.9),
            front=flat.cardboard(0.6, 0.9, 57),
            top=plain((120, 124, 128)),
        ),
    ]
    return Stage(
        "CAM 03  FRONT DOOR",
        (0.6, -0.4, 2.85),
        21,
        70,
        Light(
            (Lamp((0, 6.4, 2.4), 0.85, 2.2), Lamp((-1, 2.5, 3.3), 0.7)), 0.48, (0.95, 0.99, 1.05)
        ),
        tuple(surfaces),
        (-7, 0, 7, 7),
        mat,
        ((0.0, 6.2), (0.25, 2.8)),
        (
            Spot(0.1, 3.9, 178, "walk"),
            Spot(-0.7, 3.6, 200, "phone"),
            Spot(0.9, 3.4, 150, "stand"),
            Spot(0.35, 4.6, 5, "walk"),
        ),
        (Spot(-1.0, 5.9, 175, "stand"), Spot(0.75, 6.1, 185, "walk"), Spot(2.0, 5.0, 90, "reach")),
        tint=(0.96, 1.0, 1.05),
        shades=(
            (-4, 1.6, -2.4, 6.2),
            (2.5, 1.8, 4, 4.6),
            (-1.75, 4.1, -1.62, 4.75),
            (1.62, 4.1, 1.75, 4.75),
            (2.3, 5.6, 2.9, 6.3),
        ),
    )


def corridor() -> Stage:
    """Return the corridor to the stockroom."""
    paint = flat.panelled(10, 2.7, (176, 184, 172), (112, 132, 124))
    sign = flat.painted(
        flat.blank(0.5, 0.22, (20, 140, 80)),
        lambda draw, _metre: draw.polygon([(8, 10), (28, 3), (28, 17)], fill=(235, 250, 240)),
    )
    surfaces = [
        wall(-1.5, 1.5, 9.5, 2.9, flat.panelled(3, 2.7, (170, 178, 168), (112, 132, 124))),
        wall(-0.75, 0.3, 9.45, 2.05, flat.door(1.05, 2.05, (124, 136, 144))),
        Surface((-0.45, 9.4, 2.45), (0.5, 0, 0), (0, 0, -0.22), sign, 1.5),
        side(-1.5, 0, 10, 2.9, paint),
        side(1.5, 0, 10, 2.9, paint.transpose(Image.Transpose.FLIP_LEFT_RIGHT)),
        side(1.46, 4.2, 5.15, 2.05, flat.door(0.95, 2.05, (96, 116, 140), sign=(240, 200, 40))),
        side(-1.46, 6.8, 7.75, 2.05, flat.door(0.95, 2.05, (96, 116, 140))),
        *box(
            (-1.45, 2.2, 0.1),
            (-0.75, 3.9, 1.6),
            front=flat.cardboard(0.7, 1.5, 61),
            side=flat.cardboard(1.7, 1.5, 62),
            top=flat.cardboard(0.7, 1.7, 63),
        ),
        *box(
            (0.85, 6.6, 0),
            (1.45, 8.0, 1.15),
            front=flat.cardboard(0.6, 1.15, 64),
            side=flat.cardboard(1.4, 1.15, 65),
            top=flat.cardboard(0.6, 1.4, 66),
        ),
    ]
    return Stage(
        "CAM 04  STOCKROOM",
        (0.2, -0.9, 2.55),
        17,
        62,
        Light(
            (Lamp((0, 3.0, 2.65), 0.72, 1.9), Lamp((0, 6.8, 2.65), 0.72, 1.9)),
            0.38,
            (0.9, 1.03, 0.92),
        ),
        tuple(surfaces),
        (-1.5, 0, 1.5, 9.5),
        flat.speckled(flat.blank(3, 9.5, (132, 134, 126)), 6, 7),
        ((-0.1, 7.2), (0.25, 3.0)),
        (
            Spot(0.3, 3.9, 172, "walk"),
            Spot(-0.25, 4.4, -70, "reach"),
            Spot(0.75, 4.5, 95, "reach"),
            Spot(0.1, 4.0, 10, "walk"),
        ),
        (Spot(-0.5, 7.6, 180, "stand"), Spot(0.2, 8.2, 0, "walk")),
        tint=(0.95, 1.03, 0.95),
        colourful=0.66,
        noise=1.5,
        shades=(
            (-1.45, 2.2, -0.75, 3.9),
            (0.85, 6.6, 1.45, 8),
            (-1.5, 0, -1.4, 9.5),
            (1.4, 0, 1.5, 9.5),
        ),
    )
