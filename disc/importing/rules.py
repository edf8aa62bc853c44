"""Pure rules of imports: what a cell means, or a sentence on why it means nothing to us."""

import re
import unicodedata
from datetime import datetime, timedelta

from disc.core.clock import UK
from disc.incidents.rules import CLOCKS_DIFFER, pence

MEGABYTE = 1024 * 1024
LARGEST_FILE = 5 * MEGABYTE
MOST_LINES = 5_000
KEPT_FOR = timedelta(hours=1)
"""How long a file that was checked, or the lines that an import refused, are kept."""
RUNS_FOR = timedelta(days=7)
"""How long an import may wait for the worker before its file goes all the same."""
LATE = timedelta(minutes=10)
"""After so long without a line the page says that something may be wrong."""
TAKE_BACK_DAYS = 7
REMEMBERED_MONTHS = 24
"""How long the list of imports says who brought a file, and how many lines: as the audit does."""
SHOWN = 20
"""How many lines of each sort the page shows."""
EARLIEST_YEAR = 1990
MIDDAY = (12, 0)
"""The time of a line that says only the day."""

KINDS = {
    "shop-theft": (
        *("shop theft", "theft", "shoplifting", "shop lifting", "theft from shop", "retail theft"),
        *("stealing", "theft from store", "make off", "making off without payment"),
    ),
    "violence": (
        *("violence", "violence or threat", "assault", "threat", "threats", "threatening"),
        *("violent", "common assault", "threats of violence"),
    ),
    "abuse": ("abuse", "abuse of staff", "verbal abuse", "abusive", "staff abuse"),
    "damage": ("damage", "criminal damage", "vandalism", "graffiti"),
    "fraud": (
        *("fraud", "fraud or fake notes", "fake notes", "counterfeit", "counterfeit notes"),
        *("counterfeit currency", "scam", "deception", "refund fraud"),
    ),
    "antisocial": (
        *("antisocial", "antisocial behaviour", "anti social behaviour", "asb", "nuisance"),
        *("begging", "disorder", "public order"),
    ),
    "other": ("other", "something else", "miscellaneous", "misc"),
}
"""What spreadsheets call each kind of incident."""
ROBBERY = ("robbery", "theft with violence", "theft with force")
"""A theft with force or threat (Home Office Counting Rules: robbery)."""
YES = {"yes", "y", "true", "1", "x", "✓"}
NO = {"", "no", "n", "false", "0", "none"}

_CALLED = {word: kind for kind, words in KINDS.items() for word in words}
_BRITISH = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4}|\d{2})(?:[ ,T]+(.+))?", re.ASCII)
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[ T]+(.+))?", re.ASCII)
_CLOCK = re.compile(
    r"(\d{1,2})[:.](\d{2})(?:[:.]\d{2}(?:\.\d{1,6})?)? ?([ap]\.?m\.?)?", re.ASCII | re.IGNORECASE
)
_HOUR = re.compile(r"(\d{1,2}) ?([ap])\.?m\.?", re.ASCII | re.IGNORECASE)
_MONEY = re.compile(r"£? ?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d{1,2})?", re.ASCII)
_APOSTROPHES = str.maketrans("‘’ʼ`´", "'" * 5)  # noqa: RUF001 - what keyboards write for one


class Unclear(Exception):
    """A sentence on why a cell cannot be taken."""


def normal(text: str) -> str:
    """Return a name as we compare it: in any case, with any spaces and any apostrophe."""
    folded = unicodedata.normalize("NFKC", text.translate(_APOSTROPHES)).casefold()
    return " ".join(folded.split())


def moment(day: str, time: str, now: datetime) -> datetime:
    """Return when something happened, typed as a British day, or as ISO 8601, in local time.

    The time stands in its own cell or after the day; none means midday. Raises Unclear.
    """
    year, month, on, rest = _day(day.strip())
    if rest and time.strip():
        raise Unclear("The time is there twice. Keep one of them.")
    hour, minute = _clock(rest or time.strip())
    try:
        found = datetime(year, month, on, hour, minute, tzinfo=UK)
    except ValueError as error:
        raise Unclear("There is no such day or time. Write it as 31/12/2025 14:30.") from error
    if year < EARLIEST_YEAR:
        raise Unclear(f"This is before {EARLIEST_YEAR}. Look at the year.")
    if found > now + CLOCKS_DIFFER:
        raise Unclear("This is in the future. Write when it happened.")
    return found


def kind(text: str) -> tuple[str, bool]:
    """Return a kind of incident by its word, and whether the word says violence. Raises Unclear."""
    word = " ".join(normal(text).replace("-", " ").replace("/", " ").split())
    if word in ROBBERY:
        return "shop-theft", True
    if word not in _CALLED:
        known = ", ".join(words[0] for words in KINDS.values())
        raise Unclear(f"We do not know this kind. Use one of: {known}.")
    found = _CALLED[word]
    return found, found == "violence"


def yes(text: str) -> bool:
    """Return whether a cell says yes; an empty one says no. Raises Unclear."""
    word = normal(text)
    if word not in YES | NO:
        raise Unclear("Write yes or no.")
    return word in YES


def money(text: str) -> int | None:
    """Return an amount in pence; a comma stands between thousands only. Raises Unclear."""
    amount = text.replace("\u00a0", " ").strip().removeprefix("GBP").strip()
    if not amount:
        return None
    unclear = Unclear("Write the value in pounds, such as 1,234.50.")
    if not _MONEY.fullmatch(amount):
        raise unclear
    try:
        return pence(amount.replace("£ ", "£"))
    except ValueError as error:
        raise unclear from error


def within(text: str, longest: int) -> str:
    """Return a text that is not too long. Raises Unclear."""
    if len(text) > longest:
        raise Unclear(f"This has {len(text):,} letters. Use at most {longest:,}.")
    return text


def _day(text: str) -> tuple[int, int, int, str]:
    iso, british = _ISO.fullmatch(text), _BRITISH.fullmatch(text)
    if iso:
        return int(iso[1]), int(iso[2]), int(iso[3]), (iso[4] or "").strip()
    if british:
        year = int(british[3]) + (2000 if len(british[3]) == 2 else 0)  # noqa: PLR2004 - as in 25
        return year, int(british[2]), int(british[1]), (british[4] or "").strip()
    if not text:
        raise Unclear("The day is missing.")
    raise Unclear("We do not understand this day. Write it as 31/12/2025 14:30.")


def _clock(text: str) -> tuple[int, int]:
    if not text:
        return MIDDAY
    found, bare = _CLOCK.fullmatch(text), _HOUR.fullmatch(text)
    if found:
        return _hour(int(found[1]), (found[3] or "")[:1].lower()), int(found[2])
    if bare:
        return _hour(int(bare[1]), bare[2].lower()), 0
    raise Unclear("We do not understand this time. Write it as 14:30.")


def _hour(hour: int, half: str) -> int:
    """Return an hour of 24 from one of 12 where a half of the day is named."""
    if not half:
        return hour
    if not 1 <= hour <= 12:  # noqa: PLR2004 - hours of a clock face
        raise Unclear("There is no such time. Write it as 14:30.")
    return hour % 12 + (12 if half == "p" else 0)
