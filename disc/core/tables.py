"""Copies of the tables for a backup: the keys' rows apart from all the others."""

import base64
import json
import sqlite3
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from disc.core.boxkeys import BoxKey
from disc.core.database import Base, db
from disc.core.keys import Canary, DataKey, SchemeKey

KEY_TABLES: dict[str, sa.Table] = {
    kind.__tablename__: Base.metadata.tables[kind.__tablename__]
    for kind in (SchemeKey, DataKey, Canary, BoxKey)
}


@dataclass(frozen=True, slots=True)
class Copied:
    """A copy at one moment: files of data without any key, and the keys' rows, one a line."""

    files: list[Path]
    columns: dict[str, list[str]]
    keys: int


def copy_sqlite(folder: Path, keys: Path) -> Copied:
    """Copy the whole database, then take the keys' rows out of the copy for good."""
    copy = folder / "disc.db"
    source, target = sqlite3.connect(db.engine.url.database or ""), sqlite3.connect(copy)
    with source, target:
        source.backup(target)
    source.close()
    target.close()
    with plain_sqlite(copy) as connection:
        count = _write_keys(connection, keys)
        for name in KEY_TABLES:
            connection.exec_driver_sql(f"DELETE FROM {name}")  # noqa: S608 # nosec B608 our own names
    with sqlite3.connect(copy, isolation_level=None) as last:
        last.execute("PRAGMA journal_mode=DELETE")
        last.execute("VACUUM")  # deleted rows leave no page behind
    last.close()
    return Copied([copy], {}, count)


def copy_postgresql(folder: Path, keys: Path) -> Copied:
    """Copy each table at one moment with COPY, which needs no program of the server's version."""
    files, columns = [], {}
    steady = db.engine.execution_options(
        isolation_level="REPEATABLE READ", postgresql_readonly=True
    )
    with steady.connect() as connection:
        count = _write_keys(connection, keys)
        for table in Base.metadata.sorted_tables:
            if table.name in KEY_TABLES:
                continue
            columns[table.name] = [column.name for column in table.columns]
            files.append(folder / table.name)
            _copy_out(connection, table.name, columns[table.name], files[-1])
    return Copied(files, columns, count)


def load_sqlite(copy: Path, keys: Iterable[str]) -> tuple[int, int]:
    """Give a copied database its keys; return how many, and how many records have none."""
    with plain_sqlite(copy) as connection:
        count = _load_keys(connection, keys)
        erased = sum(
            _forget(connection, name, columns) for name, columns in _sealed(connection).items()
        )
    return count, erased


def load_postgresql(
    connection: sa.Connection, folder: Path, columns: dict[str, list[str]], keys: Iterable[str]
) -> tuple[int, int]:
    """Load each table through a staging one, where records without a key lose what was sealed."""
    count, erased, sealed = _load_keys(connection, keys), 0, _sealed(connection)
    for name, listed in columns.items():
        staging, quoted = f"staging_{name}", _quoted(listed)
        connection.exec_driver_sql(
            f'CREATE TEMPORARY TABLE "{staging}" (LIKE "{name}") ON COMMIT DROP'
        )
        _copy_in(connection, staging, listed, folder / name)
        if name in sealed:
            erased += _forget(connection, staging, sealed[name])
        connection.exec_driver_sql(
            f'INSERT INTO "{name}" ({quoted}) SELECT {quoted} FROM "{staging}"'  # noqa: S608 # nosec B608 checked names
        )
    return count, erased


@contextmanager
def plain_sqlite(file: Path) -> Iterator[sa.Connection]:
    """Open a copy without the live database's rules: a key's going must not touch its record."""
    engine = sa.create_engine(f"sqlite:///{file}", poolclass=sa.NullPool)
    try:
        with engine.begin() as connection:
            connection.exec_driver_sql("PRAGMA secure_delete=ON")
            yield connection
    finally:
        engine.dispose()


def _sealed(connection: sa.Connection) -> dict[str, list[str]]:
    """List the tables whose rows have keys, with the columns that go with a row's key."""
    found = {}
    inspector = sa.inspect(connection)
    for name in inspector.get_table_names():
        columns = {column["name"]: column["nullable"] for column in inspector.get_columns(name)}
        if "data_key_id" in columns:
            found[name] = [
                column
                for column, nullable in columns.items()
                if nullable and column.endswith(("_sealed", "_token"))
            ]
    return found


def _forget(connection: sa.Connection, table: str, columns: list[str]) -> int:
    """Blank what was sealed under a key that is no more; return for how many rows."""
    blank = ", ".join(f'"{column}" = NULL' for column in ["data_key_id", *columns])
    done = connection.exec_driver_sql(
        f'UPDATE "{table}" SET {blank} WHERE data_key_id IS NOT NULL '  # noqa: S608 # nosec B608 schema names
        f'AND NOT EXISTS (SELECT 1 FROM data_key WHERE data_key.id = "{table}".data_key_id)'
    )
    return done.rowcount


def _write_keys(connection: sa.Connection, file: Path) -> int:
    count = 0
    with file.open("w") as opened:
        for name, table in KEY_TABLES.items():
            rows = connection.execution_options(yield_per=1000).execute(sa.select(table))
            for row in rows.mappings():
                told = {"table": name, **{key: _told(value) for key, value in row.items()}}
                opened.write(json.dumps(told) + "\n")
                count += 1
    return count


def _load_keys(connection: sa.Connection, lines: Iterable[str]) -> int:
    count = 0
    for line in lines:
        name, row = read_key(line)
        connection.execute(KEY_TABLES[name].insert(), row)
        count += 1
    return count


def read_key(line: str) -> tuple[str, dict[str, Any]]:
    """Return the table and the values of one line of the keys' archive."""
    told = json.loads(line)
    name = told.pop("table")
    kinds = KEY_TABLES[name].columns
    return name, {key: _meant(kinds[key].type, value) for key, value in told.items()}


def _told(value: object) -> object:
    """Write one value of a key's row as JSON can."""
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, datetime):
        return value.isoformat()
    return value if isinstance(value, int) else str(value)


def _meant(kind: sa.types.TypeEngine[Any], told: Any) -> object:
    """Read one value of a key's row back."""
    if isinstance(kind, sa.LargeBinary):
        return base64.b64decode(told)
    if isinstance(kind, sa.Uuid):
        return uuid.UUID(told)
    return told if isinstance(kind, sa.Integer) else datetime.fromisoformat(told)


def _copy_out(connection: sa.Connection, table: str, columns: list[str], file: Path) -> None:
    command = f'COPY "{table}" ({_quoted(columns)}) TO STDOUT (FORMAT binary)'
    with _cursor(connection) as cursor, cursor.copy(command) as blocks, file.open("wb") as opened:
        for block in blocks:
            opened.write(block)


def _copy_in(connection: sa.Connection, table: str, columns: list[str], file: Path) -> None:
    command = f'COPY "{table}" ({_quoted(columns)}) FROM STDIN (FORMAT binary)'
    with _cursor(connection) as cursor, cursor.copy(command) as blocks, file.open("rb") as opened:
        while block := opened.read(1024 * 1024):
            blocks.write(block)


def _cursor(connection: sa.Connection) -> Any:
    driver: Any = connection.connection.driver_connection
    return driver.cursor()


def _quoted(columns: list[str]) -> str:
    return ", ".join(f'"{column}"' for column in columns)
