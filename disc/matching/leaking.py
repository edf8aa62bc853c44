"""In the job worker: whose hidden mark a copy of a stored still carries.

Stills that the copy may be are found as for matching. Then the copy is laid over each, and what it
adds is compared with the pattern of everybody who was shown that still. No reading of the database
is open meanwhile.

Which stills: those whose bytes are still lawfully held, for a picture may have been taken away
after it leaked. So hidden ones are tried, and those past their day of hiding. Nothing is left that
recognises a withdrawn one, so it is tried only where somebody says whose picture it is. One that
is erased, or whose day of erasure has come, is not tried. An edited still is tried as it is shown
and as it was sent, since a copy may be of before the edit.
"""

import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from disc.core import clock
from disc.core.blobs import NoSuchBlob
from disc.core.database import db
from disc.core.pictures import GRID, pattern_of, render, strengths
from disc.core.vault import DoesNotOpen
from disc.matching.comparing import Stills
from disc.matching.shelves import shelf_of
from disc.stills.models import Still
from disc.stills.service import ORIGINAL, RENDITIONS, open_rendition

if TYPE_CHECKING:
    from disc.matching.likeness.carried import Seen
    from disc.matching.likeness.pictures import Numbers

MOST_GIVEN = 30
"""Stills that are tried besides because somebody said whose picture it is."""

Shown = Callable[[uuid.UUID], dict[uuid.UUID, str]]
"""Says who had a still: members and copies on paper, each with the code of their mark."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Carried:
    """How well one holder's pattern in one still agrees with what a copy adds to that still."""

    still_id: uuid.UUID
    holder_id: uuid.UUID
    score: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """What a copy carries: each viewer's best score, the best first.

    ``tried`` counts all patterns compared; ``stills`` are those that the copy could be laid over.
    """

    stills: tuple[uuid.UUID, ...]
    tried: int
    marks: tuple[Carried, ...]


def read_marks(
    scheme_id: uuid.UUID, copy: bytes, shown: Shown, given: Iterable[uuid.UUID] = ()
) -> Read:
    """Read whose marks a copy (a cleaned JPEG) carries. ``given`` are stills to try in any case."""
    from disc.matching.likeness.carried import seen
    from disc.matching.likeness.pictures import read_picture

    looked = seen(read_picture(copy))
    stills, tried, best = list[uuid.UUID](), 0, dict[uuid.UUID, Carried]()
    for still_id in dict.fromkeys([*_alike(scheme_id, looked), *list(given)[:MOST_GIVEN]]):
        found = _marks_in(scheme_id, still_id, looked, shown)
        if found is None:
            continue
        stills.append(still_id)
        tried += len(found[1]) * found[0]
        for one in found[1]:
            if one.holder_id not in best or one.score > best[one.holder_id].score:
                best[one.holder_id] = one
    marks = sorted(best.values(), key=lambda one: -one.score)
    return Read(stills=tuple(stills), tried=tried, marks=tuple(marks))


def _alike(scheme_id: uuid.UUID, looked: "Seen") -> list[uuid.UUID]:
    """Return the stills that a copy may be, likeliest first; none for a copy that is too plain."""
    from disc.matching.likeness.fingerprint import fingerprint
    from disc.matching.likeness.pictures import TooPlain
    from disc.matching.likeness.search import shortlist

    try:
        query = fingerprint(looked.picture)
    except TooPlain:
        return []
    with shelf_of(scheme_id) as shelf:
        store = Stills(scheme_id, hidden_too=True)
        return [one.still_id for one in shortlist(looked.picture, query, shelf, store)]


def _marks_in(
    scheme_id: uuid.UUID, still_id: uuid.UUID, looked: "Seen", shown: Shown
) -> tuple[int, list[Carried]] | None:
    """Return in how many renditions each viewer was looked for, and each one's better score.

    None where the still is gone, or the copy fits none of its renditions.
    """
    from disc.matching.likeness.carried import scores

    opened = _opened(scheme_id, still_id)
    codes = shown(still_id) if opened else {}
    db.session.rollback()
    if opened is None:
        return None
    key, renditions = opened
    added = [cells for each in renditions if (cells := _added_to(each, looked)) is not None]
    if not added:
        return None
    if not codes:
        return len(added), []
    patterns = [pattern_of(key, code) for code in codes.values()]
    better = map(max, zip(*(scores(cells, patterns) for cells in added), strict=True))
    marks = [
        Carried(still_id=still_id, holder_id=holder_id, score=score)
        for holder_id, score in zip(codes, better, strict=True)
    ]
    return len(added), marks


def _opened(scheme_id: uuid.UUID, still_id: uuid.UUID) -> tuple[bytes, list[bytes]] | None:
    """Return a still's key, and its views and thumbnails, or None where it may not be held."""
    own = (Still.id == still_id, Still.scheme_id == scheme_id)
    held = (Still.erased_at.is_(None), Still.erase_on > clock.today())
    still = db.session.scalar(select(Still).where(*own, *held))
    if still is None:
        return None
    try:
        shown = [open_rendition(still, each) for each in RENDITIONS]
        return still.open_key(), shown + _as_sent(still)
    except (NoSuchBlob, DoesNotOpen):
        return None


def _as_sent(still: Still) -> list[bytes]:
    """Return what was shown of a still before it was edited; nothing where it never was."""
    if not still.shown_as:
        return []
    made = render(open_rendition(still, ORIGINAL), ())
    return [made[each].bytes for each in RENDITIONS]


def _added_to(rendition: bytes, looked: "Seen") -> "Numbers | None":
    import numpy as np

    from disc.matching.likeness.carried import added_to, seen
    from disc.matching.likeness.pictures import read_picture

    told = np.array(strengths(rendition), np.float32).reshape(GRID, GRID)
    return added_to(seen(read_picture(rendition)), looked, told)
