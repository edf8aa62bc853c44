"""Puts one short message on many websockets at once, past the queue that each of them has.

Engine.IO gives every socket a queue and a greenlet that empties it, which costs more than the
message itself: with 5,000 sockets the last of them waited five times as long.
"""

import json
import struct
from typing import Any

TEXT = 0x81
"""First byte of a whole text frame (RFC 6455, section 5.2)."""
SHORT, LONGEST = 126, 1 << 16


def frame(event: str, news: dict[str, str]) -> bytes:
    """Return a Socket.IO event as one websocket frame. Raises ValueError above 64 KiB."""
    body = b"42" + json.dumps([event, news], separators=(",", ":")).encode()
    if len(body) < SHORT:
        return struct.pack("!BB", TEXT, len(body)) + body
    if len(body) < LONGEST:
        return struct.pack("!BBH", TEXT, SHORT, len(body)) + body
    raise ValueError("live news is an id and a time")


def attach(handler: Any, websocket: Any) -> None:
    """Remember the websocket of the Engine.IO socket whose handler this is."""
    handler.__self__.websocket = websocket


def write_now(transport: Any, message: bytes) -> bool:
    """Write a frame without waiting; False where it must take its turn in the queue.

    It must where something is queued before it, where the network is slow, and under TLS,
    whose records are not ours to write.
    """
    websocket = getattr(transport, "websocket", None)
    if websocket is None or not websocket.connected or not transport.queue.empty():
        return False
    plain = getattr(websocket.sock, "_sock", None)
    if plain is None or hasattr(websocket.sock, "_sslobj"):
        return False
    try:
        written: int = plain.send(message)
    except OSError:
        return False
    if written < len(message):
        # Half a frame cannot be taken back. The page opens a new socket and is told again.
        transport.close(wait=False, abort=True)
    return True
