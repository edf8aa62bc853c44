"""Which nodes a chart has, nearest first, and the column and row of each."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from disc.intelligence.chart.shapes import Edge, Node

ONE_SIDE = 8
"""Rows that still go to one side; more go to both."""


@dataclass(frozen=True, slots=True)
class Seat:
    """Where a node stands in the tree: column (to the left below 0) and row."""

    column: int
    row: float


def nearest(
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


def is_tree(parents: dict[UUID, UUID | None], edge: Edge) -> bool:
    """Say whether an edge is one by which a node was reached."""
    return (edge.one in parents and parents[edge.one] == edge.other) or (
        edge.other in parents and parents[edge.other] == edge.one
    )


def beside(parents: dict[UUID, UUID | None], edges: Sequence[Edge]) -> list[Edge]:
    """Return the edges between nodes of the tree that are none of its own."""
    inside = (edge for edge in edges if edge.one in parents and edge.other in parents)
    return [edge for edge in inside if not is_tree(parents, edge)]


def seat_all(centre: UUID, parents: dict[UUID, UUID | None]) -> dict[UUID, Seat]:
    """Give each node of the tree its column and its row."""
    children: dict[UUID | None, list[UUID]] = {}
    for node, parent in parents.items():
        children.setdefault(parent, []).append(node)
    sides = _sides(children, centre)
    tall = max(_rows(children, side) for side in sides)
    seats = {centre: Seat(0, (max(tall, 1) - 1) / 2)}
    for direction, side in zip((1, -1), sides, strict=True):
        first = (tall - _rows(children, side)) / 2
        for node in side:
            first = _seat(children, node, Seat(direction, first), seats)
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
    children: dict[UUID | None, list[UUID]], node: UUID, seat: Seat, seats: dict[UUID, Seat]
) -> float:
    """Seat a node, and all that hangs on it, from a row on; return the first free row after it.

    A node stands in the middle of its rows, so that two of a column are a row apart at least.
    """
    column = seat.column + (1 if seat.column > 0 else -1)
    free = seat.row
    for child in children.get(node, []):
        free = _seat(children, child, Seat(column, free), seats)
    free = max(free, seat.row + 1)
    seats[node] = Seat(seat.column, (seat.row + free - 1) / 2)
    return free
