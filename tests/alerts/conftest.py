"""Two real servers: several processes on PostgreSQL and Redis, and one process on SQLite."""

import os
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from config import Settings, from_environment
from disc.app import create_app
from disc.core.database import db
from disc.core.migrate import upgrade
from disc.core.rows import every_scheme
from tests.alerts.wire import Server, serving
from tests.world import World, make_world
from tools.stores import account_of_application

POSTGRESQL = os.environ.get("TEST_SOCKETS_POSTGRESQL", "postgresql://postgres@127.0.0.1:5432")
REDIS = os.environ.get("TEST_SOCKETS_REDIS", "redis://127.0.0.1:6379/5")


@pytest.fixture(
    scope="module",
    params=[
        pytest.param("scaled", marks=[pytest.mark.postgresql, pytest.mark.redis]),
        "embedded",
    ],
)
def server(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    """A running server of one profile, with two schemes in its database."""
    with served(request.param, tmp_path_factory.mktemp(request.param)) as running:
        yield running


@contextmanager
def served(
    profile: str, folder: Path, fill: Callable[[World], None] = lambda _: None
) -> Iterator[Server]:
    """Serve two schemes in one profile; ``fill`` adds to them before."""
    environ = {"DISC_INSTANCE": str(folder)}
    if profile == "embedded":
        with serving(_filled(environ, fill), 1, environ, folder / "log") as running:
            yield running
        return
    with _database() as owner, account_of_application(owner) as address:
        environ |= {"DATABASE_URL": address or owner, "REDIS_URL": REDIS}
        environ |= {"DATABASE_OWNER_URL": owner} if address else {}
        with serving(_filled(environ, fill), 2, environ, folder / "log") as running:
            yield running


@contextmanager
def _database() -> Iterator[str]:
    """Make a database for these tests alone, and take it away."""
    name = f"alerts_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(f"{POSTGRESQL}/postgres", autocommit=True) as admin:
        admin.execute(f'CREATE DATABASE "{name}"')
        try:
            yield f"{POSTGRESQL}/{name}"
        finally:
            admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def _filled(environ: dict[str, str], fill: Callable[[World], None]) -> World:
    chosen = from_environment(environ)
    settings = Settings(
        instance=Path(environ["DISC_INSTANCE"]),
        database_url=chosen.database_url,
        database_owner_url=chosen.database_owner_url,
        redis_url=chosen.redis_url,
        testing=True,
    )
    app = create_app(settings)
    with app.app_context(), every_scheme():
        upgrade()
        world = make_world()
        fill(world)
        db.session.remove()
        db.engine.dispose()
    return world
