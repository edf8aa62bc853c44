"""A report is approved or rejected."""

import dataclasses
import uuid
from typing import Any

from disc.access.actor import Actor
from disc.desk import review
from disc.desk.errors import ChangedByReporter
from disc.desk.models import Act
from disc.desk.review import Approval
from disc.incidents import service as incidents
from disc.incidents.models import Incident

AS_READ = "as_read"
"""How often the reporter had changed the report when somebody decided about it."""


def approval_in_words(approval: Approval, version: int | None) -> dict[str, Any]:
    """Return a manager's answers as they are written down; ``version`` is what was read."""
    told = dataclasses.asdict(approval) | {"same_as": str(approval.same_as or "")}
    told["gallery_ids"] = [str(one) for one in approval.gallery_ids]
    return told | {AS_READ: version}


def check(actor: Actor, incident_id: uuid.UUID, act: Act, told: dict[str, Any]) -> dict[str, Any]:
    """Hold a report and return what to write down; which version was read, too.

    Raises Missing, ChangedReport, ChangedByReporter, NoAuthority, NothingToShow.
    """
    incident = incidents.get_undecided(actor, incident_id)
    _refuse_unread(incident, told[AS_READ])
    if act is Act.APPROVE:
        review.check(incident, _approval(told))
    return told | {AS_READ: incident.amended}


def carry_out(actor: Actor, incident_id: uuid.UUID, act: Act, told: dict[str, Any]) -> None:
    """Let the decision take effect. Raises what ``check`` does, and what ``approve`` does."""
    _refuse_unread(incidents.get_undecided(actor, incident_id), told[AS_READ])
    if act is Act.REJECT:
        incidents.reject(actor, incident_id, told["reason"])
    else:
        review.approve(actor, incident_id, _approval(told))


def _approval(told: dict[str, Any]) -> Approval:
    fields = {key: value for key, value in told.items() if key != AS_READ}
    fields["same_as"] = uuid.UUID(told["same_as"]) if told["same_as"] else None
    fields["gallery_ids"] = tuple(uuid.UUID(one) for one in told["gallery_ids"])
    return Approval(**fields)


def _refuse_unread(incident: Incident, version: int | None) -> None:
    """Let nobody decide about words that they did not read."""
    if version is not None and incident.amended != version:
        raise ChangedByReporter
