"""Legs, trunk and arms, dressed."""

from disc.demo.bodies import FULLNESS, Ball, Body, Cloth, bend, cloth
from disc.demo.figures import SKIN

_HEMS = {
    "coat": 0.28,
    "parka": 0.4,
    "puffer": 0.5,
    "hooded": 0.49,
    "jacket": 0.5,
    "jumper": 0.49,
    "tee": 0.485,
}


def legs(body: Body) -> None:
    """Add the legs to the body."""
    look, pose = body.look, body.pose
    tall, legs = look.tall, look.legs
    hip = 0.52 * tall - pose.stoop
    loose = {"loose": 1.18, "tight": 0.86}.get(legs.cut, 1.0) * look.broad
    upper = cloth(legs)
    lower = Cloth(SKIN) if legs.cut in {"shorts", "skirt"} else upper
    for side in (-1, 1):
        swing = side * pose.stride
        ahead, lift = 0.2 * tall * swing, 0.055 * tall * max(0.0, -swing)
        ankle = (side * 0.065 * tall, ahead, 0.05 * tall + lift)
        top = (side * 0.052 * tall * look.broad, 0.0, hip)
        knee = bend(top, ankle, 0.247 * tall, (0.0, 1.0, 0.0))
        body.limb(
            (top, knee, ankle),
            (
                0.056 * tall * loose,
                0.038 * tall * loose,
                0.03 * tall * (1.25 if legs.cut == "loose" else 1.0),
            ),
            (upper, lower),
        )
        if legs.cut == "shorts":
            body.sweep(top, knee, ((0.062 * tall * loose,) * 3, (0.052 * tall,) * 3), upper)
        if look.shoes.cut == "boots":
            body.sweep(
                ankle,
                (ankle[0], ankle[1], ankle[2] + 0.07 * tall),
                ((0.034 * tall,) * 3, (0.036 * tall,) * 3),
                cloth(look.shoes),
            )
        toe, heel = (
            (ankle[0] * 1.25, ahead + 0.085 * tall, 0.026 * tall + lift),
            (ankle[0], ahead - 0.01 * tall, 0.028 * tall + lift),
        )
        body.sweep(
            heel,
            toe,
            ((0.027 * tall, 0.034 * tall, 0.027 * tall), (0.029 * tall, 0.04 * tall, 0.022 * tall)),
            cloth(look.shoes),
        )
    if legs.cut == "skirt":
        body.sweep(
            (0, 0, hip + 0.03 * tall),
            (0, 0.01, 0.17 * tall),
            ((0.082 * tall, 0.066 * tall, 0.05 * tall), (0.142 * tall, 0.15 * tall, 0.04 * tall)),
            cloth(legs),
        )


def trunk(body: Body) -> None:
    """Add the trunk to the body."""
    look, pose = body.look, body.pose
    tall, cut, top = look.tall, look.top.cut, cloth(look.top)
    wide = look.broad * FULLNESS[cut]
    hip, chest = 0.52 * tall - pose.stoop, 0.745 * tall - pose.stoop
    lean = pose.lean
    belly = (0.0, 0.012 if look.broad > 1.1 else 0.0, hip + 0.09 * tall)
    waist = 0.078 if look.woman else 0.084
    body.sweep(
        (0, 0, hip),
        (0, 0, hip + 0.02 * tall),
        ((0.084 * tall * look.broad, 0.06 * tall, 0.06 * tall),) * 2,
        cloth(look.legs),
    )
    loose = 1.1 if look.legs.cut in {"loose", "shorts"} else 1.0
    low = (
        0.104 * tall * max(wide, look.broad * loose),
        0.08 * tall * max(wide, loose),
        0.06 * tall,
    )
    middle = (waist * tall * wide, 0.068 * tall * wide, 0.07 * tall)
    high = ((0.094 if look.woman else 0.102) * tall * wide, 0.068 * tall * wide, 0.07 * tall)
    hem = _HEMS[cut] * tall - pose.stoop * (0.5 if cut in {"coat", "parka"} else 1.0) + 0.02 * tall
    long = cut in {"coat", "parka"}
    flare = (low[0] * 1.1, low[1] * (1.55 if long else 1.08), 0.03 * tall)
    body.sweep((0, 0, hem), (0, 0, hip), (flare, low), top)
    body.sweep((0, 0, hip), belly, (low, middle), top)
    body.sweep(belly, (0, lean, chest), (middle, high), top)
    body.sweep(
        (0, lean, chest),
        (0, lean * 1.2, chest + 0.065 * tall),
        (high, (0.07 * tall * wide, 0.044 * tall, 0.03 * tall)),
        top,
    )
    body.sweep(
        (0, lean * 1.2, chest + 0.07 * tall),
        (0, lean * 1.2, chest + 0.09 * tall),
        ((0.05 * tall, 0.042 * tall, 0.025 * tall), (0.038 * tall, 0.038 * tall, 0.015 * tall)),
        top,
    )


def arms(body: Body) -> None:
    """Add the arms to the body."""
    look, pose = body.look, body.pose
    tall, sleeve = look.tall, cloth(look.top)
    puff = {"puffer": 1.35, "coat": 1.15, "parka": 1.2, "hooded": 1.15}.get(look.top.cut, 1.0) * (
        0.6 + 0.4 * look.broad
    )
    fore = Cloth(SKIN) if look.top.cut == "tee" else sleeve
    for side, reach in ((-1, pose.left_hand), (1, pose.right_hand)):
        shoulder = (
            side * (0.096 if look.woman else 0.104) * tall * (0.5 + 0.5 * look.broad),
            pose.lean,
            0.787 * tall - pose.stoop,
        )
        hang = (
            side * 0.135 * tall * look.broad,
            pose.lean - side * pose.stride * 0.13 * tall + 0.02,
            0.465 * tall - pose.stoop,
        )
        hand = reach or hang
        elbow = bend(shoulder, hand, 0.17 * tall, (side * 0.45, -0.75, -0.35 if reach else 0.0))
        body.limb(
            (shoulder, elbow, hand),
            (0.037 * tall * puff, 0.032 * tall * puff, 0.025 * tall * puff),
            (sleeve, fore),
        )
        if pose.holds and side == 1:
            body.balls.append(
                Ball(
                    (hand[0] - 0.03, hand[1] + 0.05, hand[2] + 0.04),
                    (0.042, 0.02, 0.075),
                    Cloth((22, 24, 28)),
                )
            )
        body.balls.append(
            Ball(
                (hand[0], hand[1], hand[2] - 0.018 * tall),
                (0.021 * tall, 0.026 * tall, 0.034 * tall),
                Cloth(SKIN),
            )
        )
