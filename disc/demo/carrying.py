"""Whole figures: the dressed body and the bag that it carries."""

from dataclasses import replace
from itertools import pairwise

from disc.demo.bodies import FULLNESS, Ball, Body, Cloth, Pose, cloth
from disc.demo.figures import Garment, Look
from disc.demo.heads import head
from disc.demo.lens import Point
from disc.demo.limbs import arms, legs, trunk


def _strap(body: Body, places: tuple[Point, ...], webbing: Cloth) -> None:
    """Lay a strap over the chest; x and z are shares of the height, y is 1 on the chest and -1 on
    the back.
    """
    tall, deep = (
        body.look.tall,
        0.07 * body.look.tall * body.look.broad * FULLNESS[body.look.top.cut],
    )
    way = [
        (x * tall * body.look.broad, y * deep + body.pose.lean, z * tall - body.pose.stoop)
        for x, y, z in places
    ]
    for start, end in pairwise(way):
        body.sweep(start, end, ((0.0125 * tall,) * 3,) * 2, webbing)


def _carried(body: Body, bag: Garment) -> None:
    """Add the bag, where that kind of bag is carried."""
    tall, hide, pose = body.look.tall, cloth(bag), body.pose
    strap = Cloth(tuple(part * 6 // 10 for part in bag.colour))  # type: ignore[arg-type]
    back = -0.07 * tall * body.look.broad * FULLNESS[body.look.top.cut]
    if bag.cut == "rucksack":
        top, bottom = 0.77 * tall - pose.stoop, 0.58 * tall - pose.stoop
        body.sweep(
            (0, back - 0.03 * tall, bottom),
            (0, back - 0.02 * tall + pose.lean, top),
            ((0.078 * tall, 0.058 * tall, 0.05 * tall), (0.068 * tall, 0.046 * tall, 0.04 * tall)),
            hide,
        )
        for side in (-1, 1):
            _strap(
                body,
                (
                    (side * 0.06, -0.1, 0.83),
                    (side * 0.064, 0.8, 0.765),
                    (side * 0.074, 0.88, 0.68),
                    (side * 0.09, 0.4, 0.62),
                ),
                strap,
            )
        return
    if bag.cut == "carrier":
        x, y, z = (
            -0.135 * tall * body.look.broad,
            0.02 + pose.stride * 0.13 * tall,
            0.465 * tall - pose.stoop,
        )
        body.sweep(
            (x, y, z - 0.03 * tall),
            (x, y, z - 0.075 * tall),
            ((0.012 * tall,) * 3, (0.04 * tall, 0.06 * tall, 0.02 * tall)),
            hide,
        )
        body.sweep(
            (x, y, z - 0.09 * tall),
            (x, y, z - 0.2 * tall),
            ((0.05 * tall, 0.085 * tall, 0.03 * tall), (0.055 * tall, 0.09 * tall, 0.035 * tall)),
            hide,
        )
        return
    hip = (0.125 * tall * body.look.broad, -0.01, 0.5 * tall - pose.stoop)
    body.sweep(
        hip,
        (hip[0], hip[1], hip[2] + 0.06 * tall),
        ((0.04 * tall, 0.072 * tall, 0.04 * tall), (0.036 * tall, 0.066 * tall, 0.036 * tall)),
        hide,
    )
    for front in (-1, 1):
        _strap(
            body,
            (
                (-0.05, 0.1 * front, 0.832),
                (-0.03, front, 0.77),
                (0.03, 1.12 * front, 0.67),
                (0.1, 0.75 * front, 0.56),
            ),
            strap,
        )


def balls_of(look: Look, pose: Pose) -> list[Ball]:
    """Return the whole figure in its own metres."""
    if look.bag and look.bag.cut == "carrier":
        pose = replace(pose, left_hand=None)  # that hand holds the bag
    if look.legs.cut == "skirt":
        pose = replace(pose, stride=pose.stride * 0.5, stoop=pose.stoop * 0.4)
    body = Body(look, pose)
    for part in (legs, trunk, arms, head):
        part(body)
    if look.bag:
        _carried(body, look.bag)
    return body.balls
