"""Reads of fingerprints and possible duplicates."""

import uuid
from collections.abc import Iterator

from sqlalchemy import or_, select

from disc.access.actor import Actor
from disc.core.database import db
from disc.core.errors import Missing
from disc.core.vault import open_sealed
from disc.matching.fingerprint import Codes, unpack
from disc.matching.models import Band, Fingerprint, PossibleDuplicate, Verdict
from disc.stills.models import Still


def codes_context(still: Still) -> str:
    """Return what a fingerprint's seal is bound to."""
    return f"{still.scheme_id}|fingerprint|codes|{still.id}"


def other_codes(still: Still) -> Iterator[tuple[uuid.UUID, Codes]]:
    """Open the fingerprints of the scheme's other stills, one after another."""
    found = (
        select(Fingerprint.codes, Still)
        .join(Still, Still.id == Fingerprint.still_id)
        .where(
            Fingerprint.scheme_id == still.scheme_id,
            Fingerprint.still_id != still.id,
            Still.erased_at.is_(None),
        )
    )
    for sealed, other in db.session.execute(found.execution_options(yield_per=500)):
        yield other.id, unpack(open_sealed(other.open_key(), sealed, codes_context(other)))


def same_files(still: Still) -> set[uuid.UUID]:
    """Return other stills of the scheme with the same bytes or the same pixels."""
    found = select(Still.id).where(
        Still.scheme_id == still.scheme_id,
        Still.id != still.id,
        or_(Still.file_token == still.file_token, Still.pixel_token == still.pixel_token),
    )
    return set(db.session.scalars(found))


def open_pairs(actor: Actor) -> list[PossibleDuplicate]:
    """List pairs nobody has judged, likeliest first; the merely alike stay with their report."""
    found = select(PossibleDuplicate).where(
        PossibleDuplicate.scheme_id == actor.scheme_id,
        PossibleDuplicate.verdict == Verdict.OPEN,
        PossibleDuplicate.band != Band.ALIKE,
    )
    return list(db.session.scalars(found.order_by(PossibleDuplicate.distance).limit(200)))


def pairs_of(still_ids: set[uuid.UUID]) -> list[PossibleDuplicate]:
    """List the pairs in which some stills stand, likeliest first."""
    found = select(PossibleDuplicate).where(
        or_(PossibleDuplicate.earlier_id.in_(still_ids), PossibleDuplicate.later_id.in_(still_ids)),
        PossibleDuplicate.verdict != Verdict.DIFFERENT,
    )
    return list(db.session.scalars(found.order_by(PossibleDuplicate.distance)))


def get_pair(actor: Actor, pair_id: uuid.UUID) -> PossibleDuplicate:
    """Return a pair of the scheme. Raises Missing."""
    pair = db.session.get(PossibleDuplicate, pair_id)
    if pair is None or pair.scheme_id != actor.scheme_id:
        raise Missing
    return pair
