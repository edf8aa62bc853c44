"""The embedded server: answers from its first moment, and keeps one job worker beside it."""

import ctypes
import json
import os
import signal
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from click import echo
from flask import Flask
from gevent import signal_handler, sleep, spawn
from gevent.pywsgi import WSGIServer

from config import ROOT, Settings
from disc.core.database import db
from disc.core.preparing import is_prepared

COMMAND = (sys.executable, "-m", "flask", "--app", "wsgi", "disc")
LONGEST_PAUSE = 60.0
STEADY_SECONDS = 60.0
"""A worker that lived so long did not die of how it was started: the next pause is short again."""
GRACE_SECONDS = 10.0
M_ARENA_MAX = -8
"""glibc's own number for how many places threads may allocate from."""

MOST_SIGN_INS = 5
"""How many of the demo's sign-ins are printed: the first are those of the README's walk."""

Start = Callable[..., Any]


def starting(_environ: dict[str, Any], start_response: Start) -> Iterable[bytes]:
    """Answer while the installation prepares itself."""
    body = json.dumps({"status": "starting"}).encode()
    start_response(
        "503 Service Unavailable",
        [
            ("Content-Type", "application/json"),
            ("Content-Length", str(len(body))),
            ("Cache-Control", "no-store"),
            ("Retry-After", "2"),
        ],
    )
    return [body]


@dataclass
class Front:
    """What the open port hands requests to: the notice above, then the application."""

    app: Callable[[dict[str, Any], Start], Iterable[bytes]] = starting

    def __call__(self, environ: dict[str, Any], start_response: Start) -> Iterable[bytes]:
        """Pass one request on."""
        return self.app(environ, start_response)


@dataclass
class Children:
    """The processes started from this one; none of them outlives it."""

    running: list[subprocess.Popen[bytes]] = field(default_factory=list)
    stopping: bool = False

    def start(self, *arguments: str) -> subprocess.Popen[bytes]:
        """Start one of our commands. Its standard input closes when this process ends."""
        # A session of its own: Ctrl-C reaches this process alone, which then asks the children.
        child = subprocess.Popen(  # noqa: S603 - our own commands
            [*COMMAND, *arguments], cwd=ROOT, stdin=subprocess.PIPE, start_new_session=True
        )
        self.running.append(child)
        return child

    def wait(self, child: subprocess.Popen[bytes]) -> int:
        """Wait for a child's end, and return its exit code."""
        code = child.wait()
        if child in self.running:
            self.running.remove(child)
        return code

    def keep_worker(self) -> None:
        """Run the job worker, and start it again when it dies: after a pause that grows."""
        pause = 1.0
        while True:
            began = time.monotonic()
            self.wait(self.start("worker", "--with-parent"))
            if self.stopping:
                return
            pause = 1.0 if time.monotonic() - began > STEADY_SECONDS else pause
            echo(f"The job worker ended; it starts again in {pause:.0f} s.", err=True)
            sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)

    def stop(self) -> None:
        """Ask every child to finish what it does, and end those that take too long."""
        self.stopping = True
        for child in list(self.running):
            child.terminate()
        deadline = time.monotonic() + GRACE_SECONDS
        for child in list(self.running):
            try:
                child.wait(timeout=max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                child.kill()


def serve(settings: Settings, build: Callable[[], Flask]) -> int:
    """Serve until SIGTERM or SIGINT, and return the exit code.

    The port is open at once; the database is prepared in another process, since what loads
    the demo would stay in this one's memory. That is left out where nothing is to be made.
    """
    os.umask(0o077)
    share_memory()
    host, port = os.environ.get("HOST", "127.0.0.1"), int(os.environ.get("PORT", "8000"))
    front, children = Front(), Children()
    try:
        server = _open(settings, host, port, front)
    except OSError as error:
        echo(f"Port {port} of {host} cannot be opened: {error.strerror}.", err=True)
        return 1
    for number in (signal.SIGTERM, signal.SIGINT):
        signal_handler(number, lambda: spawn(_end, server, children))
    app = build()
    if not _prepared(app):
        code = children.wait(children.start("prepare"))
        if code or children.stopping:
            server.stop(timeout=0)
            return 0 if children.stopping else code
    front.app = app
    spawn(children.keep_worker)
    _say(settings, host, port)
    server.serve_forever(stop_timeout=GRACE_SECONDS)
    children.stop()
    return 0


def _prepared(app: Flask) -> bool:
    """Look without holding on: the process that prepares may put another file in its place."""
    with app.app_context():
        ready = is_prepared()
        db.session.remove()
        db.engine.dispose()
    return ready


def share_memory() -> None:
    """Let every thread allocate from one place, where the C library is glibc.

    Each thread of the pool would otherwise keep what its last photo took: 20 MB and more.
    """
    limit = getattr(ctypes.CDLL(None), "mallopt", None)
    if limit is not None:
        limit(M_ARENA_MAX, 1)


def _open(settings: Settings, host: str, port: int, front: Front) -> WSGIServer:
    tls = _tls(settings, host) if os.environ.get("TLS") == "1" else None
    return listen(host, port, front, tls)


def _tls(settings: Settings, host: str) -> ssl.SSLContext:
    """Speak TLS 1.2 and later, with suites that keep past talk secret and cannot be tampered with.

    RFC 9325, 4.2: authenticated encryption with ephemeral keys.
    """
    from disc.core.vault.certificate import make_certificate

    certificate, key = make_certificate(settings.instance / "tls", host)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers("ECDHE+AESGCM:ECDHE+CHACHA20")
    context.load_cert_chain(certificate, key)
    return context


def listen(
    host: str, port: int, app: Callable[..., Iterable[bytes]], tls: ssl.SSLContext | None = None
) -> WSGIServer:
    """Open a port for an application. Raises OSError where it cannot be opened."""
    # No log of its own: its lines hold whole addresses, and ours name routes only.
    secure = {"ssl_context": tls} if tls else {}
    server = WSGIServer((host, port), app, log=None, error_log=None, **secure)
    server.start()
    # Accepted connections inherit it. The server sends a page's head and body apart: held back
    # until the head is acknowledged, the body would come 40 ms later on a connection kept open.
    server.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return server


def _end(server: WSGIServer, children: Children) -> None:
    children.stop()
    server.stop(timeout=GRACE_SECONDS)


def _say(settings: Settings, host: str, port: int) -> None:
    """Print where to go, and the demo's sign-ins where there are any."""
    scheme = "https" if os.environ.get("TLS") == "1" else "http"
    name = "localhost" if host == "127.0.0.1" else host  # a passkey belongs to a name
    echo(f"\n{settings.product_name} is ready at {scheme}://{name}:{port}\n")
    file = settings.instance / "demo-signins.json"
    if not file.exists():
        return
    rows = json.loads(file.read_text())
    echo("Demo sign-ins (invented people):\n" + _table(rows[:MOST_SIGN_INS]))
    more = ", ".join(row["role"] for row in rows[MOST_SIGN_INS:])
    if more:
        echo(f"  More in {file}: {more}")


def _table(rows: list[dict[str, str]]) -> str:
    """Lay rows out under their keys' names."""
    columns = list(dict.fromkeys(key for row in rows for key in row))
    lines = [columns, *([str(row.get(key, "")) for key in columns] for row in rows)]
    widths = [max(len(line[at]) for line in lines) for at in range(len(columns))]
    return "\n".join(
        "  "
        + "  ".join(word.ljust(width) for word, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    )
