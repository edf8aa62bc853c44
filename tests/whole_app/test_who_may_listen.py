"""Every socket event, every role, every state: who is let in, and what their page may send."""

import contextvars
import uuid
from collections.abc import Callable, Iterator
from typing import TypeVar

import pytest
from flask import Flask
from flask.testing import FlaskClient

from disc.access.actor import Actor, Gate, Role
from disc.alerts.queries import missed
from disc.core.live import live, socketio
from disc.members.models import Member, UserSession
from tests.alerts.steps import raise_in
from tests.emptying import Kept, emptied
from tests.whole_app.callers import HOLDS, SHUT_OUT, WHO, held_place, newcomer, ready, sign_in
from tests.world import World

EVENTS = {
    "connect": "whoever hears alerts, and is not held by a gate",
    "disconnect": "whoever was let in",
}
"""Every event that a client may send. All else falls on deaf ears."""
HEAR_NOTHING = {Role.DPO}

Change = Callable[[Member, UserSession], None]
T = TypeVar("T")


@pytest.fixture(scope="module")
def world(kept_world: Kept, session_app: Flask) -> Iterator[World]:
    with emptied(session_app):
        made = kept_world.put_back()
        for who in WHO.values():
            made.here.actor(who)
        yield made


@pytest.fixture(scope="module")
def app(session_app: Flask, world: World) -> Flask:
    """Give the application once the world is there: a test without it leaves rows behind."""
    assert world
    return session_app


def knock(app: Flask, actor: Actor | None, change: Change | None = None) -> set[str] | None:
    """Return the names of what a socket hears first, or None where it is not let in."""
    client = sign_in(app, actor, change).client if actor else app.test_client()
    return apart(heard, app, client)


def apart(call: Callable[..., T], *args: object) -> T:
    """Call as a server would, outside the test's own context, whose ``g`` a socket would share."""
    return contextvars.Context().run(call, *args)


def heard(app: Flask, client: FlaskClient) -> set[str] | None:
    socket = socketio.test_client(app, flask_test_client=client)
    if not socket.is_connected():
        return None
    try:
        return {one["name"] for one in socket.get_received()}
    finally:
        socket.disconnect()


def test_a_client_may_send_these_events_and_no_others(app: Flask) -> None:
    assert app
    assert set(socketio.server.handlers["/"]) == set(EVENTS)
    assert set(socketio.server.namespace_handlers) == set()


def test_a_stranger_is_not_let_in(app: Flask) -> None:
    assert knock(app, None) is None


@pytest.mark.parametrize("role", Role)
def test_a_role_is_let_in_if_it_hears_alerts(app: Flask, world: World, role: Role) -> None:
    let_in = knock(app, world.here.actor(WHO[role])) is not None
    assert let_in == (role not in HEAR_NOTHING)


@pytest.mark.parametrize("state", SHUT_OUT)
@pytest.mark.parametrize("role", Role)
def test_nobody_is_let_in_who_is_shut_out(app: Flask, world: World, role: Role, state: str) -> None:
    gone = newcomer(world.here, role, f"{role} {state}".replace(" ", "-"))
    assert knock(app, gone, SHUT_OUT[state]) is None


@pytest.mark.parametrize("gate", Gate)
@pytest.mark.parametrize("role", Role)
def test_nobody_is_let_in_whom_a_gate_holds(app: Flask, role: Role, gate: Gate) -> None:
    held = newcomer(held_place(gate), role, f"{role} {gate}".replace(" ", "-"))
    assert knock(app, held, HOLDS[gate]) is None


@pytest.mark.parametrize("role", sorted(set(Role) - HEAR_NOTHING))
def test_who_is_let_in_is_sent_the_alerts_of_their_own_areas_alone(
    app: Flask, world: World, role: Role
) -> None:
    raise_in(ready(sign_in(app, world.here.actor("second_member"))), world.here)
    near, far = (
        world.here.actor(WHO[role]),
        newcomer(world.here, role, f"{role} elsewhere".replace(" ", "-"), far=True),
    )
    assert knock(app, near) == {"alert"}
    everywhere = world.here.area_id in far.area_ids
    assert knock(app, far) == ({"alert"} if everywhere else set())
    assert missed(newcomer(world.there, role, f"{role} beyond".replace(" ", "-")), None) == []


@pytest.mark.parametrize("event", ["alert", "rights", "dropped", "signed_out", "message"])
def test_what_a_client_sends_beside_these_changes_nothing(
    app: Flask, world: World, event: str
) -> None:
    browser = sign_in(app, world.here.actor("member"))
    assert apart(_sent, app, browser.client, event, world.here.area_id) == []


def _sent(app: Flask, client: FlaskClient, event: str, named: uuid.UUID) -> list[object]:
    """Send an event that nobody declared; return what comes back, and who is gone."""
    socket = socketio.test_client(app, flask_test_client=client)
    with app.app_context():
        before = dict(live().listeners)
        socket.get_received()
        socket.emit(event, {"id": str(named), "member_id": str(named), "session_id": str(named)})
        gone = set(before) ^ set(live().listeners)
    came: list[object] = socket.get_received()
    socket.disconnect()
    return [*came, *gone]
