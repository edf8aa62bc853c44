"""The time, always aware and always UTC."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

UK = ZoneInfo("Europe/London")


def now() -> datetime:
    """Return this moment in UTC."""
    return datetime.now(UTC)


def start_of(day: date) -> datetime:
    """Return the moment at which a day begins in the United Kingdom."""
    return datetime.combine(day, time(), UK)


def today() -> date:
    """Return the date in the United Kingdom, where schemes count their days."""
    return now().astimezone(UK).date()


def add_months(day: date, months: int) -> date:
    """Return the same day some months later, or that month's last day where it has no such day."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    for last in (day.day, 30, 29, 28):
        try:
            return date(year, month + 1, min(day.day, last))
        except ValueError:
            continue
    raise AssertionError("every month has 28 days")  # pragma: no cover
