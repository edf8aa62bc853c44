"""Where the boxes, lines and words of a link chart go: pure geometry, the same for the same input.

The record in question stands in the first column, what is one hop away in the next, and so on.
Each box has a row of its own within its column, and the words of the line that leads to it stand
in that row, so that they meet nothing. Lines beside this tree take the nearest free place.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from math import hypot
from uuid import UUID

MOST_NODES = 30
MOST_CROSSING = 12
"""Lines that are drawn beside those of the tree; the table has all of them."""
BOX = (164.0, 48.0)
WORDS = (130.0, 36.0)
BEND = 34.0
"""From a box to where its lines have reached the rows that they lead to."""
GAP = BEND + WORDS[0] + 8
"""From one column's boxes to the next one's; four columns fit on a laptop."""
ROW, ROOMY_ROW = 66.0, 96.0
"""From one row to the next; where lines cross, their words fit between two rows."""
MARGIN = 16.0
OUTER = WORDS[0] + 16
"""Beside the outermost boxes, where lines lead from one of them to another."""
ONE_SIDE = 8
"""Rows that still go to one side; more go to both."""
MOST_TRIED = 50
"""How many places for a crossing line's words are compared, the nearest first."""
SIZES = {"label": 15.0, "detail": 13.0, "words": 13.0}
"""Size of each kind of text, in the chart's own units; the style sheet says the same."""
NARROW, BROAD, WIDE = frozenset("iIjltf1.,:;'|!()[]- "), frozenset("w"), frozenset("mMW@%—…")


@dataclass(frozen=True, slots=True)
class Node:
    """A person or a vehicle, with what its box says."""

    id: UUID
    label: str
    detail: str
    is_vehicle: bool = False


@dataclass(frozen=True, slots=True)
class Edge:
    """A line between two nodes, with what it says above and below."""

    one: UUID
    other: UUID
    above: str
    below: str
    is_confirmed: bool


@dataclass(frozen=True, slots=True)
class Place:
    """A rectangle; ``x`` and ``y`` are its left upper corner."""

    x: float
    y: float
    width: float
    height: float

    @property
    def middle(self) -> tuple[float, float]:
        """Return its middle."""
        return self.x + self.width / 2, self.y + self.height / 2

    def meets(self, other: "Place", apart: float = 0.0) -> bool:
        """Say whether two rectangles are less than some distance apart."""
        return (
            self.x < other.x + other.width + apart
            and other.x < self.x + self.width + apart
            and self.y < other.y + other.height + apart
            and other.y < self.y + self.height + apart
        )


@dataclass(frozen=True, slots=True)
class Box:
    """A node in its place; its texts fit."""

    node: Node
    place: Place
    label: str
    detail: str
    is_centre: bool


@dataclass(frozen=True, slots=True)
class Line:
    """An edge in its place: a path, its words, and where it bends if it is of the tree."""

    edge: Edge
    path: str
    words: Place
    above: str
    below: str
    bend: Place | None

    @property
    def is_crossing(self) -> bool:
        """Say whether it lies beside the tree."""
        return self.bend is None


@dataclass(frozen=True, slots=True)
class Chart:
    """A drawn chart: how large, what stands where, and how much was left out."""

    width: float
    height: float
    boxes: tuple[Box, ...]
    lines: tuple[Line, ...]
    left_out: int
    lines_left_out: int


@dataclass(frozen=True, slots=True)
class _Seat:
    """Where a node stands in the tree: column (to the left below 0) and row."""

    column: int
    row: float


def draw(centre: UUID, nodes: Iterable[Node], edges: Iterable[Edge]) -> Chart:
    """Lay a chart out around one of the nodes: at most ``MOST_NODES`` of them, nearest first.

    Two nodes have one edge at most, and none leads to its own node. What no line connects with
    the centre is not in the chart.
    """
    by_id = {node.id: node for node in nodes}
    found = sorted(edges, key=lambda edge: (str(edge.one), str(edge.other)))
    parents = _nearest(centre, by_id, found)
    kept = dict(list(parents.items())[:MOST_NODES])
    seats = _seats(centre, kept)
    crossing = _beside(kept, found)
    frame = _frame(seats, crossing)
    boxes = _boxes(centre, [by_id[one] for one in kept], seats, frame)
    lines = [_tree_line(kept, edge, boxes) for edge in found if _is_tree(kept, edge)]
    lines, (width, height) = _with_crossing(crossing[:MOST_CROSSING], boxes, lines, frame)
    return Chart(
        width=width,
        height=height,
        boxes=tuple(boxes.values()),
        lines=tuple(lines),
        left_out=len(parents) - len(kept),
        lines_left_out=max(0, len(crossing) - MOST_CROSSING),
    )


def fit(text: str, width: float, size: float) -> str:
    """Shorten a text to a width, reckoned on the wide side: no font of the reader is known."""
    if _width(text, size) <= width:
        return text
    room = width - _width("…", size)
    while text and _width(text, size) > room:
        text = text[:-1]
    return f"{text.rstrip()}…"


