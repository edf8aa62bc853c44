"""Who sees a report's pictures, how its reporter hears of it, and what goes with a Subject."""

import uuid
from datetime import timedelta

from sqlalchemy import delete, select

from disc.access.actor import Actor
from disc.core.database import db
from disc.core.live import News, follows, live
from disc.core.outbox import Lane, hears
from disc.core.transaction import writing
from disc.gallery.events import SubjectErased
from disc.incidents.events import ReportMoved
from disc.incidents.models import Incident, IncidentKnown, IncidentStill
from disc.incidents.ports import Led, People, all_of, counts_what_followed
from disc.incidents.queries import count_named
from disc.members.models import PushKind
from disc.members.service import push_to
from disc.stills.ports import opens_stills

WORTH_TELLING = timedelta(days=1)
"""After so long a phone that was off is told nothing: Home tells it."""


@opens_stills
def own_report(actor: Actor, still_ids: set[uuid.UUID]) -> set[uuid.UUID]:
    """Open the pictures that the actor sent."""
    found = (
        select(IncidentStill.still_id)
        .join(Incident, Incident.id == IncidentStill.incident_id)
        .where(
            IncidentStill.still_id.in_(still_ids),
            Incident.reporter_id == actor.id,
            Incident.scheme_id == actor.scheme_id,
        )
    )
    return set(db.session.scalars(found))


@counts_what_followed(1)
def named(_actor: Actor, people: People, /) -> Led:
    """Count the people who got a name."""
    return Led(count_named(all_of(people)), "named")


@hears(ReportMoved, Lane.LIVE)
def tell_moved(happened: ReportMoved) -> None:
    """Tell every process that something became of a report."""
    live().tell(
        "report_moved",
        id=happened.incident_id,
        scheme_id=happened.scheme_id,
        reporter_id=happened.reporter_id,
    )


@hears(ReportMoved)
def push_moved(happened: ReportMoved) -> None:
    """Tell the phones of its reporter, without a word of what became of it."""
    path = f"/my-reports/{happened.incident_id}"
    with writing():
        push_to([happened.reporter_id], PushKind.REPORT, path, WORTH_TELLING)


@follows("report_moved")
def send_moved(told: News) -> None:
    """Tell the open pages of its reporter, and nobody else's."""
    reporter_id = uuid.UUID(told["reporter_id"])
    live().send("report_moved", {"id": told["id"]}, may=lambda actor: actor.id == reporter_id)


@hears(SubjectErased)
def forget_who_was_known(erased: SubjectErased) -> None:
    """Forget which reporters believed to have seen a Subject who was erased."""
    with writing():
        db.session.execute(
            delete(IncidentKnown).where(IncidentKnown.subject_id == erased.subject_id)
        )
