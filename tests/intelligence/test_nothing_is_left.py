"""After an erasure no byte of a vehicle or a link is left in the database's files."""

import sqlalchemy as sa

from config import Settings
from disc.core.database import db
from disc.core.jobs import drain
from disc.core.transaction import writing
from disc.dataprotection.retention import run_clocks
from disc.intelligence.models import Association, Vehicle
from disc.intelligence.rules import Assessment, Grading, Handling, Source
from tests.dataprotection.days import at, beginning, count, get, months
from tests.dataprotection.test_sweep import _at_rest
from tests.intelligence.cases import driven, linked, person, vehicle
from tests.world import World

GRADING = Grading(Source.RELIABLE, Assessment.DIRECTLY, Handling.CONDITIONS, "For managers.")


def test_the_database_files_hold_nothing_of_what_was_erased(
    world: World, settings: Settings
) -> None:
    with beginning():
        one, other = person(world.here, "Robin Doe"), person(world.here, "Ash Roe")
        car_id = vehicle(world.here, "AB12 CDE", make="Ford", colour="red", notes="A dent")
        rows = [
            get(Vehicle, car_id),
            get(Association, linked(world.here, one, other, grading=GRADING)),
            get(Association, driven(world.here, one, car_id, grading=GRADING)),
        ]
        gone = [get(type(row), row.id).data_key.wrapped for row in rows]
        for row in rows:
            fresh = get(type(row), row.id)
            gone += [
                getattr(fresh, column.name)
                for column in fresh.__table__.columns
                if column.name.endswith(("_sealed", "_token"))
            ]
        there = _at_rest(settings)
        assert len(gone) == 3 + 5 + 2 + 2
        assert all(secret in there for secret in gone)
    with at(months(24)):
        assert run_clocks().log_emptied
        drain()
        assert run_clocks().log_emptied
        assert (count(Vehicle), count(Association)) == (0, 0)
    left = _at_rest(settings)
    assert [secret for secret in gone if secret in left] == []


def test_what_a_restored_backup_brings_back_without_its_key_goes_with_the_next_sweep(
    world: World,
) -> None:
    one, other = person(world.here, "Robin Doe"), person(world.here, "Ash Roe")
    vehicle(world.here)
    linked(world.here, one, other, grading=GRADING)
    with writing():  # as restoring does
        for table in (Vehicle, Association):
            columns = table.__table__.columns.keys()
            gone = [name for name in columns if name.endswith(("_sealed", "_token"))]
            db.session.execute(sa.update(table).values(dict.fromkeys(["data_key_id", *gone])))
    done = run_clocks()
    assert (done.links, done.vehicles, done.overdue) == (1, 1, 0)
    assert (count(Vehicle), count(Association)) == (0, 0)
