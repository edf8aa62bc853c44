"""What the worker does once an Administrator decided about a file."""

from disc.core.outbox import hears
from disc.importing.applying import bring_in
from disc.importing.events import ImportCalledBack, ImportConfirmed
from disc.importing.taking_back import take_back


@hears(ImportConfirmed)
def import_lines(confirmed: ImportConfirmed) -> None:
    """Take in the good lines of a file."""
    bring_in(confirmed.file_id)


@hears(ImportCalledBack)
def remove_lines(called_back: ImportCalledBack) -> None:
    """Remove what came in with a file."""
    take_back(called_back.file_id)
