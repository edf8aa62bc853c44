"""Pure rules of reports: what must be said, and when it can have happened."""

from datetime import datetime, timedelta
from decimal import Decimal

from disc.gallery.looks import COMMON

LONGEST_WORDS = 10_000
EARLIEST = timedelta(days=365)
CLOCKS_DIFFER = timedelta(minutes=10)
"""A phone's clock may be ahead by so much before a time counts as in the future."""


def time_problem(occurred: datetime, now: datetime) -> str | None:
    """Return a sentence on why something cannot have happened then, or None."""
    if occurred > now + CLOCKS_DIFFER:
        return "The time is in the future. Type when it happened."
    if occurred < now - EARLIEST:
        return "The time is more than a year ago. Type when it happened."
    return None


def pence(typed: str) -> int | None:
    """Return an amount in pence, or None where nothing was typed.

    Raises ValueError for what is not an amount between £0 and £1,000,000.
    """
    text = typed.strip().removeprefix("£").replace(",", "")
    if not text:
        return None
    try:
        amount = Decimal(text) * 100
        if not 0 <= amount <= 100_000_000:  # noqa: PLR2004 - pence in a million pounds
            raise ValueError(typed)
        return int(amount.quantize(Decimal(1)))
    except ArithmeticError as error:  # no number, NaN, or more digits than there is money
        raise ValueError(typed) from error


def needs_description(*, has_picture: bool, chips: tuple[str, ...]) -> bool:
    """Say whether the report tells too little of the person: a picture, or two chips, will do.

    One distinguishing word alone invites suspicion of the wrong person.
    """
    said = [chip for chip in chips if chip not in COMMON]
    return not has_picture and bool(chips) and len(said) < 2  # noqa: PLR2004 - two are wanted
