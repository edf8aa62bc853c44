"""What goes with a record that is erased: the pictures and videos that nothing else holds."""

import uuid
from collections.abc import Sequence

from sqlalchemy import ColumnElement, exists, select, true

from disc.access.actor import Actor
from disc.core import audit
from disc.core.database import db
from disc.evidence.models import Video
from disc.evidence.queries import all_videos_of
from disc.evidence.service import erase_video
from disc.gallery.erasing import erase_subject
from disc.gallery.models import Subject, SubjectState, SubjectStill
from disc.gallery.queries import one_person
from disc.incidents.models import Incident, IncidentStill, IncidentSubject
from disc.incidents.service import erase_incident
from disc.police.models import Escalation
from disc.stills.models import Still
from disc.stills.service import erase_still


def erase_person_now(actor: Actor, subject: Subject) -> None:
    """Erase a Subject before their day, and their pictures in reports too.

    Somebody whose objection was upheld does not wait (UK GDPR article 17). Pictures in a report
    that the police have stay with it as evidence until its own day, and so do those that
    another living record shows. The videos of reports about them go too, likewise.
    """
    subject_id, scheme_id = subject.id, subject.scheme_id
    stills = _pictures_of(subject)
    for video in _videos_about(subject):
        erase_video(video, actor.id)
    erase_subject(subject)
    _erase_unheld(stills, held_by=Incident.id.in_(select(Escalation.incident_id)))
    audit.record(
        audit.Entry(
            act="erased on request",
            scheme_id=scheme_id,
            actor_id=actor.id,
            target="subject",
            target_id=subject_id,
        )
    )


def erase_person(row: Subject) -> int:
    """Erase a Subject whose day has come; return how many pictures went as well."""
    stills = _pictures_of(row)
    erase_subject(row)
    return _erase_unheld(stills)


def erase_report(row: Incident) -> int:
    """Erase a report whose day has come; return how many pictures went as well."""
    held = select(IncidentStill.still_id).where(IncidentStill.incident_id == row.id)
    stills = list(db.session.scalars(held))
    for video in all_videos_of(row.id):
        erase_video(video)
    erase_incident(row)
    return _erase_unheld(stills)


def _videos_about(subject: Subject) -> list[Video]:
    """Return the videos of reports about a person that the police do not have."""
    about = select(IncidentSubject.incident_id).where(
        IncidentSubject.subject_id.in_(one_person([subject.id]))
    )
    found = select(Video).join(Incident, Incident.id == Video.incident_id)
    held = Incident.id.in_(about) & Incident.id.not_in(select(Escalation.incident_id))
    return list(db.session.scalars(found.where(held)))


def _pictures_of(subject: Subject) -> list[uuid.UUID]:
    """Return the pictures of a person: of the record and of those merged into it."""
    records = one_person([subject.id])
    held = select(SubjectStill.still_id).where(SubjectStill.subject_id.in_(records))
    return list(db.session.scalars(held))


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
