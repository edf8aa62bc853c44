"""The vault: the only code that touches cryptography."""

from disc.core.vault.keysource import KeySource, MasterKey, load_master_key
from disc.core.vault.sealing import (
    DoesNotOpen,
    new_key,
    open_sealed,
    open_stream,
    seal,
    seal_stream,
    token,
)

__all__ = [
    "DoesNotOpen",
    "KeySource",
    "MasterKey",
    "load_master_key",
    "new_key",
    "open_sealed",
    "open_stream",
    "seal",
    "seal_stream",
    "token",
]
