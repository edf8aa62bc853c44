"""PostgreSQL alone: a transaction that only reads cannot write, and keeps what was planned."""

import pytest
import sqlalchemy as sa

from disc.core.database import db
from disc.core.rows import every_scheme
from disc.core.transaction import writing
from disc.members.models import Scheme
from tests.world import World

RENAME = "UPDATE scheme SET name = 'Stray'"
OFTEN = 12
"""The driver prepares what it is asked a sixth time."""
GOES_WITHIN_MS = 60_000


def _name(world: World) -> str:
    return db.session.scalar(sa.select(Scheme.name).where(Scheme.id == world.here.scheme_id)) or ""


def test_what_goes_around_our_own_lock_meets_the_databases(world: World) -> None:
    with every_scheme():
        before = _name(world)
        with pytest.raises(sa.exc.InternalError, match="read-only transaction"):
            db.session.connection().exec_driver_sql(RENAME)
        db.session.rollback()
        assert _name(world) == before


def test_a_write_after_a_read_is_no_longer_bound_by_it(world: World) -> None:
    with every_scheme():
        _name(world)
        with writing() as session:
            session.connection().exec_driver_sql(RENAME)
        assert _name(world) == "Stray"


def test_a_write_that_fails_is_undone(world: World) -> None:
    with every_scheme():
        before = _name(world)
        with pytest.raises(ZeroDivisionError), writing() as session:
            session.connection().exec_driver_sql(RENAME)
            raise ZeroDivisionError
        assert _name(world) == before


def test_a_statement_that_is_asked_often_is_planned_once(world: World) -> None:
    with every_scheme():
        for _ in range(OFTEN):
            _name(world)
            db.session.rollback()
        kept = "SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%%FROM scheme%%'"
        assert db.session.connection().exec_driver_sql(kept).scalar()


def test_a_connection_that_was_lost_while_reading_is_told_as_any_other(world: World) -> None:
    with every_scheme():
        lost = db.session.scalar(sa.select(sa.func.pg_backend_pid()))
        with db.engine.connect() as other:
            assert other.scalar(sa.select(sa.func.pg_terminate_backend(lost, GOES_WITHIN_MS)))
        with pytest.raises(sa.exc.OperationalError):
            db.session.rollback()
        assert _name(world)
