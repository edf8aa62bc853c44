"""One application for the whole run, emptied between tests; the profile comes from outside.

With TEST_DATABASE_URL and TEST_REDIS_URL set the same tests run on PostgreSQL and Redis.
"""

import contextlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from config import Settings, from_environment
from disc.app import create_app
from disc.core.database import Base, db
from disc.core.migrate import upgrade
from tests.browsers import Browser
from tests.world import World, make_world
from tools.stores import temporary_database


@pytest.fixture(scope="session")
def settings() -> Iterator[Settings]:
    with tempfile.TemporaryDirectory(prefix="instance-") as folder, stores() as (database, cache):
        environ = {"DISC_INSTANCE": folder, "DATABASE_URL": database, "REDIS_URL": cache}
        chosen = from_environment({name: value for name, value in environ.items() if value})
        yield Settings(
            instance=Path(folder),
            database_url=chosen.database_url,
            redis_url=chosen.redis_url,
            testing=True,
        )


@contextlib.contextmanager
def stores() -> Iterator[tuple[str | None, str | None]]:
    """Give the run's PostgreSQL and Redis; to each process its own where several share a run."""
    database, cache = (os.environ.get(f"TEST_{name}") for name in ("DATABASE_URL", "REDIS_URL"))
    number = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    if cache:
        base, _, index = cache.rpartition("/")
        cache = f"{base}/{int(index) - number}"
    if database and "PYTEST_XDIST_WORKER" in os.environ:
        with temporary_database(database) as own:
            yield own, cache
    else:
        yield database, cache


@pytest.fixture(scope="session")
def session_app(settings: Settings) -> Iterator[Flask]:
    app = create_app(settings)
    with app.app_context():
        if settings.database_url:
            _drop_everything()
        upgrade()
        db.session.remove()
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def app(session_app: Flask) -> Iterator[Flask]:
    """The application with an empty database, and a context pushed."""
    with session_app.app_context():
        _empty()
        yield session_app
        db.session.remove()


@pytest.fixture
def world(app: Flask) -> World:
    """Two schemes with people of every role."""
    return make_world()


@pytest.fixture
def browser(app: Flask) -> Browser:
    """A browser that nobody has signed in with."""
    return Browser(app)


def _empty() -> None:
    """Delete every row; for so few, that is quicker than TRUNCATE, which remakes each file."""
    db.session.remove()
    tables = reversed(Base.metadata.sorted_tables)
    statements = [str(table.delete().compile()) for table in tables]
    with db.engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("; ".join(statements))
        else:
            connection.exec_driver_sql("COMMIT")
            connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
            for statement in statements:
                connection.exec_driver_sql(statement)
            connection.exec_driver_sql("PRAGMA foreign_keys=ON")
            connection.exec_driver_sql("BEGIN")
        connection.commit()


def _drop_everything() -> None:
    with db.engine.connect() as connection:
        connection.execute(sa.text("DROP SCHEMA public CASCADE"))
        connection.execute(sa.text("CREATE SCHEMA public"))
        connection.commit()
