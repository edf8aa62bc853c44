"""The two clocks: what is hidden and what is erased on its day, and the proof that it was."""

import time
import uuid
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, exists, select, true
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.orm import InstrumentedAttribute

from disc.access.actor import Actor
from disc.alerts.service import forget_old_alerts
from disc.core import audit, clock
from disc.core.database import Base, db, forget_deleted
from disc.core.keys import erase_key
from disc.core.logs import log_fault
from disc.core.mail import Message, erase_message
from disc.core.transaction import writing
from disc.dataprotection.models import LeakSearch, PublicRequest
from disc.dataprotection.proofs import ByScheme, hidden_by_scheme, leave_proofs
from disc.dataprotection.service import erase_request, erase_search
from disc.exclusions.models import ExclusionNotice
from disc.exclusions.service import erase_notice
from disc.gallery.erasing import erase_subject
from disc.gallery.models import (
    GalleryEntry,
    Identification,
    Subject,
    SubjectMerge,
    SubjectState,
    SubjectStill,
)
from disc.gallery.queries import one_person
from disc.incidents.models import Incident, IncidentState, IncidentStill
from disc.incidents.service import erase_incident
from disc.intelligence.models import Association, Vehicle
from disc.intelligence.rules import AssociationState
from disc.intelligence.service import erase_link, erase_vehicle, expire, keep_within_records
from disc.members.service import forget_old_sign_ins, forget_who_left, forget_who_waits
from disc.police.models import Escalation
from disc.police.service import erase_escalation
from disc.printing.models import Printout
from disc.printing.service import erase_printout
from disc.stills.models import Still
from disc.stills.service import erase_still

LEAVES, ENDS = "gallery_entries", "links_ended"
NOT_ERASED = {LEAVES: "places in galleries", ENDS: "links"}
"""What is taken out of sight and not erased, and what proofs call it."""
BATCH = 50
"""Records a transaction: a writer waits for a batch, never for the whole sweep."""
WITH_POLICE = (IncidentState.ESCALATED, IncidentState.OUTCOME)
TRIES, WAIT_SECONDS = 10, 0.1
"""How often, and how far apart, the log is asked to empty while somebody still reads from it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What one sweep did. ``overdue`` counts records that are still there past their day."""

    gallery_entries: int = 0
    answers: int = 0
    joinings: int = 0
    links_ended: int = 0
    links: int = 0
    vehicles: int = 0
    notices: int = 0
    shared_reports: int = 0
    public_requests: int = 0
    leak_searches: int = 0
    prints: int = 0
    people: int = 0
    reports: int = 0
    pictures: int = 0
    messages: int = 0
    members: int = 0
    sign_ins: int = 0
    alerts: int = 0
    links_shortened: int = 0
    audit_rows: int = 0
    overdue: int = 0
    log_emptied: bool = True

    def __str__(self) -> str:
        """Return the counts that are not nought, in plain words."""
        counts = {field.name: getattr(self, field.name) for field in fields(self)}
        emptied = counts.pop("log_emptied")
        told = [f"{name.replace('_', ' ')} {count}" for name, count in counts.items() if count]
        return ", ".join(told + ([] if emptied else ["log not emptied"]))


Row = Any
"""A row of the clock's own table."""


@dataclass(frozen=True, slots=True)
class Clock:
    """One kind of record: which are past their day, and how one of them goes.

    ``erase`` may return how many pictures went with it.
    """

    name: str
    table: type[Base]
    key: InstrumentedAttribute[uuid.UUID]
    due: Callable[[date], ColumnElement[bool]]
    erase: Callable[[Row], int | None]


def run_clocks() -> Result:
    """Hide and erase what is past its day; a second run, or one after a crash, does the rest.

    Each batch is a transaction that also holds the audit rows of what it erased, so that
    neither is there without the other.
    """
    today = clock.today()
    by_scheme: ByScheme = Counter()
    hidden = hidden_by_scheme(today)
    for one in CLOCKS:
        by_scheme.update(_run(one, today))
    done = _in_all(by_scheme)
    with writing():
        done["links_shortened"] = keep_within_records()
        done["members"] = forget_who_left() + forget_who_waits()
        done["sign_ins"] = forget_old_sign_ins()
        done["alerts"] = forget_old_alerts()
    done["audit_rows"] = _blank_audit(today)
    overdue = _overdue(today)
    result = Result(**done, overdue=overdue.total(), log_emptied=_empty_log())
    with writing():
        for scheme_id, name in [key for key in by_scheme if key[1] in NOT_ERASED]:
            hidden[scheme_id, NOT_ERASED[name]] = by_scheme.pop((scheme_id, name))
        leave_proofs(hidden, by_scheme, overdue)
        if str(result):
            audit.record(audit.Entry(act="clocks ran", detail=str(result)))
    return result


