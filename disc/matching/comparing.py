"""In the job worker: a still is fingerprinted, kept so, and compared with those before it.

Pixels are worked on between transactions, never inside one. Each step may be the last before a
crash, and the whole may be done again: what is there already stays as it is. The fingerprint is
kept before the search begins, so that of two stills that come at once one finds the other.

All of it is about pictures as they were sent. An edit changes what people see, and neither a
fingerprint nor a group.
"""

import uuid
from collections.abc import Callable
from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, select

from disc.core.blobs import NoSuchBlob
from disc.core.database import db
from disc.core.pictures import pixel_sha256
from disc.core.rows import one_scheme
from disc.core.transaction import writing
from disc.core.vault import DoesNotOpen
from disc.matching.likeness.evidence import Likeness
from disc.matching.models import Finding
from disc.matching.ports import partners_of
from disc.matching.queries import has_fingerprint, same_files, scene_of
from disc.matching.service import (
    Found,
    forget_fingerprint,
    store_fingerprint,
    suggest,
    suggest_same_files,
    take_turn,
)
from disc.matching.shelves import shelf_of
from disc.stills.models import Still
from disc.stills.service import (
    FEATURES,
    ORIGINAL,
    drop_features,
    keep_features,
    note_pixels,
    open_as_sent,
    open_rendition,
)

if TYPE_CHECKING:
    from disc.matching.likeness import fingerprint as made_of
    from disc.matching.likeness.fingerprint import Features
    from disc.matching.likeness.pictures import Picture

Matches = list[tuple[uuid.UUID, Likeness]]


def compare(still_id: uuid.UUID) -> None:
    """Fingerprint a still and suggest what it is like; doing it twice changes nothing."""
    still = _find(still_id)
    if still is None:
        return
    scheme_id, original = still.scheme_id, open_rendition(still, ORIGINAL)
    view = open_as_sent(still)
    db.session.rollback()
    _compare_bytes(scheme_id, still_id, original)
    looked = look(view)
    if looked is None or not keep(scheme_id, still_id, looked[1], anew=False):
        return
    matches = _search(scheme_id, still_id, *looked)
    with writing():
        still = _held(scheme_id, still_id)
        if still is not None:
            suggest(still, [_found(*match) for match in matches])
    _tell_partners(scheme_id, still_id, *looked)


def fingerprint_again(still_id: uuid.UUID) -> None:
    """Make a still's fingerprint anew; one that turns out too plain has none from now on."""
    still = _find(still_id)
    if still is None:
        return
    scheme_id, view = still.scheme_id, open_as_sent(still)
    db.session.rollback()
    looked = look(view)
    if looked is not None:
        keep(scheme_id, still_id, looked[1], anew=True)
        return
    with writing():
        forget_fingerprint(still_id)
    drop_features(scheme_id, still_id)


def look(view: bytes) -> "tuple[Picture, made_of.Fingerprint] | None":
    """Decode a picture and fingerprint it; None for one so plain that it resembles all others."""
    from disc.matching.likeness.fingerprint import fingerprint
    from disc.matching.likeness.pictures import TooPlain, read_picture

    picture = read_picture(view)
    try:
        return picture, fingerprint(picture)
    except TooPlain:
        return None


def keep(
    scheme_id: uuid.UUID, still_id: uuid.UUID, made: "made_of.Fingerprint", *, anew: bool
) -> bool:
    """Keep a fingerprint, its larger part first; say whether the still is still there.

    The sketch is what others find the still by, so by then all of it must be there.
    """
    from disc.matching.likeness.fingerprint import FINGERPRINT_VERSION

    if not anew and has_fingerprint(still_id, FINGERPRINT_VERSION):
        return True
    still = _find(still_id)
    if still is None:
        return False
    features, sketch = made.features.packed(), made.sketch.packed()
    keep_features(still, features)
    db.session.rollback()
    with writing():
        still = _held(scheme_id, still_id)
        if still is not None:
            store_fingerprint(still, sketch, FINGERPRINT_VERSION)
            return True
    drop_features(scheme_id, still_id)  # it went meanwhile, and its files before these
    return False


