"""Use cases of systems: a report sent once however often it is tried, and its pictures."""

import hashlib
import uuid
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta

from flask import current_app
from sqlalchemy.exc import IntegrityError

from config import Settings
from disc.access.actor import Actor
from disc.access.guard import authorise
from disc.access.permissions import Permission
from disc.api.errors import BadBody, DifferentBody
from disc.api.models import ApiAttachment, ApiSubmission
from disc.api.queries import body_token_of, codes_of, find_attachment, next_report_id
from disc.api.rules import SANDBOX_DAYS
from disc.core import audit, clock
from disc.core.database import db, new_id
from disc.core.errors import Missing
from disc.core.keys import keyring
from disc.core.transaction import writing
from disc.core.vault import token
from disc.core.web import MEGABYTE, MOST_PICTURES
from disc.incidents.errors import ChangedReport, NotOfWelfare, NotStored, TooManyPictures
from disc.incidents.kinds import WELFARE, IncidentKind
from disc.incidents.models import (
    UNDECIDED,
    Incident,
    IncidentStill,
)
from disc.incidents.queries import as_target, find_submission, get_report, stills_of
from disc.incidents.service import NewReport, note_change, report_incident
from disc.members.queries import get_premises
from disc.stills.service import Prepared, add_still, prepare


@dataclass(frozen=True, slots=True)
class At:
    """Premises as the policy's target for a report."""

    id: uuid.UUID
    scheme_id: uuid.UUID
    premises_id: uuid.UUID


def submission_of(actor: Actor, own: uuid.UUID | None, header: str) -> uuid.UUID:
    """Return by which id a retry is known: the report's own, or one made of the header.

    Raises BadBody where there is neither.
    """
    if own is not None:
        return own
    if not header:
        said = "Send a submission_id, or the header Idempotency-Key."
        raise BadBody(problems=[{"field": "submission_id", "sentence": said}])
    return uuid.uuid5(actor.id, header)


def kind_of_code(actor: Actor, code: str) -> IncidentKind:
    """Return what a retailer's own code means. Raises BadBody for one that is not mapped."""
    kind = codes_of(actor.key_id).get(code)
    if kind is None:
        said = f"The code {code} has no meaning here yet. Ask the scheme to map it."
        raise BadBody(problems=[{"field": "code", "sentence": said}])
    return kind


def send(
    actor: Actor, premises_id: uuid.UUID, new: NewReport, body: bytes, *, is_sandbox: bool
) -> Incident:
    """Store a report, or find the one that the same body was stored as.

    Raises DifferentBody where another body was sent under the same id, and BadBody for premises
    that are not the key's.
    """
    mark = token(keyring().scheme_key(actor.scheme_id), "api body", body.hex())
    if find_submission(actor, new.submission_id) is None:
        with suppress(IntegrityError), writing():  # a retry at the same moment stored it first
            _store(actor, premises_id, new, mark, is_sandbox=is_sandbox)
    sent = find_submission(actor, new.submission_id)
    if sent is None:
        raise NotStored
    if body_token_of(sent.id) != mark:
        raise DifferentBody
    return sent


def own_report(actor: Actor, incident_id: uuid.UUID) -> Incident:
    """Return a report that this system sent and that is still kept. Raises Missing."""
    incident = get_report(actor, incident_id)
    authorise(actor, Permission.SEE_REPORT, as_target(incident))
    if incident.is_erased:
        raise Missing
    return incident


def attach(actor: Actor, incident_id: uuid.UUID, name: str, data: bytes) -> tuple[uuid.UUID, str]:
    """Add a picture to a report until it is decided; return its id and the digest of its bytes.

    The same name or the same bytes again are the same picture. Raises DifferentBody for other
    bytes under a known name, ChangedReport, TooManyPictures and what refuses pictures.
    """
    incident = own_report(actor, incident_id)
    sha256 = hashlib.sha256(data).hexdigest()
    marks = _marks(actor, name, sha256)
    known = find_attachment(incident.id, *marks)
    if known is None:
        _require_room(incident)
        db.session.rollback()
        prepared = prepare(actor.scheme_id, data)
        with suppress(IntegrityError), writing():  # the same picture came twice at once
            _add(actor, incident_id, prepared, marks)
        known = find_attachment(incident_id, *marks)
    if known is None:
        raise NotStored
    if known.file_token != marks[1]:
        raise DifferentBody
    return known.id, sha256


def largest_picture() -> int:
    """Return how many bytes one picture may have."""
    settings: Settings = current_app.extensions["settings"]
    return settings.picture_megabytes * MEGABYTE


def _store(
    actor: Actor, premises_id: uuid.UUID, new: NewReport, mark: bytes, *, is_sandbox: bool
) -> None:
    try:
        place = get_premises(actor, premises_id)
        at = At(place.id, place.scheme_id, place.id)
        authorise(actor, Permission.REPORT_INCIDENT, at)
    except Missing as missing:
        said = "This key may not report for these premises."
        raise BadBody(problems=[{"field": "premises_id", "sentence": said}]) from missing
    incident = report_incident(actor, place, new, [], next_report_id(actor))
    if is_sandbox:
        incident.erase_on = clock.today() + timedelta(days=SANDBOX_DAYS)
    db.session.add(ApiSubmission(incident_id=incident.id, body_token=mark))
    db.session.flush()


def _marks(actor: Actor, name: str, sha256: str) -> tuple[bytes, bytes]:
    key = keyring().scheme_key(actor.scheme_id)
    return token(key, "api attachment", name), token(key, "api file", sha256)


def _require_room(incident: Incident) -> None:
    if incident.kind in WELFARE:
        raise NotOfWelfare
    if incident.state not in UNDECIDED:
        raise ChangedReport("This report was decided already, so no photo can be added.")
    if len(stills_of([incident.id])[incident.id]) >= MOST_PICTURES:
        raise TooManyPictures


def _add(
    actor: Actor, incident_id: uuid.UUID, prepared: Prepared, marks: tuple[bytes, bytes]
) -> None:
    incident = own_report(actor, incident_id)
    db.session.refresh(incident, with_for_update={"of": Incident})
    _require_room(incident)
    still = add_still(prepared, incident.premises, incident.erase_on, by_id=actor.id)
    db.session.add(IncidentStill(incident_id=incident.id, still_id=still.id))
    db.session.add(
        ApiAttachment(
            id=new_id(),
            incident_id=incident.id,
            still_id=still.id,
            client_token=marks[0],
            file_token=marks[1],
        )
    )
    note_change(incident)
    audit.record(audit.by(actor, "picture added by key", "incident", incident.id))