def _in_all(by_scheme: ByScheme) -> Counter[str]:
    done: Counter[str] = Counter()
    for (_, name), count in by_scheme.items():
        done[name] += count
    return done


def erase_person_now(actor: Actor, subject: Subject) -> None:
    """Erase a Subject before their day, and their pictures in reports too.

    Somebody whose objection was upheld does not wait (UK GDPR article 17). Pictures in a report
    that the police have stay with it as evidence until its own day, and so do those that
    another living record shows.
    """
    subject_id, scheme_id = subject.id, subject.scheme_id
    stills = _pictures_of(subject)
    erase_subject(subject)
    _erase_unheld(stills, held_by=Incident.state.in_(WITH_POLICE))
    audit.record(
        audit.Entry(
            act="erased on request",
            scheme_id=scheme_id,
            actor_id=actor.id,
            target="subject",
            target_id=subject_id,
        )
    )


def _blank_audit(today: date) -> int:
    blanked = 0
    while True:
        with writing():
            some = audit.erase_old(today)
        if not some:
            return blanked
        blanked += some


def _run(one: Clock, today: date) -> ByScheme:
    ids = list(db.session.scalars(select(one.key).where(one.due(today)).order_by(one.key)))
    db.session.rollback()
    done: ByScheme = Counter()
    for start in range(0, len(ids), BATCH):
        done.update(_batch(one, ids[start : start + BATCH], today))
    return done


def _batch(one: Clock, ids: Sequence[uuid.UUID], today: date) -> ByScheme:
    """Erase some records together; one that cannot be erased does not keep the others."""
    try:
        with writing():
            return _erase(one, ids, today)
    except (OperationalError, InterfaceError):
        raise  # the database is gone: the next sweep goes on from here
    except Exception as error:  # noqa: BLE001 - whatever is wrong with one row, the rest must go
        if len(ids) == 1:
            log_fault(error)
            return Counter()
    middle = len(ids) // 2
    return _batch(one, ids[:middle], today) + _batch(one, ids[middle:], today)


def _erase(one: Clock, ids: Sequence[uuid.UUID], today: date) -> ByScheme:
    """Erase those that are still due: their day may have been put off since they were listed."""
    found = select(one.table).where(one.key.in_(ids), one.due(today))
    rows: Sequence[Row] = db.session.scalars(
        found.with_for_update(of=one.table, skip_locked=True)
    ).all()
    done: ByScheme = Counter()
    for row in rows:
        scheme_id = _scheme_of(row)
        done[scheme_id, "pictures"] += one.erase(row) or 0
        done[scheme_id, one.name] += 1
    db.session.flush()
    _prove(one.name, done)
    return done


def _prove(name: str, done: ByScheme) -> None:
    audit.record(
        *(
            audit.Entry(
                act="past their day",
                scheme_id=scheme_id,
                detail=f"{name.replace('_', ' ')} {count}",
            )
            for (scheme_id, what), count in done.items()
            if what == name
        )
    )


def _scheme_of(row: Row) -> uuid.UUID:
    if isinstance(row, GalleryEntry):
        return db.session.get_one(Subject, row.subject_id).scheme_id
    scheme_id: uuid.UUID = row.scheme_id
    return scheme_id


def _erase_whole(row: Identification | SubjectMerge) -> None:
    erase_key(row)
    db.session.delete(row)


def _erase_person(row: Subject) -> int:
    stills = _pictures_of(row)
    erase_subject(row)
    return _erase_unheld(stills)


def _pictures_of(subject: Subject) -> list[uuid.UUID]:
    """Return the pictures of a person: of the record and of those merged into it."""
    records = one_person([subject.id])
    held = select(SubjectStill.still_id).where(SubjectStill.subject_id.in_(records))
    return list(db.session.scalars(held))


