"""Refusals of answers to the public."""

from disc.core.errors import DiscError


class NoSuchNotice(DiscError):
    """An appeal is answered about a notice that is there, or about none."""

    code, status = "no-such-notice", 422
    sentence = "There is no notice with this number. Type the number, or the word none."


class OwnDecision(DiscError):
    """Whoever decided a ban does not answer the appeal against it."""

    code, status = "own-decision", 422
    sentence = "You decided this ban yourself. Another member of the Board must answer."
