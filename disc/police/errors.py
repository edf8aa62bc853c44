"""Refusals of sharing with the police."""

from disc.core.errors import DiscError


class AlreadyShared(DiscError):
    """A report is shared once."""

    code, status = "already-shared", 409
    sentence = "This report was already shared with the police."


class NotAccepted(DiscError):
    """Only a report that the manager accepted may be shared."""

    code, status = "not-accepted", 409
    sentence = "Accept this report first. Then you can share it with the police."
