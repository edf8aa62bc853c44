"""Taking back what came in with a file: each report that nothing rests on goes whole."""

import time
import uuid

import sqlalchemy as sa
from sqlalchemy import exists, or_, select

from disc.core import audit, clock
from disc.core.database import Base, db
from disc.core.keys import erase_key
from disc.core.transaction import writing
from disc.importing.models import FileState, ImportFile, ImportLine
from disc.importing.queries import hold_file
from disc.incidents.models import Incident, IncidentState, IncidentStep

BATCH = 50
ITS_OWN = {IncidentStep.__tablename__, ImportLine.__tablename__}
"""Tables whose rows come and go with a report."""


def take_back(file_id: uuid.UUID) -> None:
    """Remove the reports of an import from where the last batch ended; again, nothing more.

    A report that somebody decided about, linked or shared since stays, and keeps its line.
    """
    after = uuid.UUID(int=0)
    while True:
        with writing():
            row = hold_file(file_id)
            if row is None or row.state is not FileState.GOING_BACK:
                return
            lines = _next(row.id, after)
            if not lines:
                _end(row)
                return
            after = lines[-1].id
            row.made -= _remove(row, lines)
            row.moved_at = clock.now()
        time.sleep(0)


def _next(file_id: uuid.UUID, after: uuid.UUID) -> list[ImportLine]:
    found = select(ImportLine).where(ImportLine.file_id == file_id, ImportLine.id > after)
    return list(db.session.scalars(found.order_by(ImportLine.id).limit(BATCH)))


def _remove(row: ImportFile, lines: list[ImportLine]) -> int:
    ids = [line.incident_id for line in lines]
    found = select(Incident).where(
        Incident.id.in_(ids),
        Incident.scheme_id == row.scheme_id,
        Incident.state == IncidentState.CLOSED,
        ~_rests_on_it(),
    )
    removed = db.session.scalars(found.with_for_update(of=Incident)).all()
    audit.record(*(_taken_back(row, one.id) for one in removed))
    gone = {one.id for one in removed}
    for line in lines:
        if line.incident_id in gone:
            db.session.delete(line)
    db.session.flush()
    for one in removed:
        erase_key(one)
        db.session.delete(one)
    db.session.flush()
    return len(removed)


def _rests_on_it() -> sa.ColumnElement[bool]:
    """Say in SQL that some row points at a report, but for those that are a part of it."""
    return or_(
        *(
            exists().where(column == Incident.id).correlate(Incident.__table__)
            for table in Base.metadata.sorted_tables
            if table.name not in ITS_OWN
            for column in table.columns
            for key in column.foreign_keys
            if key.column is Incident.__table__.columns["id"]
        )
    )


def _end(row: ImportFile) -> None:
    """Say that it is done; what was kept of the refused lines goes with it."""
    row.state, row.moved_at, row.kept_sealed = FileState.TAKEN_BACK, clock.now(), None
    audit.record(
        audit.Entry(
            act="import taken back",
            scheme_id=row.scheme_id,
            actor_id=row.brought_by_id,
            target="import",
            target_id=row.id,
            detail=f"left {row.made}",
        )
    )


def _taken_back(row: ImportFile, incident_id: uuid.UUID) -> audit.Entry:
    return audit.Entry(
        act="imported report taken back",
        scheme_id=row.scheme_id,
        actor_id=row.brought_by_id,
        target="incident",
        target_id=incident_id,
        detail=f"import {row.id}",
    )
