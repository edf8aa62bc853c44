"""The chart as its page shows it: the same links as the table, and no more than may be drawn."""

import re
import uuid
from itertools import pairwise

from disc.core.transaction import writing
from disc.intelligence import service
from disc.intelligence.charting import MOST_HOPS, network_around
from disc.intelligence.queries import end_of_person
from tests.intelligence.cases import (
    driven,
    link,
    linked,
    new,
    person,
    reference,
    subject,
    together,
    vehicle,
)
from tests.world import World

LINE = re.compile(r'<path class="(chart__line[^"]*)" d="M')
BOX = re.compile(r'<(?:a|g) class="chart__node"')


def sheet(page: str) -> str:
    """Cut the chart out of its page, without the legend."""
    return page.split('<svg class="chart__sheet"')[1].split("</svg>", maxsplit=1)[0]


def shown(world: World, subject_id: uuid.UUID) -> str:
    return world.browser("administrator").get(f"/people/{subject_id}/links").text


def test_the_chart_and_the_table_tell_the_same(world: World) -> None:
    one, other = person(world.here, "Robin Doe"), person(world.here, "Ash <Roe>")
    sure = together(world.here, one, other)
    open_one = driven(world.here, other, vehicle(world.here, "AB12 CDE"))
    page = shown(world, one)
    chart = sheet(page)
    assert sorted(LINE.findall(chart)) == ["chart__line", "chart__line chart__line--open"]
    assert len(BOX.findall(chart)) == 3
    for words in ("Ash &lt;Roe&gt;", "AB12CDE", "seen together", "uses this vehicle", "2 A P"):
        assert words in chart
    assert "<title" in chart
    assert "<desc" in chart
    assert " style=" not in page
    table = page.split('<table class="log">')[1]
    for link_id in (sure, open_one):
        assert f"/links/{link_id}" in table


def test_two_links_between_the_same_two_are_one_line_with_a_plus(world: World) -> None:
    one, other = person(world.here, "Robin Doe"), person(world.here, "Ash Roe")
    linked(world.here, one, other, kind=new().kind.FAMILY)
    together(world.here, one, other)
    chart = sheet(shown(world, one))
    assert LINE.findall(chart) == ["chart__line"]
    assert "seen together" in chart
    assert "2 A P, +1" in chart


def test_thirty_are_drawn_and_the_page_says_how_many_are_left_out(world: World) -> None:
    centre = person(world.here, "Robin Doe")
    others = [person(world.here) for _ in range(31)]
    with writing():
        for other in others:
            service.add_person_link(world.here.actor("administrator"), centre, other, new())
    page = shown(world, centre)
    assert len(BOX.findall(sheet(page))) == 30
    assert "2 more records are left out of the chart." in page
    table = page.split('<table class="log">')[1]
    assert all(reference(world.here, other) in table for other in others)


def test_links_are_followed_for_so_many_steps_and_no_further(world: World) -> None:
    people = [person(world.here) for _ in range(MOST_HOPS + 2)]
    for one, other in pairwise(people):
        linked(world.here, one, other)
    network = network_around(world.here.actor("administrator"), end_of_person(subject(people[0])))
    assert {box.node.id for box in network.chart.boxes} == set(people[:-1])
    assert {end.id for end in network.ends} == set(people[:-1])


def test_links_among_the_farthest_are_drawn_too(world: World) -> None:
    hub, first, second = (person(world.here) for _ in range(3))
    for one, other in ((hub, first), (hub, second), (first, second)):
        linked(world.here, one, other)
    far = [person(world.here) for _ in range(4)]
    for one, other in ((first, far[0]), (second, far[1]), (far[0], far[2]), (far[1], far[3])):
        linked(world.here, one, other)
    last = linked(world.here, far[2], far[3])
    network = network_around(world.here.actor("administrator"), end_of_person(subject(hub)))
    assert last in {each.row.id for each in network.links}
    assert sum(line.is_crossing for line in network.chart.lines) == 2


def test_an_ended_link_is_not_followed(world: World) -> None:
    one, other, third = (person(world.here) for _ in range(3))
    ended = linked(world.here, one, other)
    linked(world.here, other, third)
    with writing():
        service.end(world.here.actor("administrator"), ended)
    assert link(ended) is not None
    network = network_around(world.here.actor("administrator"), end_of_person(subject(one)))
    assert [box.node.id for box in network.chart.boxes] == [one]
