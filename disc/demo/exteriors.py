"""The two cameras outside: a car park and a high street."""

from PIL import ImageDraw

from disc.demo import textures as flat
from disc.demo.fittings import plain, wall
from disc.demo.lens import Lamp, Light
from disc.demo.stage import Spot, Stage, Surface, box


def _car(x: float, y: float, colour: flat.Colour) -> list[Surface]:
    """Return a parked car that points at the lane, its tail at x, y; 4.2 m by 1.75 m."""
    dark, x1 = (26, 32, 38), x + 4.2

    def body(draw: ImageDraw.ImageDraw, metre: float) -> None:
        for wheel in (0.8, 3.3):
            draw.ellipse(
                ((wheel - 0.34) * metre, 0.2 * metre, (wheel + 0.34) * metre, 0.86 * metre),
                fill=(22, 22, 24),
            )
            draw.ellipse(
                ((wheel - 0.19) * metre, 0.35 * metre, (wheel + 0.19) * metre, 0.71 * metre),
                fill=(140, 142, 146),
            )
        draw.line((0, 0.12 * metre, 4.2 * metre, 0.12 * metre), fill=(230, 232, 236), width=2)
        draw.rectangle((0, 0.16 * metre, 0.16 * metre, 0.3 * metre), fill=(240, 236, 214))

    side = flat.painted(flat.blank(4.2, 0.75, colour), body)
    cabin = flat.painted(
        flat.blank(2.3, 0.55, dark),
        lambda draw, metre: draw.rectangle(
            (1.1 * metre, 0, 1.2 * metre, 0.55 * metre), fill=colour
        ),
    )
    end = flat.painted(
        flat.blank(1.75, 0.75, colour),
        lambda draw, metre: draw.rectangle(
            (0.5 * metre, 0.4 * metre, 1.25 * metre, 0.56 * metre), fill=(224, 214, 120)
        ),
    )
    glass = plain((46, 56, 64))
    hood, roof, left = y + 1.75, 1.42, x + 0.95
    return [
        *box(
            (x, y, 0.12),
            (x1, hood, 0.85),
            front=side,
            side=end,
            top=flat.speckled(flat.blank(4.2, 1.75, colour), 3, 14),
        ),
        Surface((left + 0.3, y + 0.14, roof), (1.7, 0, 0), (0, -0.06, -0.57), cabin),
        Surface(
            (left + 0.3, hood - 0.14, roof),
            (1.7, 0, 0),
            (0, -1.47, 0),
            flat.speckled(flat.blank(1.7, 1.5, colour), 3, 10),
        ),
        Surface((left + 0.3, hood - 0.14, roof), (0, -1.47, 0), (-0.5, 0, -0.57), glass),
        Surface((left + 2.0, hood - 0.14, roof), (0, -1.47, 0), (0.55, 0, -0.57), glass),
    ]


def car_park() -> Stage:
    """Return the car park at dusk."""
    surfaces = [
        wall(-12, 12, 19, 1.9, flat.bricks(24, 1.9, 71, (112, 78, 68))),
        *(
            wall(
                -18 + 6 * unit,
                -12 + 6 * unit,
                25,
                6.4,
                flat.shop_front(6, 6.4, (60, 66 + 6 * unit, 78), 73 + unit),
            )
            for unit in range(6)
        ),
        *_car(-9.6, 8.0, (142, 30, 34)),
        *_car(-9.4, 10.6, (196, 200, 204)),
        *_car(-9.5, 13.0, (44, 60, 96)),
        *_car(4.2, 5.2, (70, 76, 84)),
        *_car(4.4, 10.4, (30, 84, 78)),
        *_car(4.3, 13.1, (210, 206, 196)),
        *box(
            (-3.4, 16.9, 0), (-2.0, 18.2, 1.5), front=plain((64, 92, 66)), top=plain((52, 76, 56))
        ),
    ]
    parked = ((-9.6, 8.0), (-9.4, 10.6), (-9.5, 13.0), (4.2, 5.2), (4.4, 10.4), (4.3, 13.1))
    return Stage(
        "CAM 05  CAR PARK",
        (-0.4, -1.0, 4.4),
        25,
        60,
        Light(
            (Lamp((-1.5, 5.6, 5.5), 1.25, 4.6), Lamp((3.5, 14, 5.5), 1.0, 4.6)),
            0.55,
            (0.98, 0.96, 0.98),
        ),
        tuple(surfaces),
        (-12, 0, 12, 19),
        flat.bays(24, 19, 7),
        ((-1.6, 7.6), (1.0, 4.0)),
        (
            Spot(0.3, 4.6, 165, "walk"),
            Spot(3.0, 6.1, 85, "reach"),
            Spot(-1.2, 4.9, 150, "phone"),
            Spot(-0.4, 5.0, -20, "walk"),
        ),
        (Spot(-3.0, 11.2, 200, "walk"), Spot(2.9, 12.4, 60, "stand")),
        tint=(1.0, 0.98, 1.02),
        colourful=0.72,
        noise=1.6,
        sky=(58, 62, 78),
        shades=tuple((x, y, x + 4.2, y + 1.75) for x, y in parked),
    )


