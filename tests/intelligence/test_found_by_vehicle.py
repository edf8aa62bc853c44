"""Whoever reads links finds a person by the mark of their vehicle; members find nobody by one."""

import uuid
from datetime import timedelta

import pytest

from disc.core.database import db
from disc.core.transaction import writing
from disc.gallery.finding import find
from disc.gallery.leafing import visible
from disc.gallery.queries import everybody
from disc.intelligence import service
from disc.intelligence.models import Vehicle
from tests.dataprotection.days import at, beginning, months
from tests.intelligence.cases import driven, person, vehicle
from tests.world import Place, World


@pytest.fixture
def driver(world: World) -> uuid.UUID:
    found = person(world.here, "Robin Doe")
    driven(world.here, found, vehicle(world.here, "AB12 CDE"))
    return found


def found(place: Place, who: str, typed: str) -> list[uuid.UUID]:
    actor = place.actor(who)
    db.session.rollback()
    scope = everybody if who == "administrator" else visible
    return [one.id for one in find(actor, typed, scope).people]


@pytest.mark.parametrize("typed", ["AB12 CDE", "ab12cde", "ab 12-cde"])
def test_a_manager_finds_who_drives_it_however_the_mark_is_typed(
    world: World, driver: uuid.UUID, typed: str
) -> None:
    assert found(world.here, "administrator", typed) == [driver]


@pytest.mark.parametrize("who", ["member", "group_manager", "spoc"])
def test_nobody_else_is_told_who_drives_it(world: World, driver: uuid.UUID, who: str) -> None:
    assert found(world.here, who, "AB12 CDE") == []


def test_another_scheme_finds_nobody_by_it(world: World, driver: uuid.UUID) -> None:
    assert found(world.there, "administrator", "AB12 CDE") == []


def test_a_link_that_ended_finds_nobody(world: World) -> None:
    one = person(world.here, "Robin Doe")
    link_id = driven(world.here, one, vehicle(world.here, "AB12 CDE"))
    with writing():
        service.end(world.here.actor("administrator"), link_id)
    assert found(world.here, "administrator", "AB12 CDE") == []


def test_a_vehicle_past_its_day_of_hiding_finds_nobody(world: World) -> None:
    with beginning():
        one, car_id = person(world.here, "Robin Doe"), vehicle(world.here, "AB12 CDE")
        driven(world.here, one, car_id)
        with writing():
            db.session.get_one(Vehicle, car_id).hide_on = months(3)
    with at(months(3) - timedelta(days=1)):
        assert found(world.here, "administrator", "AB12 CDE") == [one]
    with at(months(3)):
        assert found(world.here, "administrator", "AB12 CDE") == []
