"""The proof of each sweep: a row of the audit a run and scheme, with what it hid and erased."""

import uuid
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, select

from disc.access.actor import Actor
from disc.core import audit, auditing, clock
from disc.core.audit import AuditEvent
from disc.core.auditing import Search
from disc.core.database import db
from disc.dataprotection.rules import Swept, read_swept
from disc.gallery.models import Subject, SubjectState
from disc.members.models import Scheme
from disc.members.queries import get_scheme

ACT = "sweep ran"
MOST_LISTED = 100
LATE = timedelta(hours=26)
"""A sweep leaves a proof each day at least, so that one missing for so long has not run."""
ByScheme = Counter[tuple[uuid.UUID, str]]


@dataclass(frozen=True, slots=True)
class Run:
    """One sweep of a scheme."""

    at: datetime
    swept: Swept


def hidden_by_scheme(today: date) -> ByScheme:
    """Count whose day of hiding came since the last proof of their scheme.

    Nothing is done to hide them: every read asks for the day. The sweep is who counts them.
    """
    found: ByScheme = Counter()
    for scheme_id in db.session.scalars(select(Scheme.id)).all():
        last = _last_day(scheme_id)
        hidden = select(func.count()).where(
            Subject.scheme_id == scheme_id,
            Subject.state == SubjectState.PUBLISHED,
            Subject.hidden_at.is_(None),
            Subject.hide_on <= today,
            Subject.hide_on > (last or date.min),
        )
        found[scheme_id, "people"] = db.session.scalar(hidden) or 0
    return found


def leave_proofs(hidden: ByScheme, erased: ByScheme, overdue: Mapping[uuid.UUID, int]) -> None:
    """Write down what a run did in each scheme; where it did nothing, once a day."""
    today = clock.today()
    for scheme_id in db.session.scalars(select(Scheme.id)).all():
        swept = Swept(_of(hidden, scheme_id), _of(erased, scheme_id), overdue.get(scheme_id, 0))
        if swept or _last_day(scheme_id) != today:
            audit.record(audit.Entry(act=ACT, scheme_id=scheme_id, detail=str(swept)))


def runs(actor: Actor) -> list[Run]:
    """Return the scheme's newest proofs, the newest first."""
    search = Search(scheme_id=actor.scheme_id, acts=frozenset({ACT}))
    events = auditing.find_events(search, limit=MOST_LISTED)
    return [Run(event.at, read_swept(event.detail)) for event in events if not event.erased]


def is_late(actor: Actor, found: list[Run]) -> bool:
    """Say whether the sweep should have left a newer proof than these."""
    last = found[0].at if found else get_scheme(actor.scheme_id).made_at
    return clock.now() - last > LATE


def _last_day(scheme_id: uuid.UUID) -> date | None:
    last = db.session.scalar(
        select(func.max(AuditEvent.at)).where(
            AuditEvent.scheme_id == scheme_id, AuditEvent.act == ACT
        )
    )
    return last.astimezone(clock.UK).date() if last else None


def _of(counts: ByScheme, scheme_id: uuid.UUID) -> dict[str, int]:
    return {name: count for (whose, name), count in counts.items() if whose == scheme_id and count}
