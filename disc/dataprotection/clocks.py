"""Each kind of record that has a day: which are past it, and how one of them goes."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement
from sqlalchemy.orm import InstrumentedAttribute

from disc.boxes.models import Box
from disc.boxes.service import erase_box
from disc.core import clock
from disc.core.database import Base, db
from disc.core.keys import erase_key
from disc.core.mail import Message, erase_message
from disc.dataprotection.erasing import erase_person, erase_report
from disc.dataprotection.models import LeakSearch, PublicRequest
from disc.dataprotection.service import erase_request, erase_search
from disc.evidence.models import Video
from disc.evidence.service import erase_video
from disc.exclusions.models import ExclusionNotice
from disc.exclusions.service import erase_notice
from disc.gallery.models import (
    GalleryEntry,
    Identification,
    Subject,
    SubjectMerge,
    SubjectState,
)
from disc.importing.models import FileState, ImportFile, ImportLine
from disc.importing.service import forget
from disc.incidents.models import Incident
from disc.intelligence.models import Association, Vehicle
from disc.intelligence.rules import AssociationState
from disc.intelligence.service import erase_link, erase_vehicle, expire
from disc.police.models import Escalation
from disc.police.service import erase_escalation
from disc.printing.models import Printout
from disc.printing.service import erase_printout
from disc.stills.models import Still
from disc.stills.service import erase_still

LEAVES, ENDS = "gallery_entries", "links_ended"
NOT_ERASED = {LEAVES: "places in galleries", ENDS: "links"}
"""What is taken out of sight and not erased, and what proofs call it."""
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


def scheme_of(row: Row) -> uuid.UUID:
    """Return the scheme of a row of any clock."""
    if isinstance(row, GalleryEntry):
        return db.session.get_one(Subject, row.subject_id).scheme_id
    scheme_id: uuid.UUID = row.scheme_id
    return scheme_id


def _erase_whole(row: Identification | SubjectMerge) -> None:
    erase_key(row)
    db.session.delete(row)


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


def _no_longer_kept(today: date) -> ColumnElement[bool]:
    """Select imports of which nothing may be kept any more: their file, or all of them."""
    past = (ImportFile.forget_at <= clock.now()) & (
        ImportFile.data_key_id.is_not(None) | (ImportFile.state == FileState.CHECKED)
    )
    return past | (ImportFile.erase_on <= today)


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
    Clock("import_files", ImportFile, ImportFile.id, _no_longer_kept, forget),
    Clock(
        "import_lines",
        ImportLine,
        ImportLine.id,
        lambda today: ImportLine.erase_on <= today,
        db.session.delete,
    ),
    Clock("prints", Printout, Printout.id, _on_day(Printout), erase_printout),
    Clock(
        "people",
        Subject,
        Subject.id,
        lambda today: (
            ((Subject.erase_on <= today) | Subject.data_key_id.is_(None))
            & (Subject.state != SubjectState.ERASED)
        ),
        erase_person,
    ),
    Clock("saved_reports", Box, Box.id, _on_day(Box), erase_box),
    Clock("reports", Incident, Incident.id, _on_day(Incident), erase_report),
    Clock("videos", Video, Video.id, _on_day(Video), erase_video),
    Clock("pictures", Still, Still.id, _on_day(Still), erase_still),
    Clock("messages", Message, Message.id, _on_day(Message), erase_message),
)
"""In this order: what hangs on a record goes before it, pictures that nobody holds go last."""
