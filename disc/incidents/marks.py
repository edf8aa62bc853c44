"""Registration marks and forensic codes: how they are written, and what cannot be one."""

import re
import unicodedata

LONGEST_MARK = 12
LONGEST_CODE = 30

# Formats of the Driver and Vehicle Licensing Agency and of Northern Ireland: current, prefix,
# suffix, dateless, diplomatic, trade.
_UK = re.compile(
    r"[A-Z]{2}\d{2}[A-Z]{3}"
    r"|[A-Z]\d{1,3}[A-Z]{3}"
    r"|[A-Z]{3}\d{1,3}[A-Z]"
    r"|[A-Z]{1,3}\d{1,4}"
    r"|\d{1,4}[A-Z]{1,3}"
    r"|\d{3}[DX]\d{3}"
    r"|0\d{4}"
)
NOT_UK = "This does not look like a number plate of the United Kingdom. Check it."


def normal_mark(typed: str) -> str:
    """Return a registration mark in capital letters, without spaces, hyphens and dots."""
    return re.sub(r"[\s.\-]", "", unicodedata.normalize("NFKC", typed)).upper()


def mark_problem(mark: str) -> str | None:
    """Return a sentence on why a normal mark cannot be one, or None."""
    if not mark:
        return "Type the number plate."
    if not mark.isalnum():
        return "A number plate has only letters and numbers."
    if len(mark) > LONGEST_MARK:
        return f"A number plate has at most {LONGEST_MARK} letters and numbers."
    return None


def mark_warning(mark: str) -> str | None:
    """Return a sentence where a normal mark is in no format of the United Kingdom, or None."""
    return None if _UK.fullmatch(mark) else NOT_UK


def normal_code(typed: str) -> str:
    """Return a forensic-marking code in capital letters, without spaces, hyphens and dots."""
    return normal_mark(typed)


def code_problem(code: str) -> str | None:
    """Return a sentence on why a normal code cannot be one, or None; none at all is no problem.

    Each maker writes codes in its own way, so this refuses only what none of them prints.
    """
    if code and not (code.isascii() and code.isalnum() and len(code) <= LONGEST_CODE):
        return f"Use at most {LONGEST_CODE} letters and numbers for the code."
    return None
