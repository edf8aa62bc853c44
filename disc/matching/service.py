"""Fingerprints taken and compared; a person's judgement of a pair recorded."""

import uuid

from sqlalchemy import select

from disc.access.actor import Actor
from disc.core import audit, clock
from disc.core.database import db, new_id
from disc.core.errors import Stale
from disc.core.vault import seal
from disc.matching.fingerprint import Codes, difference
from disc.matching.models import Band, Fingerprint, PossibleDuplicate, Verdict
from disc.matching.queries import codes_context, get_pair, other_codes, same_files
from disc.stills.models import Still

MOST_SUGGESTIONS = 5
"""Pairs suggested for one still: a manager reads no more."""


def store_fingerprint(still: Still, codes: Codes) -> None:
    """Keep a still's codes, sealed under the still's own key."""
    if db.session.get(Fingerprint, still.id) is None:
        sealed = seal(still.open_key(), codes.packed(), codes_context(still))
        row = Fingerprint(still_id=still.id, scheme_id=still.scheme_id, codes=sealed)
        db.session.add(row)
        db.session.flush()


def suggest_duplicates(still: Still, codes: Codes | None) -> int:
    """Suggest earlier stills that look alike and return how many; never more than a suggestion."""
    found = dict.fromkeys(same_files(still), (0, Band.SAME_FILE))
    if codes is not None:
        for other, its_codes in other_codes(still):
            apart = difference(codes, its_codes)
            if apart.is_alike and other not in found:
                found[other] = (apart.fine, Band.CLOSE if apart.is_close else Band.ALIKE)
    nearest = sorted(found.items(), key=lambda item: item[1][0])[:MOST_SUGGESTIONS]
    return sum(_suggest(still, other, bits, band) for other, (bits, band) in nearest)


def judge(actor: Actor, pair_id: uuid.UUID, *, same: bool) -> PossibleDuplicate:
    """Record a person's judgement of a pair; nothing is merged by it. Raises Stale."""
    pair = get_pair(actor, pair_id)
    db.session.refresh(pair, with_for_update=True)
    if pair.verdict is not Verdict.OPEN:
        raise Stale
    pair.verdict = Verdict.SAME if same else Verdict.DIFFERENT
    pair.decided_by_id, pair.decided_at = actor.id, clock.now()
    audit.record(
        audit.by(actor, f"pictures judged {pair.verdict.value}", "possible_duplicate", pair.id)
    )
    return pair


def _suggest(still: Still, other: uuid.UUID, bits: int, band: Band) -> bool:
    """Add a pair once, in the order of the two keys, which is the order of arrival."""
    earlier, later = sorted((still.id, other))
    known = select(PossibleDuplicate.id).where(
        PossibleDuplicate.earlier_id == earlier, PossibleDuplicate.later_id == later
    )
    if db.session.scalar(known) is not None:
        return False
    db.session.add(
        PossibleDuplicate(
            id=new_id(),
            scheme_id=still.scheme_id,
            earlier_id=earlier,
            later_id=later,
            distance=bits,
            band=band,
        )
    )
    db.session.flush()
    return True
