"""The database's version: brought up by Alembic, and asked for by whoever must be sure."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask, current_app
from flask_migrate import Migrate
from flask_migrate import upgrade as _upgrade

from config import ROOT, Settings
from disc.core.database import OWNS, Base, db
from disc.core.locks import grant_use, lock_rows
from disc.core.rows import tell_rows

FOLDER = ROOT / "migrations"


def install_migrations(app: Flask) -> None:
    """Let ``flask db`` work on our migrations, on SQLite by copying tables."""
    Migrate(app, db, directory=str(FOLDER), render_as_batch=True, compare_type=True)


def upgrade(version: str = "head") -> None:
    """Bring the database to a version, by default its newest."""
    _upgrade(directory=str(FOLDER), revision=version)


@contextmanager
def engine_of_owner() -> Iterator[sa.Engine]:
    """Give an engine of the account that owns the tables: ours, where it was told of no other."""
    settings: Settings = current_app.extensions["settings"]
    if settings.database_owner_url is None:
        yield db.engine.execution_options(**{OWNS: True})
        return
    engine = sa.create_engine(settings.database_owner_url, poolclass=sa.NullPool)
    tell_rows(engine)
    yield engine


def count_rows() -> None:
    """Let the database count what its tables hold: without that it plans as if they were small.

    PostgreSQL lets the tables' owner alone do so; of anybody else it takes the order and does not
    say that it did nothing.
    """
    with engine_of_owner() as owner, owner.begin() as connection:
        connection.exec_driver_sql("ANALYZE")


def secure(connection: sa.Connection) -> None:
    """Lock the rows, and let the application's account use them, once the tables are the newest."""
    newest = MigrationContext.configure(connection).get_current_revision() == _head()
    if connection.dialect.name != "postgresql" or not newest:
        return
    lock_rows(connection, Base.metadata)
    with db.engine.connect() as ours:
        account = ours.scalar(sa.text("SELECT current_user"))
    if account != connection.scalar(sa.text("SELECT current_user")):
        grant_use(connection, Base.metadata, str(account))


@contextmanager
def connection_for_migrations(engine: sa.Engine) -> Iterator[sa.Connection]:
    """Open a connection on which SQLite's tables can be copied without losing rows.

    Changing a column there copies the table and drops the old one, and with foreign keys on
    that takes every row that points at it. The setting lasts as long as the connection, so it
    is put back before the pool has it again.
    """
    with engine.connect() as connection:
        if engine.dialect.name != "sqlite":
            yield connection
            return
        driver: Any = connection.connection.driver_connection
        driver.execute("PRAGMA foreign_keys=OFF")
        try:
            yield connection
        finally:
            connection.rollback()
            driver.execute("PRAGMA foreign_keys=ON")


def at_head(engine: sa.Engine) -> bool:
    """Say whether the database is at the version that this code expects."""
    return current_version(engine) == _head()


def current_version(engine: sa.Engine) -> str | None:
    """Return the database's version, or None where it has no tables of ours."""
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


@lru_cache(maxsize=1)
def _head() -> str | None:
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    return ScriptDirectory.from_config(config).get_current_head()
