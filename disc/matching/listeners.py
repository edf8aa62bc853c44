"""In the job worker: each still is compared with those before it; one that goes leaves nothing."""

import uuid

from disc.core.outbox import hears
from disc.core.transaction import writing
from disc.matching import comparing, shelves
from disc.matching.service import forget_still, take_turn, tidy
from disc.stills.events import StillErased, StillShownAgain, StillTakenIn, StillWithdrawn
from disc.stills.service import drop_features


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
    _forget(erased.scheme_id, erased.still_id)


@hears(StillWithdrawn)
def forget_withdrawn(withdrawn: StillWithdrawn) -> None:
    """Remove what is known of a still that its owner took back: nothing shall recognise it.

    Given back and shown again, it is compared anew.
    """
    _forget(withdrawn.scheme_id, withdrawn.still_id)
    drop_features(withdrawn.scheme_id, withdrawn.still_id)


def _forget(scheme_id: uuid.UUID, still_id: uuid.UUID) -> None:
    with writing():
        take_turn(scheme_id)
        forget_still(still_id)
        tidy(scheme_id)
    shelves.forget(scheme_id, still_id)
