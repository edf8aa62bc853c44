"""What closes the sockets that no message closed, and what starts a process's listening."""

import uuid
from types import SimpleNamespace
from typing import Any

import engineio
import pytest
from flask import Flask

from disc.access.actor import Actor
from disc.core import live
from disc.core.handshake import LARGEST_FRAME, harden, refuse_strangers
from disc.core.live import MOST_SOCKETS, Live
from tests.world import World


class Transport:
    def __init__(self, name: str, closed: list[str]) -> None:
        self.name, self.closed = name, closed

    def close(self, *, wait: bool) -> None:
        assert not wait, "a slow client must not hold up a sweep"
        self.closed.append(self.name)


@pytest.fixture
def closed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Connections a, b and c; sockets 1 and 2 run over a and b, nobody joined on c."""
    gone: list[str] = []
    room = {"1": "a", "2": "b"}
    manager = SimpleNamespace(
        rooms={"/": {None: room}},
        sid_from_eio_sid=lambda eio_sid, _: {"a": "1", "b": "2"}.get(eio_sid),
    )
    eio = SimpleNamespace(sockets={name: Transport(name, gone) for name in "abc"})
    fake: Any = SimpleNamespace(
        server=SimpleNamespace(manager=manager, eio=eio),
        emit=lambda event, _news, to: gone.append(f"{event} {to}"),
    )
    monkeypatch.setattr(live, "socketio", fake)
    return gone


def test_a_sign_in_that_ran_out_is_closed_by_the_sweep(world: World, closed: list[str]) -> None:
    ours, ended, stays = Live(None), *_two(world)
    ours.add("1", ended)
    ours.add("2", stays)
    ours.sweep(lambda sessions: sessions - {ended.session_id})
    assert closed == ["ran_out 1", "a"]
    assert list(ours.listeners) == ["2"]


def test_a_sign_in_that_was_ended_is_told_so(world: World, closed: list[str]) -> None:
    ours, ended, stays = Live(None), *_two(world)
    ours.add("1", ended)
    ours.add("2", stays)
    ours.tell("dropped", session_id=ended.session_id)
    assert closed == ["signed_out 1", "a"]
    assert list(ours.listeners) == ["2"]


def test_of_too_many_pages_of_one_sign_in_the_oldest_must_ask_instead(
    world: World, closed: list[str]
) -> None:
    ours, reader, other = Live(None), *_two(world)
    ours.add("2", other)
    for number in range(MOST_SOCKETS):
        ours.add("1" if number == 0 else f"page {number}", reader)
    ours.limit(reader.session_id)
    assert closed == []
    ours.add("one more", reader)
    ours.limit(reader.session_id)
    assert closed == ["too_many 1", "a"]
    assert list(ours.listeners) == ["2", *(f"page {n}" for n in range(1, 8)), "one more"]


def test_a_socket_that_never_joins_is_closed_by_the_second_sweep(closed: list[str]) -> None:
    ours = Live(None)
    ours.sweep(lambda sessions: sessions)
    assert closed == []
    ours.sweep(lambda sessions: sessions)
    assert closed == ["c"]


def test_a_socket_whose_connection_is_gone_is_forgotten(world: World, closed: list[str]) -> None:
    ours = Live(None)
    ours.add("a ghost", world.here.actor("member"))
    ours.sweep(lambda sessions: sessions)
    assert ours.listeners == {}


def test_new_rights_make_a_persons_sockets_open_again_without_signing_them_out(
    world: World, closed: list[str]
) -> None:
    ours, changed, other = Live(None), *_two(world)
    ours.add("1", changed)
    ours.add("2", other)
    ours.tell("rights", member_id=changed.id)
    assert closed == ["a"]
    assert list(ours.listeners) == ["2"]


def test_a_process_asked_for_sockets_alone_starts_to_listen(app: Flask) -> None:
    server, arrived = engineio.Server(async_mode="threading"), []
    server.on("connect", lambda _sid, _environ: arrived.append("let in"))
    refuse_strangers(app, server, lambda: False, lambda: arrived.append("arrived"))
    environ = {"REQUEST_METHOD": "GET", "SERVER_NAME": "x", "SERVER_PORT": "1", "PATH_INFO": "/"}
    environ["wsgi.url_scheme"] = "http"
    assert server.handlers["connect"]("a", environ) == "Sign in first."
    assert arrived == ["arrived"]


def test_the_websocket_server_is_told_the_limit() -> None:
    server = engineio.Server(async_mode="threading")
    made: list[Any] = []

    class WebSocket:
        def __init__(self, _handler: object, _server: object) -> None:
            self.server_args: dict[str, Any] = {}
            made.append(self)

        def __call__(self, environ: dict[str, str], _start: object) -> list[str]:
            return sorted(environ)

    server._async = {**server._async, "websocket": WebSocket}
    harden(server)
    accept = server._async["websocket"](print, server)
    assert accept({"HTTP_HOST": "x", "HTTP_SEC_WEBSOCKET_EXTENSIONS": "y"}, None) == ["HTTP_HOST"]
    assert made[0].server_args == {"max_message_size": LARGEST_FRAME}


def test_processes_of_two_installations_on_one_redis_do_not_hear_each_other() -> None:
    channels = {Live(f"redis://127.0.0.1/{number}")._channel for number in (0, 5)}
    assert channels == {"disc:live:0", "disc:live:5"}


def _two(world: World) -> tuple[Actor, Actor]:
    first, second = world.here.actor("member"), world.here.actor("spoc")
    assert isinstance(first.session_id, uuid.UUID)
    return first, second
