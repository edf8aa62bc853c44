"""Carries what happens to alerts to the sockets of those who may know, in every process."""

import uuid
from datetime import datetime

from disc.access.actor import MANAGERS, Actor
from disc.access.permissions import Permission
from disc.access.policy import permits
from disc.alerts.events import AlertAnswered, AlertClosed, AlertRaised
from disc.alerts.models import Alert, Answer
from disc.alerts.queries import audience, find_alert, is_open_now, news, open_since
from disc.alerts.rules import OVERLAP, Audience
from disc.alerts.service import push_alert
from disc.core.live import News, follows, live
from disc.core.outbox import Lane, hears
from disc.core.transaction import writing


@hears(AlertRaised, Lane.LIVE)
def tell_raised(happened: AlertRaised) -> None:
    """Tell every process of a new alert, unless it was taken back before it was told."""
    alert = find_alert(happened.alert_id)
    if alert is not None and is_open_now(alert):
        live().tell("alert", **news(alert), **_whom(alert))


@hears(AlertRaised)
def push_raised(happened: AlertRaised) -> None:
    """Tell phones whose app is closed, unless the alert was taken back before."""
    with writing():
        alert = find_alert(happened.alert_id)
        if alert is not None:
            push_alert(alert)


@hears(AlertAnswered, Lane.LIVE)
def tell_answered(happened: AlertAnswered) -> None:
    """Tell every process that somebody answered."""
    alert = find_alert(happened.alert_id)
    if alert is not None:
        owner = alert.owner_id
        live().tell(
            "alert_changed", id=alert.id, owner_id=owner, answer=happened.answer, **_whom(alert)
        )


@hears(AlertClosed, Lane.LIVE)
def tell_closed(happened: AlertClosed) -> None:
    """Tell every process that an alert was taken back."""
    alert = find_alert(happened.alert_id)
    if alert is not None:
        live().tell("alert_closed", id=alert.id, **_whom(alert))


@follows("alert")
def send_raised(told: News) -> None:
    """Send a new alert to the sockets of this process that may have it."""
    _send("alert", {"id": told["id"], "raised_at": told["raised_at"]}, _audience(told))


@follows("alert_changed")
def send_changed(told: News) -> None:
    """Send an answer to those whose card it changes.

    "They are here" changes everybody's. "Seen" changes a count that the raiser and the
    Administrators read; to all, it would let each answer start as many requests as there are pages.
    """
    target, owner_id = _audience(told), uuid.UUID(told["owner_id"])

    def reads_counts(actor: Actor) -> bool:
        return actor.id == owner_id or actor.role in MANAGERS

    for_all = told["answer"] == Answer.HERE.value
    live().send(
        "alert_changed",
        {"id": told["id"]},
        may=lambda actor: (
            (for_all or reads_counts(actor)) and permits(actor, Permission.SEE_ALERT, target)
        ),
    )


@follows("alert_closed")
def send_closed(told: News) -> None:
    """Take a closed alert off the pages of this process's sockets."""
    _send("alert_closed", {"id": told["id"]}, _audience(told))


@follows("gap")
def send_again(told: News) -> None:
    """Send what this process may not have heard of; a page shows the same alert once."""
    for alert in open_since(datetime.fromisoformat(told["since"]) - OVERLAP):
        _send("alert", news(alert), audience(alert))


def _send(event: str, what: News, target: Audience) -> None:
    live().send(event, what, may=lambda actor: permits(actor, Permission.SEE_ALERT, target))


def _whom(alert: Alert) -> dict[str, uuid.UUID]:
    return {"scheme_id": alert.scheme_id, "area_id": alert.area_id}


def _audience(told: News) -> Audience:
    return Audience(uuid.UUID(told["scheme_id"]), uuid.UUID(told["area_id"]))
