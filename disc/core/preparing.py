"""What must hold before anything is served: a key, a database, and that one opens the other."""

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa
from flask import current_app

from config import Settings
from disc.core.blobs import blobs
from disc.core.database import Base, db
from disc.core.errors import BadSetting
from disc.core.keys import Canary, SchemeKey, WrongKey, check_canary, place_canary
from disc.core.locks import owns_tables, passes_by, unlocked
from disc.core.logs import log_fault, note
from disc.core.migrate import at_head, upgrade
from disc.core.rotation import finish_rotation, rotation_waits
from disc.core.rows import every_scheme
from disc.core.transaction import writing
from disc.core.vault import UnusableKey

UNFINISHED = "demo-unfinished"
"""File that stands in the instance's folder while a database is filled for the first time."""

ABOVE_THE_LOCK = (
    "The account in DATABASE_URL stands above the lock on rows: it is a superuser, or owns the "
    "tables or would. Give the owner's address as DATABASE_OWNER_URL, and as DATABASE_URL that of "
    "an account without rights of its own: see docs/operations.md. To try it out, set "
    "DISC_ALLOW_OWNER=1."
)


class NotReady(Exception):
    """Nothing can be served; the sentence says why and what to do."""


@contextmanager
def saying_why() -> Iterator[None]:
    """Turn what stops a start into NotReady with one sentence. It may hold a path, never a key."""
    try:
        yield
    except (UnusableKey, WrongKey, BadSetting) as error:
        raise NotReady(str(error)) from error
    except sa.exc.ArgumentError as error:
        raise NotReady("DATABASE_URL is not the address of a database.") from error
    except sa.exc.DBAPIError as error:
        log_fault(error)
        raise NotReady(
            "The database does not answer. Check that it runs and where it is."
        ) from error


def prepare() -> None:
    """Bring the database to its newest version and seal the canary in it.

    Raises NotReady, before anything is changed, where the key does not open the database or
    sealed files are left of a database that is gone.
    """
    with saying_why():
        _refuse_owner(will_own=True)
        if _was_made():
            finish_rotation()
            check_canary()
        else:
            _refuse_if_lost()
        db.session.rollback()
        upgrade()
        with writing():
            place_canary()


def begin_anew() -> None:
    """Remove the embedded database and its sealed files, which hold nothing worth keeping.

    Where a server keeps either, nothing is removed.
    """
    settings: Settings = current_app.extensions["settings"]
    if settings.database_url is not None or settings.s3_bucket is not None:
        return
    db.session.remove()
    db.engine.dispose()
    for ending in ("", "-wal", "-shm"):
        (settings.instance / f"disc.db{ending}").unlink(missing_ok=True)
    for name in list(blobs().names()):
        blobs().delete(name)


@every_scheme()
def is_prepared() -> bool:
    """Say whether a start has nothing to make, to finish or to complain of."""
    settings: Settings = current_app.extensions["settings"]
    if (settings.instance / UNFINISHED).exists() or rotation_waits():
        return False
    try:
        with saying_why():
            if not (_was_made() and at_head(db.engine)):
                return False
            _refuse_open_rows()
            check_canary()
            filled = db.session.query(SchemeKey).first() is not None
    except NotReady:
        return False
    return filled or os.environ.get("DISC_DEMO") == "0"


def check_ready() -> None:
    """Raise NotReady unless the database was prepared and the key opens it."""
    with saying_why():
        if not _was_made():
            raise NotReady("The database is not prepared. Run: flask disc prepare")
        _refuse_open_rows()
        check_canary()
        db.session.rollback()


def _refuse_open_rows() -> None:
    """Refuse a PostgreSQL where a query without its scheme would find other schemes' rows."""
    if db.engine.dialect.name != "postgresql":
        return
    with db.engine.connect() as connection:
        if unlocked(connection, Base.metadata):
            raise NotReady("The rows of the database are not locked. Run: flask disc prepare")
    _refuse_owner()


def _refuse_owner(*, will_own: bool = False) -> None:
    """Refuse an account that the lock on rows does not hold, or that could take it off.

    ``will_own`` asks before there are tables: whoever makes them owns them.
    """
    settings: Settings = current_app.extensions["settings"]
    if db.engine.dialect.name != "postgresql":
        return
    with db.engine.connect() as connection:
        above = passes_by(connection) or owns_tables(connection, Base.metadata)
    if not (above or (will_own and settings.database_owner_url is None)):
        return
    if not settings.allow_owner:
        raise NotReady(ABOVE_THE_LOCK)
    note("the database account stands above the lock on rows", logging.WARNING)


def _was_made() -> bool:
    """Say whether a key was ever used with the database."""
    if not sa.inspect(db.engine).has_table(Canary.__tablename__):
        return False
    return db.session.get(Canary, 1) is not None


def _refuse_if_lost() -> None:
    """Stop a start with an empty database beside sealed files, which it would sweep away."""
    if any(True for _ in blobs().names()):
        settings: Settings = current_app.extensions["settings"]
        where = settings.s3_bucket or settings.instance / "blobs"
        raise NotReady(
            f"The database is empty, but sealed files are in {where}. "
            "Restore the database from a backup, or move the files away to begin anew."
        )
