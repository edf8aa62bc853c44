"""Putting the originals of a box together, each as soon as all of its parts are here."""

import hashlib
import hmac
import json
import uuid
from dataclasses import dataclass
from typing import Any

from disc.access.actor import Role
from disc.boxes import queries
from disc.boxes.models import Box
from disc.boxes.service import close_box, part_name
from disc.core.blobs import NoSuchBlob, blobs
from disc.core.boxkeys import open_part
from disc.core.database import db
from disc.core.errors import DiscError
from disc.core.transaction import writing
from disc.core.vault import DoesNotOpen
from disc.incidents.kinds import WELFARE
from disc.incidents.models import Incident, IncidentStill
from disc.incidents.service import note_change
from disc.members.models import Member, Premises
from disc.stills.models import Source, Still
from disc.stills.originals import put_original
from disc.stills.service import Prepared, add_still, prepare

IN_PLACE = "in place"
"""Of a photo that came before others of its box: its original is where its copy was."""


@dataclass(frozen=True, slots=True)
class _Where:
    """What is needed of a box while no row is held."""

    box_id: uuid.UUID
    scheme_id: uuid.UUID
    member_id: uuid.UUID
    submission_id: uuid.UUID
    incident_id: uuid.UUID
    key_id: uuid.UUID


def put_one(box_id: uuid.UUID, first: int) -> None:
    """Give one photo of a box, by its first part, its original; slow, and idempotent.

    What cannot be read is tried again with the others, and counted then.
    """
    box = db.session.get(Box, box_id)
    if box is None or box.closed_at is not None:
        return
    where, photo = _where(box), _photo(json.loads(box.photos), first)
    db.session.rollback()
    if not photo.get(IN_PLACE) and _put(where, photo):
        _note_in_place(box_id, first)


def put_together(box_id: uuid.UUID) -> None:
    """Give the other photos of a box their originals, then close it; slow, and idempotent."""
    box = db.session.get(Box, box_id)
    if box is None or box.closed_at is not None:
        return
    where = _where(box)
    photos = json.loads(box.photos)
    db.session.rollback()
    unread = sum(not (photo.get(IN_PLACE) or _put(where, photo)) for photo in photos)
    with writing():
        held = queries.hold_box(box_id)
        if held is not None:
            close_box(held, unread)


def _photo(photos: list[dict[str, Any]], first: int) -> dict[str, Any]:
    return next(one for one in photos if one["first"] == first)


def _note_in_place(box_id: uuid.UUID, first: int) -> None:
    with writing():
        box = queries.hold_box(box_id)
        if box is not None and box.closed_at is None:
            photos = json.loads(box.photos)
            _photo(photos, first)[IN_PLACE] = True
            box.photos = json.dumps(photos)


def _where(box: Box) -> _Where:
    return _Where(
        box_id=box.id,
        scheme_id=box.scheme_id,
        member_id=box.member_id,
        submission_id=box.submission_id,
        incident_id=box.incident_id,
        key_id=box.key_id,
    )


def _put(where: _Where, photo: dict[str, Any]) -> bool:
    """Return whether a photo came as it was taken. A bad one leaves what is there already."""
    try:
        data = _gather(where, photo)
        if photo["still"]:
            put_original(uuid.UUID(photo["still"]), data, where.member_id)
        else:
            _add(where, photo["first"], data)
    except (DoesNotOpen, NoSuchBlob, DiscError):
        return False
    return True


def _gather(where: _Where, photo: dict[str, Any]) -> bytes:
    """Open the parts of one photo. Raises DoesNotOpen where they are not what the phone sealed."""
    numbers = range(photo["first"], photo["first"] + photo["parts"])
    data = b"".join(_open(where, number) for number in numbers)
    digest = hashlib.sha256(data).hexdigest()
    if len(data) != photo["size"] or not hmac.compare_digest(digest, photo["sha256"]):
        raise DoesNotOpen
    return data


def _open(where: _Where, number: int) -> bytes:
    sealed = blobs().get(part_name(where.scheme_id, where.box_id, number))
    plain = open_part(where.scheme_id, where.key_id, sealed, where.submission_id, number)
    db.session.rollback()
    return plain


def _add(where: _Where, first: int, data: bytes) -> None:
    """Add a photo of which no small copy came, as of a kind that the browser cannot read.

    The box says in the same transaction that it is there, so that a retry adds it no second time.
    """
    prepared = prepare(where.scheme_id, data)
    with writing():
        box = queries.hold_box(where.box_id)
        if box is None or box.closed_at is not None:
            return
        incident = db.session.get_one(Incident, where.incident_id)
        db.session.refresh(incident, with_for_update={"of": Incident})
        if incident.is_erased or incident.kind in WELFARE:
            return
        photos = json.loads(box.photos)
        photo = _photo(photos, first)
        if photo["still"]:
            return  # another job added it meanwhile; the sweep removes these files
        photo["still"] = str(_add_still(where, incident, prepared).id)
        box.photos = json.dumps(photos)
        note_change(incident)


def _add_still(where: _Where, incident: Incident, prepared: Prepared) -> Still:
    reporter = db.session.get_one(Member, incident.reporter_id)
    source = Source.POLICE if reporter.role is Role.SPOC else Source.MEMBER
    premises = db.session.get_one(Premises, incident.premises_id)
    still = add_still(prepared, premises, incident.erase_on, source, where.member_id)
    db.session.add(IncidentStill(incident_id=incident.id, still_id=still.id))
    return still
