"""A copy of the master key under a passphrase, for a safe place outside the installation."""

import base64
import binascii
import json
import os

from argon2.low_level import Type, hash_secret_raw

from disc.core.vault.keysource import MasterKey
from disc.core.vault.sealing import KEY_BYTES, DoesNotOpen, open_sealed, seal

FORMAT = "master key under a passphrase, 1"
SALT_BYTES = 16
PASSES, MEMORY_KIB, LANES = 4, 262_144, 4
"""Argon2id's cost: a quarter of a gigabyte a guess, since the copy can be guessed at offline."""


def export_master_key(key: MasterKey, passphrase: str) -> bytes:
    """Return the key sealed under a passphrase, as a few lines of JSON."""
    salt = os.urandom(SALT_BYTES)
    sealed = seal(_stretched(passphrase, salt), key.secret(), FORMAT)
    told = {
        "format": FORMAT,
        "salt": base64.b64encode(salt).decode(),
        "sealed": base64.b64encode(sealed).decode(),
    }
    return (json.dumps(told, indent=2) + "\n").encode()


def import_master_key(exported: bytes, passphrase: str) -> MasterKey:
    """Return the key of an exported copy. Raises DoesNotOpen for another passphrase or file."""
    try:
        told = json.loads(exported)
        salt, sealed = (base64.b64decode(told[name], validate=True) for name in ("salt", "sealed"))
    except (ValueError, KeyError, TypeError, binascii.Error) as error:
        raise DoesNotOpen from error
    return MasterKey(open_sealed(_stretched(passphrase, salt), sealed, FORMAT))


def _stretched(passphrase: str, salt: bytes) -> bytes:
    return hash_secret_raw(
        passphrase.encode(),
        salt,
        time_cost=PASSES,
        memory_cost=MEMORY_KIB,
        parallelism=LANES,
        hash_len=KEY_BYTES,
        type=Type.ID,
    )
