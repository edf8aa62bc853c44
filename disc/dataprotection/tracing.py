"""The audit as people read it: names and references found at reading, for the audit has neither."""

import re
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, select

from disc.access.actor import Actor
from disc.access.acts import ActKind, in_words, kind_of
from disc.core import auditing
from disc.core.audit import AuditEvent
from disc.core.auditing import Search
from disc.core.database import db
from disc.core.errors import Missing
from disc.dataprotection.models import PublicRequest
from disc.exclusions.models import ExclusionNotice
from disc.gallery.models import Gallery, Subject, SubjectStill
from disc.gallery.queries import one_person
from disc.incidents.models import Incident
from disc.incidents.queries import reports_about
from disc.intelligence.models import Association, Vehicle
from disc.members.models import Area, Premises, UserSession
from disc.members.queries import member_names
from disc.police.models import Escalation
from disc.printing.models import PrintCopy, Printout

PAGE = 50
IDS = re.compile(r"\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b")
REFERRED_TO = (Subject, Incident, ExclusionNotice, Vehicle, PublicRequest, Printout)
"""Records with a reference that people can type."""
LEFT = "Someone who has left"
NOBODY = "The system"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One event, with what its ids stand for today."""

    position: int
    at: datetime
    who: str
    kind: ActKind
    act: str
    about: tuple[str, ...]
    things: int
    detail: str
    device: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Viewer:
    """Somebody who looked at a person: how often, and when first and last."""

    member_id: uuid.UUID | None
    who: str
    times: int
    first: datetime
    last: datetime


def lines(
    actor: Actor, search: Search, *, before: int | None = None, limit: int = PAGE
) -> tuple[list[Line], int | None]:
    """Return a page of a search, newest first, and the position to go on from if there is more."""
    events = auditing.find_events(search, before=before, limit=limit + 1)
    page = events[:limit]
    seen = auditing.seen_in(page)
    told = _references(actor.scheme_id, page, seen)
    names = member_names(actor, _people(page))
    devices = _devices(page)
    found = [_line(event, seen.get(event.position, []), told, names, devices) for event in page]
    return found, page[-1].position if len(events) > limit else None


def viewers(actor: Actor, subject_id: uuid.UUID) -> list[Viewer]:
    """Return everybody who looked at a person, the latest first."""
    taken_out = {"notice document seen", "person printed", "picture printed"}
    acts = (acts_of(actor, ActKind.SEEN) - {"audit read"}) | taken_out
    return _viewers(actor, targets_of(subject_id), acts)


def viewers_of_picture(actor: Actor, still_id: uuid.UUID) -> list[Viewer]:
    """Return everybody whose pages showed a picture, the latest first."""
    seen = frozenset({"picture shown", "picture printed"})
    return _viewers(actor, frozenset({still_id}), seen)


def _viewers(actor: Actor, target_ids: frozenset[uuid.UUID], acts: frozenset[str]) -> list[Viewer]:
    found = auditing.lookers(Search(scheme_id=actor.scheme_id, target_ids=target_ids, acts=acts))
    names = member_names(actor, [one.actor_id for one in found if one.actor_id])
    return [
        Viewer(
            member_id=one.actor_id,
            who=_name(one.actor_id, names),
            times=one.times,
            first=one.first,
            last=one.last,
        )
        for one in found
    ]


def acts_of(actor: Actor, kind: ActKind) -> frozenset[str]:
    """Return the acts of one kind that the scheme's audit holds."""
    acts = auditing.acts_in(actor.scheme_id)
    return frozenset(act for act in acts if kind_of(act) is kind)


def get_person(actor: Actor, subject_id: uuid.UUID) -> Subject:
    """Return one of the scheme's Subjects, an erased one too. Raises Missing."""
    subject = db.session.get(Subject, subject_id)
    if subject is None or subject.scheme_id != actor.scheme_id:
        raise Missing
    return subject


def targets_of(subject_id: uuid.UUID) -> frozenset[uuid.UUID]:
    """Return everything that shows a person: records, pictures, reports, links and notices.

    Of an erased person the records alone are left.
    """
    records = set(one_person([subject_id]))
    reports = {report.id for report in reports_about(records)}
    held: set[uuid.UUID] = set()
    for wanted in (
        select(SubjectStill.still_id).where(SubjectStill.subject_id.in_(records)),
        select(ExclusionNotice.id).where(ExclusionNotice.subject_id.in_(records)),
        select(Escalation.id).where(Escalation.incident_id.in_(reports)),
        select(Association.id).where(
            Association.subject_id.in_(records) | Association.other_subject_id.in_(records)
        ),
    ):
        held.update(db.session.scalars(wanted))
    return frozenset(records | reports | held)


