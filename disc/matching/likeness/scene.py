"""Many stills of one fixed camera: which of them shows what the new one shows.

Points cannot tell, for all of them hold the same background. So the new still is drawn into the
camera's frame, what all have in common is taken away, and what is left is compared.

What is left is small: somebody far off, a shadow, the grain of a moment. So nothing else may be
left beside it: all are held still (``steady``), and what a copy can still be wrong in, a fraction
of a pixel, softness and levels, is fitted and counts neither for nor against any of them.
"""

from collections.abc import Sequence

import cv2
import numpy as np

from disc.matching.likeness.alignment import Alignment, Matrix
from disc.matching.likeness.fingerprint import Features
from disc.matching.likeness.pictures import Numbers, Picture, Pixels
from disc.matching.likeness.steady import Rest, Shown, Usual

SWAYS = 2
"""How often the stills are held still, each time on what they then have in common."""
_FEWEST = 3
"""Stills of which the middle one says anything about what they have in common."""
_EDGE = 2


def order_by_likeness(
    later: Picture, alignment: Alignment, reference: Features, members: Sequence[Features]
) -> list[int]:
    """Return the members' indexes, likeliest first.

    ``alignment`` takes the later picture to the reference, one still of the camera. Members that
    are not drawn in the reference's frame (cropped copies) come last.
    """
    high, wide = reference.scene.shape
    to_scene = np.diag([wide / reference.size.width, high / reference.size.height, 1.0])
    view: Matrix = to_scene @ alignment.matrix
    seen = _draw(later.grey, view, wide, high, cv2.BORDER_REPLICATE).astype(np.float32)
    shown = _shown(later, view, wide, high)
    fitting = [n for n, each in enumerate(members) if each.scene.shape == (high, wide)]
    if not fitting or not shown.flags.any():
        return list(range(len(members)))
    stack = np.stack([shown.local(members[n].scene.astype(np.float32)) for n in fitting])
    alike = (_unusual if len(fitting) >= _FEWEST else _plain)(seen, stack, shown)
    first = [fitting[n] for n in np.argsort(-alike, kind="stable")]
    return first + [n for n in range(len(members)) if n not in set(fitting)]


def _unusual(seen: Numbers, stack: Numbers, shown: Shown) -> Numbers:
    """Return for each still, -1 to 1, how far it departs from the usual as the new one does.

    ``stack`` is changed.
    """
    usual = Usual.of(stack, shown)
    for _ in range(SWAYS):
        if not usual.hold_still(stack):
            break
        usual = Usual.of(stack, shown)
    own = usual.departs(usual.bend(seen))
    terms = np.concatenate([usual.terms, _looks(usual.values)[:, shown.flags]])
    return Rest.of(own, terms).likeness(usual.departs(stack))


def _plain(seen: Numbers, stack: Numbers, shown: Shown) -> Numbers:
    """Compare with so few that nobody knows what is usual there."""
    own, others = shown.local(seen)[shown.flags], stack[:, shown.flags]
    alike: Numbers = (others @ own) / (np.sqrt((others**2).sum(axis=1) * (own**2).sum()) + 1.0)
    return alike


def _looks(usual: Numbers) -> Numbers:
    """Return what changes where a copy is softer, or its levels were bent."""
    softer = [cv2.GaussianBlur(usual, (0, 0), sigma) - usual for sigma in (0.8, 1.6)]
    return np.stack([*softer, usual * usual, usual * np.abs(usual)])


def _shown(later: Picture, view: Matrix, wide: int, high: int) -> Shown:
    whole = np.full(later.grey.shape, 255, np.uint8)
    flags = _draw(whole, view, wide, high, cv2.BORDER_CONSTANT) > 250  # noqa: PLR2004
    flags[:_EDGE], flags[-_EDGE:], flags[:, :_EDGE], flags[:, -_EDGE:] = (False,) * 4
    return Shown.of(flags)


def _draw(grey: Pixels, view: Matrix, wide: int, high: int, beyond: int) -> Pixels:
    shrink = max(1.0, grey.shape[1] / wide)
    soft = cv2.GaussianBlur(grey, (0, 0), 0.45 * shrink) if shrink > 1 else grey
    return cv2.warpPerspective(soft, view, (wide, high), flags=cv2.INTER_LINEAR, borderMode=beyond)
