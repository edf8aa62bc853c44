"""What becomes of a report is told to the retailer's own server: signed, until it arrives."""

import hashlib
import hmac
import json
import uuid
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from disc.api import telling
from disc.api.models import ApiDelivery
from disc.api.rules import OLD_SECRET_LASTS, RETRIES
from disc.api.service import change_webhook_secret, revoke, set_webhook
from disc.core import clock
from disc.core.database import db
from disc.core.jobs import drain
from disc.core.transaction import writing
from disc.incidents.models import Incident
from disc.incidents.service import accept
from disc.police.models import Outcome
from disc.police.service import escalate, record_outcome
from tests.api.receiver import Receiver, receiving
from tests.api.systems import System, body_for, system
from tests.world import World


@pytest.fixture
def receiver(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    here = replace(app.extensions["settings"], webhooks_to_loopback=True)
    monkeypatch.setitem(app.extensions, "settings", here)
    with receiving() as found:
        yield found


@pytest.fixture
def sender(world: World, app: Flask, receiver: Receiver) -> System:
    return system(app, world.here)


@pytest.fixture
def secret(world: World, sender: System, receiver: Receiver) -> str:
    with writing():
        made = set_webhook(world.here.actor("administrator"), sender.key_id, receiver.url)
    assert made
    return made


def _accepted(world: World, sender: System) -> str:
    report_id: str = sender.report(body_for(world.here)).json["id"]
    with writing():
        accept(world.here.actor("administrator"), uuid.UUID(report_id), None)
    return report_id


def _rows() -> list[ApiDelivery]:
    db.session.rollback()
    return list(db.session.scalars(sa.select(ApiDelivery).order_by(ApiDelivery.id)))


def _signatures(header: str) -> tuple[int, list[str]]:
    parts = [part.split("=", 1) for part in header.split(",")]
    return int(parts[0][1]), [value for name, value in parts if name == "v1"]


def _sign(secret: str, at: int, body: bytes) -> str:
    return hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()


def _run_until(moment: datetime) -> None:
    """Let the minutes pass in which something is due."""
    while True:
        due = [row.next_at for row in _rows() if row.next_at and row.next_at <= moment]
        if not due:
            return
        with time_machine.travel(max(min(due), clock.now()) + timedelta(seconds=1), tick=False):
            drain()


def test_news_says_ids_and_a_state_and_is_signed(
    world: World, sender: System, receiver: Receiver, secret: str
) -> None:
    report_id = _accepted(world, sender)
    drain()
    [(headers, body)] = receiver.got
    told = json.loads(body)
    assert told["report"] == {"id": report_id, "status": "accepted"}
    assert (told["type"], told["sandbox"]) == ("report.status_changed", False)
    assert headers["Disc-Event-Id"] == told["id"]
    at, signatures = _signatures(headers["Disc-Signature"])
    assert abs(at - clock.now().timestamp()) < 60
    assert signatures == [_sign(secret, at, body)]
    for word in ("whisky", "bottles", "corner foods", "pat"):
        assert word not in body.decode().lower()


def test_each_state_is_told_once_and_an_outcome_as_such(
    world: World, sender: System, receiver: Receiver, secret: str
) -> None:
    report_id = _accepted(world, sender)
    with writing():
        shared = escalate(world.here.actor("administrator"), uuid.UUID(report_id), "Each week.")
        record_outcome(world.here.actor("spoc"), shared.id, Outcome.CHARGED, "43/1", version="")
    drain()
    told = [json.loads(body) for _, body in receiver.got]
    assert sorted((one["report"]["status"], one["type"]) for one in told) == [
        ("accepted", "report.status_changed"),
        ("escalated", "report.status_changed"),
        ("outcome", "report.outcome"),
    ]
    assert b"43/1" not in b"".join(body for _, body in receiver.got)


def test_the_same_news_heard_twice_is_written_down_once(
    world: World, sender: System, receiver: Receiver, secret: str
) -> None:
    report_id = uuid.UUID(_accepted(world, sender))
    drain()
    system_id = db.session.get_one(Incident, report_id).reporter_id
    db.session.rollback()
    telling.write_down(report_id, system_id, "accepted")
    drain()
    assert len(receiver.got) == len(_rows()) == 1


def test_a_server_that_fails_is_tried_for_three_days_then_a_person_decides(
    world: World, sender: System, receiver: Receiver, secret: str
) -> None:
    receiver.status = 500
    _accepted(world, sender)
    drain()
    [row] = _rows()
    assert (row.failures, row.failure) == (1, "The server answered 500.")
    _run_until(clock.now() + timedelta(days=4))
    [row] = _rows()
    assert row.given_up_at is not None
    assert len(receiver.got) == len(RETRIES) + 1
    assert timedelta(days=2) < row.given_up_at - row.made_at < timedelta(days=3, hours=1)
    assert {headers["Disc-Event-Id"] for headers, _ in receiver.got} == {str(row.id)}
    browser = world.browser("administrator")
    page = browser.get(f"/desk/api-keys/{sender.key_id}/deliveries").text
    assert "Did not arrive" in page
    assert "The server answered 500." in page
    receiver.status = 200
    with time_machine.travel(row.given_up_at + timedelta(hours=1)), writing():
        telling.send_again(world.here.actor("administrator"), row.id)
        assert row.given_up_at is None
    with time_machine.travel(clock.now() + timedelta(days=4)):
        drain()
    assert _rows()[0].delivered_at is not None


def test_after_a_failure_an_address_rests_and_nothing_else_waits_for_it(
    world: World, sender: System, receiver: Receiver, secret: str
) -> None:
    receiver.status = 503
    for _ in range(3):
        _accepted(world, sender)
    drain()
    assert len(receiver.got) == 1
    assert sorted(row.failures for row in _rows()) == [0, 0, 1]
    receiver.status = 204
    _run_until(clock.now() + timedelta(hours=1))
    assert all(row.delivered_at for row in _rows())
    assert len(receiver.got) == 4


def test_a_redirect_leads_nowhere(
    world: World, sender: System, receiver: Receiver, secret: str
) -> None:
    with receiving() as elsewhere:
        receiver.status, receiver.location = 302, elsewhere.url
        _accepted(world, sender)
        drain()
        assert elsewhere.got == []
    assert _rows()[0].failure == "The server answered 302."


def test_while_a_secret_is_changed_over_both_sign(
    world: World, sender: System, receiver: Receiver, secret: str
) -> None:
    with writing():
        new = change_webhook_secret(world.here.actor("administrator"), sender.key_id)
    assert new
    _accepted(world, sender)
    drain()
    _accepted(world, sender)
    with time_machine.travel(clock.now() + OLD_SECRET_LASTS + timedelta(minutes=1)):
        drain()
    signed_by = []
    for headers, body in receiver.got:
        at, signatures = _signatures(headers["Disc-Signature"])
        signed_by.append([one for one in (new, secret) if _sign(one, at, body) in signatures])
    assert signed_by == [[new, secret], [new]]


def test_an_ended_key_hears_nothing_more(
    world: World, sender: System, receiver: Receiver, secret: str
) -> None:
    _accepted(world, sender)
    with writing():
        revoke(world.here.actor("administrator"), sender.key_id)
    drain()
    assert receiver.got == []


@pytest.mark.parametrize("ended", [True, False])
def test_news_that_waits_when_its_key_or_address_goes_is_given_up(
    world: World, sender: System, receiver: Receiver, secret: str, *, ended: bool
) -> None:
    receiver.status = 500
    _accepted(world, sender)
    drain()
    manager = world.here.actor("administrator")
    with writing():
        if ended:
            revoke(manager, sender.key_id)
        else:
            set_webhook(manager, sender.key_id, "")
    _run_until(clock.now() + timedelta(hours=1))
    [row] = _rows()
    assert row.given_up_at is not None
    assert (row.failure, row.failures, row.next_at) == ("No address.", 1, None)
    page = world.browser("administrator").get(f"/desk/api-keys/{sender.key_id}/deliveries").text
    assert "No address. Tried once." in page


def test_a_server_that_is_gone_is_a_failure_in_words(
    world: World, sender: System, receiver: Receiver, secret: str
) -> None:
    with writing():
        gone = receiver.url.replace(receiver.url.split(":")[2].split("/")[0], "1")
        set_webhook(world.here.actor("administrator"), sender.key_id, gone)
    _accepted(world, sender)
    drain()
    assert _rows()[0].failure == "The server could not be reached."
