"""Whose rows exist now: nobody's, one scheme's or every scheme's. PostgreSQL is told, and obeys.

This is the second lock; the first is that a query selects within its reader's scheme. It hangs
on the application's context, which each request, socket event, job and command has of its own:
each begins with nothing, and nothing is left of it on a connection or greenlet used again.
"""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa
from flask import g, has_app_context
from sqlalchemy import event

NOBODY, EVERYBODY = "", "*"
WRITING = "SELECT set_config('disc.scheme', %s, true)"
READING = f"{WRITING}, set_config('transaction_read_only', 'on', true)"
TOLD = "rows told"
"""Mark on a connection: what this transaction was told."""
READS = "reads"
"""Mark on a connection: this transaction may only read."""

AT_ONCE = {"yield_per": None, "stream_results": False}
"""Undoes what the connection of a long reading was told: there is one row to read here."""


def enter_scheme(scheme_id: uuid.UUID) -> None:
    """Let one scheme's rows exist, and no other's, until the end of this request or job."""
    g.rows = str(scheme_id)


def enter_every_scheme() -> None:
    """Let every row exist until the end of this request or job, or until a scheme is entered."""
    g.rows = EVERYBODY


def narrow_to(scheme_id: uuid.UUID) -> None:
    """Let one scheme's rows exist where every scheme's did: a token said whose page this is.

    Whoever is signed in stays in their own scheme, whatever cookie or link they also bring.
    """
    if rows_now() == EVERYBODY:
        enter_scheme(scheme_id)


@contextmanager
def every_scheme() -> Iterator[None]:
    """Let every row exist inside: to find out whose scheme it is, and for the installation's work.

    It decorates a function as well.
    """
    with only(EVERYBODY):
        yield


@contextmanager
def one_scheme(scheme_id: uuid.UUID) -> Iterator[None]:
    """Let one scheme's rows exist inside, and no other's."""
    with only(str(scheme_id)):
        yield


@contextmanager
def only(rows: str) -> Iterator[None]:
    """Let those rows exist inside that ``rows_now()`` named elsewhere."""
    before = rows_now()
    g.rows = rows
    try:
        yield
    finally:
        g.rows = before


def rows_now() -> str:
    """Say whose rows exist now, as the database is told it."""
    found: str = g.get("rows", NOBODY) if has_app_context() else NOBODY
    return found


def tell_rows(engine: sa.Engine) -> None:
    """Tell each transaction of an engine whose rows exist, before its first statement.

    It is told for the transaction alone, so that a pool, ours or one between us and the
    server, hands on nothing of it. In the same breath it is told where nothing may be changed.
    """
    event.listen(engine, "begin", _forget)
    event.listen(engine, "before_cursor_execute", _tell)


def _forget(connection: sa.Connection) -> None:
    """A transaction that begins was told nothing."""
    connection.info.pop(TOLD, None)


def _tell(connection: sa.Connection, _cursor: object, statement: str, *_more: object) -> None:
    if statement.startswith("ROLLBACK TO SAVEPOINT"):
        _forget(connection)  # what was told since is undone with the rest
        return
    rows = rows_now()
    if connection.info.get(TOLD) != rows:
        connection.info[TOLD] = rows  # first: telling is a statement too
        telling = READING if connection.info.get(READS) else WRITING
        connection.exec_driver_sql(telling, (rows,), execution_options=AT_ONCE).close()
