"""Sealed files: a local folder, or an S3-compatible store."""

import os
import re
import secrets
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from flask import Flask, current_app

from config import Settings
from disc.core.errors import DiscError
from disc.core.offload import offload
from disc.core.vault import sync_folder

if TYPE_CHECKING:
    from botocore.exceptions import ClientError

T = TypeVar("T")
NAME = re.compile(r"[0-9a-z-]{1,64}(/[0-9a-z-]{1,64}){0,3}")
"""A blob's name: lower-case words and ids, at most four folders deep."""


class NoSuchBlob(DiscError):
    """The file is not in the store (erased, or a backup was restored without it)."""

    code, status, sentence = "no-such-file", 404, "We cannot find that picture."


class BlobStore(Protocol):
    """Where sealed bytes are kept under a name."""

    def put(self, name: str, sealed: bytes) -> None:
        """Keep bytes durably: when this returns they survive a power cut."""

    def get(self, name: str) -> bytes:
        """Return the bytes. Raises NoSuchBlob."""

    def delete(self, name: str) -> None:
        """Remove the bytes; a missing name is no error."""

    def exists(self, name: str) -> bool:
        """Say whether there are bytes under the name."""

    def names(self) -> Iterator[str]:
        """List every name."""

    def has_room(self, size: int, kept_free: int) -> bool:
        """Say whether so many bytes go in and leave so many free."""


class LocalBlobs:
    """Sealed files in a folder of mode 0700."""

    def __init__(self, root: Path) -> None:
        root.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._root = root.resolve()

    def put(self, name: str, sealed: bytes) -> None:
        """Write beside, sync, and rename: a crash leaves the old file or the new one."""
        path = self._path(name)
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        temporary = path.with_suffix(f".{secrets.token_hex(8)}.part")
        with temporary.open("wb") as opened:
            opened.write(sealed)
            opened.flush()
            os.fsync(opened.fileno())
        temporary.rename(path)
        sync_folder(path.parent)

    def get(self, name: str) -> bytes:
        """Read the whole file."""
        try:
            return self._path(name).read_bytes()
        except FileNotFoundError as error:
            raise NoSuchBlob from error

    def delete(self, name: str) -> None:
        """Remove the file; its bytes were sealed and its key goes with the record."""
        self._path(name).unlink(missing_ok=True)

    def exists(self, name: str) -> bool:
        """Say whether the file is there."""
        return self._path(name).is_file()

    def names(self) -> Iterator[str]:
        """Walk the folder."""
        for path in self._root.rglob("*"):
            if path.is_file() and path.suffix != ".part":
                yield path.relative_to(self._root).as_posix()

    def has_room(self, size: int, kept_free: int) -> bool:
        """Ask the disk."""
        return shutil.disk_usage(self._root).free - size >= kept_free

    def _path(self, name: str) -> Path:
        path = (self._root / _checked(name)).resolve()
        if not path.is_relative_to(self._root):  # a link that leads outside
            raise NoSuchBlob
        return path


def aside(store: BlobStore, work: Callable[..., T], *args: Any) -> T:
    """Read and write the disk in another thread; a bucket's socket lets others run by itself."""
    return offload(work, *args) if isinstance(store, LocalBlobs) else work(*args)


class S3Blobs:
    """Sealed files in a bucket."""

    def __init__(self, bucket: str, endpoint: str | None) -> None:
        # Imported here: a tenth of a second and 20 MB that an installation without S3 can spare.
        import boto3
        from botocore.config import Config

        retries = Config(retries={"max_attempts": 4, "mode": "standard"})
        self._bucket = bucket
        self._client = boto3.client("s3", endpoint_url=endpoint, config=retries)

    def put(self, name: str, sealed: bytes) -> None:
        """Store the object."""
        self._client.put_object(Bucket=self._bucket, Key=_checked(name), Body=sealed)

    def get(self, name: str) -> bytes:
        """Fetch the object whole."""
        try:
            answer = self._client.get_object(Bucket=self._bucket, Key=_checked(name))
        except self._client.exceptions.ClientError as error:
            raise (NoSuchBlob() if _is_absent(error) else error) from error
        return answer["Body"].read()

    def delete(self, name: str) -> None:
        """Delete the object."""
        self._client.delete_object(Bucket=self._bucket, Key=_checked(name))

    def exists(self, name: str) -> bool:
        """Ask for the object's head."""
        try:
            self._client.head_object(Bucket=self._bucket, Key=_checked(name))
        except self._client.exceptions.ClientError as error:
            if _is_absent(error):
                return False
            raise
        return True

    def names(self) -> Iterator[str]:
        """List the bucket page by page."""
        for page in self._client.get_paginator("list_objects_v2").paginate(Bucket=self._bucket):
            for entry in page.get("Contents", []):
                yield entry["Key"]

    def has_room(self, size: int, kept_free: int) -> bool:  # noqa: ARG002 - as the disk is asked
        """Say that there is room: a bucket has no end."""
        return True


def _is_absent(error: "ClientError") -> bool:
    """Tell a missing object from a refusal, which must not look like one."""
    return error.response.get("Error", {}).get("Code") in ("NoSuchKey", "404")


def _checked(name: str) -> str:
    if not NAME.fullmatch(name):
        raise NoSuchBlob
    return name


def install_blobs(app: Flask, settings: Settings) -> None:
    """Give the application its store."""
    app.extensions["blobs"] = (
        S3Blobs(settings.s3_bucket, settings.s3_endpoint)
        if settings.s3_bucket
        else LocalBlobs(settings.instance / "blobs")
    )


def blobs() -> BlobStore:
    """Return the application's store."""
    store: BlobStore = current_app.extensions["blobs"]
    return store
