"""Two managers who act in the same moment: one succeeds, the other is told."""

import uuid

import pytest
from flask import Flask

from disc.intelligence import service
from disc.intelligence.models import Association, Vehicle
from disc.intelligence.rules import AssociationKind, AssociationState
from tests.at_once import at_once
from tests.dataprotection.days import count
from tests.intelligence.cases import link, linked, new, person
from tests.intelligence.test_suggested_links import report_about, suggestions
from tests.world import World

MANAGERS = ("administrator", "sub_administrator")


@pytest.fixture
def two(world: World) -> tuple[uuid.UUID, uuid.UUID]:
    for who in MANAGERS:
        world.here.actor(who)
    return person(world.here), person(world.here)


def test_of_two_links_of_one_kind_one_stands(app: Flask, world: World, two) -> None:
    def act(who: str, ends: tuple[uuid.UUID, uuid.UUID]) -> object:
        return lambda: service.add_person_link(world.here.actor(who), *ends, new())

    refused = at_once(app, act(MANAGERS[0], two), act(MANAGERS[1], two[::-1]))
    assert refused == ["already-linked"]
    assert count(Association) == 1


def test_of_two_vehicles_with_one_mark_one_is_made(app: Flask, world: World) -> None:
    def act(who: str) -> object:
        actor = world.here.actor(who)
        return lambda: service.add_vehicle(actor, service.NewVehicle(mark="AB12 CDE"))

    assert at_once(app, *(act(who) for who in MANAGERS)) == []
    assert count(Vehicle) == 1


def test_of_two_who_confirm_one_is_told_that_it_was_done(app: Flask, world: World, two) -> None:
    report_about(world.here, *two)
    [row] = suggestions()
    link_id, grading = row.id, new().grading

    def act(who: str) -> object:
        return lambda: service.confirm(world.here.actor(who), link_id, grading)

    assert at_once(app, *(act(who) for who in MANAGERS)) == ["changed-link"]
    assert link(link_id).state is AssociationState.CONFIRMED


def test_what_one_ends_while_another_confirms_it_is_ended(app: Flask, world: World, two) -> None:
    link_id = linked(world.here, *two, kind=AssociationKind.FAMILY)
    refused = at_once(
        app,
        lambda: service.confirm(world.here.actor(MANAGERS[1]), link_id),
        lambda: service.end(world.here.actor(MANAGERS[0]), link_id),
    )
    assert refused in ([], ["changed-link"])
    assert link(link_id).state is AssociationState.EXPIRED
