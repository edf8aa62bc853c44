"""What follows a sent report: a question, its answer, what is added or changed, an end."""

import uuid
from collections.abc import Collection

from sqlalchemy import delete, select

from disc.access.actor import Actor
from disc.core import audit, clock
from disc.core.database import db, new_id
from disc.core.errors import Missing, Stale
from disc.gallery.leafing import visible
from disc.gallery.models import Subject
from disc.incidents.errors import NothingFollows, NotOfWelfare
from disc.incidents.kinds import WELFARE
from disc.incidents.models import (
    STANDS,
    Incident,
    IncidentKnown,
    IncidentNote,
    IncidentState,
    IncidentStill,
    NoteKind,
)
from disc.incidents.queries import find_note, get_report, unread_of
from disc.incidents.service import (
    NewReport,
    add_known,
    as_asked,
    get_undecided,
    move,
    note_change,
    source_of,
    tell,
    welfare_is_words_alone,
)
from disc.members.models import Premises
from disc.stills.models import Still
from disc.stills.service import Prepared, add_still

CHANGED_SINCE = "This report was changed on another page since. Nothing is saved yet."


def ask(actor: Actor, incident_id: uuid.UUID, submission_id: uuid.UUID, words: str) -> None:
    """Give a report back to its reporter with a question. Raises ChangedReport."""
    if find_note(actor, submission_id) is not None:
        return
    incident = get_undecided(actor, incident_id)
    for earlier in unread_of(incident.id):
        earlier.read_at = clock.now()  # the next question follows from the answer
    note = IncidentNote(submission_id=submission_id, kind=NoteKind.QUESTION)
    _write(actor, incident, note, words)
    move(actor, incident, IncidentState.RETURNED)


def amend(
    actor: Actor, incident_id: uuid.UUID, premises: Premises, new: NewReport, version: int
) -> None:
    """Write anew what a report tells, until a manager decides; photos and notes stay.

    ``version`` is how often it was changed when the page was made. Raises ChangedReport once it
    is decided, Stale where another page changed it since, and NotOfWelfare where it would become a
    report of somebody who needs help, or one that accuses would come of such a report.
    """
    incident = get_undecided(actor, incident_id)
    if (new.kind in WELFARE) != (incident.kind in WELFARE):
        raise NotOfWelfare
    welfare_is_words_alone(new, [])
    if incident.amended != version:
        raise Stale(CHANGED_SINCE)
    asked = as_asked(new)
    tell(actor, incident, premises, asked)
    _take_back_known(actor, incident)
    add_known(actor, incident, asked.known_ids)
    _follow_premises(incident)
    note_change(incident)
    audit.record(audit.by(actor, "report changed", "incident", incident.id))


def _take_back_known(actor: Actor, incident: Incident) -> None:
    """Take back whom a report points at, of those whom the page could show its reporter."""
    shown = visible(actor).with_only_columns(Subject.id)
    db.session.execute(
        delete(IncidentKnown).where(
            IncidentKnown.incident_id == incident.id, IncidentKnown.subject_id.in_(shown)
        )
    )


def _follow_premises(incident: Incident) -> None:
    """Let the pictures of a report belong to the premises that it now names."""
    came_with = select(IncidentStill.still_id).where(IncidentStill.incident_id == incident.id)
    for still in db.session.scalars(select(Still).where(Still.id.in_(came_with))):
        still.premises_id = incident.premises_id


def add(
    actor: Actor,
    incident: Incident,
    submission_id: uuid.UUID,
    words: str,
    pictures: list[Prepared],
) -> None:
    """Add words and pictures to a report: the answer where a question waits for one.

    What was sent stays as it was. ``pictures`` were prepared before the transaction. Raises Missing
    once the report is erased, and NotOfWelfare for pictures of somebody who needs help.
    """
    if find_note(actor, submission_id) is not None:
        return
    db.session.refresh(incident, with_for_update={"of": Incident})
    if incident.is_erased:
        raise Missing
    if pictures and incident.kind in WELFARE:
        raise NotOfWelfare
    answers = incident.state is IncidentState.RETURNED
    kind = NoteKind.ANSWER if answers else NoteKind.SUPPLEMENT
    note = IncidentNote(submission_id=submission_id, kind=kind, pictures=len(pictures))
    _write(actor, incident, note, words)
    for picture in pictures:
        still = add_still(picture, incident.premises, incident.erase_on, source_of(actor), actor.id)
        db.session.add(IncidentStill(incident_id=incident.id, still_id=still.id))
    if answers:
        move(actor, incident, IncidentState.SUBMITTED)
    note_change(incident)
    audit.record(audit.by(actor, "report added to", "incident", incident.id))


def mark_read(actor: Actor, incident_id: uuid.UUID, note_ids: Collection[uuid.UUID]) -> None:
    """Say that a manager read what the reporter added, of what the page showed and no more."""
    incident = get_report(actor, incident_id)
    for note in unread_of(incident.id):
        if note.id in note_ids:
            note.read_at = clock.now()
    audit.record(audit.by(actor, "added words read", "incident", incident.id))


def close(actor: Actor, incident_id: uuid.UUID, words: str) -> None:
    """Say that nothing more follows from an accepted report; the reporter reads the words.

    Closing it twice is closing it once. Raises NothingFollows for one that nobody accepted.
    """
    incident = get_report(actor, incident_id)
    db.session.refresh(incident, with_for_update={"of": Incident})
    if incident.is_erased:
        raise Missing
    if incident.state is IncidentState.CLOSED:
        return
    if incident.state not in STANDS:
        raise NothingFollows
    incident.reason = words
    move(actor, incident, IncidentState.CLOSED)


def _write(actor: Actor, incident: Incident, note: IncidentNote, words: str) -> None:
    note.id, note.scheme_id, note.incident_id = new_id(), incident.scheme_id, incident.id
    note.by_id, note.words = actor.id, words
    db.session.add(note)
    db.session.flush()
