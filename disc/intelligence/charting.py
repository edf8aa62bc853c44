"""The network around a person or a vehicle: found in the database, and drawn as a chart."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from disc.access.actor import Actor
from disc.intelligence.chart import Chart, Edge, Node, draw
from disc.intelligence.queries import End, Link, links_of
from disc.intelligence.rules import AssociationState

MOST_HOPS = 3
"""How far from the record in question links are followed: nobody needs to know what lies beyond."""
MOST_FOUND = 300
"""People and vehicles after which no further ones are looked for."""


@dataclass(frozen=True, slots=True)
class Network:
    """A drawn chart, and the links that are in it or touch its centre, nearest first."""

    chart: Chart
    links: list[Link]
    ends: tuple[End, ...]
    """Everybody, and every vehicle, that the page names."""


def network_around(actor: Actor, centre: End) -> Network:
    """Return what is linked with a person or a vehicle today, confirmed or not."""
    ends, links = _explore(actor, centre)
    chart = draw(centre.id, map(_node, ends.values()), _edges(links))
    drawn = {box.node.id for box in chart.boxes}
    told = [link for link in links if _is_told(link, centre.id, drawn)]
    named = drawn | {end.id for link in told for end in (link.one, link.other)}
    return Network(chart, told, tuple(end for end in ends.values() if end.id in named))


def _explore(actor: Actor, centre: End) -> tuple[dict[uuid.UUID, End], list[Link]]:
    """Follow links hop by hop; all links of the nearest come before those of the next."""
    ends, links = {centre.id: centre}, dict[uuid.UUID, Link]()
    newest = {centre.id}
    for hop in range(MOST_HOPS + 1):
        found = [link for link in links_of(actor, newest) if link.is_live]
        if hop == MOST_HOPS or len(ends) > MOST_FOUND:
            found = [link for link in found if {link.one.id, link.other.id} <= set(ends)]
        links |= {link.row.id: link for link in found if link.row.id not in links}
        reached = {end.id: end for link in found for end in (link.one, link.other)}
        newest = set(reached) - set(ends)
        ends = reached | ends
        if not newest:
            break
    return ends, list(links.values())


def _node(end: End) -> Node:
    return Node(end.id, end.label, end.detail, end.is_vehicle)


def _edges(links: Iterable[Link]) -> list[Edge]:
    """Draw one line for all links between the same two, with the words of the surest of them."""
    between: dict[frozenset[uuid.UUID], list[Link]] = {}
    for link in links:
        between.setdefault(frozenset({link.one.id, link.other.id}), []).append(link)
    return [_edge(sorted(some, key=_surest_first)) for some in between.values()]


def _surest_first(link: Link) -> tuple[bool, bool, uuid.UUID]:
    return not _is_confirmed(link), link.row.grading is None, link.row.id


def _edge(some: list[Link]) -> Edge:
    first, more = some[0], len(some) - 1
    grade = first.row.grading.code if first.row.grading else "no grade yet"
    return Edge(
        one=first.one.id,
        other=first.other.id,
        above=first.row.kind.value,
        below=f"{grade}, +{more}" if more else grade,
        is_confirmed=_is_confirmed(first),
    )


def _is_confirmed(link: Link) -> bool:
    return link.row.state is AssociationState.CONFIRMED


def _is_told(link: Link, centre_id: uuid.UUID, drawn: set[uuid.UUID]) -> bool:
    ends = {link.one.id, link.other.id}
    return centre_id in ends or ends <= drawn
