"""News for retailers' systems: written down once, sent until it arrives or three days are over."""

import json
import uuid
from dataclasses import dataclass, field
from datetime import timedelta

from flask import current_app

from config import Settings
from disc.access.actor import Actor
from disc.api.events import DeliveryDue
from disc.api.models import ApiDelivery, ApiKey, ApiWebhook
from disc.api.queries import find_key_of_system, get_delivery, newest_step, webhook_of
from disc.api.rules import REST, News, signed, wait_after
from disc.core import audit, clock
from disc.core.callout import NotCalled, post
from disc.core.database import db
from disc.core.errors import Stale
from disc.core.outbox import publish
from disc.core.rows import every_scheme
from disc.core.transaction import writing
from disc.incidents.models import IncidentState

AGENT = "disc-webhook/1"
SUCCESSES = range(200, 300)
NO_ADDRESS = "No address."


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """One piece of news as it goes out."""

    url: str = field(repr=False)
    body: bytes
    secrets: list[str] = field(repr=False)


@every_scheme()
def write_down(incident_id: uuid.UUID, reporter_id: uuid.UUID, state: str) -> None:
    """Write down that a system is to hear of a report's new state, where it listens.

    The step's id is the event's, so that what is heard twice is written down once.
    """
    key = find_key_of_system(reporter_id)
    if key is None or key.is_over or webhook_of(key) is None:
        db.session.rollback()
        return
    key_id = key.id
    with writing():
        key = db.session.get_one(ApiKey, key_id)
        step = newest_step(incident_id, state)
        if step is None or db.session.get(ApiDelivery, step.id) is not None:
            return
        outcome = IncidentState(state) is IncidentState.OUTCOME
        row = ApiDelivery(
            id=step.id,
            scheme_id=key.scheme_id,
            key_id=key.id,
            kind=News.OUTCOME if outcome else News.STATUS_CHANGED,
            incident_id=incident_id,
            status=state,
        )
        db.session.add(row)
        db.session.flush()
        publish(DeliveryDue(delivery_id=row.id))


@every_scheme()
def deliver(delivery_id: uuid.UUID) -> None:
    """Send one piece of news, and note what came of it.

    A crash between the answer and the note sends it again, under the same id.
    """
    letter = _letter(delivery_id)
    if letter is None:
        return
    settings: Settings = current_app.extensions["settings"]
    at = int(clock.now().timestamp())
    headers = {
        "Content-Type": "application/json",
        "User-Agent": AGENT,
        "Disc-Event-Id": str(delivery_id),
        "Disc-Signature": signed(letter.body, at, letter.secrets),
    }
    try:
        status = post(letter.url, letter.body, headers, loopback=settings.webhooks_to_loopback)
        failure = "" if status in SUCCESSES else f"The server answered {status}."
    except NotCalled as refused:
        failure = str(refused)
    _note(delivery_id, failure)


def send_again(actor: Actor, delivery_id: uuid.UUID) -> ApiDelivery:
    """Take up news that was given up. Raises Missing, or Stale where it was not given up."""
    row = get_delivery(actor, delivery_id)
    db.session.refresh(row, with_for_update={"of": ApiDelivery})
    if row.given_up_at is None:
        raise Stale
    row.given_up_at, row.failures = None, 0
    db.session.flush()
    publish(DeliveryDue(delivery_id=row.id))
    audit.record(audit.by(actor, "webhook sent again", "api key", row.key_id))
    return row


def body_of(row: ApiDelivery, *, is_sandbox: bool) -> bytes:
    """Return what news says: ids and a state, nothing of anybody."""
    told = {
        "id": str(row.id),
        "type": row.kind.value,
        "created_at": row.made_at.isoformat(),
        "sandbox": is_sandbox,
        "report": {"id": str(row.incident_id), "status": row.status},
    }
    return json.dumps(told, separators=(",", ":")).encode()


def _letter(delivery_id: uuid.UUID) -> Letter | None:
    """Return what is to be sent now, read in a transaction that ends before the sending."""
    row = db.session.get(ApiDelivery, delivery_id)
    key = db.session.get(ApiKey, row.key_id) if row else None
    hook = webhook_of(key) if key and not key.is_over else None
    rests = hook is not None and hook.rest_until is not None and hook.rest_until > clock.now()
    letter = None
    if row is not None and key is not None and hook is not None and _waits(row) and not rests:
        body = body_of(row, is_sandbox=key.is_sandbox)
        letter = Letter(url=hook.url, body=body, secrets=_secrets(hook))
    is_lost = row is not None and _waits(row) and hook is None
    db.session.rollback()
    if is_lost:
        _give_up(delivery_id)
    if rests:
        _put_off(delivery_id)
    return letter


def _waits(row: ApiDelivery) -> bool:
    return row.delivered_at is None and row.given_up_at is None


def _secrets(hook: ApiWebhook) -> list[str]:
    old = hook.old_until is not None and hook.old_until > clock.now()
    return [hook.secret, *([hook.old_secret] if old else [])]


def _put_off(delivery_id: uuid.UUID) -> None:
    """Wait until the address has rested; that is no failure of this news."""
    with writing():
        row = db.session.get_one(ApiDelivery, delivery_id)
        if _waits(row):
            _wait(row, REST)


def _give_up(delivery_id: uuid.UUID) -> None:
    """Send no news of a key that is over or has no address: a person sees it, and decides."""
    with writing():
        row = db.session.get(ApiDelivery, delivery_id)
        if row is not None and _waits(row):
            row.given_up_at, row.failure, row.next_at = clock.now(), NO_ADDRESS, None


def _note(delivery_id: uuid.UUID, failure: str) -> None:
    with writing():
        row = db.session.get(ApiDelivery, delivery_id)
        if row is None or not _waits(row):
            return
        row.tried_at, row.failure, row.next_at = clock.now(), failure, None
        if not failure:
            row.delivered_at = row.tried_at
            return
        row.failures += 1
        hook = webhook_of(db.session.get_one(ApiKey, row.key_id))
        if hook is not None:
            hook.rest_until = row.tried_at + REST
        wait = wait_after(row.failures)
        if wait is None:
            row.given_up_at = row.tried_at
        else:
            _wait(row, wait)


def _wait(row: ApiDelivery, wait: timedelta) -> None:
    row.next_at = clock.now() + wait
    db.session.flush()
    publish(DeliveryDue(delivery_id=row.id), at=row.next_at)
