"""Servers started for a run, ended with it, and what memory they hold."""

import contextlib
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from config import ROOT

HOST = "127.0.0.1"
PATIENCE = 60.0
"""Seconds that a server may take to answer, and then to end."""
NOT_OURS = ("DISC_", "FLASK_")
NOT_OURS_EITHER = ("DATABASE_URL", "REDIS_URL", "TLS", "HOST", "PORT")


class Failed(Exception):
    """A server did not do what it was started for; the sentence says which and why."""


@dataclass
class Server:
    """One running server."""

    process: subprocess.Popen[bytes]
    port: int
    log: Path

    def wait_for(self, path: str) -> None:
        """Wait until an address answers 200. Raises Failed."""
        until = time.monotonic() + PATIENCE
        while _status(self.port, path) != http.client.OK:
            if self.process.poll() is not None or time.monotonic() > until:
                raise Failed(f"{path} does not answer:\n{self.log.read_text()[-2000:]}")
            time.sleep(0.005)

    def worker(self) -> int:
        """Return the process of the server's job worker, once there is one. Raises Failed."""
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            for pid in _children(self.process.pid):
                if b"worker" in _read(pid, "cmdline"):
                    return pid
            time.sleep(0.05)
        raise Failed("the server has no job worker")

    def pauses(self, file: Path) -> list[float]:
        """Return its loop's pauses (seconds) since the last time, where it writes them to a file.

        It must have been started by ``benchmarks.watched``. Raises Failed.
        """
        file.unlink(missing_ok=True)
        os.kill(self.process.pid, signal.SIGUSR1)
        until = time.monotonic() + PATIENCE
        while not file.exists():
            if time.monotonic() > until:
                raise Failed("the server does not say how its loop did")
            time.sleep(0.01)
        found: list[float] = json.loads(file.read_text())
        return found


@contextlib.contextmanager
def serving(folder: Path, *command: str, **settings: str) -> Iterator[Server]:
    """Run a Python program that serves on the PORT it is given, and end it."""
    port, log = _free_port(), folder / "server.log"
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(NOT_OURS) and name not in NOT_OURS_EITHER
    }
    with log.open("ab") as out:
        process = subprocess.Popen(
            [sys.executable, *command],
            cwd=ROOT,
            env={**kept, **settings, "PORT": str(port), "HOST": HOST},
            stdout=out,
            stderr=out,
        )
    try:
        yield Server(process, port, log)
    finally:
        _end(process)


def resident_megabytes(pid: int) -> float:
    """Return a process's resident memory in MB of 1,000,000 bytes."""
    return _megabytes(pid, "VmRSS:")


def most_megabytes(pid: int) -> float:
    """Return the most memory that a process ever had resident, in MB of 1,000,000 bytes."""
    return _megabytes(pid, "VmHWM:")


def _megabytes(pid: int, line_of: str) -> float:
    for line in _read(pid, "status").decode().splitlines():
        if line.startswith(line_of):
            return round(int(line.split()[1]) * 1024 / 1_000_000, 1)
    return 0.0


def processor_seconds(pid: int) -> float:
    """Return the processor time that a process has used, to a hundredth of a second."""
    return _ticks(pid) / os.sysconf("SC_CLK_TCK")


def wait_until_idle(pid: int, longest: float) -> None:
    """Wait until a process has used next to no processor time for a second."""
    until = time.monotonic() + longest
    while time.monotonic() < until:
        before = _ticks(pid)
        time.sleep(1.0)
        if _ticks(pid) - before <= 2:
            return


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait(PATIENCE)


def _status(port: int, path: str) -> int | None:
    connection = http.client.HTTPConnection(HOST, port, timeout=PATIENCE)
    try:
        connection.request("GET", path)
        return connection.getresponse().status
    except OSError:
        return None
    finally:
        connection.close()


def _children(pid: int) -> list[int]:
    return [int(child) for child in _read(pid, f"task/{pid}/children").split()]


def _ticks(pid: int) -> int:
    columns = _read(pid, "stat").rsplit(b")", 1)[-1].split()
    return int(columns[11]) + int(columns[12]) if columns else 0


def _read(pid: int, name: str) -> bytes:
    """Read of a process; nothing where it has ended."""
    try:
        return Path(f"/proc/{pid}/{name}").read_bytes()
    except OSError:
        return b""


def _free_port() -> int:
    with socket.socket() as opened:
        opened.bind((HOST, 0))
        return int(opened.getsockname()[1])
