"""Vehicles: sealed, found by their exact mark, hidden and erased on their days."""

import pytest
import sqlalchemy as sa
from flask import Flask

from disc.core.audit import AuditEvent
from disc.core.database import db
from disc.core.keys import DataKey
from disc.core.transaction import writing
from disc.incidents.marks import NOT_UK
from disc.intelligence import queries, service
from disc.intelligence.errors import UnfitMark
from disc.intelligence.models import Association, Vehicle
from tests.dataprotection.days import at, beginning, count, months
from tests.intelligence.cases import car, driven, link, person, vehicle
from tests.whole_app.callers import proved_long_ago, sign_in
from tests.world import World

TYPED = {"mark": "ab12 cde", "make": "Ford Transit", "colour": "blue", "notes": "A roof rack"}


def test_a_manager_adds_a_vehicle_and_finds_it_by_any_spelling(world: World) -> None:
    manager = world.browser("administrator")
    manager.get("/vehicles/new")
    answer = manager.post("/vehicles/new", TYPED)
    assert answer.status_code == 303
    page = manager.get(answer.location).text
    assert "AB12CDE" in page
    assert NOT_UK not in page
    for spelling in ("AB12 CDE", "ab12-cde", " aB12CdE"):
        assert manager.post("/vehicles/find", {"mark": spelling}).location == answer.location
    for other in ("AB12 CD", "AB12 CDF", ""):
        assert manager.post("/vehicles/find", {"mark": other}).status_code == 422
    assert "AB12" not in answer.location


def test_a_foreign_mark_is_taken_with_a_sentence(world: World) -> None:
    manager = world.browser("administrator")
    manager.get("/vehicles/new")
    answer = manager.post("/vehicles/new", {"mark": "WOB-AB 123"})
    assert NOT_UK in manager.get(answer.location).text
    refused = manager.post("/vehicles/new", {"mark": "???"})
    assert refused.status_code == 422
    assert "only letters and numbers" in refused.text
    with pytest.raises(UnfitMark), writing():
        service.add_vehicle(world.here.actor("administrator"), service.NewVehicle(mark=" - "))


def test_a_mark_lies_nowhere_in_plain_text_and_its_token_is_the_schemes_own(world: World) -> None:
    here, there = car(vehicle(world.here, **TYPED)), car(vehicle(world.there, **TYPED))
    for row in (here, there):
        for value in (row.mark_sealed, row.make_sealed, row.notes_sealed, row.mark_token):
            assert value
            assert b"AB12" not in value
            assert b"Ford" not in value
    assert here.mark_token != there.mark_token
    assert here.mark == there.mark == "AB12CDE"


def test_the_same_mark_again_is_one_vehicle_whose_days_start_again(world: World) -> None:
    with beginning():
        first = vehicle(world.here)
        days = car(first).hide_on, car(first).erase_on
        assert days == (months(12), months(24))
    with at(months(3)):
        assert vehicle(world.here, "ab 12 cde") == first
        assert (car(first).hide_on, car(first).erase_on) == (months(15), months(27))
    assert count(Vehicle) == 1


def test_a_vehicle_past_its_day_of_hiding_leaves_the_list_and_asks_for_a_proof(
    world: World, app: Flask
) -> None:
    with beginning():
        vehicle_id = vehicle(world.here)
    with at(months(12)):
        manager = world.browser("administrator")
        assert "AB12CDE" not in manager.get("/vehicles").text
        assert queries.vehicles(world.here.actor("administrator")).rows == []
        found = manager.post("/vehicles/find", {"mark": "AB12CDE"})
        assert found.location == f"/vehicles/{vehicle_id}"
        assert manager.get(found.location).status_code == 200  # who has just signed in
        stale = sign_in(app, world.here.actor("administrator"), proved_long_ago)
        assert stale.get(found.location).location.startswith("/prove")


