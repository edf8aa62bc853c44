"""What runs whether or not anybody asks: the clocks, the check of the audit, and the alarms."""

from disc.core.jobs import every_hour
from disc.core.outbox import hears
from disc.dataprotection import leaking
from disc.dataprotection.checking import begin_daily_checks, check_next, tell_of_stopped
from disc.dataprotection.events import CheckBegun, LeakBrought
from disc.dataprotection.retention import run_clocks
from disc.members.events import ViewingStopped


@every_hour
def sweep() -> None:
    """Hide and erase what is past its day."""
    run_clocks()


@every_hour
def check_audit() -> None:
    """Check each chain once a day."""
    begin_daily_checks()


@hears(CheckBegun)
def go_on_checking(begun: CheckBegun) -> None:
    """Check the next piece of a chain."""
    check_next(begun)


@hears(ViewingStopped)
def tell_of_too_many_pictures(stopped: ViewingStopped) -> None:
    """Tell those who watch over the scheme."""
    tell_of_stopped(stopped.scheme_id, stopped.member_id)


@hears(LeakBrought)
def look_at_leak(brought: LeakBrought) -> None:
    """Read whose mark a leaked picture carries, and erase the picture."""
    leaking.look(brought.search_id)
