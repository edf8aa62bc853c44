"""Lines beside the tree of a chart: where their words go, and how they are bent to get there."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import product
from math import hypot
from uuid import UUID

from disc.intelligence.chart.measures import BOX, MARGIN, ROOMY_ROW, WORDS, make_line
from disc.intelligence.chart.shapes import Box, Edge, Line, Place

MOST_TRIED = 50
"""How many places for a crossing line's words are compared, the nearest first."""


def with_crossing(
    crossing: Sequence[Edge],
    boxes: dict[UUID, Box],
    lines: list[Line],
    frame: tuple[float, float, float],
) -> tuple[list[Line], tuple[float, float]]:
    """Add the lines beside the tree, each bent to where its words are; return the chart's size."""
    places = [box.place for box in boxes.values()]
    width = max(place.x + BOX[0] for place in places) + frame[1]
    height = max(place.y + BOX[1] for place in places) + MARGIN
    written = [line.words for line in lines]
    bends = [line.bend for line in lines if line.bend]
    free = _clear(_spots(width, height, lines), [*places, *written, *bends])
    for edge in crossing:
        ends = boxes[edge.one].place, boxes[edge.other].place
        words = _nearest_place(ends, free, places, written)
        if words is None:
            words = Place((width - WORDS[0]) / 2, height, *WORDS)
            height += WORDS[1] + MARGIN
        free, written = _clear(free, [words]), [*written, words]
        (x, y), (u, v), (bend_x, bend_y) = ends[0].middle, ends[1].middle, words.middle
        path = f"M{x:g} {y:g}L{bend_x:g} {bend_y:g}L{u:g} {v:g}"
        lines = [*lines, make_line(edge, path, words)]
    return lines, (width, height)


def _spots(width: float, height: float, lines: Sequence[Line]) -> Iterator[Place]:
    """Offer the places that a crossing line's words may take: below others', and at the sides."""
    across = {line.words.x for line in lines} | {MARGIN, width - MARGIN - WORDS[0]}
    down = int((height - WORDS[1]) // (ROOMY_ROW / 4)) + 1
    for x, row in product(sorted(across), range(down)):
        yield Place(x, row * ROOMY_ROW / 4, *WORDS)


def _clear(spots: Iterable[Place], taken: Sequence[Place]) -> list[Place]:
    """Return the places that meet none of those that are taken."""
    return [spot for spot in spots if not any(spot.meets(one, 4) for one in taken)]


def _nearest_place(
    ends: tuple[Place, Place],
    free: Sequence[Place],
    boxes: Sequence[Place],
    words: Sequence[Place],
) -> Place | None:
    """Return the free place whose line lies on fewest boxes, then on fewest words, then shortest.

    A line under another record's box would read as if it led there.
    """
    nearest = sorted(free, key=lambda spot: (_detour(ends, spot), spot.x, spot.y))
    others = [one for one in boxes if one not in ends]

    def crossed(spot: Place) -> tuple[int, int]:
        return _count_cut(ends, spot, others), _count_cut(ends, spot, words)

    return min(nearest[:MOST_TRIED], key=crossed, default=None)


def _detour(ends: tuple[Place, Place], spot: Place) -> int:
    """Return how long a line through a place is, in whole units so that no rounding decides."""
    x, y = spot.middle
    return round(sum(hypot(x - u, y - v) for u, v in (one.middle for one in ends)))


def _count_cut(ends: tuple[Place, Place], spot: Place, places: Sequence[Place]) -> int:
    """Count the places on which a line from end to end through a spot lies."""
    return sum(any(cuts(end.middle, spot.middle, place) for end in ends) for place in places)


def cuts(start: tuple[float, float], end: tuple[float, float], place: Place) -> bool:
    """Say whether a straight line goes through a rectangle (Liang and Barsky)."""
    enters, leaves = 0.0, 1.0
    sides = ((start[0], end[0], place.x, place.width), (start[1], end[1], place.y, place.height))
    for begin, finish, low, length in sides:
        way = finish - begin
        if way == 0:
            if not low < begin < low + length:
                return False
            continue
        near, far = sorted(((low - begin) / way, (low + length - begin) / way))
        enters, leaves = max(enters, near), min(leaves, far)
    return enters < leaves
