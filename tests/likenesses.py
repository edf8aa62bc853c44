"""Stills that were taken in, and pairs of them as if they had been found alike."""

import io
import uuid
from datetime import timedelta

from PIL import Image
from sqlalchemy import select

from disc.core import clock
from disc.core.database import db
from disc.core.transaction import writing
from disc.matching.likeness.evidence import Box, Likeness
from disc.matching.likeness.evidence import Finding as Seen
from disc.matching.models import Finding, PossibleDuplicate
from disc.matching.service import Found, suggest
from disc.members.models import Premises
from disc.stills.models import Still
from disc.stills.service import add_still, prepare
from tests.pictures import picture
from tests.world import Place


def taken_in(
    place: Place, seed: int = 1, *, data: bytes | None = None, elsewhere: bool = False
) -> uuid.UUID:
    """Take a still in, sent by the first premises or by the others; nothing hears of it yet."""
    prepared = prepare(place.scheme_id, data or picture(seed, (160, 120)))
    premises_id = place.other_premises_id if elsewhere else place.premises_id
    with writing():
        premises = db.session.get_one(Premises, premises_id)
        return add_still(prepared, premises, clock.today() + timedelta(days=30)).id


def again(data: bytes, quality: int = 40, share: float = 0.6) -> bytes:
    """Return a picture as a chat program would send it on."""
    image = Image.open(io.BytesIO(data))
    image = image.resize((int(image.width * share), int(image.height * share)))
    out = io.BytesIO()
    image.save(out, "JPEG", quality=quality)
    return out.getvalue()


def flat() -> bytes:
    """Return a picture of a wall."""
    out = io.BytesIO()
    Image.new("RGB", (320, 240), (90, 90, 92)).save(out, "JPEG")
    return out.getvalue()


def likeness(finding: Seen = Seen.PROBABLY, distance: int = 12) -> Likeness:
    """Return evidence: the earlier picture fills the left half of the later one."""
    return Likeness(
        finding=finding,
        score=0.9,
        distance=distance,
        inliers=214,
        overlap=0.96,
        homography=(0.5, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0),
        mirrored=False,
        changed=(Box(0.1, 0.2, 0.3, 0.4),),
    )


def suggested(later: uuid.UUID, *others: uuid.UUID, finding: Finding = Finding.PROBABLY) -> int:
    """Suggest that a still is like others, as a search that found them would; count the pairs."""
    evidence = None if finding is Finding.SAME_FILE else likeness(Seen(finding.value))
    found = [Found(still_id=one, finding=finding, likeness=evidence) for one in others]
    with writing():
        return suggest(db.session.get_one(Still, later), found)


def pairs() -> dict[tuple[uuid.UUID, uuid.UUID], PossibleDuplicate]:
    """Return every pair by its two stills, earlier first."""
    db.session.rollback()
    found = db.session.scalars(select(PossibleDuplicate))
    return {(one.earlier_id, one.later_id): one for one in found}
