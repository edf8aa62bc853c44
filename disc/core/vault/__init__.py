"""The vault: the only code that touches cryptography."""

from disc.core.vault.boxes import BOX_OVERHEAD, new_box_pair, open_box
from disc.core.vault.exporting import export_master_key, import_master_key
from disc.core.vault.keysource import (
    KeySource,
    MasterKey,
    UnusableKey,
    load_master_key,
    save_master_key,
    sync_folder,
)
from disc.core.vault.pushing import (
    PushKey,
    are_browser_keys,
    from_text,
    seal_push,
    to_text,
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
    "BOX_OVERHEAD",
    "DoesNotOpen",
    "KeySource",
    "MasterKey",
    "PushKey",
    "UnusableKey",
    "are_browser_keys",
    "export_master_key",
    "from_text",
    "import_master_key",
    "load_master_key",
    "new_box_pair",
    "new_key",
    "open_box",
    "open_sealed",
    "open_stream",
    "save_master_key",
    "seal",
    "seal_push",
    "seal_stream",
    "sync_folder",
    "to_text",
    "token",
]
