"""Refusals of the desk."""

from disc.core.errors import DiscError


class NothingToShow(DiscError):
    """Nobody could be recognised by this record."""

    code = "nothing-to-show"
    sentence = (
        "This report has no picture and no description. No one could know this person by it. "
        "Choose “Nobody who should be in the gallery”."
    )


class TooLong(DiscError):
    """More letters than a record takes."""

    code = "too-long"
    sentence = "That is too long. Use at most 200 letters for each line."
