"""Refusals of the desk."""

from disc.core.errors import DiscError


class NothingToShow(DiscError):
    """Nobody could be recognised by this record."""

    code = "nothing-to-show"
    sentence = (
        "This report has no picture and no description. No one could know this person by it. "
        "Choose “Nobody who should be in the gallery”."
    )


class NoAuthority(DiscError):
    """The owner of the premises has not allowed pictures to be shared (domain rule 5)."""

    code, status = "no-authority", 409
    sentence = (
        "Nobody at these premises has allowed pictures to be shared. "
        "Record who allowed it under Members, then approve."
    )


class CannotSplit(DiscError):
    """Nothing would go into the new record, or nothing would stay."""

    code, status = "cannot-split", 409
    sentence = (
        "Choose something that goes, and leave something that stays. "
        "A record that is joined to another is taken apart first."
    )


class IsEvidence(DiscError):
    """A ban would rest on what somebody else did."""

    code, status = "is-evidence", 409
    sentence = (
        "A report that you chose is evidence of a notice about this person. "
        "Lift the notice, or let the Board refuse it, first."
    )


class LookedAt(DiscError):
    """Somebody else holds the lease of what was decided."""

    code, status = "looked-at", 409

    def __init__(self, who: str) -> None:
        super().__init__(
            f"{who} is looking at this now. Ask {who}, or wait until they have left it."
        )


class DecidedAlready(DiscError):
    """A decision about the same thing waits to take effect."""

    code, status = "decided-already", 409

    def __init__(self, who: str) -> None:
        super().__init__(f"{who} has already decided about this. It takes effect in some seconds.")


class ChangedByReporter(DiscError):
    """The reporter changed the report after somebody read it."""

    code, status = "changed-by-reporter", 409
    sentence = "The reporter changed this report. Read it again, then decide."


class ChangedPerson(DiscError):
    """What is written about somebody who waits changed after a manager read it."""

    code, status = "changed-person", 409
    sentence = "What is written about this person has changed. Read it again, then decide."


class TooLate(DiscError):
    """The decision has taken effect, was undone before, or is somebody else's."""

    code, status = "too-late", 404
    sentence = "There is nothing to undo. The decision has taken effect, or is not yours."


class MustBeAnswered(DiscError):
    """The report shows somebody, so that questions about them must be answered one by one."""

    code = "must-be-answered"
    sentence = "Open this report. There are questions about the person to answer first."


class CountFirst(DiscError):
    """So many decisions at once ask for their number to be typed."""

    code = "count-first"

    def __init__(self, number: int) -> None:
        super().__init__(f"You chose {number}. Type {number} to reject them all.")


class MayNotDecideNow(DiscError):
    """Whoever decided has lost the right since."""

    code, status = "may-not-decide-now", 409
    sentence = "The person who decided may not decide any more. Decide again."
