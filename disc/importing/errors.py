"""Refusals of files to import."""

from disc.core.errors import DiscError


class BadFile(DiscError):
    """A file cannot be read as a table at all."""

    code = "bad-file"
    sentence = "We cannot read this file. Save it as CSV UTF-8, then send it again."


class FileTooLarge(DiscError):
    """A file is larger than what is read at once."""

    code, status = "file-too-large", 413
    sentence = "This file is too large. The limit is 5 MB."


class FileGone(DiscError):
    """The checked file is not kept any more."""

    code, status = "file-gone", 409
    sentence = "We keep a file for one hour. Send it again."


class CannotTakeBack(DiscError):
    """The import is of a kind, a state or an age that stays."""

    code, status = "cannot-take-back", 409
    sentence = "This cannot be taken back now."
