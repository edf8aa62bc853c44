"""The vault: the only code that touches cryptography."""

from disc.core.vault.exporting import export_master_key, import_master_key
from disc.core.vault.keysource import (
    KeySource,
    MasterKey,
    UnusableKey,
    load_master_key,
    save_master_key,
    sync_folder,
)
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
    "UnusableKey",
    "export_master_key",
    "import_master_key",
    "load_master_key",
    "new_key",
    "open_sealed",
    "open_stream",
    "save_master_key",
    "seal",
    "seal_stream",
    "sync_folder",
    "token",
]
