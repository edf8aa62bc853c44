"""Refusals of the gallery."""

from disc.core.errors import DiscError


class CannotMerge(DiscError):
    """The two records cannot become one."""

    code, status = "cannot-merge", 409
    sentence = "These two records cannot be joined. One of them is joined to another already."


class KeepTheOther(DiscError):
    """Joining the other way round would lose a name, or the care that somebody needs."""

    code, status = "keep-the-other", 409
    sentence = (
        "Keep the record that has a name, or that says the person is under 18 or vulnerable. "
        "If each record has one of them, put one of the records right first."
    )


class NeedsName(DiscError):
    """A Known Subject has a name."""

    code, sentence = "needs-name", "Type the name of the person first."


class NameStays(DiscError):
    """Something rests on the name of a person."""

    code, status = "name-stays", 409
    sentence = (
        "This record is joined to another one with a name. "
        "Take the records apart first. Then take the name off."
    )


class HiddenByBoard(DiscError):
    """The Board hid the record, so that the Administrator alone cannot undo it."""

    code, status = "hidden-by-board", 409
    sentence = "A Board member hid this record. Only the Board can show it again."


class NotInThisGallery(DiscError):
    """The person may not be shown to so many."""

    code, status = "not-in-this-gallery", 409
    sentence = (
        "This person may not be in that gallery. A child under 10 is in none. Somebody whom the "
        "Board agreed to show to few is in restricted galleries only."
    )
