"""The database: base class, column types, and how a connection begins its transactions."""

import enum
import sqlite3
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from datetime import UTC, datetime
from threading import Lock
from typing import Any, ClassVar

import sqlalchemy as sa
from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import event
from sqlalchemy.orm import DeclarativeBase, ORMExecuteState, Session
from uuid_utils.compat import uuid7

from config import Settings
from disc.core.rows import READS, tell_rows

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
BUSY_SECONDS = 10.0
"""How long a writer waits for another process's write to end before it gives up."""
OWNS = "owns"
"""Option of an engine that makes and fills tables, at an upgrade or a restore."""
ERASED = "erased"
"""Mark in a session's ``info``: a key was deleted, so its bytes must leave the files as well."""


class Instant(sa.TypeDecorator[datetime]):
    """An aware moment in UTC; SQLite keeps it without its zone, so it is put back on reading."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, _dialect: sa.Dialect) -> datetime | None:
        """Refuse naive moments, whose meaning would depend on the machine."""
        if value is not None and value.tzinfo is None:
            raise ValueError("a moment needs a time zone")
        return value.astimezone(UTC) if value else None

    def process_result_value(self, value: datetime | None, _dialect: sa.Dialect) -> datetime | None:
        """Give the moment back in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """What every table shares: names of constraints, column types and a silent repr."""

    metadata = sa.MetaData(naming_convention=NAMES)
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        uuid.UUID: sa.Uuid(),
        datetime: Instant(),
        enum.StrEnum: sa.Enum(
            enum.StrEnum,
            native_enum=False,
            create_constraint=False,
            length=40,
            values_callable=lambda kind: [member.value for member in kind],
        ),
    }

    def __repr__(self) -> str:
        """Name the class and the row only: nothing personal may reach a log."""
        return f"<{type(self).__name__} {sa.inspect(self).identity}>"


db = SQLAlchemy(metadata=Base.metadata)


def new_id() -> uuid.UUID:
    """Return a key that sorts by the time of its making (UUID version 7)."""
    return uuid7()


_writing: ContextVar[bool] = ContextVar("writing", default=False)
_holding: ContextVar[Callable[[], None] | None] = ContextVar("holding", default=None)
"""What to call when the write transaction that was begun here has ended."""
_sqlite_writer = Lock()


def in_write_transaction() -> bool:
    """Say whether this greenlet has begun a write transaction: on SQLite it must then not yield."""
    return _holding.get() is not None


@contextmanager
def write_mode() -> Iterator[None]:
    """Let transactions that begin inside be write transactions.

    On SQLite a greenlet lock is taken when the first statement begins the transaction, not
    before: a greenlet that waited inside BEGIN IMMEDIATE would freeze every other one. It is
    let go at the end, by when the transaction must have ended.
    """
    token, held = _writing.set(True), _holding.set(None)
    try:
        yield
    finally:
        end = _holding.get()
        if end is not None:
            end()
        _holding.reset(held)
        _writing.reset(token)


def engine_options(address: str) -> dict[str, Any]:
    """Return the pool's size: a request may use a second connection for its journal.

    The one used last is used first, since it has prepared what is asked again and again.
    """
    if address.startswith("sqlite"):
        return {"pool_size": 32, "max_overflow": 64, "connect_args": {"timeout": 0.05}}
    return {"pool_size": 10, "max_overflow": 30, "pool_pre_ping": True, "pool_use_lifo": True}


def install_database(app: Flask, settings: Settings) -> None:
    """Bind the database and its rules to the application."""
    app.config.update(
        SQLALCHEMY_DATABASE_URI=settings.database,
        SQLALCHEMY_ENGINE_OPTIONS=engine_options(settings.database),
    )
    db.init_app(app)
    with app.app_context():
        if db.engine.dialect.name == "sqlite":
            event.listen(db.engine, "connect", _open_sqlite)
            event.listen(db.engine, "begin", _begin_sqlite)
        else:
            event.listen(db.engine, "begin", _begin)
            event.listen(db.engine, "rollback", _end_reading)
            tell_rows(db.engine)


def _open_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # we begin transactions ourselves
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "secure_delete=ON",
        "temp_store=MEMORY",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: sa.Connection) -> None:
    """Keep the same rules as on SQLite, so that what runs on one database runs on the other."""
    connection.info[READS] = not (_writing.get() or connection.get_execution_options().get(OWNS))
    if _writing.get():
        _holding.set(_nothing)


def _end_reading(connection: sa.Connection) -> None:
    """End a transaction that may only read by a commit, before it would be rolled back.

    At each rollback the driver forgets the statements that it prepared, and PostgreSQL planned
    each statement of each page anew: that took longer than to run them.

    A connection that is lost is left to the rollback, which tells SQLAlchemy and its pool.
    """
    import psycopg  # loaded late: SQLite has no use for it

    driven = connection.connection.driver_connection
    if driven is None or not connection.info.get(READS):
        return
    if driven.info.transaction_status == psycopg.pq.TransactionStatus.INTRANS:
        with suppress(psycopg.Error):
            driven.commit()


def _nothing() -> None:
    """End a write transaction where no lock of ours goes with it."""


def _begin_sqlite(connection: sa.Connection) -> None:
    if not _writing.get():
        connection.exec_driver_sql("BEGIN")
        return
    if _holding.get() is None:
        _sqlite_writer.acquire()
        _holding.set(_sqlite_writer.release)
    deadline = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        except sa.exc.OperationalError:
            # Another process writes. Sleeping here lets other greenlets run.
            if time.monotonic() > deadline:
                raise
            time.sleep(0.01)
        else:
            return


def forget_deleted(engine: sa.Engine) -> bool:
    """Empty SQLite's write-ahead log, which still holds what was deleted; say whether it is empty.

    It is not while another connection reads; the worker's hourly sweep then does it again.
    """
    if engine.dialect.name != "sqlite":
        return True
    borrowed = engine.raw_connection()
    try:
        row = borrowed.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    finally:
        borrowed.close()
    return not row[0]


@event.listens_for(Session, "before_flush")
def _refuse_stray_flush(_session: Session, _context: object, _instances: object) -> None:
    if not _writing.get():
        raise RuntimeError("rows change only inside writing() or @writes")


@event.listens_for(Session, "do_orm_execute")
def _refuse_stray_statement(state: ORMExecuteState) -> None:
    """Refuse what PostgreSQL refuses where a transaction only reads, a row that is held too."""
    is_held = getattr(state.statement, "_for_update_arg", None) is not None
    if (is_held or not state.is_select) and not _writing.get():
        raise RuntimeError("rows change only inside writing() or @writes")
