"""Pure rules of reports: what must be said, and when it can have happened."""

from datetime import datetime, timedelta
from decimal import Decimal

from disc.core.pictures.quality import DARK, RECOGNISED_FROM, SOFT, Quality
from disc.gallery.looks import COMMON
from disc.incidents.kinds import WELFARE, IncidentKind

LONGEST_WORDS = 10_000
WELFARE_MONTHS = 3
"""A report of somebody who needed help is kept no longer than this."""
EARLIEST = timedelta(days=365)
CLOCKS_DIFFER = timedelta(minutes=10)
"""A phone's clock may be ahead by so much before a time counts as in the future."""
STUCK_AFTER = timedelta(hours=72)
"""How long a report may wait before the desk shows it in amber."""
NEWS_FOR = timedelta(days=7)
"""How long Home tells a reporter what was decided."""
LONGEST_NOTE = 2_000


def kept_months(report_months: int, kind: IncidentKind) -> int:
    """Return for how many months a report is kept, in a scheme that keeps others so long."""
    return min(report_months, WELFARE_MONTHS) if kind in WELFARE else report_months


def time_problem(occurred: datetime, now: datetime) -> str | None:
    """Return a sentence on why something cannot have happened then, or None."""
    if occurred > now + CLOCKS_DIFFER:
        return "The time is in the future. Type when it happened."
    if occurred < now - EARLIEST:
        return "The time is more than a year ago. Type when it happened."
    return None


DARK_PHOTO = "This photo is very dark. A lighter one would help."
SOFT_PHOTO = "This photo is blurred. A sharper one would help."
SMALL_PERSON = "The person is small in this photo. A closer one would help."


def quality_hints(quality: Quality, person: float | None = None) -> list[str]:
    """Return what a better photo would show; ``person`` is the height of a person, in pixels.

    Nothing is refused for it: a poor photo may be all there is. Who would see nothing in the
    dark is told of that alone.
    """
    found = []
    if quality.light < DARK:
        found.append(DARK_PHOTO)
    elif quality.softness > SOFT:
        found.append(SOFT_PHOTO)
    if person is not None and person < RECOGNISED_FROM:
        found.append(SMALL_PERSON)
    return found


def person_heights(typed: list[str], heights: list[int]) -> dict[int, float]:
    """Return how tall the person is in each photo, in pixels, by the photo's place in the list.

    Each box is "place left top right bottom", its sides in per cent. What makes no sense is left
    out: it was only ever a hint. ``heights`` are those of the photos.
    """
    found: dict[int, float] = {}
    for one in typed:
        try:
            place, _, top, _, bottom = (float(part) for part in one.split())
            if 0 <= top < bottom <= 100 and place >= 0:  # noqa: PLR2004 - per cent
                found[int(place)] = heights[int(place)] * (bottom - top) / 100
        except (ValueError, IndexError, OverflowError):
            continue
    return found


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
