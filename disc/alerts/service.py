"""Changes to alerts: raised, answered, taken back."""

import uuid
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, cast

from sqlalchemy import CursorResult, delete
from sqlalchemy.exc import IntegrityError

from disc.access.actor import Actor
from disc.alerts.errors import AlertOver
from disc.alerts.events import AlertAnswered, AlertClosed, AlertRaised
from disc.alerts.models import Acknowledgement, Alert, AlertTemplate, Answer
from disc.alerts.queries import (
    find_answer,
    find_submission,
    is_open_now,
    own_premises,
    people_to_push,
)
from disc.alerts.rules import KEPT_DAYS, PUSHED_FOR, closes_at, is_urgent
from disc.core import audit, clock
from disc.core.database import Base, db, new_id
from disc.core.errors import Missing
from disc.core.outbox import publish
from disc.members.models import PushKind
from disc.members.queries import was_pushed
from disc.members.service import push_to


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAlert:
    """What a member sends; ``submission_id`` is the form's, so that sending twice raises once."""

    template: AlertTemplate
    area_id: uuid.UUID
    premises_id: uuid.UUID | None
    submission_id: uuid.UUID


def raise_alert(actor: Actor, new: NewAlert) -> Alert:
    """Warn an Area, or return the alert that the same form raised before.

    Premises outside the Area are left out. Raises Missing for premises that are not one's own.
    """
    found = find_submission(actor.id, new.submission_id)
    if found is not None:
        return found
    now = clock.now()
    alert = Alert(
        id=new_id(),
        scheme_id=actor.scheme_id,
        area_id=new.area_id,
        premises_id=_premises_in(actor, new.area_id, new.premises_id),
        template=new.template,
        submission_id=new.submission_id,
        owner_id=actor.id,
        raised_at=now,
        closes_at=closes_at(now),
    )
    if not _added(alert):
        return find_submission(actor.id, new.submission_id) or alert
    publish(AlertRaised(alert_id=alert.id))
    _record("alert raised", actor, alert, detail=f"{alert.template.value} {alert.area_id}")
    return alert


def answer_alert(actor: Actor, alert: Alert, answer: Answer) -> None:
    """Say that one saw an alert, or that whom it is about is here. Raises AlertOver."""
    if not is_open_now(alert):
        raise AlertOver
    here = own_premises(actor, alert.area_id) if answer is Answer.HERE else []
    premises_id = here[0].id if here else None
    said = find_answer(alert.id, actor.id)
    if said is not None and said.answer is answer:
        return
    if said is None:
        said = Acknowledgement(alert_id=alert.id, member_id=actor.id, answer=answer)
        if not _added(said):
            return
    said.answer, said.premises_id, said.at = answer, premises_id, clock.now()
    db.session.flush()
    publish(AlertAnswered(alert_id=alert.id, answer=answer.value))
    _record("alert answered", actor, alert, detail=answer.value)


def cancel_alert(actor: Actor, alert: Alert) -> None:
    """Take an alert back everywhere; one that is over stays as it is."""
    if not is_open_now(alert):
        return
    alert.cancelled_at = clock.now()
    publish(AlertClosed(alert_id=alert.id))
    _record("alert cancelled", actor, alert)


def push_alert(alert: Alert) -> None:
    """Tell phones of those whom an alert is for, once and while it is open."""
    kind = PushKind.URGENT_ALERT if is_urgent(alert.template) else PushKind.ALERT
    path = f"/alerts/{alert.id}"
    if is_open_now(alert) and not was_pushed(kind, path):
        day = clock.start_of(clock.today())
        push_to(people_to_push(alert, kind, day), kind, path, PUSHED_FOR)


def forget_old_alerts() -> int:
    """Delete alerts long closed, with who answered them, and return how many."""
    old = delete(Alert).where(Alert.closes_at < clock.now() - timedelta(days=KEPT_DAYS))
    return cast("CursorResult[Any]", db.session.execute(old)).rowcount


def _premises_in(
    actor: Actor, area_id: uuid.UUID, premises_id: uuid.UUID | None
) -> uuid.UUID | None:
    if premises_id is None:
        return None
    if premises_id not in actor.premises_ids:
        raise Missing
    return next((one.id for one in own_premises(actor, area_id) if one.id == premises_id), None)


def _added(row: Base) -> bool:
    """Add a row; False where the same form, sent at the same moment, was quicker."""
    try:
        with db.session.begin_nested():
            db.session.add(row)
    except IntegrityError:
        return False
    return True


def _record(act: str, actor: Actor, alert: Alert, detail: str = "") -> None:
    audit.record(audit.by(actor, act, "alert", alert.id, detail=detail))