class Stills:
    """What the search asks of one scheme's stills; each answer ends its reading at once.

    Hidden stills are no part of it, unless they are asked for.
    """

    def __init__(self, scheme_id: uuid.UUID, *, hidden_too: bool = False) -> None:
        self._scheme_id = scheme_id
        self._hidden_too = hidden_too

    def features(self, still_id: uuid.UUID) -> "Features | None":
        """Return a still's features, or None where it is gone or hidden meanwhile."""
        from disc.matching.likeness.fingerprint import Features

        packed = self._read(still_id, lambda still: open_rendition(still, FEATURES))
        return None if packed is None else Features.unpack(packed)

    def picture(self, still_id: uuid.UUID) -> "Picture | None":
        """Return a still's picture, or None where it is gone or hidden meanwhile."""
        from disc.matching.likeness.pictures import read_picture

        view = self._read(still_id, open_as_sent)
        return None if view is None else read_picture(view)

    def scene_of(self, still_id: uuid.UUID) -> set[uuid.UUID]:
        """Return the stills of the same camera, itself included."""
        found = scene_of(still_id)
        db.session.rollback()
        return found

    def _read(self, still_id: uuid.UUID, read: Callable[[Still], bytes]) -> bytes | None:
        try:
            still = _find(still_id)
            if still is None or still.scheme_id != self._scheme_id:
                return None
            if still.hidden_at is not None and not self._hidden_too:
                return None
            return read(still)
        except (NoSuchBlob, DoesNotOpen):
            return None
        finally:
            db.session.rollback()


def _compare_bytes(scheme_id: uuid.UUID, still_id: uuid.UUID, original: bytes) -> None:
    """Note a still's pixels, and suggest those with the same: nothing is needed for it but them."""
    pixels = pixel_sha256(original)
    with writing():
        still = _held(scheme_id, still_id)
        if still is not None:
            note_pixels(still, pixels)
            suggest_same_files(still)


def _search(
    scheme_id: uuid.UUID,
    still_id: uuid.UUID,
    picture: "Picture",
    made: "made_of.Fingerprint",
) -> Matches:
    """Find what a still is like in one scheme. Same files are known, and would crowd out others."""
    from disc.matching.likeness.search import find

    still = _find(still_id)
    if still is None or still.hidden_at is not None:
        return []
    known = {still_id} | same_files(still)
    with shelf_of(scheme_id) as shelf:
        return find(picture, made, shelf, Stills(scheme_id), leave_out=known)


def _tell_partners(
    scheme_id: uuid.UUID,
    still_id: uuid.UUID,
    picture: "Picture",
    made: "made_of.Fingerprint",
) -> None:
    from disc.matching.likeness.search import find

    still = _find(still_id)
    db.session.rollback()
    if still is None or still.hidden_at is not None:
        return
    for partners, there in partners_of(scheme_id):
        with one_scheme(there), shelf_of(there) as shelf:
            matches = find(picture, made, shelf, Stills(there))
        if matches:
            partners.found(still_id, there, matches)


def _found(still_id: uuid.UUID, likeness: Likeness) -> Found:
    return Found(still_id=still_id, finding=Finding(likeness.finding.value), likeness=likeness)


def _find(still_id: uuid.UUID) -> Still | None:
    """Return a still that was neither erased nor taken back by its owner."""
    return db.session.scalar(select(Still).where(Still.id == still_id, *_is_there()))


def _is_there() -> tuple[ColumnElement[bool], ...]:
    return Still.erased_at.is_(None), Still.withdrawn_at.is_(None)


def _held(scheme_id: uuid.UUID, still_id: uuid.UUID) -> Still | None:
    """Return a still that was neither erased nor taken back, nor is in this transaction."""
    take_turn(scheme_id)
    return db.session.scalar(
        select(Still)
        .where(Still.id == still_id, *_is_there())
        .with_for_update(of=Still)
        .execution_options(populate_existing=True)
    )
