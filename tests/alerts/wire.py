"""A real server for socket tests, and people who sign in to it, act and listen."""

import http.client
import json
import os
import re
import select
import socket
import subprocess
import sys
import time
import urllib.parse
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import websocket

from config import ROOT
from tests.browsers import TOKEN
from tests.whole_app.servers import free_port
from tests.world import PASSWORD, World

HOST = "127.0.0.1"
PATIENCE = 90.0
SOCKET = "/socket.io/?EIO=4&transport=websocket"
UPGRADE = {
    "Upgrade": "websocket",
    "Connection": "Upgrade",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==",
}


@dataclass
class Server:
    """A running server and the people who may sign in to it."""

    port: int
    pid: int
    world: World
    people: dict[str, "Person"] = field(default_factory=dict)

    @property
    def workers(self) -> list[int]:
        children = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text()
        return sorted(int(child) for child in children.split())

    def person(self, who: str, scheme: str = "here") -> "Person":
        """Return somebody signed in; once a server, since sign-ins are limited."""
        key = f"{who} {scheme}"
        if key not in self.people:
            email = getattr(self.world, scheme).emails[who]
            self.people[key] = Person(self, email)
        return self.people[key]

    def worker_of(self, local_port: int) -> int:
        """Return the worker that holds the other end of a connection of ours."""
        inode = self._inode(local_port)
        for pid in self.workers:
            for link in Path(f"/proc/{pid}/fd").iterdir():
                try:
                    if str(link.readlink()) == f"socket:[{inode}]":
                        return pid
                except FileNotFoundError:
                    continue
        raise LookupError("no worker holds this connection")

    def _inode(self, local_port: int) -> str:
        for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
            columns = line.split()
            ours, theirs = (int(columns[i].rsplit(":", 1)[1], 16) for i in (1, 2))
            if (ours, theirs) == (self.port, local_port):
                return columns[9]
        raise LookupError("no such connection")


class Person:
    """Somebody's browser, signed in over HTTP."""

    def __init__(self, server: Server, email: str) -> None:
        self.server, self.cookie, self.token = server, "", ""
        self.ask("GET", "/sign-in")
        status, headers, _ = self.post("/sign-in", email=email, password=PASSWORD)
        assert (status, headers["Location"]) == (302, "/"), "could not sign in"
        self.ask("GET", "/me")

    def ask(
        self, method: str, path: str, body: str | None = None, **headers: str
    ) -> tuple[int, dict[str, str], str]:
        connection = http.client.HTTPConnection(HOST, self.server.port, timeout=PATIENCE)
        try:
            return self.ask_on(connection, method, path, body, **headers)
        finally:
            connection.close()

    def ask_on(
        self,
        connection: http.client.HTTPConnection,
        method: str,
        path: str,
        body: str | None = None,
        **headers: str,
    ) -> tuple[int, dict[str, str], str]:
        connection.request(method, path, body, {"Cookie": self.cookie, **headers})
        response = connection.getresponse()
        text = response.read().decode()
        for given in response.headers.get_all("Set-Cookie") or []:
            self.cookie = given.split(";")[0]
        found = TOKEN.search(text)
        self.token = next(filter(None, found.groups())) if found else self.token
        return response.status, dict(response.headers), text

    def post(
        self, path: str, on: http.client.HTTPConnection | None = None, **data: str
    ) -> tuple[int, dict[str, str], str]:
        body = urllib.parse.urlencode({"csrf_token": self.token, **data})
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        if on is not None:
            return self.ask_on(on, "POST", path, body, **kind)
        return self.ask("POST", path, body, **kind)

    def raise_alert(self, on: http.client.HTTPConnection | None = None) -> str:
        """Raise an alert in one's own Area and return its id."""
        page = self.ask_on(on, "GET", "/alerts/new") if on else self.ask("GET", "/alerts/new")
        found = re.findall(r'name="(submission_id|premises_id|area_id)" value="([^"]*)"', page[2])
        status, headers, text = self.post("/alerts", on, **dict(found), template="theft-team")
        assert status == 303, text
        return headers["Location"].rsplit("/", 1)[1]

    def handshake(self, path: str = SOCKET, **headers: str) -> int:
        """Return the status with which a socket's handshake is answered."""
        return handshake(self.server.port, path, Cookie=self.cookie, **headers)


