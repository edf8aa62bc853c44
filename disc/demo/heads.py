"""Heads without a face: hair, hats and hoods."""

from disc.demo.bodies import Ball, Body, Cloth, cloth
from disc.demo.figures import SKIN, Garment
from disc.demo.lens import Point


def head(body: Body) -> None:
    """Add the head, which has hair or a hat and no face."""
    look, pose = body.look, body.pose
    tall, ahead = look.tall, pose.lean * 1.5
    neck, middle = 0.82 * tall - pose.stoop, 0.918 * tall - pose.stoop
    body.sweep(
        (0, pose.lean * 1.2, neck),
        (0, ahead, middle - 0.03 * tall),
        ((0.034 * tall,) * 3, (0.031 * tall,) * 3),
        Cloth(SKIN),
    )
    body.balls.append(
        Ball((0, ahead + 0.006, middle), (0.049 * tall, 0.058 * tall, 0.068 * tall), Cloth(SKIN))
    )
    _hair(body, (0, ahead, middle), tall)
    if look.hat:
        _hat(body, look.hat, (0, ahead, middle), tall)
    if look.top.cut in {"hooded", "parka"} and not (look.hat and look.hat.cut == "hood"):
        body.balls.append(
            Ball(
                (0, ahead - 0.05 * tall, neck + 0.012 * tall),
                (0.066 * tall, 0.04 * tall, 0.034 * tall),
                cloth(look.top),
            )
        )


def _hair(body: Body, at: Point, tall: float) -> None:
    cut, strands, (x, y, z) = body.look.hair.cut, cloth(body.look.hair), at
    if body.look.hat and body.look.hat.cut == "hood":
        return
    full = 0.0 if cut == "bald" else 0.0035 * tall
    body.balls.append(
        Ball(
            (x, y - 0.012 * tall, z + 0.019 * tall),
            (0.05 * tall + full, 0.056 * tall + full, 0.058 * tall + full),
            strands,
        )
    )
    if cut in {"long", "collar"}:
        end = z - (0.14 if cut == "long" else 0.075) * tall
        body.sweep(
            (x, y - 0.022 * tall, z + 0.01 * tall),
            (x, y - 0.045 * tall, end),
            ((0.054 * tall, 0.045 * tall, 0.05 * tall), (0.05 * tall, 0.024 * tall, 0.03 * tall)),
            strands,
        )
    if cut == "tail":
        body.sweep(
            (x, y - 0.07 * tall, z + 0.03 * tall),
            (x, y - 0.085 * tall, z - 0.11 * tall),
            ((0.02 * tall,) * 3, (0.015 * tall,) * 3),
            strands,
        )
    if cut == "bun":
        body.balls.append(Ball((x, y - 0.05 * tall, z + 0.06 * tall), (0.03 * tall,) * 3, strands))


def _hat(body: Body, hat: Garment, at: Point, tall: float) -> None:
    felt, (x, y, z) = cloth(hat), at
    if hat.cut == "hood":
        body.balls.append(
            Ball(
                (x, y - 0.016 * tall, z + 0.008 * tall),
                (0.063 * tall, 0.066 * tall, 0.082 * tall),
                felt,
            )
        )
        body.balls.append(
            Ball(
                (x, y + 0.012 * tall, z - 0.004 * tall),
                (0.05 * tall, 0.052 * tall, 0.066 * tall),
                Cloth((92, 76, 66)),
            )
        )
        body.sweep(
            (x, y - 0.02 * tall, z - 0.05 * tall),
            (x, y - 0.02 * tall, z - 0.11 * tall),
            ((0.06 * tall, 0.055 * tall, 0.04 * tall), (0.085 * tall, 0.06 * tall, 0.03 * tall)),
            felt,
        )
        return
    body.balls.append(
        Ball(
            (x, y - 0.003 * tall, z + 0.036 * tall),
            (0.053 * tall, 0.061 * tall, 0.05 * tall),
            felt,
        )
    )
    if hat.cut == "cap":
        body.balls.append(
            Ball(
                (x, y + 0.066 * tall, z + 0.026 * tall),
                (0.04 * tall, 0.042 * tall, 0.008 * tall),
                felt,
            )
        )
    else:
        body.balls.append(
            Ball((x, y, z + 0.02 * tall), (0.055 * tall, 0.064 * tall, 0.02 * tall), felt)
        )
        body.balls.append(Ball((x, y, z + 0.09 * tall), (0.02 * tall,) * 3, felt))