def _width(text: str, size: float) -> float:
    return sum(_of_letter(letter) for letter in text) * size


def _of_letter(letter: str) -> float:
    if letter in NARROW:
        return 0.36
    if letter in WIDE or not letter.isascii():
        return 1.0
    return 0.74 if letter.isupper() or letter in BROAD else 0.6


# --- The tree


def _nearest(
    centre: UUID, nodes: dict[UUID, Node], edges: Sequence[Edge]
) -> dict[UUID, UUID | None]:
    """Return each node that lines lead to, nearest first, with the one it is reached from."""
    beside: dict[UUID, set[UUID]] = {node: set() for node in nodes}
    for edge in edges:
        beside[edge.one].add(edge.other)
        beside[edge.other].add(edge.one)
    parents: dict[UUID, UUID | None] = {centre: None}
    waiting = [centre]
    for one in waiting:
        for other in sorted(beside[one], key=lambda node: (nodes[node].label, str(node))):
            if other not in parents:
                parents[other] = one
                waiting.append(other)
    return parents


def _is_tree(parents: dict[UUID, UUID | None], edge: Edge) -> bool:
    return (edge.one in parents and parents[edge.one] == edge.other) or (
        edge.other in parents and parents[edge.other] == edge.one
    )


def _beside(parents: dict[UUID, UUID | None], edges: Sequence[Edge]) -> list[Edge]:
    """Return the edges between nodes of the tree that are none of its own."""
    inside = (edge for edge in edges if edge.one in parents and edge.other in parents)
    return [edge for edge in inside if not _is_tree(parents, edge)]


def _seats(centre: UUID, parents: dict[UUID, UUID | None]) -> dict[UUID, _Seat]:
    children: dict[UUID | None, list[UUID]] = {}
    for node, parent in parents.items():
        children.setdefault(parent, []).append(node)
    sides = _sides(children, centre)
    tall = max(_rows(children, side) for side in sides)
    seats = {centre: _Seat(0, (max(tall, 1) - 1) / 2)}
    for direction, side in zip((1, -1), sides, strict=True):
        first = (tall - _rows(children, side)) / 2
        for node in side:
            first = _seat(children, node, _Seat(direction, first), seats)
    return seats


def _sides(children: dict[UUID | None, list[UUID]], centre: UUID) -> tuple[list[UUID], list[UUID]]:
    """Return what goes to the right of the centre, and what to its left."""
    first = children.get(centre, [])
    if _rows(children, first) <= ONE_SIDE:
        return first, []
    right: list[UUID] = []
    left: list[UUID] = []
    for node in first:
        (right if _rows(children, right) <= _rows(children, left) else left).append(node)
    return right, left


def _rows(children: dict[UUID | None, list[UUID]], some: Sequence[UUID]) -> int:
    """Count the rows that some nodes need with all that hangs on them."""
    return sum(max(1, _rows(children, children.get(node, []))) for node in some)


def _seat(
    children: dict[UUID | None, list[UUID]], node: UUID, seat: _Seat, seats: dict[UUID, _Seat]
) -> float:
    """Seat a node, and all that hangs on it, from a row on; return the first free row after it.

    A node stands in the middle of its rows, so that two of a column are a row apart at least.
    """
    column = seat.column + (1 if seat.column > 0 else -1)
    free = seat.row
    for child in children.get(node, []):
        free = _seat(children, child, _Seat(column, free), seats)
    free = max(free, seat.row + 1)
    seats[node] = _Seat(seat.column, (seat.row + free - 1) / 2)
    return free


# --- Places


def _frame(seats: dict[UUID, _Seat], crossing: Sequence[Edge]) -> tuple[float, float, float]:
    """Return the room on the left, on the right, and from one row to the next."""
    columns = [seat.column for seat in seats.values()]
    ends = [{seats[edge.one].column, seats[edge.other].column} for edge in crossing]
    left, right = (OUTER if {last} in ends else 0.0 for last in (min(columns), max(columns)))
    return MARGIN + left, MARGIN + right, ROOMY_ROW if crossing else ROW


def _boxes(
    centre: UUID,
    nodes: Sequence[Node],
    seats: dict[UUID, _Seat],
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
    return _line(edge, path, _around((turn + near) / 2, row), bend)


def _around(x: float, y: float) -> Place:
    return Place(x - WORDS[0] / 2, y - WORDS[1] / 2, *WORDS)


def _line(edge: Edge, path: str, words: Place, bend: Place | None = None) -> Line:
    return Line(
        edge=edge,
        path=path,
        words=words,
        above=fit(edge.above, WORDS[0], SIZES["words"]),
        below=fit(edge.below, WORDS[0], SIZES["words"]),
        bend=bend,
    )


# --- Lines beside the tree


def _with_crossing(
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
        lines = [*lines, _line(edge, path, words)]
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
    return sum(any(_cuts(end.middle, spot.middle, place) for end in ends) for place in places)


def _cuts(start: tuple[float, float], end: tuple[float, float], place: Place) -> bool:
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
