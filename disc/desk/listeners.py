"""Carries decisions out when they are due, and what changes in the queue to its open pages."""

import time
import uuid
from dataclasses import dataclass

from disc.access.permissions import Permission
from disc.access.policy import permits
from disc.core import clock
from disc.core.database import db
from disc.core.jobs import every_hour
from disc.core.live import News, follows, live
from disc.core.outbox import SKEW, Lane, hears, publish
from disc.core.transaction import writing
from disc.desk import deciding
from disc.desk.events import DecisionMade, QueueChanged
from disc.desk.models import ItemKind, PendingDecision
from disc.gallery.events import AnswersChanged
from disc.incidents.events import IncidentReported, ReportAmended, ReportMoved
from disc.matching.events import PairChanged
from disc.members.events import JoinerChanged
from disc.stills.events import StillGone


@dataclass(frozen=True, slots=True)
class Desk:
    """A scheme's queue as a target of the policy."""

    scheme_id: uuid.UUID


@hears(DecisionMade)
def carry_out(happened: DecisionMade) -> None:
    """Let a decision take effect; the clocks of two hosts may differ by a moment."""
    row = db.session.get(PendingDecision, happened.decision_id)
    due = row.effective_at if row else clock.now()
    db.session.rollback()
    early = due - clock.now()
    if early > SKEW:
        with writing():
            publish(happened, at=due)
        return
    time.sleep(max(0.0, early.total_seconds()))
    deciding.carry_out(happened.decision_id)


@hears(QueueChanged, Lane.LIVE)
def tell_changed(happened: QueueChanged) -> None:
    """Tell every process that the queue changed."""
    _tell(happened.scheme_id, ItemKind(happened.kind), happened.item_id)


@hears(IncidentReported, Lane.LIVE)
def tell_reported(happened: IncidentReported) -> None:
    """Tell every process that a report came."""
    _tell(happened.scheme_id, ItemKind.REPORT, happened.incident_id)


@hears(ReportMoved, Lane.LIVE)
def tell_moved(happened: ReportMoved) -> None:
    """Tell every process that a report left the queue."""
    _tell(happened.scheme_id, ItemKind.REPORT, happened.incident_id)


@hears(ReportAmended, Lane.LIVE)
def tell_amended(happened: ReportAmended) -> None:
    """Tell every process that a report came back to the queue, or says something else."""
    _tell(happened.scheme_id, ItemKind.REPORT, happened.incident_id)


@hears(PairChanged, Lane.LIVE)
def tell_pair(happened: PairChanged) -> None:
    """Tell every process that a pair came, was answered, or is open again."""
    _tell(happened.scheme_id, ItemKind.PAIR, happened.pair_id)


@hears(StillGone, Lane.LIVE)
def tell_pairs_gone(happened: StillGone) -> None:
    """Tell every process that the pairs of a picture left the queue: nobody can compare them."""
    _tell(happened.scheme_id, ItemKind.PAIR, happened.still_id)


@hears(AnswersChanged, Lane.LIVE)
def tell_answers(happened: AnswersChanged) -> None:
    """Tell every process that a member said who somebody is, or that it was decided."""
    _tell(happened.scheme_id, ItemKind.NAMES, happened.subject_id)


@hears(JoinerChanged, Lane.LIVE)
def tell_joiner(happened: JoinerChanged) -> None:
    """Tell every process that somebody waits to be let in, or waits no more."""
    _tell(happened.scheme_id, ItemKind.JOINER, happened.member_id)


def _tell(scheme_id: uuid.UUID, kind: ItemKind, item_id: uuid.UUID) -> None:
    live().tell("queue_changed", scheme_id=scheme_id, item=kind.value, id=item_id)


@follows("queue_changed")
def send_changed(told: News) -> None:
    """Send what changed to the sockets of this process whose people moderate there."""
    target = Desk(uuid.UUID(told["scheme_id"]))
    live().send(
        "queue_changed",
        {"kind": told["item"], "id": told["id"]},
        may=lambda actor: permits(actor, Permission.MODERATE, target),
    )


@every_hour
def forget_old_decisions() -> None:
    """Forget why old decisions could not take effect, and leases that have run out."""
    with writing():
        deciding.forget_old()
