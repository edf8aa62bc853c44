"""Many open websockets in one thread, and when each of them hears a message."""

import base64
import json
import os
import selectors
import socket
import struct
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from benchmarks.processes import HOST, PATIENCE, Failed
from disc.core.live import MOST_SOCKETS

ENGINE = "/socket.io/?EIO=4&transport=websocket"
TEXT, MASKED, SHORT = 0x81, 0x80, 126
NO_MASK = b"\0\0\0\0"
SILENCE = 10.0
"""Seconds after which a message that did not come is taken as lost."""


class Crowd:
    """Open websockets that all wait for the same words."""

    def __init__(self, sockets: list[socket.socket]) -> None:
        self._sockets = sockets
        self._selector = selectors.DefaultSelector()
        for each in sockets:
            self._selector.register(each, selectors.EVENT_READ)

    def hear(self, words: bytes, send: Callable[[], None]) -> list[float]:
        """Send something, and return after how many seconds each socket had heard words of it.

        Raises Failed where one did not.
        """
        heard: dict[int, bytes] = {}
        times: dict[int, float] = {}
        begun = time.perf_counter()
        send()
        while len(times) < len(self._sockets):
            ready = self._selector.select(SILENCE)
            if not ready:
                raise Failed(f"{len(self._sockets) - len(times)} sockets heard nothing")
            for key, _ in ready:
                heard[key.fd] = heard.get(key.fd, b"") + _read(key.fileobj)
                if key.fd not in times and words in heard[key.fd]:
                    times[key.fd] = time.perf_counter() - begun
        return list(times.values())

    def alive(self) -> int:
        """Return how many are still open; one that was closed reads as ended."""
        return sum(not _has_ended(each) for each in self._sockets)


def _has_ended(opened: socket.socket) -> bool:
    opened.setblocking(False)  # noqa: FBT003 - the only way to say it
    try:
        return opened.recv(1, socket.MSG_PEEK) == b""
    except BlockingIOError:
        return False
    except OSError:
        return True
    finally:
        opened.settimeout(PATIENCE)


def sign_ins_for(count: int) -> int:
    """Return how many sign-ins are needed to hold so many sockets."""
    return -(-count // MOST_SOCKETS)


@contextmanager
def crowd(count: int, port: int, cookies: Sequence[str]) -> Iterator[Crowd]:
    """Open live sockets as signed-in people's pages do, and close them.

    There must be a cookie for each MOST_SOCKETS of them: a sign-in holds no more.
    """
    with _opened(port, ENGINE, [cookies[each // MOST_SOCKETS] for each in range(count)]) as sockets:
        for each in sockets:
            _read_until(each, b"0{")
            each.sendall(_frame("40" + json.dumps({"after": "2100-01-01T00:00:00+00:00"})))
            _read_until(each, b"40{")
        yield Crowd(sockets)


@contextmanager
def bare_crowd(count: int, port: int, path: str) -> Iterator[Crowd]:
    """Open plain websockets, and close them."""
    with _opened(port, path, [""] * count) as sockets:
        yield Crowd(sockets)


@contextmanager
def _opened(port: int, path: str, cookies: list[str]) -> Iterator[list[socket.socket]]:
    sockets: list[socket.socket] = []
    try:
        for cookie in cookies:
            sockets.append(socket.create_connection((HOST, port), timeout=PATIENCE))
            _upgrade(sockets[-1], port, path, cookie)
        yield sockets
    finally:
        for each in sockets:
            each.close()


def _upgrade(opened: socket.socket, port: int, path: str, cookie: str) -> None:
    key = base64.b64encode(os.urandom(16)).decode()
    lines = [
        f"GET {path} HTTP/1.1",
        f"Host: {HOST}:{port}",
        f"Cookie: {cookie}",
        "Upgrade: websocket",
        "Connection: Upgrade",
        "Sec-WebSocket-Version: 13",
        f"Sec-WebSocket-Key: {key}",
        "",
        "",
    ]
    opened.sendall("\r\n".join(lines).encode())
    # Byte by byte up to the end of the head: what follows it belongs to the first message.
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        byte = opened.recv(1)
        if not byte:
            raise Failed("a websocket was closed before it opened")
        head += byte
    if not head.startswith(b"HTTP/1.1 101"):
        raise Failed(f"a websocket was refused: {head[:200]!r}")


def _frame(words: str) -> bytes:
    """Return a client's text frame; its mask of zeros leaves the words as they are."""
    body = words.encode()
    if len(body) >= SHORT:
        raise ValueError("only short messages are sent")
    return struct.pack("!BB", TEXT, MASKED | len(body)) + NO_MASK + body


def _read_until(opened: socket.socket, words: bytes) -> None:
    heard = b""
    while words not in heard:
        heard += _read(opened)


def _read(opened: object) -> bytes:
    assert isinstance(opened, socket.socket)
    received = opened.recv(4096)
    if not received:
        raise Failed("a websocket was closed")
    return received
