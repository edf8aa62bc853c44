"""Who may open a websocket, and what one may cost once it is open."""

from collections.abc import Callable
from typing import Any

from engineio import Server
from flask import Flask

from disc.core.wire import attach

LARGEST_FRAME = 16 * 1024
"""Bytes a client may send in one message; counted before they are gathered in memory."""

Environ = dict[str, Any]


def refuse_strangers(
    app: Flask, server: Server, is_welcome: Callable[[], bool], arrived: Callable[[], None]
) -> None:
    """Answer 401 before the upgrade: Socket.IO's own connect runs when the socket is open.

    ``arrived`` is called for each handshake, since a process may be asked for nothing but
    sockets, and these pass by Flask's own hooks.
    """
    inner = server.handlers["connect"]

    def connect(sid: str, environ: Environ) -> object:
        with app.request_context(environ):
            arrived()
            if not is_welcome():
                return "Sign in first."
        return inner(sid, environ)

    server.handlers["connect"] = connect


def harden(server: Server) -> None:
    """Limit one websocket's messages, silence and memory.

    A message's size is counted before it is gathered. A peer that vanished is let go when it
    misses its pings. Compression is not agreed to: its state would cost 300 KB a socket, to
    save some bytes of messages of a hundred.
    """
    ways: dict[str, Any] = server._async or {}  # noqa: SLF001 - engineio offers no other place; a test holds it
    original = ways["websocket"]
    longest_silence = server.ping_interval + server.ping_timeout

    def hardened(handler: Callable[..., object], server: Server) -> Callable[..., object]:
        def handle(socket: Any) -> object:
            socket.ws.sock.settimeout(longest_silence)
            attach(handler, socket.ws)
            return handler(socket)

        def accept(environ: Environ, start_response: Callable[..., object]) -> object:
            environ.pop("HTTP_SEC_WEBSOCKET_EXTENSIONS", None)
            accepted: object = made(environ, start_response)
            return accepted

        made = original(handle, server)
        made.server_args["max_message_size"] = LARGEST_FRAME
        return accept

    server._async = {**ways, "websocket": hardened}  # noqa: SLF001 - as above
