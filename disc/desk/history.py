"""What happened to a person's record, told from the audit, which holds ids and no names."""

import uuid
from collections.abc import Iterable

from sqlalchemy import select

from disc.access.actor import Actor
from disc.access.permissions import Permission
from disc.access.policy import may_ever
from disc.core import auditing
from disc.core.audit import AuditEvent
from disc.core.auditing import Search
from disc.core.database import db
from disc.core.web import when
from disc.dataprotection.tracing import LEFT, NOBODY
from disc.desk.rules import HISTORY
from disc.gallery.models import Gallery, Subject
from disc.members.queries import member_names

MOST_STEPS = 100


def history_of(actor: Actor, subject_ids: Iterable[uuid.UUID]) -> list[dict[str, str]]:
    """Return the steps of some records of one person, the newest first, for the timeline."""
    records = frozenset(subject_ids)
    search = Search(scheme_id=actor.scheme_id, target_ids=records, acts=frozenset(HISTORY))
    events = auditing.find_events(search, limit=MOST_STEPS)
    names = member_names(actor, {one.actor_id for one in events if one.actor_id})
    called = _called(actor, events)
    return [_step(event, names, called, several=len(records) > 1) for event in events]


def _step(
    event: AuditEvent,
    names: dict[uuid.UUID, str],
    called: dict[str, str],
    *,
    several: bool,
) -> dict[str, str]:
    who = names.get(event.actor_id, LEFT) if event.actor_id else NOBODY
    about = f"{called.get(str(event.target_id), '')}, " if several else ""
    return {
        "title": HISTORY[event.act].format(other=called.get(event.detail, "that is gone now")),
        "state": "done",
        "at": when(event.at),
        "note": f"{about}{who}",
    }


def _called(actor: Actor, events: list[AuditEvent]) -> dict[str, str]:
    """Return what records and galleries are called today, by their ids as text.

    A child under 10 is called nothing, but for Administrators.
    """
    of_scheme = Subject.scheme_id == actor.scheme_id
    if not may_ever(actor, Permission.SEE_UNDER_10):
        of_scheme &= Subject.under_10.is_(False)
    ids = {event.target_id for event in events} | {_id(event.detail) for event in events}
    wanted = ids - {None}
    records = select(Subject.id, Subject.reference).where(of_scheme, Subject.id.in_(wanted))
    shelves = select(Gallery.id, Gallery.name).where(
        Gallery.scheme_id == actor.scheme_id, Gallery.id.in_(wanted)
    )
    return {
        str(row[0]): row[1] for found in (records, shelves) for row in db.session.execute(found)
    }


def _id(detail: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(detail)
    except ValueError:
        return None
