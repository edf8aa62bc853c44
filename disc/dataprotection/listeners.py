"""The sweep that runs whether or not anybody asks."""

from disc.core.jobs import every_hour
from disc.dataprotection.retention import run_clocks


@every_hour
def sweep() -> None:
    """Hide and erase what is past its day."""
    run_clocks()
