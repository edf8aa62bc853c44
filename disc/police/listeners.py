"""What sharing opens: the pictures to the police, the answer to the reporter."""

import uuid

from disc.access.actor import Actor
from disc.access.permissions import Permission
from disc.access.policy import may_ever
from disc.incidents.ports import Fact, Led, People, counts_what_followed, tells_reporter
from disc.police.models import Outcome
from disc.police.queries import (
    answered_stills,
    count_with_outcome,
    find_escalation,
    shared_stills,
)
from disc.stills.ports import opens_stills

TOLD = {
    Outcome.INVESTIGATING: "The police are looking into this.",
    Outcome.CHARGED: "The police charged a person. A court will decide.",
    Outcome.COMMUNITY_RESOLUTION: "The person agreed to put this right, without a court.",
    Outcome.CAUTION: "The police gave the person a formal warning (a caution).",
    Outcome.CIVIL_ORDER: "The person got an order that says what they must not do.",
    Outcome.NO_FURTHER_ACTION: "The police will take no further action.",
}
"""What the reporter reads."""


@opens_stills
def shared_with_police(actor: Actor, still_ids: set[uuid.UUID]) -> set[uuid.UUID]:
    """Open the pictures of reports that were shared in the SPOC's own Areas."""
    if not may_ever(actor, Permission.SEE_ESCALATED):
        return set()
    return shared_stills(actor, still_ids)


@opens_stills
def answered_for_police(actor: Actor, still_ids: set[uuid.UUID]) -> set[uuid.UUID]:
    """Open to the police their own pictures of those whom members say they know."""
    if not may_ever(actor, Permission.SEE_ANSWERS_TO_POLICE):
        return set()
    return answered_stills(actor, still_ids)


@counts_what_followed(3)
def charged(_actor: Actor, people: People, /) -> Led:
    """Count the reports after which somebody was charged."""
    return Led(count_with_outcome(people, Outcome.CHARGED), "charged")


@tells_reporter
def police_answer(incident_id: uuid.UUID) -> list[Fact]:
    """Tell the reporter the outcome and the crime number."""
    shared = find_escalation(incident_id)
    if shared is None or shared.outcome is None:
        return []
    facts = [Fact("What the police did", TOLD[shared.outcome])]
    if shared.crime_number:
        facts.append(Fact("Crime number", shared.crime_number))
    return facts
