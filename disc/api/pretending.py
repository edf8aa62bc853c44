"""In a sandbox a system says itself what becomes of its report, to try what follows."""

import uuid
from collections.abc import Callable
from dataclasses import replace

from disc.access.actor import Actor, Role
from disc.api.queries import desk_of_sandbox
from disc.core.database import new_id
from disc.core.errors import Missing
from disc.incidents import following
from disc.incidents.errors import ChangedReport
from disc.incidents.models import IncidentState
from disc.incidents.service import accept, reject
from disc.police.models import Outcome
from disc.police.queries import find_escalation
from disc.police.service import escalate, record_outcome

WORDS = "The sandbox says so."


def pretend(actor: Actor, incident_id: uuid.UUID, state: IncidentState) -> None:
    """Let a report of a sandbox come into a state, by the same steps as a real one.

    Raises Missing outside a sandbox, and what the step itself refuses, such as ChangedReport.
    """
    desk_id = desk_of_sandbox(actor.scheme_id)
    desk = replace(actor, id=desk_id, role=Role.ADMINISTRATOR, key_id=None)
    step = STEPS.get(state)
    if step is None:
        raise Missing
    step(desk, incident_id)


def _answer(desk: Actor, incident_id: uuid.UUID, outcome: Outcome) -> None:
    shared = find_escalation(incident_id)
    if shared is None:
        raise ChangedReport
    before = shared.answered_at.isoformat() if shared.answered_at else ""
    police = replace(desk, role=Role.SPOC)
    record_outcome(police, shared.id, outcome, "SANDBOX/1", version=before)


STEPS: dict[IncidentState, Callable[[Actor, uuid.UUID], object]] = {
    IncidentState.ACCEPTED: lambda desk, one: accept(desk, one, None),
    IncidentState.REJECTED: lambda desk, one: reject(desk, one, WORDS),
    IncidentState.ESCALATED: lambda desk, one: escalate(desk, one, WORDS),
    IncidentState.RETURNED: lambda desk, one: following.ask(desk, one, new_id(), WORDS),
    IncidentState.RECORDED: lambda desk, one: _answer(desk, one, Outcome.INVESTIGATING),
    IncidentState.OUTCOME: lambda desk, one: _answer(desk, one, Outcome.CHARGED),
    IncidentState.CLOSED: lambda desk, one: following.close(desk, one, WORDS),
}