def test_the_sweep_erases_a_vehicle_with_its_key_its_token_and_its_links(world: World) -> None:
    from disc.dataprotection.retention import run_clocks

    with beginning():
        vehicle_id = vehicle(world.here)
    with at(months(23)):
        link_id = driven(world.here, person(world.here, "Robin Doe"), vehicle_id)
        assert link(link_id).erase_on == months(24)
        keys = {car(vehicle_id).data_key_id, link(link_id).data_key_id}
    with at(months(24)):
        done = run_clocks()
        assert (done.vehicles, done.links, done.overdue) == (1, 1, 0)
        assert (count(Vehicle), count(Association)) == (0, 0)
        assert not keys & set(db.session.scalars(sa.select(DataKey.id)))


def test_a_vehicle_is_corrected_and_erased_by_its_number(world: World) -> None:
    vehicle_id = vehicle(world.here, **TYPED)
    link_id = driven(world.here, person(world.here), vehicle_id)
    manager = world.browser("administrator")
    page = f"/vehicles/{vehicle_id}"
    manager.get(page)
    manager.post(f"{page}/correct", {"make": "Fiat", "colour": "", "notes": ""})
    assert (car(vehicle_id).make, car(vehicle_id).colour) == ("Fiat", "")
    assert manager.post(f"{page}/correct", {"make": "x" * 61}).status_code == 422
    manager.post(f"{page}/erase", {"number": "V-WRONG1"})
    assert car(vehicle_id) is not None
    number = car(vehicle_id).reference
    assert manager.post(f"{page}/erase", {"number": number.lower()}).location == "/vehicles"
    assert car(vehicle_id) is None
    assert link(link_id) is None
    assert manager.get(page).status_code == 404


def test_only_the_administrator_erases_at_once(world: World) -> None:
    vehicle_id = vehicle(world.here)
    second = world.browser("sub_administrator")
    assert "Erase for good" not in second.get(f"/vehicles/{vehicle_id}").text
    refused = second.post(f"/vehicles/{vehicle_id}/erase", {"number": car(vehicle_id).reference})
    assert refused.status_code == 404


def test_looking_is_written_down_and_no_mark_is(world: World) -> None:
    vehicle_id = vehicle(world.here, **TYPED)
    manager = world.browser("administrator")
    manager.get("/vehicles")
    manager.post("/vehicles/find", {"mark": "AB12CDE"})
    manager.get(f"/vehicles/{vehicle_id}")
    db.session.rollback()
    told = db.session.execute(
        sa.select(AuditEvent.act, AuditEvent.target_id, AuditEvent.detail).where(
            AuditEvent.target_id == vehicle_id
        )
    ).all()
    acts = {act for act, _, _ in told}
    assert acts == {"vehicle added", "vehicle read", "vehicle looked for", "links read"}
    assert not any("AB12" in detail for _, _, detail in told)


def test_another_scheme_finds_no_vehicle_of_here(world: World) -> None:
    vehicle_id = vehicle(world.here)
    stranger = world.browser("administrator", world.there)
    assert stranger.get(f"/vehicles/{vehicle_id}").status_code == 404
    stranger.get("/vehicles")
    number = car(vehicle_id).reference
    for typed in ("AB12 CDE", number):
        assert stranger.post("/vehicles/find", {"mark": typed}).status_code == 422


def test_a_vehicle_past_its_day_of_erasure_is_gone_before_the_sweep_came_by(world: World) -> None:
    with beginning():
        first = vehicle(world.here, notes="A dent")
        link_id = driven(world.here, person(world.here, "Robin Doe"), first)
    with at(months(24)):
        manager = world.browser("administrator")
        for path in (f"/vehicles/{first}", f"/links/{link_id}"):
            assert manager.get(path).status_code == 404, path
        assert manager.post("/vehicles/find", {"mark": "AB12 CDE"}).status_code == 422
        again = vehicle(world.here)
        assert again != first
        assert (car(first), link(link_id)) == (None, None)
        assert car(again).notes == ""
