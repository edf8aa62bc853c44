"""Taking a box in: the report first, then the untouched photos part by part."""

import hmac
import json
import uuid
from contextlib import suppress
from dataclasses import dataclass

from flask import current_app
from sqlalchemy.exc import IntegrityError

from config import Settings
from disc.access.actor import Actor
from disc.access.permissions import Permission
from disc.access.policy import may_ever, permits
from disc.boxes import queries
from disc.boxes.errors import BadBox, NoBox, NoRoom, NotTaken, WrongReport
from disc.boxes.events import BoxClosed, BoxFilled, PhotoCame
from disc.boxes.models import Box, BoxPart
from disc.boxes.reading import read_report
from disc.boxes.rules import KEPT_FREE, Contents, NotPacked, to_come, unpack
from disc.boxes.stamps import Sender
from disc.core import audit, clock
from disc.core.blobs import aside, blobs
from disc.core.boxkeys import open_part
from disc.core.database import db, new_id
from disc.core.errors import DiscError
from disc.core.keys import erase_key
from disc.core.outbox import publish
from disc.core.transaction import writing
from disc.core.vault import DoesNotOpen
from disc.core.web import MEGABYTE, MOST_PICTURES
from disc.incidents.errors import NotOfWelfare
from disc.incidents.forms import ReportForm
from disc.incidents.kinds import WELFARE, IncidentKind
from disc.incidents.models import Incident
from disc.incidents.queries import find_submission
from disc.incidents.service import report_incident
from disc.members.models import MemberState, Premises
from disc.members.queries import actor_of, get_premises
from disc.stills.service import Prepared, prepare

FOLDER = "box"
"""Second part of each name, so that no sweep of pictures takes a part for one."""
PARTS = len(("scheme", FOLDER, "box", "number"))
TOO_LARGE = "One of these photos is too large. Send a smaller one."


@dataclass(frozen=True, slots=True)
class Taken:
    """The report that a box became, and how many parts of its photos are still to come."""

    incident_id: uuid.UUID
    parts: int


class _At:
    """Premises as the policy's target for a report."""

    def __init__(self, premises: Premises) -> None:
        self.id, self.scheme_id, self.premises_id = premises.id, premises.scheme_id, premises.id


def sender_now(sender: Sender) -> Actor:
    """Return a sender's rights as they are now. Raises NotTaken for somebody who left."""
    member = queries.find_sender(sender.member_id)
    if member is None or member.state is not MemberState.ACTIVE:
        raise NotTaken
    actor = actor_of(member)
    if not may_ever(actor, Permission.REPORT_INCIDENT):
        raise NotTaken
    return actor


def take_report(
    actor: Actor,
    submission_id: uuid.UUID,
    key_id: uuid.UUID,
    sealed: bytes,
    stamp: str,
    *,
    strict: bool,
) -> Taken:
    """Store the report of a box; a second time, or after its page sent it, that report is found.

    ``strict`` refuses what its writer, who is still there, can put right. Raises BadBox, NoRoom,
    NotTaken and WrongReport, and what ``report_incident`` raises.
    """
    known = _known(actor, submission_id)
    if known is not None:
        return known
    _require_room(len(sealed))
    contents = _open(actor, submission_id, key_id, sealed, stamp)
    form = read_report(actor, submission_id, contents, strict=strict)
    new, premises_id = form.report(), _place(actor, form)
    db.session.rollback()
    small = _prepare(actor, new.kind, contents, strict=strict)
    with suppress(IntegrityError), writing():  # a second tab stored it first
        premises = get_premises(actor, premises_id)
        incident = report_incident(actor, premises, new, list(small.values()))
        _note(actor, incident, contents, key_id, small)
    known = _known(actor, submission_id)
    if known is None:
        raise BadBox
    return known


def take_part(sender: Sender, submission_id: uuid.UUID, number: int, sealed: bytes) -> int:
    """Keep a part of an original as it came, and return how many are missing.

    Raises NoBox for a part of no report, and NoRoom.
    """
    box = queries.find_box(sender.member_id, submission_id)
    if box is None or number > box.parts:
        raise NoBox
    if box.closed_at is not None:
        return 0
    box_id, is_wanted = box.id, bool(_numbers(box, number))
    db.session.rollback()
    store, name = blobs(), part_name(sender.scheme_id, box_id, number)
    if is_wanted:
        _require_room(len(sealed))
        aside(store, store.put, name, sealed)
    missing = _note_part(box_id, number)
    if missing is None:
        store.delete(name)  # the box was closed meanwhile: nobody else removes it
    return missing or 0


def _require_room(size: int) -> None:
    """Raise NoRoom where the disk is nearly full: what waits on a phone is safe there."""
    if not blobs().has_room(size, KEPT_FREE):
        raise NoRoom


def _numbers(box: Box, number: int) -> range:
    """Return the parts of the photo that a part belongs to; none where none is waited for."""
    photos = [range(one["first"], one["first"] + one["parts"]) for one in json.loads(box.photos)]
    return next((numbers for numbers in photos if number in numbers), range(0))


