"""Refusals of boxes. What is refused stays on the phone, sealed, until it is a week old."""

from disc.core.errors import DiscError


class BadStamp(DiscError):
    """Nothing says whose box this is, or what says so is too old."""

    code, status = "bad-stamp", 401
    sentence = "We cannot tell who saved this report. Sign in and open the report page."


class NotTaken(DiscError):
    """Whoever saved the report may not report any more."""

    code, status = "not-taken", 403
    sentence = "You cannot send reports any more. Ask your manager."


class BadBox(DiscError):
    """The box does not open, or holds what our page does not put there."""

    code = "bad-box"
    sentence = "We cannot open this saved report. Tell your manager what happened."


class NoBox(DiscError):
    """A photo came before the report that it belongs to."""

    code, status, sentence = "no-box", 404, "Send the report before its photos."


class NoRoom(DiscError):
    """The disk is nearly full."""

    code, status = "no-room", 503
    sentence = "We have no room for it now. It stays on this phone, and we try again."


class WrongReport(DiscError):
    """Whoever wrote the report is still there to put it right."""

    code, sentence = "wrong-report", "Please check the report, then send it again."
