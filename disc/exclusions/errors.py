"""Refusals of exclusion notices."""

from disc.core.errors import DiscError


class ChangedNotice(DiscError):
    """The notice is not in a state in which this can be done."""

    code, status = "changed-notice", 409
    sentence = "Somebody has already dealt with this notice. Load the page again."


class AlreadyProposed(DiscError):
    """One notice about a person is decided and served before the next is proposed."""

    code, status = "already-proposed", 409
    sentence = "There is already a notice about this person that is not served yet. Open that one."


class Unfit(DiscError):
    """What was chosen does not make a fair notice; the sentence says what is missing."""

    code = "unfit-notice"


class NoPaper(DiscError):
    """A notice is printed only while the Board's approval stands."""

    code, status = "no-paper", 409
    sentence = "There is no paper for this notice. The Board must approve it first."