def _erase_report(row: Incident) -> int:
    held = select(IncidentStill.still_id).where(IncidentStill.incident_id == row.id)
    stills = list(db.session.scalars(held))
    erase_incident(row)
    return _erase_unheld(stills)


def _erase_unheld(
    still_ids: Sequence[uuid.UUID], *, held_by: ColumnElement[bool] | None = None
) -> int:
    """Erase the pictures of an erased record, but for those that a living record shows.

    Those stay until their own day. ``held_by`` narrows which reports count.
    """
    db.session.flush()
    in_report = exists().where(
        IncidentStill.still_id == Still.id,
        Incident.id == IncidentStill.incident_id,
        Incident.erased_at.is_(None),
        true() if held_by is None else held_by,
    )
    of_person = exists().where(
        SubjectStill.still_id == Still.id,
        Subject.id == SubjectStill.subject_id,
        Subject.state != SubjectState.ERASED,
    )
    found = select(Still).where(
        Still.id.in_(still_ids), Still.erased_at.is_(None), ~in_report, ~of_person
    )
    unheld = db.session.scalars(found).all()
    for still in unheld:
        erase_still(still)
    return len(unheld)


def _on_day(table: type[Base]) -> Callable[[date], ColumnElement[bool]]:
    """Select a table's rows past their day; of those that outlive their words, the unerased.

    A row without its key came back with a restored backup after it was erased: it goes too.
    """
    columns = table.__table__.columns

    def due(today: date) -> ColumnElement[bool]:
        past: ColumnElement[bool] = columns["erase_on"] <= today
        gone = past | columns["data_key_id"].is_(None)
        return gone & columns["erased_at"].is_(None) if "erased_at" in columns else gone

    return due


def _overdue(today: date) -> Counter[uuid.UUID]:
    """Count by scheme what is still there past its day: nought, or a person must look."""
    left: Counter[uuid.UUID] = Counter()
    for one in CLOCKS:
        left.update(
            _scheme_of(row) for row in db.session.scalars(select(one.table).where(one.due(today)))
        )
    return left


def _empty_log() -> bool:
    """Empty the database's log, in which an erased key could still be read, and say if it is."""
    db.session.rollback()  # our own reading would keep the log from being emptied
    for _ in range(TRIES):
        if forget_deleted(db.engine):
            return True
        time.sleep(WAIT_SECONDS)
    return False


CLOCKS = (
    Clock(
        LEAVES,
        GalleryEntry,
        GalleryEntry.subject_id,
        lambda today: GalleryEntry.expires_on <= today,
        db.session.delete,
    ),
    Clock("answers", Identification, Identification.id, _on_day(Identification), _erase_whole),
    Clock("joinings", SubjectMerge, SubjectMerge.id, _on_day(SubjectMerge), _erase_whole),
    Clock(
        ENDS,
        Association,
        Association.id,
        lambda today: (
            (Association.expires_on <= today) & (Association.state != AssociationState.EXPIRED)
        ),
        expire,
    ),
    Clock("links", Association, Association.id, _on_day(Association), erase_link),
    Clock("vehicles", Vehicle, Vehicle.id, _on_day(Vehicle), erase_vehicle),
    Clock("notices", ExclusionNotice, ExclusionNotice.id, _on_day(ExclusionNotice), erase_notice),
    Clock("shared_reports", Escalation, Escalation.id, _on_day(Escalation), erase_escalation),
    Clock(
        "public_requests", PublicRequest, PublicRequest.id, _on_day(PublicRequest), erase_request
    ),
    Clock("leak_searches", LeakSearch, LeakSearch.id, _on_day(LeakSearch), erase_search),
    Clock("prints", Printout, Printout.id, _on_day(Printout), erase_printout),
    Clock(
        "people",
        Subject,
        Subject.id,
        lambda today: (
            ((Subject.erase_on <= today) | Subject.data_key_id.is_(None))
            & (Subject.state != SubjectState.ERASED)
        ),
        _erase_person,
    ),
    Clock("reports", Incident, Incident.id, _on_day(Incident), _erase_report),
    Clock("pictures", Still, Still.id, _on_day(Still), erase_still),
    Clock("messages", Message, Message.id, _on_day(Message), erase_message),
)
"""In this order: what hangs on a record goes before it, pictures that nobody holds go last."""
