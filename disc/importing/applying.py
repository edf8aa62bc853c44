"""The worker's part: good lines come in, some a transaction, each once whatever breaks."""

import time
import uuid
from collections.abc import Sequence

from disc.access.actor import Actor, Role
from disc.access.permissions import Permission
from disc.access.policy import permits
from disc.core import audit, clock
from disc.core.database import db, new_id
from disc.core.transaction import writing
from disc.importing import checking, rules, service
from disc.importing.checking import Checked, Fate, Line
from disc.importing.columns import Kind
from disc.importing.judging import Judged, NewMember, PastIncident
from disc.importing.models import FileState, ImportFile, ImportLine
from disc.importing.queries import hold_file
from disc.incidents.history import add_past
from disc.members.errors import AlreadyMember
from disc.members.joining import NewPerson, invite_by_mail
from disc.members.models import Member, MemberState, Scheme
from disc.members.queries import actor_of, get_premises

BATCH = {Kind.INCIDENTS: 100, Kind.MEMBERS: 20}
"""Lines a transaction: nobody else writes for about a fifth of a second."""


def bring_in(file_id: uuid.UUID) -> None:
    """Take in the lines of a confirmed file from where the last batch ended; again, nothing more.

    The lines are judged once more: what changed since they were shown counts.
    """
    row = db.session.get(ImportFile, file_id)
    if row is None or row.state is not FileState.RUNNING or service.is_gone(row):
        return
    actor, data = _who(row.brought_by_id), service.kept(row)
    kind = row.kind
    db.session.rollback()
    if actor is None:
        _stop(file_id)
        return
    table, places = checking.read(kind, data)
    checked = checking.check(actor, kind, table, places)
    db.session.rollback()
    while _batch(actor, file_id, checked):
        time.sleep(0)


def _who(member_id: uuid.UUID) -> Actor | None:
    """Return whoever confirmed, while they still may."""
    member = db.session.get_one(Member, member_id)
    actor = actor_of(member)
    active = member.state is MemberState.ACTIVE
    return actor if active and permits(actor, Permission.IMPORT_RECORDS, actor) else None


def _stop(file_id: uuid.UUID) -> None:
    """End an import whose person may not import any more."""
    with writing():
        row = hold_file(file_id)
        if row is not None and row.state is FileState.RUNNING:
            row.walked = row.lines
            _end(row, None)


def _batch(actor: Actor, file_id: uuid.UUID, checked: Checked) -> bool:
    """Take in the next lines together with the note of how far it is; say whether more are left."""
    with writing():
        row = hold_file(file_id)
        if row is None or row.state is not FileState.RUNNING:
            return False
        some = checked.lines[row.walked : row.walked + BATCH[row.kind]]
        row.made += _take_in(actor, row, some)
        row.walked += len(some)
        row.moved_at = clock.now()
        if row.walked < row.lines:
            return True
        _end(row, checking.refused_sheet(checked))
        return False


def _end(row: ImportFile, refused: bytes | None) -> None:
    """End an import: the file gives way to the lines that it was refused, for an hour."""
    row.state, row.moved_at = FileState.DONE, clock.now()
    row.forget_at = clock.now() + rules.KEPT_FOR
    if refused is None:
        row.kept_sealed = None
    else:
        service.keep(row, refused)
    detail = f"{row.kind} {row.made} of {row.lines}"
    audit.record(
        audit.Entry(
            act="import done",
            scheme_id=row.scheme_id,
            actor_id=row.brought_by_id,
            target="import",
            target_id=row.id,
            detail=detail,
        )
    )


def _take_in(actor: Actor, row: ImportFile, lines: Sequence[Line]) -> int:
    """Take in those lines that nobody brought since they were judged; return how many."""
    good = [line.judged for line in lines if line.fate is Fate.GOOD]
    if row.kind is Kind.MEMBERS:
        return sum(_invite(actor, one.what) for one in good if isinstance(one.what, NewMember))
    _take_turn(row.scheme_id)
    there = checking.taken(actor, row.kind, good)
    ids = [_report(actor, row, one) for one in good if one.mark not in there]
    audit.record(*(_reported(row, incident_id) for incident_id in ids))
    return len(ids)


def _take_turn(scheme_id: uuid.UUID) -> None:
    """Let one import of a scheme at a time look for what is there, and add what is not."""
    db.session.get_one(
        Scheme, scheme_id, with_for_update={"key_share": True}, populate_existing=True
    )


def _report(actor: Actor, row: ImportFile, one: Judged) -> uuid.UUID:
    what = one.what
    assert isinstance(what, PastIncident)  # noqa: S101 - a good line of this kind of file
    premises = get_premises(actor, what.premises_id)
    incident = add_past(actor, premises, what.past, what.erase_on)
    line = ImportLine(
        id=new_id(),
        scheme_id=row.scheme_id,
        mark=one.mark,
        file_id=row.id,
        incident_id=incident.id,
        erase_on=what.erase_on,
    )
    db.session.add(line)
    return incident.id


def _invite(actor: Actor, what: NewMember) -> bool:
    """Ask somebody in as by hand; say whether they were not there already."""
    shop = get_premises(actor, what.premises_id)
    person = NewPerson(
        name=what.name, email=what.email, role=Role.MEMBER, areas=[shop.area], premises=[shop]
    )
    try:
        invite_by_mail(actor, person)
    except AlreadyMember:
        return False
    return True


def _reported(row: ImportFile, incident_id: uuid.UUID) -> audit.Entry:
    return audit.Entry(
        act="report imported",
        scheme_id=row.scheme_id,
        actor_id=row.brought_by_id,
        target="incident",
        target_id=incident_id,
        detail=f"import {row.id}",
    )
