"""An installation as it was before any test: empty, or with the one world that all tests share.

The world's rows are made once in a process, by the same calls as ever, and put back as they were
for each test that asks for it. Ids are then the same from test to test: so what a process keeps
by them is forgotten with the rows.
"""

import contextlib
import copy
import functools
import shutil
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from flask import Flask, current_app

from config import Settings
from disc.core.database import Base, db
from disc.core.keys import Keyring, keyring
from disc.core.live import live
from disc.core.migrate import engine_of_owner
from disc.core.rows import every_scheme
from disc.core.web import limiter
from disc.members.watching import count_anew, install_watching
from tests.world import World, make_world

AT_FIRST = "at first"
"""What the application had before any test, by name."""


@dataclass(frozen=True)
class Kept:
    """A world, and all rows of the database that it was made in."""

    world: World
    rows: list[tuple[sa.Table, list[dict[str, Any]]]]

    def put_back(self) -> World:
        """Write the rows into a database that is empty; what is returned is the caller's own."""
        with engine_of_owner() as owner, owner.begin() as connection:
            for table, rows in self.rows:
                connection.execute(table.insert(), rows)
        for place in (self.world.here, self.world.there):
            for actor in place.actors.values():
                count_anew(actor.id)  # Redis outlives the test, and may be another run's as well
        return copy.deepcopy(self.world)


def keep_world(app: Flask) -> Kept:
    """Make the world in an empty database, read what was written, and leave it empty again."""
    with emptied(app):
        world = make_world()
        db.session.remove()
        with engine_of_owner() as owner, owner.connect() as connection:
            read = [
                (table, [dict(row) for row in connection.execute(table.select()).mappings()])
                for table in Base.metadata.sorted_tables
            ]
        _delete_rows()
    return Kept(world, [(table, rows) for table, rows in read if rows])


@contextlib.contextmanager
def emptied(app: Flask) -> Iterator[None]:
    """Push a context of an application whose database is empty, and which remembers nothing.

    Limits are one thing for the whole process: an application that a test made for a server of
    its own may have switched them on.
    """
    limiter.enabled = not app.testing
    with app.app_context(), every_scheme():
        _delete_rows()
        _forget()
        yield
        db.session.remove()


def _forget() -> None:
    """Forget what is kept outside the database by the ids of schemes, people and pictures."""
    settings: Settings = current_app.extensions["settings"]
    extensions = current_app.extensions
    for name in set(extensions) - extensions.setdefault(AT_FIRST, {AT_FIRST, *extensions}):
        del extensions[name]  # a memory that was begun at its first use
    extensions["keyring"] = Keyring(keyring().source)
    install_watching(current_app._get_current_object(), settings)
    live().listeners.clear()
    for folder in (settings.instance / "blobs").glob("*"):
        shutil.rmtree(folder)


def _delete_rows() -> None:
    """Delete every row; for so few, that is quicker than TRUNCATE, which remakes each file."""
    db.session.remove()
    with engine_of_owner() as owner, owner.connect() as connection:
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql(_deletions())
            connection.commit()
        else:
            begun = "PRAGMA foreign_keys=OFF; BEGIN"
            done = "COMMIT; PRAGMA foreign_keys=ON"
            sqlite = connection.connection.driver_connection
            assert isinstance(sqlite, sqlite3.Connection)
            sqlite.executescript(f"{begun}; {_deletions()}; {done}")


@functools.cache
def _deletions() -> str:
    """Return the statements that empty every table, in an order that no reference forbids."""
    tables = reversed(Base.metadata.sorted_tables)
    return "; ".join(str(table.delete().compile()) for table in tables)
