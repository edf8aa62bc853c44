"""The lock on rows in PostgreSQL: a policy for each table, and what the application's account may.

Both are made from the tables as the code declares them, after each upgrade. A table is locked
by its ``scheme_id``, or through the rows that it points at. One that has neither says in its
``info`` why it stands open; a test finds those that say nothing.
"""

import hashlib

import sqlalchemy as sa

OPEN = "stands open"
"""Key of a table's ``info``: why its rows are no scheme's."""
GRANTED = "granted"
"""Key of a table's ``info``: what the application's account may do with it, when not all."""
POLICY = "of_its_scheme"

_EVERY = "(SELECT current_setting('disc.scheme', true)) = '*'"
_SCHEME = "(SELECT nullif(nullif(current_setting('disc.scheme', true), ''), '*')::uuid)"
# Each in a SELECT of its own: it is then worked out once a query and not once a row.

_LOCKED = sa.text(
    """
    SELECT t.relname, obj_description(p.oid, 'pg_policy')
    FROM pg_class t JOIN pg_policy p ON p.polrelid = t.oid
    WHERE t.relnamespace = to_regnamespace(current_schema())
      AND t.relrowsecurity AND t.relforcerowsecurity
      AND (SELECT count(*) FROM pg_policy other WHERE other.polrelid = t.oid) = 1
    """
)
_PASSES = sa.text("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user")
_OWNS = sa.text(
    """
    SELECT count(*) FROM pg_class
    WHERE relnamespace = to_regnamespace(current_schema()) AND relname = ANY(:names)
      AND pg_has_role(current_user, relowner, 'USAGE')
    """
)


class NoLock(Exception):
    """A table can be locked by nothing, and does not say why it stands open."""


def lock_rows(connection: sa.Connection, metadata: sa.MetaData) -> None:
    """Lay the lock on each table that has not the one it should; takes the tables' owner."""
    for table in unlocked(connection, metadata):
        for statement in _lock(table):
            connection.exec_driver_sql(statement)


def unlocked(connection: sa.Connection, metadata: sa.MetaData) -> list[sa.Table]:
    """List the tables whose lock is missing, is another than the code's, or has company."""
    rows = connection.execute(_LOCKED).all()
    found = {row[0]: row[1] for row in rows}
    return [table for table in locked(metadata) if found.get(table.name) != _mark(table)]


def locked(metadata: sa.MetaData) -> list[sa.Table]:
    """List the tables that have a lock, parents first."""
    return [table for table in metadata.sorted_tables if OPEN not in table.info]


def grant_use(connection: sa.Connection, metadata: sa.MetaData, account: str) -> None:
    """Let the application's account use the tables, and change none of them; takes their owner."""
    quoted = connection.dialect.identifier_preparer.quote(account)
    for statement in (
        f"GRANT USAGE ON SCHEMA public TO {quoted}",
        f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {quoted}",
        f"GRANT SELECT ON alembic_version TO {quoted}",
    ):
        connection.exec_driver_sql(statement)
    for table in metadata.sorted_tables:
        what = table.info.get(GRANTED, "SELECT, INSERT, UPDATE, DELETE")
        connection.exec_driver_sql(f'GRANT {what} ON "{table.name}" TO {quoted}')


def passes_by(connection: sa.Connection) -> bool:
    """Say whether no policy holds for this account."""
    return bool(connection.scalar(_PASSES))


def owns_tables(connection: sa.Connection, metadata: sa.MetaData) -> bool:
    """Say whether this account could take the lock off."""
    names = [table.name for table in locked(metadata)]
    return bool(connection.scalar(_OWNS, {"names": names}))


def _lock(table: sa.Table) -> list[str]:
    """Return what locks a table: for its owner too (FORCE), to read and to write."""
    name = f'"{table.name}"'
    return [
        f"ALTER TABLE {name} ENABLE ROW LEVEL SECURITY",
        f"ALTER TABLE {name} FORCE ROW LEVEL SECURITY",
        f"DROP POLICY IF EXISTS {POLICY} ON {name}",
        _policy(table),
        f"COMMENT ON POLICY {POLICY} ON {name} IS '{_mark(table)}'",
    ]


def _mark(table: sa.Table) -> str:
    """Name a policy by its text, which the server gives back in words of its own."""
    return hashlib.sha256(_policy(table).encode()).hexdigest()[:16]


def _policy(table: sa.Table) -> str:
    """Return a table's policy.

    A row is seen by its scheme, or with the row it hangs on. One that is written may point at
    rows that are seen alone, so that no row of here hangs on one of there.
    """
    seen, parents = _seen(table), [_hangs_on(column) for column in _pointers(table)]
    written = " AND ".join(f"({one})" for one in dict.fromkeys([seen, *parents]))
    return (
        f'CREATE POLICY {POLICY} ON "{table.name}" '
        f"USING ({_EVERY} OR ({seen})) WITH CHECK ({_EVERY} OR ({written}))"
    )


def _seen(table: sa.Table) -> str:
    if table.name == "scheme":
        return f"id = {_SCHEME}"
    if "scheme_id" in table.columns:
        return f"scheme_id = {_SCHEME}"
    pointers = sorted(_pointers(table), key=lambda column: bool(column.nullable))
    if not pointers:
        raise NoLock(table.name)
    return _hangs_on(pointers[0])


def _pointers(table: sa.Table) -> list[sa.Column[object]]:
    """List the columns that name a locked row of another table.

    A policy may not look at its own table, so that a row may still name one of its kind.
    """
    return [
        column
        for column in table.columns
        for key in column.foreign_keys
        if column.name != "scheme_id"
        and key.column.table is not table
        and OPEN not in key.column.table.info
    ]


def _hangs_on(column: sa.Column[object]) -> str:
    (key,) = column.foreign_keys
    parent = key.column.table.name
    same = f'"{parent}"."{key.column.name}" = "{column.table.name}"."{column.name}"'
    there = f'EXISTS (SELECT FROM "{parent}" WHERE {same})'  # nosec B608 - names of our own tables
    return f'"{column.table.name}"."{column.name}" IS NULL OR {there}' if column.nullable else there
