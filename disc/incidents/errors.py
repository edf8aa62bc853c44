"""Refusals of reports."""

from disc.core.errors import DiscError
from disc.core.web import MOST_PICTURES


class ChangedReport(DiscError):
    """The report is not in a state in which this can be done."""

    code, status = "changed-report", 409
    sentence = "Somebody has already decided about this report. Load the page again."


class NothingFollows(DiscError):
    """Only what was accepted can be closed; the rest waits for a decision, or got one."""

    code, status = "nothing-follows", 409
    sentence = "Only an accepted report can be closed. Load the page again."


class TooManyPictures(DiscError):
    """More pictures than a report takes."""

    code = "too-many-pictures"
    sentence = f"Add at most {MOST_PICTURES} photos to one report."


class NotOfWelfare(DiscError):
    """A report of somebody who needs help describes or shows them, or is to make them a Subject."""

    code, status = "not-of-welfare", 422
    sentence = "Write about a person who needs help in words. Add no photo, and nothing else."


class NotStored(DiscError):
    """The report could not be stored, and no other try of the same page stored it."""

    code, status = "not-stored", 503
    sentence = "Your report was not saved. Send it again."