def high_street() -> Stage:
    """Return the street in front of the shops."""
    colours: tuple[flat.Colour, ...] = (
        (34, 92, 84),
        (132, 40, 46),
        (42, 58, 104),
        (186, 142, 52),
        (88, 60, 96),
    )
    fronts = [
        Surface(
            (-3.2, 1 + 6 * unit, 6.5),
            (0, 6, 0),
            (0, 0, -6.5),
            flat.shop_front(6, 6.5, colours[unit], 80 + unit),
        )
        for unit in range(5)
    ]
    paving = flat.tiled(14, 31, 8, tile=0.6, colour=(158, 152, 144), line=(134, 128, 122))
    flat.painted(
        paving,
        lambda draw, metre: draw.rectangle(
            (6.3 * metre, 0, 6.5 * metre, 31 * metre), fill=(190, 188, 182)
        ),
    )
    flat.painted(
        paving,
        lambda draw, metre: draw.rectangle(
            (6.5 * metre, 0, 14 * metre, 31 * metre), fill=(92, 92, 94)
        ),
    )
    flat.painted(
        paving,
        lambda draw, metre: draw.rectangle(
            (6.8 * metre, 0, 6.9 * metre, 31 * metre), fill=(206, 180, 70)
        ),
    )
    bollards = [
        box(
            (2.75, 4 + 2.6 * post, 0),
            (2.9, 4.15 + 2.6 * post, 0.95),
            front=plain((38, 40, 42)),
            top=plain((200, 200, 196)),
        )
        for post in range(6)
    ]
    surfaces = [
        *fronts,
        Surface((10.8, 1, 7), (0, 30, 0), (0, 0, -7), flat.bricks(30, 7, 90, (160, 120, 96))),
        *(
            wall(
                -8 + 6 * unit,
                -2 + 6 * unit,
                31,
                7,
                flat.shop_front(6, 7, (96, 92 - 9 * unit, 100), 91 + unit),
            )
            for unit in range(4)
        ),
        *(side for bollard in bollards for side in bollard),
        *box(
            (1.5, 8.2, 0.15),
            (2.1, 10.2, 0.5),
            front=plain((92, 62, 40)),
            top=flat.speckled(flat.blank(0.6, 2, (126, 88, 56)), 9, 16),
        ),
        *box((-2.9, 8.6, 0), (-2.3, 9.2, 1.05), front=plain((30, 42, 38)), top=plain((58, 66, 62))),
        *_car(5.0, 11.0, (168, 172, 178)),
    ]
    posts = tuple((2.75, 4 + 2.6 * post, 2.9, 4.15 + 2.6 * post) for post in range(6))
    return Stage(
        "CAM 06  HIGH STREET",
        (1.3, -1.2, 4.0),
        21,
        58,
        Light((Lamp((6, -6, 30), 0.62, 60),), 0.52, (1.0, 1.0, 1.02)),
        tuple(surfaces),
        (-3.2, 0, 10.8, 31),
        paving,
        ((-0.5, 8.0), (0.6, 4.4)),
        (
            Spot(0.1, 5.6, 172, "walk"),
            Spot(-1.2, 5.8, -85, "stand"),
            Spot(1.2, 5.2, 160, "phone"),
            Spot(-0.2, 6.0, 8, "walk"),
        ),
        (Spot(1.2, 11.6, 180, "walk"), Spot(-1.4, 10.4, 5, "walk"), Spot(-2.1, 12.8, -80, "stand")),
        yaw=-7,
        sky=(206, 212, 220),
        colourful=0.9,
        noise=0.8,
        shades=(
            (1.5, 8.2, 2.1, 10.2),
            (-3.2, 0, -3.0, 31),
            (-2.9, 8.6, -2.3, 9.2),
            (5, 11, 9.2, 12.75),
            *posts,
        ),
    )
