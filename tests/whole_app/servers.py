"""The installation run as an operator runs it: in processes of its own."""

import contextlib
import http.client
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from config import ROOT

PATIENCE = 180.0


def environment(instance: Path, **more: str) -> dict[str, str]:
    """An environment with none of the settings of the run itself."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("DISC_", "FLASK_"))
        and name not in ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL", "TLS", "HOST")
    }
    return {**kept, "DISC_INSTANCE": str(instance), "DISC_DEMO": "0", **more}


def flask(instance: Path, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    """Run ``flask disc …`` to its end."""
    return subprocess.run(
        [sys.executable, "-m", "flask", "disc", *arguments],
        cwd=ROOT,
        env=environment(instance, **more),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )


def free_port() -> int:
    """Return a port that nobody listens at, below those that connections are given by chance.

    One of those could be taken again before the server that is to have it listens.
    """
    while True:
        port = 20_000 + secrets.randbelow(12_000)
        with contextlib.suppress(OSError), socket.socket() as opened:
            opened.bind(("127.0.0.1", port))
            return port


class Server:
    """One running server."""

    def __init__(self, command: list[str], port: int, env: dict[str, str], log: Path) -> None:
        self.address = f"http://127.0.0.1:{port}"
        self.log = log
        with log.open("wb") as opened:
            self.process = subprocess.Popen(
                command, cwd=ROOT, env={**env, "PORT": str(port)}, stdout=opened, stderr=opened
            )

    def status(self) -> int | None:
        """Ask for its health; None while nothing listens."""
        try:
            with urllib.request.urlopen(f"{self.address}/healthz", timeout=PATIENCE) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            with error:
                return error.code
        except OSError:
            return None

    def wait_for(self, status: int) -> None:
        end = time.monotonic() + PATIENCE
        while self.status() != status:
            assert time.monotonic() < end, self.log.read_text()
            assert self.process.poll() is None, self.log.read_text()
            time.sleep(0.02)

    def children(self) -> list[int]:
        found = []
        for each in Path("/proc").glob("[0-9]*/stat"):
            with contextlib.suppress(OSError):
                number, parent = each.read_text().rsplit(")", 1)[1].split()[1], each.parent.name
                if int(number) == self.process.pid:
                    found.append(int(parent))
        return found

    def end(self, number: int = signal.SIGTERM) -> int:
        if self.process.poll() is None:
            self.process.send_signal(number)
        return self.process.wait(timeout=PATIENCE)


@contextlib.contextmanager
def running(
    instance: Path, *, command: list[str] | None = None, port: int | None = None, **more: str
) -> Iterator[Server]:
    """Run ``python wsgi.py``, or another command, and end it afterwards."""
    port = port or free_port()
    chosen = command or [sys.executable, "wsgi.py"]
    instance.parent.mkdir(parents=True, exist_ok=True)
    server = Server(chosen, port, environment(instance, **more), instance.with_suffix(".log"))
    try:
        yield server
    finally:
        if server.process.poll() is None:
            server.process.send_signal(signal.SIGTERM)
            try:
                server.process.wait(timeout=PATIENCE)
            except subprocess.TimeoutExpired:
                server.process.kill()


def ask(port: int, path: str, **headers: str) -> int:
    """Return the status of one request, as it stands before any upgrade."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    try:
        connection.request(
            "GET", path, headers={k.replace("_", "-"): v for k, v in headers.items()}
        )
        return connection.getresponse().status
    finally:
        connection.close()


def gone(pid: int) -> bool:
    """Say whether a process ends soon."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
        except OSError:
            return True
        if state == "Z":
            return True
        time.sleep(0.05)
    return False


def lines_of(log: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in log.read_text().splitlines() if line.startswith("{")]
