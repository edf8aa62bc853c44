"""What follows on paper when somebody, or a picture, is taken out: the copies are called back."""

from disc.core.outbox import hears
from disc.core.transaction import writing
from disc.gallery.events import SubjectErased, WordsTakenBack
from disc.printing import service
from disc.printing.rules import CalledBack
from disc.stills.events import ManyViewsChanged, StillGone, StillViewChanged


@hears(SubjectErased)
def forget_erased(erased: SubjectErased) -> None:
    """Call back what an erased person is on, and forget that they are on it."""
    with writing():
        service.forget_person(erased.subject_id)


@hears(StillGone)
def call_back_gone(gone: StillGone) -> None:
    """Call back the copies of a picture that was hidden, withdrawn or erased."""
    with writing():
        service.call_back_for_still(gone.still_id)


@hears(StillViewChanged)
def call_back_changed(changed: StillViewChanged) -> None:
    """Call back the copies of a picture that was edited, or of somebody who was taken out."""
    with writing():
        service.call_back_for_still(changed.still_id)


@hears(ManyViewsChanged)
def call_back_many(changed: ManyViewsChanged) -> None:
    """Call back what a gallery that was changed or removed took somebody out of."""
    with writing():
        service.call_back_in_scheme(changed.scheme_id)


@hears(WordsTakenBack)
def call_back_wrong_words(taken: WordsTakenBack) -> None:
    """Call back the copies that say of a person what holds no more: a name, a ban."""
    with writing():
        service.call_back_person(taken.subject_id, CalledBack.WORDS)
