"""The sweep that runs whether or not anybody asks."""

from disc.core.jobs import nightly
from disc.dataprotection.retention import run_clocks


@nightly
def sweep() -> None:
    """Hide and erase what is past its day."""
    run_clocks()
