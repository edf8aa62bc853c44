"""An alert reaches the phones of its Area, and a phone is not woken without end."""

import json
import uuid
from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from disc.alerts.events import AlertRaised
from disc.alerts.listeners import push_raised
from disc.alerts.rules import MOST_PUSHED
from disc.core import clock
from disc.core.jobs import drain
from disc.core.rows import one_scheme
from tests.alerts.steps import raise_in
from tests.phones import Phone, Service, push_service, turn_on
from tests.world import World

NOON = "2026-05-04T11:00:00Z"


@pytest.fixture
def service(world: World, app: Flask) -> Iterator[Service]:
    assert world
    with push_service(app) as running:
        yield running
    assert running.problems == []


def on(world: World, service: Service, *who: str) -> list[Phone]:
    phones = [service.phone() for _ in who]
    for one, phone in zip(who, phones, strict=True):
        turn_on(world.browser(one), phone)
    return phones


def reached(service: Service, phones: list[Phone]) -> list[int]:
    """Count the messages that each phone was sent."""
    return [sum(one.endpoint.endswith(t.path) for t in service.taken) for one in phones]


def test_an_alert_reaches_its_area_but_for_who_raised_it(world: World, service: Service) -> None:
    phones = on(world, service, "member", "second_member", "far_member", "administrator")
    elsewhere = service.phone()
    turn_on(world.browser("member", world.there), elsewhere)
    alert_id = raise_in(world.browser("member"), world.here)
    drain()
    assert reached(service, [*phones, elsewhere]) == [0, 1, 0, 1, 0]
    headers = service.taken[0].headers
    assert (headers["urgency"], 500 < int(headers["ttl"]) <= 600) == ("high", True)
    at = next(i for i, t in enumerate(service.taken) if phones[1].endpoint.endswith(t.path))
    told = json.loads(phones[1].open(service.taken[at].body))["notification"]
    assert told["title"] == "New alert"
    assert f"/alerts/{alert_id}?from-message=" in told["navigate"]


def test_an_alert_taken_back_at_once_wakes_nobody(world: World, service: Service) -> None:
    on(world, service, "second_member")
    browser = world.browser("member")
    alert_id = raise_in(browser, world.here)
    browser.post(f"/alerts/{alert_id}/cancel")
    drain()
    assert service.taken == []


def test_an_alert_that_is_heard_of_twice_is_told_once(world: World, service: Service) -> None:
    on(world, service, "second_member")
    alert_id = raise_in(world.browser("member"), world.here)
    drain()
    with one_scheme(world.here.scheme_id):
        push_raised(AlertRaised(alert_id=alert_id))
    drain()
    assert len(service.taken) == 1
    push_raised(AlertRaised(alert_id=uuid.uuid4()))


def test_three_alerts_a_day_reach_a_phone_and_violence_always_does(
    world: World, service: Service
) -> None:
    with time_machine.travel(NOON):
        phones = on(world, service, "second_member")
        browser = world.browser("member")
        for _ in range(MOST_PUSHED + 2):
            raise_in(browser, world.here)
            drain()
        assert reached(service, phones) == [MOST_PUSHED]
        raise_in(browser, world.here, "violent-person")
        drain()
        assert reached(service, phones) == [MOST_PUSHED + 1]
        tomorrow = clock.now() + timedelta(hours=12)
    with time_machine.travel(tomorrow):
        raise_in(world.browser("member"), world.here)
        drain()
        assert reached(service, phones) == [MOST_PUSHED + 2]


def test_two_phones_of_a_person_count_as_one(world: World, service: Service) -> None:
    with time_machine.travel(NOON):
        phones = on(world, service, "second_member", "second_member")
        browser = world.browser("member")
        for _ in range(MOST_PUSHED):
            raise_in(browser, world.here)
            drain()
        assert reached(service, phones) == [MOST_PUSHED, MOST_PUSHED]
