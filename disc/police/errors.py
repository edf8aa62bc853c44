"""Refusals of sharing with the police."""

from disc.core.errors import DiscError


class AlreadyShared(DiscError):
    """A report is shared once."""

    code, status = "already-shared", 409
    sentence = "This report was already shared with the police."


class NoCrime(DiscError):
    """A report of somebody who needed help accuses nobody, and only managers read it."""

    code, status = "no-crime", 409
    sentence = "Only managers read about people who needed help. Call 999 or 101 for the person."


class NotAccepted(DiscError):
    """Only a report that the manager accepted may be shared."""

    code, status = "not-accepted", 409
    sentence = "Accept this report first. Then you can share it with the police."
