"""Refusals of pictures on paper."""

from disc.core.errors import DiscError


class NothingToPrint(DiscError):
    """Nobody may be on this print, or too many would be."""

    code, status = "nothing-to-print", 409
    sentence = "Nobody who may be printed is left, or too many are. Load the page again."


class PrintingIsOver(DiscError):
    """A copy is taken out within minutes of its asking, while it is wanted, or not at all."""

    code, status = "printing-is-over", 409
    sentence = "This copy cannot be printed any more. Ask for a new one."
