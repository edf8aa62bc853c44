"""Another database on the server of the run, for tests of a second installation."""

import contextlib
import os
from collections.abc import Iterator

import sqlalchemy as sa

from config import Settings


@contextlib.contextmanager
def database_beside(settings: Settings, kind: str) -> Iterator[dict[str, str | None]]:
    """Make an empty database, give its addresses as settings, and drop it; on SQLite a file is."""
    name = f"{kind}_{os.getpid()}"
    addresses = {
        each: _there(getattr(settings, each), name)
        for each in ("database_url", "database_owner_url")
    }
    if settings.database_url is None:
        yield addresses
        return
    _administer(settings, f"CREATE DATABASE {name}")
    try:
        yield addresses
    finally:
        _administer(settings, f"DROP DATABASE {name} WITH (FORCE)")


def _there(address: str | None, name: str) -> str | None:
    if address is None:
        return None
    return sa.make_url(address).set(database=name).render_as_string(hide_password=False)


def _administer(settings: Settings, statement: str) -> None:
    engine = sa.create_engine(
        settings.database_owner_url or settings.database, isolation_level="AUTOCOMMIT"
    )
    with engine.connect() as connection:
        connection.exec_driver_sql(statement)
    engine.dispose()
