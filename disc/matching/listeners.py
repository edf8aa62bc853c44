"""In the job worker: each still is fingerprinted and compared; an erased one leaves no code."""

from sqlalchemy import delete, or_

from disc.core.database import db
from disc.core.outbox import hears
from disc.core.pictures import pixel_sha256
from disc.core.transaction import writing
from disc.matching.fingerprint import fingerprint
from disc.matching.models import Fingerprint, PossibleDuplicate
from disc.matching.service import store_fingerprint, suggest_duplicates
from disc.stills.events import StillErased, StillTakenIn
from disc.stills.models import Still
from disc.stills.service import ORIGINAL, VIEW, note_pixels, open_rendition


@hears(StillTakenIn)
def compare_with_earlier(taken: StillTakenIn) -> None:
    """Fingerprint a still and suggest duplicates; doing it twice changes nothing."""
    still = db.session.get(Still, taken.still_id)
    if still is None or still.erased_at is not None:
        return
    codes = fingerprint(open_rendition(still, VIEW))
    pixels = pixel_sha256(open_rendition(still, ORIGINAL))
    with writing():
        still = db.session.get(Still, taken.still_id)
        if still is None or still.erased_at is not None:
            return
        note_pixels(still, pixels)
        if codes is not None:
            store_fingerprint(still, codes)
        suggest_duplicates(still, codes)


@hears(StillErased)
def forget(erased: StillErased) -> None:
    """Remove an erased still's codes and pairs; the key that opened the codes is gone already."""
    with writing():
        db.session.execute(delete(Fingerprint).where(Fingerprint.still_id == erased.still_id))
        db.session.execute(
            delete(PossibleDuplicate).where(
                or_(
                    PossibleDuplicate.earlier_id == erased.still_id,
                    PossibleDuplicate.later_id == erased.still_id,
                )
            )
        )
