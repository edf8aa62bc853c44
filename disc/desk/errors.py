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
