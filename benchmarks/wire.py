"""A relay before a server that counts what a browser is sent, whichever part of it asked."""

import contextlib
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

HOST = "127.0.0.1"
BLOCK = 64 * 1024


class Wire:
    """A port of its own, and how many bytes came back through it."""

    def __init__(self, port: int) -> None:
        self.server_port, self.sent, self._lock = port, 0, threading.Lock()
        self._listener = socket.create_server((HOST, 0))
        self.port: int = self._listener.getsockname()[1]

    def take(self) -> int:
        """Return how many bytes were sent since the last time."""
        with self._lock:
            sent, self.sent = self.sent, 0
        return sent

    def serve(self) -> None:
        """Pass on every connection until the port is closed."""
        with contextlib.suppress(OSError):
            while True:
                browser, _ = self._listener.accept()
                server = socket.create_connection((HOST, self.server_port))
                for one, other, counts in ((browser, server, False), (server, browser, True)):
                    self._start(one, other, counts=counts)

    def close(self) -> None:
        """Take no more connections."""
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _start(self, one: socket.socket, other: socket.socket, *, counts: bool) -> None:
        threading.Thread(target=self._pass_on, args=(one, other, counts), daemon=True).start()

    def _pass_on(self, one: socket.socket, other: socket.socket, counts: bool) -> None:  # noqa: FBT001 - a thread's
        with contextlib.suppress(OSError):
            while block := one.recv(BLOCK):
                if counts:
                    with self._lock:
                        self.sent += len(block)
                other.sendall(block)
        with contextlib.suppress(OSError):
            other.shutdown(socket.SHUT_WR)


@contextmanager
def counted(port: int) -> Iterator[Wire]:
    """Put a relay before a server on this machine while it is measured."""
    wire = Wire(port)
    threading.Thread(target=wire.serve, daemon=True).start()
    try:
        yield wire
    finally:
        wire.close()
