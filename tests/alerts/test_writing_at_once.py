"""One message to many websockets, past their queues, without ever breaking their order."""

import json
import socket
from collections.abc import Iterator
from contextlib import suppress
from types import SimpleNamespace
from typing import Any

import pytest
from wsproto import ConnectionType
from wsproto.connection import Connection
from wsproto.events import TextMessage

from disc.core.wire import frame, write_now

MESSAGE = frame("alert", {"id": "an id"})


class Pipe:
    """A websocket of ours whose other end the test reads."""

    def __init__(self) -> None:
        self.ours, self.theirs = socket.socketpair()
        self.ours.settimeout(0)
        self.closed = self.queued = False
        self.websocket: Any = SimpleNamespace(connected=True, sock=SimpleNamespace(_sock=self.ours))
        self.queue = SimpleNamespace(empty=lambda: not self.queued)

    def close(self, *, wait: bool, abort: bool) -> None:
        assert abort
        assert not wait
        self.closed = True


@pytest.fixture
def pipe() -> Iterator[Pipe]:
    made = Pipe()
    yield made
    made.ours.close()
    made.theirs.close()


@pytest.mark.parametrize("length", [1, 80, 200, 60_000])
def test_a_client_reads_the_frame_as_the_event_that_was_sent(pipe: Pipe, length: int) -> None:
    news = {"id": "x" * length}
    assert write_now(pipe, frame("alert", news))
    client = Connection(ConnectionType.CLIENT)
    client.receive_data(pipe.theirs.recv(1 << 17))
    [event] = client.events()
    assert isinstance(event, TextMessage)
    assert event.message_finished
    assert event.data[:2] == "42"
    assert json.loads(event.data[2:]) == ["alert", news]


def test_what_is_queued_goes_first(pipe: Pipe) -> None:
    pipe.queued = True
    assert not write_now(pipe, MESSAGE)


def test_a_slow_client_waits_its_turn_and_holds_up_nobody(pipe: Pipe) -> None:
    with suppress(BlockingIOError):
        while pipe.ours.send(bytes(65536)):
            continue
    assert not write_now(pipe, MESSAGE)
    assert not pipe.closed


def test_half_a_frame_ends_that_socket(pipe: Pipe) -> None:
    pipe.websocket.sock._sock = SimpleNamespace(send=lambda message: len(message) - 1)
    assert write_now(pipe, MESSAGE)
    assert pipe.closed


def test_a_closed_an_encrypted_and_an_unknown_socket_are_left_to_the_queue(pipe: Pipe) -> None:
    assert not write_now(None, MESSAGE)
    pipe.websocket.sock._sslobj = None
    assert not write_now(pipe, MESSAGE)
    del pipe.websocket.sock._sslobj
    assert write_now(pipe, MESSAGE)
    pipe.websocket.connected = False
    assert not write_now(pipe, MESSAGE)


def test_news_is_small() -> None:
    with pytest.raises(ValueError, match="an id and a time"):
        frame("alert", {"id": "x" * 65_536})


def test_gevents_sockets_still_hold_the_one_that_is_written_to() -> None:
    import gevent.socket

    with gevent.socket.socket() as made:
        assert hasattr(made._sock, "send")