def targets_about(actor: Actor, record_id: uuid.UUID) -> frozenset[uuid.UUID]:
    """Return what a search about one record looks for; a person stands for all that shows them."""
    subject = db.session.get(Subject, record_id)
    if subject is not None and subject.scheme_id == actor.scheme_id:
        return targets_of(record_id)
    return frozenset({record_id})


def find_record(actor: Actor, typed: str) -> uuid.UUID | None:
    """Return the person, report, notice, vehicle, request or print with a reference."""
    for table in REFERRED_TO:
        found = select(table.id).where(
            table.scheme_id == actor.scheme_id, table.reference == typed.strip().upper()
        )
        record_id: uuid.UUID | None = db.session.scalar(found)
        if record_id is not None:
            return record_id
    return None


def reference_of(actor: Actor, record_id: uuid.UUID) -> str:
    """Return what a record is called."""
    told = _named(actor.scheme_id, {record_id})
    return told.get(record_id, "a record that is gone")


def _line(
    event: AuditEvent,
    seen: list[uuid.UUID],
    told: dict[uuid.UUID, str],
    names: dict[uuid.UUID, str],
    devices: dict[uuid.UUID, str],
) -> Line:
    targets = [*seen, *([event.target_id] if event.target_id else [])]
    about = dict.fromkeys(filter(None, (names.get(one) or told.get(one) for one in targets)))
    return Line(
        position=event.position,
        at=event.at,
        who=_name(event.actor_id, names),
        kind=kind_of(event.act),
        act=in_words(event.act),
        about=tuple(about),
        things=len(targets),
        detail="" if event.act == "picture shown" else " ".join(IDS.sub("", event.detail).split()),
        device=devices.get(event.session_id, "") if event.session_id else "",
    )


def _name(member_id: uuid.UUID | None, names: dict[uuid.UUID, str]) -> str:
    return names.get(member_id, LEFT) if member_id else NOBODY


def _people(events: Sequence[AuditEvent]) -> set[uuid.UUID]:
    """Return who acted, and who was acted upon."""
    acted = {event.actor_id for event in events if event.actor_id}
    return acted | {event.target_id for event in events if event.target_id and _is_person(event)}


def _is_person(event: AuditEvent) -> bool:
    return event.target == "member"


def _devices(events: Sequence[AuditEvent]) -> dict[uuid.UUID, str]:
    ids = {event.session_id for event in events if event.session_id}
    found = select(UserSession.id, UserSession.device, UserSession.tablet_id)
    rows = db.session.execute(found.where(UserSession.id.in_(ids)))
    return {row[0]: f"{row[1]}, shared tablet" if row[2] else row[1] for row in rows}


def _references(
    scheme_id: uuid.UUID, events: Sequence[AuditEvent], seen: dict[int, list[uuid.UUID]]
) -> dict[uuid.UUID, str]:
    ids = {event.target_id for event in events if event.target_id and not _is_person(event)}
    return _named(scheme_id, ids.union(*seen.values()))


def _named(scheme_id: uuid.UUID, ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, str]:
    """Return what some rows of a scheme are called, whatever they are."""
    wanted = set(ids)
    found: dict[uuid.UUID, str] = {}
    for names in _names():
        rows = db.session.execute(names.where(names.selected_columns[0].in_(wanted)))
        found.update({row[0]: row[1] for row in rows if row[2] == scheme_id})
    return found


def _names() -> tuple[Select[uuid.UUID, str, uuid.UUID], ...]:
    of_stills = select(SubjectStill.still_id, Subject.reference, Subject.scheme_id).join(
        Subject, Subject.id == SubjectStill.subject_id
    )
    of_shared = select(Escalation.id, Incident.reference, Incident.scheme_id).join(
        Incident, Incident.id == Escalation.incident_id
    )
    of_links = select(Association.id, Subject.reference, Subject.scheme_id).join(
        Subject, Subject.id == Association.subject_id
    )
    of_copies = select(PrintCopy.id, Printout.reference, Printout.scheme_id).join(
        Printout, Printout.id == PrintCopy.printout_id
    )
    return (
        *(select(table.id, table.reference, table.scheme_id) for table in REFERRED_TO),
        *(select(table.id, table.name, table.scheme_id) for table in (Area, Premises, Gallery)),
        of_stills,
        of_shared,
        of_links,
        of_copies,
    )
