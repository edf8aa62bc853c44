"""Pages of data protection: what the public ask, and who did or saw what."""

from disc.dataprotection.views import audit, exporting, leaked, looking, public, stopped, sweeps
from disc.dataprotection.views.blueprint import bp

__all__ = ["audit", "bp", "exporting", "leaked", "looking", "public", "stopped", "sweeps"]