def handshake(port: int, path: str = SOCKET, **headers: str) -> int:
    named = {key.replace("_", "-"): value for key, value in headers.items()}
    connection = http.client.HTTPConnection(HOST, port, timeout=PATIENCE)
    try:
        connection.request("GET", path, headers={**UPGRADE, **named})
        with connection.getresponse() as response:
            assert "Sec-WebSocket-Extensions" not in response.headers
            return response.status
    finally:
        connection.close()


class Ear:
    """A page that listens."""

    def __init__(self, person: Person, after: str = "") -> None:
        self.ws = websocket.create_connection(
            f"ws://{HOST}:{person.server.port}{SOCKET}",
            header={"Cookie": person.cookie},
            timeout=PATIENCE,
            suppress_origin=True,
        )
        self.worker = person.server.worker_of(self.ws.sock.getsockname()[1])
        assert self.ws.recv().startswith("0{")
        self.ws.send("40" + json.dumps({"after": after}))
        self.early: list[tuple[str, Any]] = []
        while (heard := self._next(PATIENCE))[0] != "joined":
            assert heard[0] == "alert"
            self.early.append(heard)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_problem: object) -> None:
        self.ws.close(timeout=1)
        self.ws.shutdown()

    def hear(self, seconds: float = 2.0) -> tuple[str, Any]:
        """Return the next event, ("silence", None) or ("closed", None)."""
        return self.early.pop(0) if self.early else self._next(seconds)

    def _next(self, seconds: float) -> tuple[str, Any]:
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            self.ws.settimeout(left)
            try:
                frame = self.ws.recv()
            except websocket.WebSocketTimeoutException:
                break
            except (websocket.WebSocketConnectionClosedException, OSError):
                return "closed", None
            heard = self._understood(frame)
            if heard is not None:
                return heard
        return "silence", None

    def _understood(self, frame: str) -> tuple[str, Any] | None:
        if frame == "":
            return "closed", None
        if frame == "2":
            self.ws.send("3")
        if frame.startswith("42"):
            event, news = json.loads(frame[2:])
            return event, news
        return ("joined", None) if frame.startswith("40") else None


def pour(server: Server, cookie: str, limit: int, frame: bytes, *, again: bool) -> int:
    """Open a socket, send a frame's beginning and then bytes; return how many were taken."""
    wire = socket.create_connection((HOST, server.port), timeout=PATIENCE)
    with wire:
        headers = {**UPGRADE, "Host": f"{HOST}:{server.port}", "Cookie": cookie}
        lines = [f"GET {SOCKET} HTTP/1.1", *(f"{k}: {v}" for k, v in headers.items()), "", ""]
        wire.sendall("\r\n".join(lines).encode())
        assert wire.recv(4096).startswith(b"HTTP/1.1 101")
        taken, chunk = 0, frame if again else bytes(4096)
        try:
            wire.sendall(frame)
            while taken < limit:
                wire.sendall(chunk)
                taken += len(chunk)
                readable, _, _ = select.select([wire], [], [], 0)
                if readable and _is_closed(wire.recv(4096)):
                    return taken
        except (BrokenPipeError, ConnectionResetError):
            return taken
    return taken


def _is_closed(heard: bytes) -> bool:
    """Say whether a server's bytes are an end, or hold a close frame."""
    return not heard or b"\x88" in heard


def resident_megabytes(pid: int) -> float:
    found = re.search(r"VmRSS:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
    assert found
    return int(found.group(1)) / 1024


@contextmanager
def serving(world: World, workers: int, environ: dict[str, str], log: Path) -> Iterator[Server]:
    """Run gunicorn on loopback, and end it by its own process id."""
    port = free_port()
    command = [
        *(sys.executable, "-m", "gunicorn", "-k", "gevent", "-w", str(workers)),
        *("--no-control-socket", "--graceful-timeout", "1", "-b", f"{HOST}:{port}"),
        *("--worker-connections", "10000"),
        "disc.app:create_app()",
    ]
    clean = {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/"), **environ}
    with log.open("wb") as out:
        process = subprocess.Popen(command, cwd=ROOT, env=clean, stdout=out, stderr=out)
        try:
            server = Server(port, process.pid, world)
            _wait(server, workers, process, log)
            yield server
        finally:
            process.terminate()
            try:
                process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait(PATIENCE)


def _wait(server: Server, workers: int, process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and process.poll() is None:
        try:
            if len(server.workers) >= workers and handshake(server.port) == 401:
                return
        except OSError:
            pass
        time.sleep(0.1)
    raise AssertionError(f"the server did not start:\n{log.read_text()}")
