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
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

from config import Settings, from_environment
from disc.app import create_app
from disc.core.database import db
from disc.core.migrate import engine_of_owner, upgrade
from disc.core.rows import every_scheme
from tests.browsers import Browser
from tests.emptying import Kept, emptied, keep_world
from tests.world import World
from tools.stores import account_of_application, temporary_database

ON_POSTGRESQL = ["whole_app/test_row_security.py", "whole_app/test_reading.py"]
collect_ignore = [] if os.environ.get("TEST_DATABASE_URL") else ON_POSTGRESQL
"""SQLite has no such locks; where no PostgreSQL listens the run says so as a whole."""
collect_ignore += [] if os.environ.get("TEST_LONG") == "1" else ["long"]
"""What takes an hour runs by ``make test-long`` alone."""

# How fast a machine is, no test asks: neither do those that draw their examples.
hypothesis_settings.register_profile(
    "any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
hypothesis_settings.load_profile("any machine")

LONGEST = (
    "browser/test_every_page_of_managers",
    "whole_app/test_starting",
    "browser/",
    "whole_app/",
)
"""What takes longest begins first, so that no process is left with it alone at the end.

The second draws no demo, and is what another process does while the first draws one.
"""


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the longest files first; else their order stays."""
    items.sort(key=_place_in_line)


def _place_in_line(item: pytest.Item) -> int:
    name = item.path.relative_to(Path(__file__).parent).as_posix()
    found = (place for place, begins in enumerate(LONGEST) if name.startswith(begins))
    return next(found, len(LONGEST))


@pytest.fixture(scope="session")
def settings() -> Iterator[Settings]:
    with (
        tempfile.TemporaryDirectory(prefix="instance-") as folder,
        stores() as (owner, cache),
        under_the_lock(owner) as database,
    ):
        environ = {
            "DISC_INSTANCE": folder,
            "DATABASE_URL": database or owner,
            "DATABASE_OWNER_URL": database and owner,
            "REDIS_URL": cache,
        }
        chosen = from_environment({name: value for name, value in environ.items() if value})
        yield Settings(
            instance=Path(folder),
            database_url=chosen.database_url,
            database_owner_url=chosen.database_owner_url,
            redis_url=chosen.redis_url,
            testing=True,
        )


def under_the_lock(owner: str | None) -> contextlib.AbstractContextManager[str | None]:
    """Give the address of an account that the lock on rows holds, where there is PostgreSQL.

    The owner's own is used where no account can be made; the tests of the lock then say so.
    """
    return account_of_application(owner) if owner else contextlib.nullcontext()


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
        with every_scheme(), engine_of_owner() as owner:
            if settings.database_url:
                _drop_everything(owner)
            upgrade()
        db.session.remove()
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def app(session_app: Flask) -> Iterator[Flask]:
    """The application with an empty database, and a context pushed."""
    with emptied(session_app):
        yield session_app


@pytest.fixture(scope="session")
def kept_world(session_app: Flask) -> Kept:
    """The world of this process: made once, with the machine's own clock."""
    return keep_world(session_app)


@pytest.fixture
def world(kept_world: Kept, app: Flask) -> World:
    """Two schemes with people of every role, as they were made."""
    return kept_world.put_back()


@pytest.fixture
def browser(app: Flask) -> Browser:
    """A browser that nobody has signed in with."""
    return Browser(app)


def _drop_everything(owner: sa.Engine) -> None:
    with owner.connect() as connection:
        connection.execute(sa.text("DROP SCHEMA public CASCADE"))
        connection.execute(sa.text("CREATE SCHEMA public"))
        connection.commit()
