"""Draws a chart: a tree of boxes, and the lines that lie beside it.

The record in question stands in the first column, what is one hop away in the next, and so on.
Each box has a row of its own within its column, and the words of the line that leads to it stand
in that row, so that they meet nothing. Lines beside this tree take a free place.
"""

from collections.abc import Iterable, Sequence
from uuid import UUID

from disc.intelligence.chart.crossing import with_crossing
from disc.intelligence.chart.measures import (
    BEND,
    BOX,
    GAP,
    MARGIN,
    OUTER,
    ROOMY_ROW,
    ROW,
    WORDS,
    make_line,
)
from disc.intelligence.chart.shapes import SIZES, Box, Chart, Edge, Line, Node, Place, fit
from disc.intelligence.chart.tree import Seat, beside, is_tree, nearest, seat_all

MOST_NODES = 30
MOST_CROSSING = 12
"""Lines that are drawn beside those of the tree; the table has all of them."""


def draw(centre: UUID, nodes: Iterable[Node], edges: Iterable[Edge]) -> Chart:
    """Lay a chart out around one of the nodes: at most ``MOST_NODES`` of them, nearest first.

    Two nodes have one edge at most, and none leads to its own node. What no line connects with
    the centre is not in the chart.
    """
    by_id = {node.id: node for node in nodes}
    found = sorted(edges, key=lambda edge: (str(edge.one), str(edge.other)))
    parents = nearest(centre, by_id, found)
    kept = dict(list(parents.items())[:MOST_NODES])
    seats = seat_all(centre, kept)
    crossing = beside(kept, found)
    frame = _frame(seats, crossing)
    boxes = _boxes(centre, [by_id[one] for one in kept], seats, frame)
    lines = [_tree_line(kept, edge, boxes) for edge in found if is_tree(kept, edge)]
    lines, (width, height) = with_crossing(crossing[:MOST_CROSSING], boxes, lines, frame)
    return Chart(
        width=width,
        height=height,
        boxes=tuple(boxes.values()),
        lines=tuple(lines),
        left_out=len(parents) - len(kept),
        lines_left_out=max(0, len(crossing) - MOST_CROSSING),
    )


def _frame(seats: dict[UUID, Seat], crossing: Sequence[Edge]) -> tuple[float, float, float]:
    """Return the room on the left, on the right, and from one row to the next."""
    columns = [seat.column for seat in seats.values()]
    ends = [{seats[edge.one].column, seats[edge.other].column} for edge in crossing]
    left, right = (OUTER if {last} in ends else 0.0 for last in (min(columns), max(columns)))
    return MARGIN + left, MARGIN + right, ROOMY_ROW if crossing else ROW


def _boxes(
    centre: UUID,
    nodes: Sequence[Node],
    seats: dict[UUID, Seat],
    frame: tuple[float, float, float],
) -> dict[UUID, Box]:
    left, _right, row = frame
    begin = left - min(seat.column for seat in seats.values()) * (BOX[0] + GAP)
    boxes = {}
    for node in nodes:
        seat = seats[node.id]
        place = Place(begin + seat.column * (BOX[0] + GAP), MARGIN + seat.row * row, *BOX)
        boxes[node.id] = Box(
            node=node,
            place=place,
            label=fit(node.label, BOX[0] - 18, SIZES["label"]),
            detail=fit(node.detail, BOX[0] - 18, SIZES["detail"]),
            is_centre=node.id == centre,
        )
    return boxes


def _tree_line(parents: dict[UUID, UUID | None], edge: Edge, boxes: dict[UUID, Box]) -> Line:
    """Lead from a parent's side into its child's row, and along it to the child."""
    child = edge.one if parents[edge.one] == edge.other else edge.other
    start, end = boxes[parents[child] or child].place, boxes[child].place
    onward = 1 if end.x > start.x else -1
    x = start.x + (start.width if onward > 0 else 0)
    (_, y), (_, row) = start.middle, end.middle
    turn, near = x + onward * BEND, end.x + (0 if onward > 0 else end.width)
    path = (
        f"M{x:g} {y:g}C{x + onward * BEND * 0.6:g} {y:g} {turn - onward * BEND * 0.6:g} {row:g}"
        f" {turn:g} {row:g}H{near:g}"
    )
    bend = Place(min(x, turn), min(y, row), BEND, abs(y - row))
    return make_line(edge, path, _around((turn + near) / 2, row), bend)


def _around(x: float, y: float) -> Place:
    return Place(x - WORDS[0] / 2, y - WORDS[1] / 2, *WORDS)
