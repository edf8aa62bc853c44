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


class UnusableKey(Exception):
    """The master key is missing, readable by others, or not a key."""


class MasterKey:
    """A master key held in this process's memory.

    It is 32 bytes, or 64 once it was rotated: the key that wraps, then the root from which
    other keys are derived. Rotation keeps the root, since search tokens and the audit chain
    were made with keys derived from it.
    """

    def __init__(self, key: bytes) -> None:
        if len(key) not in (KEY_BYTES, 2 * KEY_BYTES):
            raise UnusableKey("The master key must be 32 or 64 bytes, in base64.")
        self._key, self._root = key[:KEY_BYTES], key[-KEY_BYTES:]

    def secret(self) -> bytes:
        """Return what a key file keeps; for the file itself and its sealed copy alone."""
        return self._key if self._key == self._root else self._key + self._root

    def successor(self) -> "MasterKey":
        """Return a new master key from which the same keys are derived."""
        return MasterKey(new_key() + self._root)

    def wrap(self, key: bytes, context: str) -> bytes:
        """Seal another key under this one."""
        return seal(self._key, key, f"wrap|{context}")

    def unwrap(self, wrapped: bytes, context: str) -> bytes:
        """Open a key sealed by ``wrap``."""
        return open_sealed(self._key, wrapped, f"wrap|{context}")

    def derive(self, purpose: str) -> bytes:
        """Return a 32-byte key for one purpose (HKDF, RFC 5869)."""
        kdf = HKDF(algorithm=hashes.SHA256(), length=KEY_BYTES, salt=None, info=purpose.encode())
        return kdf.derive(self._root)


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
        save_master_key(MasterKey(new_key()), file)
    if file.stat().st_mode & 0o077:
        raise UnusableKey(f"Others may read {file}. Set its mode to 0600.")
    try:
        return MasterKey(_decode(file.read_text()))
    except (OSError, UnicodeDecodeError) as error:
        raise UnusableKey(f"The master key at {file} cannot be read.") from error


def _decode(text: str) -> bytes:
    try:
        return base64.b64decode(text.strip(), validate=True)
    except binascii.Error as error:
        raise UnusableKey("The master key is not base64.") from error


def save_master_key(key: MasterKey, file: Path) -> None:
    """Write a key file of mode 0600; a crash leaves the old file or the new one."""
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    temporary = file.with_name(f"{file.name}.part")
    temporary.unlink(missing_ok=True)
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as opened:
        opened.write(base64.b64encode(key.secret()).decode() + "\n")
        opened.flush()
        os.fsync(opened.fileno())
    temporary.rename(file)
    sync_folder(file.parent)


def sync_folder(folder: Path) -> None:
    """Make a rename in a folder last through a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
