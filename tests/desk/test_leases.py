"""Who looks at what: others see it, and do not decide about it at the same time."""

import contextvars
import uuid
from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from flask_socketio import SocketIOTestClient

from disc.core import clock
from disc.core.database import db, new_id
from disc.core.errors import Missing
from disc.core.live import socketio
from disc.core.transaction import writing
from disc.desk import deciding, leases, listeners
from disc.desk.errors import LookedAt
from disc.desk.models import ItemKind, Lease
from disc.desk.review import Approval
from disc.members.models import Member
from tests.at_once import at_once
from tests.browsers import Browser
from tests.story import reported
from tests.world import World

NOBODY = Approval(about_a_person=False)
ASKS = {"Accept": "application/json"}


def connected(app: Flask, browser: Browser, page: uuid.UUID | None = None) -> SocketIOTestClient:
    """Open a socket outside the test's own context, whose ``g`` it would share."""
    asked = {"page": str(page)} if page else None
    return contextvars.Context().run(
        socketio.test_client, app, flask_test_client=browser.client, auth=asked
    )


def held() -> int:
    db.session.rollback()
    return db.session.scalar(sa.select(sa.func.count()).select_from(Lease)) or 0


def take(world: World, who: str, incident: uuid.UUID, page: uuid.UUID | None = None) -> bool:
    with writing():
        return bool(leases.take(world.here.actor(who), ItemKind.REPORT, incident, page))


def decide(world: World, who: str, incident: uuid.UUID) -> None:
    with writing():
        deciding.approve_later(world.here.actor(who), incident, NOBODY)


def test_whoever_comes_second_is_told_who_looks_and_cannot_decide(world: World) -> None:
    incident = reported(world.here)
    assert take(world, "administrator", incident)
    assert not take(world, "sub_administrator", incident)
    with pytest.raises(LookedAt) as refusal:
        decide(world, "sub_administrator", incident)
    name = db.session.get_one(Member, world.here.actor("administrator").id).name
    assert f"{name} is looking at this now" in refusal.value.sentence
    assert (refusal.value.status, held()) == (409, 1)
    page = world.browser("sub_administrator").get("/desk/queue").text
    assert f"{name} is looking at this" in page
    assert "is looking at this" not in world.browser("administrator").get("/desk/queue").text


def test_the_decision_of_its_holder_ends_a_lease(world: World) -> None:
    incident = reported(world.here)
    take(world, "administrator", incident)
    decide(world, "administrator", incident)
    assert held() == 0


def test_a_lease_ends_after_four_minutes_unless_it_is_renewed(world: World) -> None:
    incident = reported(world.here)
    take(world, "administrator", incident)
    with time_machine.travel(clock.now() + timedelta(minutes=3)):
        assert not take(world, "sub_administrator", incident)
        assert take(world, "administrator", incident)
    with time_machine.travel(clock.now() + timedelta(minutes=5)):
        assert not take(world, "sub_administrator", incident)
    with time_machine.travel(clock.now() + timedelta(minutes=8)):
        decide(world, "sub_administrator", incident)


def test_leases_that_have_run_out_are_deleted(world: World) -> None:
    take(world, "administrator", reported(world.here))
    listeners.forget_old_decisions()
    assert held() == 1
    with time_machine.travel(clock.now() + timedelta(minutes=5)):
        listeners.forget_old_decisions()
        assert held() == 0


def test_a_page_holds_one_lease(world: World) -> None:
    first, second, page = reported(world.here), reported(world.here), new_id()
    take(world, "administrator", first, page)
    take(world, "administrator", second, page)
    assert held() == 1
    assert take(world, "sub_administrator", first, new_id())


def test_two_who_open_the_same_at_once_get_one_lease(app: Flask, world: World) -> None:
    first, second = world.here.actor("administrator"), world.here.actor("sub_administrator")
    incident = reported(world.here)
    take(world, "administrator", incident)
    with writing():
        leases.end(first, ItemKind.REPORT, incident)
        db.session.add(
            Lease(
                id=new_id(),
                scheme_id=world.here.scheme_id,
                kind=ItemKind.REPORT,
                item_id=incident,
                member_id=first.id,
                expires_at=clock.now() - timedelta(seconds=1),
            )
        )
    got: list[object] = []
    at_once(
        app,
        lambda: got.append(leases.take(first, ItemKind.REPORT, incident, None)),
        lambda: got.append(leases.take(second, ItemKind.REPORT, incident, None)),
    )
    assert [one for one in got if one is None] == [None]
    assert held() == 1


def test_what_is_of_another_scheme_cannot_be_looked_at(world: World) -> None:
    incident = reported(world.there)
    manager = world.browser("administrator")
    manager.get("/desk/queue")
    asked = {"kind": "report", "item": str(incident), "do": "take"}
    assert manager.post("/desk/queue/lease", asked).status_code == 404
    assert held() == 0


def test_without_scripts_a_button_says_who_looks(world: World) -> None:
    incident = reported(world.here)
    manager = world.browser("administrator")
    manager.get(f"/desk/reports/{incident}")
    asked = {"kind": "report", "item": str(incident), "do": "take"}
    assert manager.post("/desk/queue/lease", asked).status_code == 303
    assert held() == 1
    assert (
        "is looking at this"
        in world.browser("sub_administrator").get(f"/desk/reports/{incident}").text
    )
    assert manager.post("/desk/queue/lease", {**asked, "do": "free"}).status_code == 303
    assert held() == 0


def test_the_lease_of_a_page_goes_with_its_socket(app: Flask, world: World) -> None:
    incident, page = reported(world.here), new_id()
    manager = world.browser("administrator")
    socket = connected(app, manager, page)
    assert socket.is_connected()
    take(world, "administrator", incident, page)
    take(world, "sub_administrator", reported(world.here), new_id())
    socket.disconnect()
    assert held() == 1


def test_a_member_cannot_end_a_lease_by_naming_its_page(app: Flask, world: World) -> None:
    incident, page = reported(world.here), new_id()
    take(world, "administrator", incident, page)
    member = world.browser("member")
    socket = connected(app, member, page)
    assert socket.is_connected()
    socket.disconnect()
    assert held() == 1


def test_every_manager_hears_of_it_and_nobody_else(app: Flask, world: World) -> None:
    hears = {who: connected(app, world.browser(who)) for who in ("sub_administrator", "member")}
    other = connected(app, world.browser("administrator", world.there))
    incident = reported(world.here)
    for client in (*hears.values(), other):
        client.get_received()
    # As each server process hears it: no bus runs between those of a test.
    told = {"scheme_id": str(world.here.scheme_id), "item": "report", "id": str(incident)}
    listeners.send_changed(told)
    heard = hears["sub_administrator"].get_received()
    assert [(one["name"], one["args"]) for one in heard] == [
        ("queue_changed", [{"kind": "report", "id": str(incident)}])
    ]
    assert hears["member"].get_received() == []
    assert other.get_received() == []


def test_no_such_thing_is_missing(world: World) -> None:
    with pytest.raises(Missing):
        decide(world, "administrator", new_id())
