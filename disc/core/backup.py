"""Backups: the data in one archive, the keys that open it in another."""

import io
import json
import os
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from flask import current_app

from config import Settings
from disc.core import audit, clock
from disc.core.blobs import NoSuchBlob, blobs
from disc.core.database import db
from disc.core.keys import keyring
from disc.core.migrate import current_version
from disc.core.rows import every_scheme
from disc.core.tables import copy_postgresql, copy_sqlite
from disc.core.transaction import writing
from disc.core.vault import MasterKey, export_master_key, sync_folder

FORMAT = 1
MANIFEST, KEYS, MASTER_KEY = "manifest.json", "keys.jsonl", "master-key.json"
TABLES, BLOBS = "tables/", "blobs/"


class BackupRefused(Exception):
    """A backup cannot be made or put back; the sentence says why."""


@dataclass(frozen=True, slots=True)
class Made:
    """What a backup holds."""

    files: int
    keys: int


@every_scheme()
def back_up(folder: Path, passphrase: str | None) -> Made:
    """Write ``data.tar`` and ``keys.tar`` into a folder that has neither.

    The data's archive holds no key: whoever has it alone can open nothing, and a record whose
    key is deleted from the newest ``keys.tar`` stays erased. With a passphrase the master key
    goes into ``keys.tar``, sealed. Raises BackupRefused.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    if any((folder / name).exists() for name in ("data.tar", "keys.tar")):
        raise BackupRefused(f"There is a backup in {folder} already. Name another folder.")
    settings: Settings = current_app.extensions["settings"]
    with tempfile.TemporaryDirectory(dir=settings.instance, prefix="backup-") as scratch:
        made = _write(folder, Path(scratch), passphrase)
    with writing():
        audit.record(audit.Entry(act="backup made", detail=f"{made.files} files"))
    return made


def _write(folder: Path, scratch: Path, passphrase: str | None) -> Made:
    dialect = db.engine.dialect.name
    copy = copy_sqlite if dialect == "sqlite" else copy_postgresql
    tables, keys = scratch / "tables", scratch / KEYS
    tables.mkdir()
    copied = copy(tables, keys)
    manifest = {
        "format": FORMAT,
        "database": dialect,
        "version": current_version(db.engine),
        "made_at": clock.now().isoformat(),
        "columns": copied.columns,
    }
    with _archive(folder / "keys.tar") as archive:
        _add(archive, MANIFEST, json.dumps(manifest).encode())
        archive.add(keys, KEYS)
        if passphrase is not None:
            source = keyring().source
            if not isinstance(source, MasterKey):
                raise BackupRefused("This master key is held elsewhere. Give no passphrase.")
            _add(archive, MASTER_KEY, export_master_key(source, passphrase))
    with _archive(folder / "data.tar") as archive:
        _add(archive, MANIFEST, json.dumps(manifest).encode())
        for file in copied.files:
            archive.add(file, TABLES + file.name)
        files = _add_blobs(archive)
    return Made(files, copied.keys)


def _add_blobs(archive: tarfile.TarFile) -> int:
    count = 0
    for name in blobs().names():
        try:
            _add(archive, BLOBS + name, blobs().get(name))
        except NoSuchBlob:  # erased since it was listed
            continue
        count += 1
    return count


def _add(archive: tarfile.TarFile, name: str, content: bytes) -> None:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode, entry.mtime = len(content), 0o600, int(clock.now().timestamp())
    archive.addfile(entry, io.BytesIO(content))


@contextmanager
def _archive(file: Path) -> Iterator[tarfile.TarFile]:
    """Write an archive beside, sync it and rename it: there is a whole one or none."""
    part = file.with_name(f"{file.name}.part")
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as opened:
        with tarfile.open(fileobj=opened, mode="w") as archive:
            yield archive
        opened.flush()
        os.fsync(opened.fileno())
    part.rename(file)
    sync_folder(file.parent)