def _note_part(box_id: uuid.UUID, number: int) -> int | None:
    """Note that a part came, and return how many are missing; None for a box that is closed.

    A photo takes its copy's place as soon as it is whole: a slow line may bring the next one
    hours later, and a manager decides meanwhile.
    """
    with writing():
        held = queries.hold_box(box_id)
        if held is None or held.closed_at is not None:
            return None
        here = queries.parts_here(box_id)
        is_new = number not in here
        if is_new:
            db.session.add(BoxPart(box_id=box_id, number=number))
            db.session.flush()
        here.add(number)
        missing, photo = held.parts - len(here), _numbers(held, number)
        if missing == 0:
            publish(BoxFilled(box_id=box_id))
        elif is_new and photo and here.issuperset(photo):
            publish(PhotoCame(box_id=box_id, first=str(photo.start)))
    return missing


def close_box(box: Box, unread: int = 0) -> None:
    """End a box inside the transaction: its sealed files go after it."""
    if box.closed_at is None:
        box.photos, box.closed_at = "", clock.now()
        box.unread += unread
        publish(BoxClosed(box_id=box.id, scheme_id=box.scheme_id, parts=str(box.parts)))


def erase_box(box: Box) -> None:
    """Remove a box on its day, with whatever of it is left."""
    close_box(box)
    erase_key(box)
    db.session.delete(box)


def part_name(scheme_id: uuid.UUID, box_id: uuid.UUID, number: int) -> str:
    """Return the name of a part's sealed file."""
    return f"{scheme_id}/{FOLDER}/{box_id}/{number}"


def box_of(name: str) -> uuid.UUID | None:
    """Return whose part a file is; None for any other file."""
    parts = name.split("/")
    is_part = len(parts) == PARTS and parts[1] == FOLDER
    return uuid.UUID(parts[2]) if is_part else None


def _known(actor: Actor, submission_id: uuid.UUID) -> Taken | None:
    box = queries.find_box(actor.id, submission_id)
    if box is not None:
        open_parts = 0 if box.closed_at else box.parts
        return Taken(box.incident_id, open_parts)
    sent = find_submission(actor, submission_id)
    return None if sent is None else Taken(sent.id, 0)


def _open(
    actor: Actor, submission_id: uuid.UUID, key_id: uuid.UUID, sealed: bytes, stamp: str
) -> Contents:
    try:
        contents = unpack(open_part(actor.scheme_id, key_id, sealed, submission_id, 0))
    except (DoesNotOpen, NotPacked) as error:
        raise BadBox from error
    if not hmac.compare_digest(contents.stamp.encode(), stamp.encode()):
        raise BadBox  # whose stamp lies outside did not seal what lies inside
    if len(contents.photos) > MOST_PICTURES:
        raise BadBox
    return contents


def _place(actor: Actor, form: ReportForm) -> uuid.UUID:
    premises = get_premises(actor, uuid.UUID(form.premises_id.data))
    if not permits(actor, Permission.REPORT_INCIDENT, _At(premises)):
        raise NotTaken
    return premises.id


def _prepare(
    actor: Actor, kind: IncidentKind, contents: Contents, *, strict: bool
) -> dict[int, Prepared]:
    """Clean and seal what came of the photos; without their writer, a bad one costs no report."""
    if kind in WELFARE and contents.photos:
        if strict:
            raise WrongReport(NotOfWelfare.sentence)
        return {}
    if strict and any(photo.size > _most_bytes() for photo in contents.photos):
        raise WrongReport(TOO_LARGE)
    small: dict[int, Prepared] = {}
    for at, photo in enumerate(contents.photos):
        if not photo.small:
            continue
        try:
            small[at] = prepare(actor.scheme_id, photo.small)
        except DiscError as error:
            if strict:
                raise WrongReport(error.sentence) from error
    return small


def _note(
    actor: Actor,
    incident: Incident,
    contents: Contents,
    key_id: uuid.UUID,
    small: dict[int, Prepared],
) -> None:
    takes_photos = incident.kind not in WELFARE
    waited_for = to_come(contents.photos, _most_bytes()) if takes_photos else []
    kept = {*waited_for, *(at for at in small if not contents.photos[at].parts)}
    parts = contents.parts if waited_for else 0
    box = Box(
        id=new_id(),
        scheme_id=actor.scheme_id,
        member_id=actor.id,
        submission_id=incident.submission_id,
        incident_id=incident.id,
        key_id=key_id,
        parts=parts,
        clock_off=int(contents.clock_off.total_seconds()),
        unread=len(contents.photos) - len(kept),
        erase_on=incident.erase_on,
        closed_at=None if parts else clock.now(),
    )
    if parts:
        box.photos = _told(contents, waited_for, small)
    db.session.add(box)
    audit.record(audit.by(actor, "report sent by box", "incident", incident.id))


def _most_bytes() -> int:
    settings: Settings = current_app.extensions["settings"]
    return settings.picture_megabytes * MEGABYTE


def _told(contents: Contents, waited_for: list[int], small: dict[int, Prepared]) -> str:
    told = []
    for at in waited_for:
        photo = contents.photos[at]
        still = str(small[at].id) if at in small else None
        one = {"still": still, "sha256": photo.sha256, "size": photo.size}
        told.append({**one, "first": photo.first, "parts": photo.parts})
    return json.dumps(told)
