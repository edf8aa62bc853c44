"""Putting a backup back, into an empty installation only."""

import io
import json
import shutil
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import sqlalchemy as sa
from flask import current_app

from config import Settings
from disc.core import audit
from disc.core.backup import BLOBS, FORMAT, KEYS, MANIFEST, MASTER_KEY, TABLES, BackupRefused
from disc.core.blobs import blobs
from disc.core.database import db
from disc.core.keys import CANARY, SchemeKey, key_file, keyring
from disc.core.migrate import count_rows, current_version, engine_of_owner, upgrade
from disc.core.rows import every_scheme
from disc.core.tables import KEY_TABLES, load_postgresql, load_sqlite, read_key
from disc.core.transaction import writing
from disc.core.vault import DoesNotOpen, KeySource, import_master_key, save_master_key

Manifest = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Restored:
    """What was put back; ``erased`` counts the records whose key was not in the keys' archive."""

    files: int
    keys: int
    erased: int


@every_scheme()
def restore(data: Path, keys: Path, passphrase: Callable[[], str]) -> Restored:
    """Put an archive of data and one of keys into this installation, which must be empty.

    The keys may be newer than the data: a record erased in between has no key there, and what
    was sealed of it is dropped. ``passphrase`` is asked for where the archive of keys brings
    the master key. Raises BackupRefused, or DoesNotOpen for a wrong passphrase.
    """
    _require_empty()
    with _opened(data) as data_archive, _opened(keys) as keys_archive:
        manifest = _manifest(data_archive)
        source = _master_key(keys_archive, passphrase)
        _refuse_wrong_key(_lines(keys_archive), source)
        settings: Settings = current_app.extensions["settings"]
        with tempfile.TemporaryDirectory(dir=settings.instance, prefix="restore-") as scratch:
            _extract_tables(data_archive, Path(scratch))
            load = _into_sqlite if db.engine.dialect.name == "sqlite" else _into_postgresql
            count, erased = load(Path(scratch), manifest, _lines(keys_archive))
        files = _restore_blobs(data_archive)
    if settings.master_key is None:
        save_master_key(source, key_file(settings))  # type: ignore[arg-type] # a file keeps no other kind
    keyring().source = source
    upgrade()
    count_rows()
    with writing():
        audit.record(audit.Entry(act="backup restored", detail=str(manifest["made_at"])))
    return Restored(files, count, erased)


def _require_empty() -> None:
    """Refuse to mix a backup with what is here."""
    has_keys = False
    if sa.inspect(db.engine).has_table(SchemeKey.__tablename__):
        has_keys = db.session.query(SchemeKey).first() is not None
        db.session.rollback()
    if has_keys or any(True for _ in blobs().names()):
        raise BackupRefused("There are records here already. Restore into an empty installation.")


def _opened(file: Path) -> tarfile.TarFile:
    try:
        return tarfile.open(file)
    except (OSError, tarfile.TarError) as error:
        raise BackupRefused(f"There is no archive to read at {file}.") from error


def _member(archive: tarfile.TarFile, name: str) -> IO[bytes] | None:
    try:
        return archive.extractfile(name)
    except KeyError:
        return None


def _manifest(archive: tarfile.TarFile) -> Manifest:
    found = _member(archive, MANIFEST)
    told: Manifest = json.load(found) if found else {}
    if told.get("format") != FORMAT:
        raise BackupRefused("This archive is not a backup that this version can read.")
    if told["database"] != db.engine.dialect.name:
        raise BackupRefused(f"This backup is of {told['database']}. Restore it into the same kind.")
    return told


def _master_key(archive: tarfile.TarFile, passphrase: Callable[[], str]) -> KeySource:
    """Return the key of the archive, or the one that this installation was given."""
    settings: Settings = current_app.extensions["settings"]
    exported = _member(archive, MASTER_KEY)
    if settings.master_key is not None or exported is None:
        return keyring().source
    return import_master_key(exported.read(), passphrase())


def _lines(archive: tarfile.TarFile) -> Iterator[str]:
    found = _member(archive, KEYS)
    if found is None:
        raise BackupRefused("The archive of keys holds no keys.")
    yield from io.TextIOWrapper(found)


def _refuse_wrong_key(lines: Iterator[str], source: KeySource) -> None:
    """Refuse before anything is written where the master key does not open these keys."""
    for line in lines:
        name, row = read_key(line)
        if name == "canary":
            try:
                opened = source.unwrap(row["sealed"], "canary")
            except DoesNotOpen:
                opened = b""
            if opened != CANARY:
                raise BackupRefused("The master key does not open the keys of this backup.")


def _extract_tables(archive: tarfile.TarFile, scratch: Path) -> None:
    """Write the tables' files under their last name only: an archive chooses no path."""
    for entry in archive:
        found = archive.extractfile(entry) if entry.name.startswith(TABLES) else None
        if found is not None:
            with (scratch / Path(entry.name).name).open("wb") as opened:
                shutil.copyfileobj(found, opened)


def _into_sqlite(scratch: Path, _manifest: Manifest, keys: Iterator[str]) -> tuple[int, int]:
    counts = load_sqlite(scratch / "disc.db", keys)
    target = Path(db.engine.url.database or "")
    db.session.remove()
    db.engine.dispose()
    for ending in ("-wal", "-shm"):
        target.with_name(target.name + ending).unlink(missing_ok=True)
    (scratch / "disc.db").replace(target)
    return counts


def _into_postgresql(scratch: Path, manifest: Manifest, keys: Iterator[str]) -> tuple[int, int]:
    here = current_version(db.engine)
    if here is None:
        upgrade(manifest["version"])
    elif here != manifest["version"]:
        raise BackupRefused(
            f"The tables are of version {here}, the backup of {manifest['version']}. "
            "Restore into a database without tables."
        )
    _check_names(manifest["columns"])
    with engine_of_owner() as engine, engine.begin() as connection:
        for name in ("canary", "audit_event", "outbox"):  # what making the tables ready left
            connection.exec_driver_sql(f"DELETE FROM {name}")  # noqa: S608 # nosec B608 our own names
        return load_postgresql(connection, scratch, manifest["columns"], keys)


def _check_names(columns: dict[str, list[str]]) -> None:
    """Let no name from the archive into a statement that this database does not have itself."""
    inspector = sa.inspect(db.engine)
    known = {
        name: {column["name"] for column in inspector.get_columns(name)}
        for name in inspector.get_table_names()
        if name not in KEY_TABLES
    }
    if not all(name in known and known[name] >= set(listed) for name, listed in columns.items()):
        raise BackupRefused("The archive names tables or columns that are not ours.")


def _restore_blobs(archive: tarfile.TarFile) -> int:
    count = 0
    for entry in archive:
        found = archive.extractfile(entry) if entry.name.startswith(BLOBS) else None
        if found is not None:
            blobs().put(entry.name.removeprefix(BLOBS), found.read())  # put checks the name
            count += 1
    return count
