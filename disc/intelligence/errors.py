"""Refusals of vehicles and links."""

from disc.core.errors import DiscError


class ChangedLink(DiscError):
    """The link is not in a state in which this can be done."""

    code, status = "changed-link", 409
    sentence = "Somebody has already dealt with this link. Load the page again."


class AlreadyLinked(DiscError):
    """A link of this kind between the two is there, and has not ended."""

    code, status = "already-linked", 409
    sentence = "There is already such a link between these two. Open that one."


class UnfitLink(DiscError):
    """What was chosen does not make a link; the sentence says what is missing."""

    code = "unfit-link"


class UnfitMark(DiscError):
    """What was typed is no registration mark; the sentence says why."""

    code = "unfit-mark"


class LongWords(DiscError):
    """More was typed than a vehicle's record holds."""

    code, sentence = "long-words", "That is too long. Use fewer words."
