"""In the job worker: each still is compared with those before it; an erased one leaves nothing."""

from disc.core.outbox import hears
from disc.core.transaction import writing
from disc.matching import comparing, shelves
from disc.matching.service import forget_still, take_turn, tidy
from disc.stills.events import StillErased, StillShownAgain, StillTakenIn


@hears(StillTakenIn)
def compare_with_earlier(taken: StillTakenIn) -> None:
    """Fingerprint a still and suggest what it is like; doing it twice changes nothing."""
    comparing.compare(taken.still_id)


@hears(StillShownAgain)
def compare_shown_again(shown: StillShownAgain) -> None:
    """Compare a still that nothing was compared with while it was hidden."""
    comparing.compare(shown.still_id)


@hears(StillErased)
def forget(erased: StillErased) -> None:
    """Remove what is known of an erased still; the key that opened it is gone already."""
    with writing():
        take_turn(erased.scheme_id)
        forget_still(erased.still_id)
        tidy(erased.scheme_id)
    shelves.forget(erased.scheme_id, erased.still_id)
