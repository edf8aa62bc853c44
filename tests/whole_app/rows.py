"""All rows of the database, to see that nothing changed them."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa

from disc.core.database import Base, db

UNCHANGED = {"audit_event", "audit_seen", "custody_entry", "user_session", "outbox"}
"""Tables that grow by being read."""


def all_rows() -> dict[str, list[Any]]:
    db.session.rollback()
    with db.engine.connect() as connection:
        return {
            table.name: sorted(map(repr, connection.execute(sa.select(table))))
            for table in Base.metadata.sorted_tables
            if table.name not in UNCHANGED
        }


@contextmanager
def nothing_changes() -> Iterator[None]:
    before = all_rows()
    yield
    after = all_rows()
    changed = {name: set(after[name]) ^ set(before[name]) for name in after}
    assert after == before, {name: rows for name, rows in changed.items() if rows}
