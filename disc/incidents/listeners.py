"""Why a report's pictures may be seen by whoever sent them."""

import uuid

from sqlalchemy import select

from disc.access.actor import Actor
from disc.core.database import db
from disc.incidents.models import Incident, IncidentStill
from disc.stills.ports import opens_stills


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
