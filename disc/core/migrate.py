"""The database's version: brought up by Alembic, and asked for by whoever must be sure."""

from functools import lru_cache

import sqlalchemy as sa
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from flask_migrate import Migrate
from flask_migrate import upgrade as _upgrade

from config import ROOT
from disc.core.database import db

FOLDER = ROOT / "migrations"


def install_migrations(app: Flask) -> None:
    """Let ``flask db`` work on our migrations, on SQLite by copying tables."""
    Migrate(app, db, directory=str(FOLDER), render_as_batch=True, compare_type=True)


def upgrade(version: str = "head") -> None:
    """Bring the database to a version, by default its newest."""
    _upgrade(directory=str(FOLDER), revision=version)


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
