"""A new master key: scheme keys and the canary are wrapped anew, and no record is touched."""

from pathlib import Path

from flask import current_app
from sqlalchemy import select

from config import Settings
from disc.core import audit
from disc.core.database import db
from disc.core.keys import CANARY, Canary, Keyring, SchemeKey, key_file, keyring
from disc.core.rows import every_scheme
from disc.core.transaction import writing
from disc.core.vault import (
    DoesNotOpen,
    MasterKey,
    UnusableKey,
    load_master_key,
    save_master_key,
    sync_folder,
)


@every_scheme()
def rotate(to: Path | None = None) -> Path:
    """Make a new master key, wrap what the old one wrapped, and return the new key's file.

    ``to`` is where to put it when the key is given from outside rather than kept in a file.
    The new file lies beside the old one until the commit: a crash leaves both, and
    ``finish_rotation`` keeps the one that opens the database. Raises UnusableKey where there
    is no place for the new key.
    """
    ring, file, waiting = keyring(), *_files(to)
    new = ring.source.successor() if isinstance(ring.source, MasterKey) else None
    if new is None:
        raise UnusableKey("This master key is held elsewhere. Rotate it there.")
    save_master_key(new, waiting)
    with writing():
        count = _rewrap(ring, new)
        audit.record(audit.Entry(act="master key rotated", detail=f"{count} scheme keys"))
    ring.source = new
    return _put_in_place(waiting, file)


def rotation_waits() -> bool:
    """Say whether a crash left a new key beside the old one."""
    settings: Settings = current_app.extensions["settings"]
    return _beside(key_file(settings)).exists()


def finish_rotation() -> None:
    """End a rotation that a crash cut short: keep the key that opens the database."""
    settings: Settings = current_app.extensions["settings"]
    file = key_file(settings)
    waiting = _beside(file)
    row = db.session.get(Canary, 1) if waiting.exists() and not settings.master_key else None
    db.session.rollback()
    if row is None:
        return
    new = load_master_key(None, waiting, make=False)
    try:
        new.unwrap(db.session.get_one(Canary, 1).sealed, "canary")
    except DoesNotOpen:
        waiting.unlink()  # the crash came before the commit
    else:
        _put_in_place(waiting, file)
        keyring().source = new
    db.session.rollback()


def _files(to: Path | None) -> tuple[Path, Path]:
    """Return where the new key ends, and where it waits until the commit."""
    settings: Settings = current_app.extensions["settings"]
    if settings.master_key is None:
        return key_file(settings), _beside(key_file(settings))
    if to is None:
        raise UnusableKey("The master key is given from outside. Say where to put the new one.")
    if to.exists():
        raise UnusableKey(f"There is a file at {to} already.")
    return to, to


def _beside(file: Path) -> Path:
    return file.with_name(f"{file.name}.new")


def _rewrap(ring: Keyring, new: MasterKey) -> int:
    rows = db.session.scalars(select(SchemeKey).with_for_update()).all()
    for row in rows:
        ring.rewrap_scheme(row, new)
    canary = db.session.get(Canary, 1)
    if canary is not None:
        canary.sealed = new.wrap(CANARY, "canary")
    return len(rows)


def _put_in_place(waiting: Path, file: Path) -> Path:
    if waiting != file:
        waiting.rename(file)
        sync_folder(file.parent)
    return file
