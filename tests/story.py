"""Steps that many tests begin with: a report sent, a person in the gallery."""

import uuid

from disc.access.actor import Actor
from disc.core import clock
from disc.core.database import db, new_id
from disc.core.transaction import writing
from disc.gallery.service import NewSubject, add_subject
from disc.incidents import service as incidents
from disc.incidents.kinds import IncidentKind
from disc.incidents.queries import stills_of
from disc.members.models import Premises
from disc.stills.service import prepare
from tests.pictures import picture
from tests.world import Place


def reported(
    place: Place, who: str = "member", *, pictures: tuple[bytes, ...] = (), words: str = "They ran."
) -> uuid.UUID:
    """Send a report; the second premises are used by those who work there."""
    actor: Actor = place.actor(who)
    premises_id = place.other_premises_id if who == "far_member" else place.premises_id
    prepared = [prepare(place.scheme_id, one) for one in pictures]
    with writing():
        incident = incidents.report_incident(
            actor,
            db.session.get_one(Premises, premises_id),
            incidents.NewReport(
                submission_id=new_id(),
                kind=IncidentKind.SHOP_THEFT,
                occurred_at=clock.now(),
                words=words,
                description=("tall", "red top"),
            ),
            prepared,
        )
        return incident.id


def in_gallery(
    place: Place, *, seed: int = 1, who: str = "member", under_18: bool = False
) -> tuple[uuid.UUID, uuid.UUID]:
    """Report, accept, and add the person; return (Subject, still)."""
    incident_id = reported(place, who, pictures=(picture(seed),))
    manager = place.actor("administrator")
    with writing():
        incident = incidents.get_report(manager, incident_id)
        still_id = stills_of([incident_id])[incident_id][0]
        subject = add_subject(
            manager,
            NewSubject(
                area_ids=frozenset({incident.area_id}),
                still_ids=(still_id,),
                description=incident.description,
                under_18=under_18,
            ),
        )
        incidents.accept(manager, incident_id, subject.id)
        return subject.id, still_id
