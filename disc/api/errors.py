"""Refusals of systems and of their keys."""

from disc.core.errors import DiscError


class BadBody(DiscError):
    """What was sent is not what the interface takes."""

    code = "bad-body"
    sentence = "Some of what you sent cannot be used. Look at the problems, then send again."


class NotJson(DiscError):
    """The body is no JSON at all."""

    code, status = "not-json", 400
    sentence = "The body is not JSON."


class WrongType(DiscError):
    """The body is of a kind that is not taken, or was packed."""

    code, status = "wrong-type", 415


class DifferentBody(DiscError):
    """The same key of a retry came with something else."""

    code, status = "different-body", 409
    sentence = "You used this key before for something else. Take a new key for a new report."


class BadWebhook(DiscError):
    """News cannot be sent to that address."""

    code = "bad-webhook"


class BadCodes(DiscError):
    """The list of a retailer's codes cannot be read."""

    code = "bad-codes"


class KeyIsOver(DiscError):
    """The key has ended, so nothing of it can be changed."""

    code, status = "key-is-over", 409
    sentence = "This key has ended. Make a new one."
