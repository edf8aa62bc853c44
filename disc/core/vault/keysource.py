"""Where the master key lives, and what may be asked of it."""

import base64
import binascii
import os
from pathlib import Path
from typing import Protocol

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from disc.core.vault.sealing import KEY_BYTES, new_key, open_sealed, seal


class KeySource(Protocol):
    """What a holder of the master key does; a vault service or a KMS can do the same."""

    def wrap(self, key: bytes, context: str) -> bytes:
        """Seal another key under the master key."""

    def unwrap(self, wrapped: bytes, context: str) -> bytes:
        """Open a key sealed by ``wrap``. Raises DoesNotOpen for another master key."""

    def derive(self, purpose: str) -> bytes:
        """Return a key for one purpose that reveals nothing of the master key."""


class UnusableKey(Exception):  # noqa: N818 - reads as a sentence where it is raised
    """The master key is missing, readable by others, or not a key."""


class MasterKey:
    """A master key held in this process's memory."""

    def __init__(self, key: bytes) -> None:
        if len(key) != KEY_BYTES:
            raise UnusableKey("The master key must be 32 bytes, in base64.")
        self._key = key

    def wrap(self, key: bytes, context: str) -> bytes:
        """Seal another key under this one."""
        return seal(self._key, key, f"wrap|{context}")

    def unwrap(self, wrapped: bytes, context: str) -> bytes:
        """Open a key sealed by ``wrap``."""
        return open_sealed(self._key, wrapped, f"wrap|{context}")

    def derive(self, purpose: str) -> bytes:
        """Return a 32-byte key for one purpose (HKDF, RFC 5869)."""
        kdf = HKDF(algorithm=hashes.SHA256(), length=KEY_BYTES, salt=None, info=purpose.encode())
        return kdf.derive(self._key)


def load_master_key(given: str | None, file: Path, *, make: bool) -> MasterKey:
    """Return the master key given in base64, or the one in a file of mode 0600.

    A missing file is made when ``make`` is true. Raises UnusableKey otherwise, or when others
    may read the file.
    """
    if given:
        return MasterKey(_decode(given))
    if not file.exists():
        if not make:
            raise UnusableKey(f"There is no master key at {file}.")
        _write_new(file)
    if file.stat().st_mode & 0o077:
        raise UnusableKey(f"Others may read {file}. Set its mode to 0600.")
    return MasterKey(_decode(file.read_text()))


def _decode(text: str) -> bytes:
    try:
        return base64.b64decode(text.strip(), validate=True)
    except binascii.Error as error:
        raise UnusableKey("The master key is not base64.") from error


def _write_new(file: Path) -> None:
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as opened:
        opened.write(base64.b64encode(new_key()).decode() + "\n")
        opened.flush()
        os.fsync(opened.fileno())
