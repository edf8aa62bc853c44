"""Reports made, accepted and shared with the police, for tests."""

import uuid

from disc.core import clock
from disc.core.transaction import writing
from disc.incidents import service as incidents
from disc.incidents.kinds import IncidentKind
from disc.members.models import Premises
from disc.members.queries import get_premises
from disc.police import service
from disc.stills.service import prepare
from tests.pictures import picture
from tests.world import Place

WORDS = "He said: I will be back.\nThen he ran to the <b>bus</b> stop."
REASON = "He has hurt two people this month."


def report(
    place: Place,
    *,
    who: str = "member",
    premises_id: uuid.UUID | None = None,
    pictures: int = 0,
    seed: int = 1,
    **more: object,
) -> uuid.UUID:
    """Send a report and return its id."""
    actor = place.actor(who)
    prepared = [prepare(place.scheme_id, picture(seed + number)) for number in range(pictures)]
    new = incidents.NewReport(
        submission_id=uuid.uuid4(),
        kind=IncidentKind.SHOP_THEFT,
        occurred_at=clock.now(),
        words=WORDS,
        goods="Two joints of meat",
        value_pence=4250,
        description=("tall", "red top"),
        **more,
    )
    with writing():
        shop: Premises = get_premises(actor, premises_id or place.premises_id)
        return incidents.report_incident(actor, shop, new, prepared).id


def accepted(place: Place, **more: object) -> uuid.UUID:
    """Send a report, accept it, and return its id."""
    incident_id = report(place, **more)
    with writing():
        incidents.accept(place.actor("administrator"), incident_id, None)
    return incident_id


def shared(place: Place, **more: object) -> tuple[uuid.UUID, uuid.UUID]:
    """Share an accepted report and return its id and that of the escalation."""
    incident_id = accepted(place, **more)
    with writing():
        row = service.escalate(place.actor("administrator"), incident_id, REASON)
        return incident_id, row.id
