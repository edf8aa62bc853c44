"""What a chart is made of: nodes and edges that come in, boxes and lines that are drawn."""

from dataclasses import dataclass
from uuid import UUID

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


def fit(text: str, width: float, size: float) -> str:
    """Shorten a text to a width, reckoned on the wide side: no font of the reader is known."""
    if text_width(text, size) <= width:
        return text
    room = width - text_width("…", size)
    while text and text_width(text, size) > room:
        text = text[:-1]
    return f"{text.rstrip()}…"


def text_width(text: str, size: float) -> float:
    """Return how wide a text is at most, in fonts that people have."""
    return sum(_of_letter(letter) for letter in text) * size


def _of_letter(letter: str) -> float:
    if letter in NARROW:
        return 0.36
    if letter in WIDE or not letter.isascii():
        return 1.0
    return 0.74 if letter.isupper() or letter in BROAD else 0.6
