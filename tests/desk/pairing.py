"""Two pictures that came with reports, and the pair that the computer would make of them."""

import io
import uuid
from datetime import timedelta

from PIL import Image, ImageDraw

from disc.access.actor import Actor
from disc.core import clock
from disc.core.database import db, new_id
from disc.core.transaction import writing
from disc.incidents import service as incidents
from disc.incidents.kinds import IncidentKind
from disc.incidents.queries import stills_of
from disc.matching.likeness import evidence as core
from disc.matching.likeness.evidence import Box, Likeness
from disc.matching.models import Finding
from disc.matching.queries import find_pair
from disc.matching.service import Found, suggest
from disc.members.models import Premises
from disc.stills.models import Still
from disc.stills.service import Prepared, prepare
from tests.pictures import picture
from tests.world import Place

SIZE = (960, 540)
CUT = (200, 80, 840, 500)
"""What the later picture keeps of the earlier one: left, top, right, bottom, in pixels."""
SPOTS = {(255, 0, 255): (300, 150), (0, 255, 255): (640, 200), (0, 0, 255): (700, 420)}
"""Colours that the scene has not, and where spots of them are in it, in pixels."""
NOW = timedelta(0)
CHANGED = Box(0.2, 0.3, 0.4, 0.6)


def whole_picture() -> bytes:
    """Return a drawn scene with spots of pure colours on it."""
    drawn = Image.open(io.BytesIO(picture(41, SIZE)))
    pen = ImageDraw.Draw(drawn)
    for colour, (x, y) in SPOTS.items():
        pen.ellipse((x - 18, y - 18, x + 18, y + 18), fill=(0, 0, 0))
        pen.ellipse((x - 9, y - 9, x + 9, y + 9), fill=colour)
    return _jpeg(drawn)


def cut_picture() -> bytes:
    """Return a part of the whole picture, enlarged to other pixels."""
    return _jpeg(Image.open(io.BytesIO(whole_picture())).crop(CUT).resize((800, 525)))


def evidence(**other: object) -> Likeness:
    """Return how the whole picture lies on the part of it."""
    left, top, right, bottom = CUT
    wide, tall = right - left, bottom - top
    plane = (SIZE[0] / wide, 0.0, -left / wide, 0.0, SIZE[1] / tall, -top / tall, 0.0, 0.0, 1.0)
    fields: dict[str, object] = {
        "finding": core.Finding.PROBABLY,
        "score": 0.93,
        "distance": 71,
        "inliers": 214,
        "overlap": 0.96,
        "homography": plane,
        "mirrored": False,
        "changed": (CHANGED,),
    }
    return Likeness(**(fields | other))  # type: ignore[arg-type]


def sent(actor: Actor, premises_id: uuid.UUID, data: bytes, *, ago: timedelta = NOW) -> uuid.UUID:
    """Send a report of what happened some time ago with one picture; return its still's id."""
    prepared = prepare(actor.scheme_id, data)
    with writing():
        return _report(actor, premises_id, prepared, ago)


def paired(
    earlier_id: uuid.UUID,
    later_id: uuid.UUID,
    finding: Finding = Finding.PROBABLY,
    found: Likeness | None = None,
) -> uuid.UUID:
    """Suggest two stills as the computer does, and return the pair's id."""
    with writing():
        return _suggest(earlier_id, later_id, finding, found)


def sent_twice(
    place: Place, earlier: bytes, later: bytes, finding: Finding, found: Likeness | None
) -> uuid.UUID:
    """Send two pictures from two premises and suggest them, all before a worker hears of them."""
    first, second = (prepare(place.scheme_id, one) for one in (earlier, later))
    with writing():
        earlier_id = _report(place.actor("member"), place.premises_id, first)
        later_id = _report(place.actor("far_member"), place.other_premises_id, second)
        return _suggest(earlier_id, later_id, finding, found)


def _report(
    actor: Actor, premises_id: uuid.UUID, prepared: Prepared, ago: timedelta = NOW
) -> uuid.UUID:
    report = incidents.report_incident(
        actor,
        db.session.get_one(Premises, premises_id),
        incidents.NewReport(
            submission_id=new_id(),
            kind=IncidentKind.SHOP_THEFT,
            occurred_at=clock.now() - ago,
            words="",
            description=("tall", "red top"),
        ),
        [prepared],
    )
    return stills_of([report.id])[report.id][0]


def _suggest(
    earlier_id: uuid.UUID, later_id: uuid.UUID, finding: Finding, found: Likeness | None
) -> uuid.UUID:
    found_one = Found(still_id=earlier_id, finding=finding, likeness=found)
    suggest(db.session.get_one(Still, later_id), [found_one])
    pair = find_pair(earlier_id, later_id)
    assert pair
    return pair.id


def _jpeg(drawn: Image.Image) -> bytes:
    out = io.BytesIO()
    drawn.save(out, "JPEG", quality=95)
    return out.getvalue()
