"""Several reports decided with one press."""

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from disc.access.actor import Actor
from disc.core.database import new_id
from disc.core.errors import DiscError
from disc.desk import review
from disc.desk.deciding.making import approve_later, reject_later
from disc.desk.errors import CountFirst, MustBeAnswered
from disc.desk.review import Approval
from disc.desk.rules import ASKED_FROM
from disc.incidents import service as incidents

Seen = Mapping[uuid.UUID, int]
"""How often the reporters had changed some reports when the page with them was made."""
NOTHING: Seen = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Refused:
    """One of several reports about which could not be decided, and why."""

    item_id: uuid.UUID
    sentence: str


@dataclass(frozen=True, slots=True)
class Batch:
    """What was decided with one press; ``refused`` stays in the queue."""

    id: uuid.UUID
    done: int = 1
    refused: tuple[Refused, ...] = ()


def reject_many(
    actor: Actor,
    incident_ids: Sequence[uuid.UUID],
    reason: str,
    *,
    typed: str,
    seen: Seen = NOTHING,
) -> Batch:
    """Reject several reports for one reason.

    Raises CountFirst where their number must be typed.
    """
    if len(incident_ids) > ASKED_FROM and typed.strip() != str(len(incident_ids)):
        raise CountFirst(len(incident_ids))

    def reject(incident_id: uuid.UUID, batch_id: uuid.UUID) -> None:
        reject_later(actor, incident_id, reason, batch_id, version=seen.get(incident_id))

    return _many(incident_ids, reject)


def approve_many(actor: Actor, incident_ids: Sequence[uuid.UUID], *, seen: Seen = NOTHING) -> Batch:
    """Approve several reports that nobody could be known by; the others are refused."""

    def approve(incident_id: uuid.UUID, batch_id: uuid.UUID) -> None:
        incident = incidents.get_undecided(actor, incident_id)
        if not review.shows_nobody(incident):
            raise MustBeAnswered
        nobody = Approval(about_a_person=False)
        approve_later(actor, incident_id, nobody, batch_id, version=seen.get(incident_id))

    return _many(incident_ids, approve)


def _many(
    incident_ids: Sequence[uuid.UUID], decide: Callable[[uuid.UUID, uuid.UUID], object]
) -> Batch:
    """Decide about each in the order of their numbers, so that two such batches cannot lock."""
    batch_id, refused = new_id(), []
    wanted = sorted(set(incident_ids))
    for one in wanted:
        try:
            decide(one, batch_id)
        except DiscError as refusal:
            refused.append(Refused(one, refusal.sentence))
    return Batch(batch_id, len(wanted) - len(refused), tuple(refused))
