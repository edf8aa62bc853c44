"""A record erased: the key, every sealed word, every link."""

from sqlalchemy import delete, select

from disc.core import audit
from disc.core.database import db
from disc.core.keys import erase_key
from disc.core.outbox import publish
from disc.gallery.events import AnswersChanged, SubjectErased
from disc.gallery.models import (
    GalleryEntry,
    Identification,
    Sighting,
    Subject,
    SubjectArea,
    SubjectMerge,
    SubjectState,
    SubjectStill,
    SubjectToken,
)
from disc.gallery.service import pictures_changed


def erase_subject(subject: Subject) -> None:
    """Erase a Subject: the key, every sealed word, every link to a picture or an Area.

    Records merged into it are of the same person and go with it.
    """
    merged = select(Subject).where(
        Subject.merged_into_id == subject.id, Subject.state != SubjectState.ERASED
    )
    for record in {subject, *db.session.scalars(merged).all()}:
        _erase_record(record)


def _erase_record(subject: Subject) -> None:
    pictures_changed(subject)
    erase_key(subject)
    for column in Subject.__table__.columns:
        if column.name.endswith("_sealed"):
            setattr(subject, column.name, None)
    subject.state = SubjectState.ERASED
    subject.under_10 = subject.under_18 = subject.vulnerable = subject.restricted_only = False
    subject.agreed_by_id = subject.agreed_at = None
    subject.marked_on = subject.lead_still_id = None
    for table in (SubjectArea, SubjectStill, GalleryEntry, SubjectToken, Sighting):
        db.session.execute(delete(table).where(table.subject_id == subject.id))
    db.session.execute(delete(SubjectArea).where(SubjectArea.via_id == subject.id))
    about = select(Identification).where(Identification.subject_id == subject.id)
    told = db.session.scalars(about).all()
    if told:
        publish(AnswersChanged(scheme_id=subject.scheme_id, subject_id=subject.id))
    merges = select(SubjectMerge).where(
        (SubjectMerge.kept_id == subject.id) | (SubjectMerge.absorbed_id == subject.id)
    )
    for row in [*told, *db.session.scalars(merges)]:
        erase_key(row)
        db.session.delete(row)
    db.session.flush()
    publish(SubjectErased(subject_id=subject.id))
    audit.record(
        audit.Entry(
            act="subject erased",
            scheme_id=subject.scheme_id,
            target="subject",
            target_id=subject.id,
        )
    )
