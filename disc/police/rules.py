"""Pure rules of sharing with police: how a crime number looks."""

import re

LONGEST_REASON = 1_000
CRIME_NUMBER = re.compile(r"[A-Za-z0-9/-]{4,30}")
"""Forces number their crimes each in its own way, so this refuses only what none of them writes."""


def crime_number_problem(typed: str) -> str | None:
    """Return a sentence on why this is no crime number, or None; none at all is no problem."""
    if not typed or CRIME_NUMBER.fullmatch(typed):
        return None
    return "Use 4 to 30 letters and numbers. You can also use / and -."
