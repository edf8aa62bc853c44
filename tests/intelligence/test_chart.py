"""The chart's geometry: everything inside, no words on words, the same for the same input."""

from itertools import combinations
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from disc.intelligence.chart import Chart, Edge, Node, draw
from disc.intelligence.chart.crossing import cuts
from disc.intelligence.chart.drawing import MOST_CROSSING, MOST_NODES
from disc.intelligence.chart.measures import WORDS
from disc.intelligence.chart.shapes import SIZES, Place, fit, text_width

NAMES = st.text(min_size=1, max_size=60)


def nodes(labels: list[str]) -> list[Node]:
    return [
        Node(UUID(int=number + 1), label, f"P-{number}", is_vehicle=number % 3 == 2)
        for number, label in enumerate(labels)
    ]


def edge(some: list[Node], one: int, other: int, *, is_confirmed: bool = True) -> Edge:
    return Edge(some[one].id, some[other].id, "shares an address", "2 C P, +1", is_confirmed)


@st.composite
def networks(draw_from: st.DrawFn) -> tuple[list[Node], list[Edge]]:
    some = nodes(draw_from(st.lists(NAMES, min_size=1, max_size=36)))
    pairs = list(combinations(range(len(some)), 2))
    chosen = draw_from(st.lists(st.sampled_from(pairs), unique=True, max_size=70)) if pairs else []
    return some, [edge(some, *pair, is_confirmed=sum(pair) % 2 == 0) for pair in chosen]


def star(count: int) -> tuple[list[Node], list[Edge]]:
    some = nodes([f"Dorrik Windlestraw-Harrowgate {number}" for number in range(count)])
    return some, [edge(some, 0, number) for number in range(1, count)]


def chain(count: int) -> tuple[list[Node], list[Edge]]:
    some = nodes(["Name"] * count)
    return some, [edge(some, number, number + 1) for number in range(count - 1)]


def full(count: int) -> tuple[list[Node], list[Edge]]:
    some = nodes(["Name"] * count)
    return some, [edge(some, *pair) for pair in combinations(range(count), 2)]


def places(chart: Chart) -> list[Place]:
    return [box.place for box in chart.boxes] + [line.words for line in chart.lines]


def is_sound(chart: Chart) -> None:
    for place in places(chart):
        assert place.x >= 0
        assert place.y >= 0
        assert place.x + place.width <= chart.width
        assert place.y + place.height <= chart.height
    for one, other in combinations(places(chart), 2):
        assert not one.meets(other), (one, other)
    for box in chart.boxes:
        assert text_width(box.label, SIZES["label"]) <= box.place.width
        assert text_width(box.detail, SIZES["detail"]) <= box.place.width
    for line in chart.lines:
        assert text_width(line.above, SIZES["words"]) <= WORDS[0]


def reached(some: list[Node], edges: list[Edge]) -> dict[UUID, int]:
    """Count hops from the first node, in the plainest way there is."""
    hops = {some[0].id: 0}
    for hop in range(len(some)):
        for one in edges:
            for near, far in ((one.one, one.other), (one.other, one.one)):
                if hops.get(near) == hop:
                    hops.setdefault(far, hop + 1)
    return hops


@settings(max_examples=30)
@given(networks())
def test_all_stands_inside_and_no_words_meet(network: tuple[list[Node], list[Edge]]) -> None:
    some, edges = network
    chart = draw(some[0].id, some, edges)
    is_sound(chart)
    hops = reached(some, edges)
    drawn = {box.node.id for box in chart.boxes}
    assert len(drawn) == len(chart.boxes) == min(MOST_NODES, len(hops))
    assert chart.left_out == len(hops) - len(drawn)
    farthest = max(hops[one] for one in drawn)
    assert all(hops[one] >= farthest for one in hops if one not in drawn)
    between = [one for one in edges if {one.one, one.other} <= drawn]
    assert len(chart.lines) + chart.lines_left_out == len(between)
    assert chart.lines_left_out <= max(0, len(between) - len(drawn) + 1)


@settings(max_examples=30)
@given(networks(), st.randoms(use_true_random=False))
def test_the_same_network_makes_the_same_chart_in_whatever_order_it_comes(
    network: tuple[list[Node], list[Edge]], order: object
) -> None:
    some, edges = network
    first = draw(some[0].id, some, edges)
    shuffled, turned = list(some), list(edges)
    order.shuffle(shuffled)  # type: ignore[attr-defined]
    order.shuffle(turned)  # type: ignore[attr-defined]
    assert draw(some[0].id, shuffled, turned) == first


@pytest.mark.parametrize(
    "network", [star(30), star(45), chain(30), full(8), full(30)], ids=lambda one: str(len(one[1]))
)
def test_the_hardest_networks_are_sound(network: tuple[list[Node], list[Edge]]) -> None:
    some, edges = network
    chart = draw(some[0].id, some, edges)
    is_sound(chart)
    assert len(chart.boxes) == min(MOST_NODES, len(some))
    assert sum(line.is_crossing for line in chart.lines) <= MOST_CROSSING


def test_few_links_go_to_one_side_and_many_to_both() -> None:
    few, many = star(9), star(10)
    sides = [
        {
            box.place.x > next(b for b in chart.boxes if b.is_centre).place.x
            for box in chart.boxes
            if not box.is_centre
        }
        for chart in (draw(few[0][0].id, *few), draw(many[0][0].id, *many))
    ]
    assert sides == [{True}, {True, False}]


def test_a_line_beside_the_tree_lies_under_no_other_box_where_there_is_room() -> None:
    some, edges = star(4)
    chart = draw(some[0].id, some, [*edges, edge(some, 1, 3)])
    [crossing] = [line for line in chart.lines if line.is_crossing]
    middle = next(box for box in chart.boxes if box.node.id == some[2].id).place
    near = chart.boxes[0].place
    for end in (line_end for line_end in (some[1], some[3])):
        start = next(box for box in chart.boxes if box.node.id == end.id).place
        assert not cuts(start.middle, crossing.words.middle, middle)
        assert not cuts(start.middle, crossing.words.middle, near)


def test_long_words_are_shortened_and_short_ones_kept() -> None:
    assert fit("Ash Roe", 152, 15) == "Ash Roe"
    short = fit("W" * 40, 152, 15)
    assert short.endswith("W…")
    assert len(short) < 12
    assert fit("WWW", 1, 15) == "…"
