"""Opens a HEIF picture: decoded in another process, since a broken one may end it."""

import json
import os
import select
import signal
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from io import FileIO
from pathlib import Path
from typing import Any

from PIL import Image

from disc.core.pictures.errors import DamagedPicture
from disc.core.pictures.heif_apart import SECONDS, TOO_MANY

PROGRAM = str(Path(__file__).with_name("heif_apart.py"))
PIECE = 1024 * 1024
BYTES_A_PIXEL = 4
HEAD = 1024 * 1024
"""Bytes that may come before the pixels: the header's line, and the EXIF of a camera."""
PATIENCE = SECONDS + 10
"""After so many seconds a decoder that did not end itself is ended."""


class TooManyInside(Exception):
    """There are more pixels than are wanted; none of them was decoded."""


def open_heif(data: bytes, most_pixels: int) -> Image.Image:
    """Return a HEIF picture, decoded and upright, with its EXIF.

    Raises DamagedPicture for what does not decode, whatever becomes of the decoder, and
    TooManyInside.
    """
    command = [sys.executable, "-I", PROGRAM, str(most_pixels)]
    status, told = _run(command, data, HEAD + BYTES_A_PIXEL * most_pixels)
    if status == TOO_MANY:
        raise TooManyInside
    if status != 0 or told is None:
        raise DamagedPicture
    start = told.index(b"\n") + 1
    said, pixels = json.loads(told[:start]), memoryview(told)[start:]
    picture = Image.frombytes(said["mode"], tuple(said["size"]), pixels[said["exif"] :])
    picture.info["exif"] = bytes(pixels[: said["exif"]])
    return picture


def _run(command: list[str], data: bytes, most: int) -> tuple[int, bytearray | None]:
    """Give a process a file and return its exit status and what it wrote, of at most some bytes.

    One that writes more, or is not done in time, is ended. It reads all before it writes, so that
    neither waits for the other.
    """
    process, gives, takes = _begin(command)
    until, told = time.monotonic() + PATIENCE, None
    try:
        with FileIO(gives, "wb") as into, FileIO(takes, "rb") as out:
            told = _take(out, most, until) if _give(into, data, until) else None
    finally:
        if told is None:
            os.kill(process, signal.SIGKILL)
        _, ended = _plain("os", "waitpid")(process, 0)
    return os.waitstatus_to_exitcode(ended), told


def _begin(command: list[str]) -> tuple[int, int, int]:
    """Begin a process; return it, and the ends by which it is given and gives.

    This runs in threads beside gevent's loop, where only plain calls of the system are at home.
    """
    (reads, gives), (takes, writes) = os.pipe(), os.pipe()
    ends = [(os.POSIX_SPAWN_DUP2, reads, 0), (os.POSIX_SPAWN_DUP2, writes, 1)]
    quiet = (os.POSIX_SPAWN_OPEN, 2, os.devnull, os.O_WRONLY, 0)
    spawn = _plain("os", "posix_spawn")
    try:
        process: int = spawn(command[0], command, {}, file_actions=[*ends, quiet])
    except OSError:
        os.close(gives)
        os.close(takes)
        raise
    finally:
        os.close(reads)
        os.close(writes)
    return process, gives, takes


def _give(pipe: FileIO, data: bytes, until: float) -> bool:
    """Give a process its file to the end; say whether it took that in time, or ended before."""
    os.set_blocking(pipe.fileno(), False)
    left = memoryview(data)
    with suppress(BrokenPipeError):  # it ended already: its status says how
        while left:
            if not _is_ready(pipe, select.POLLOUT, until):
                return False
            left = left[pipe.write(left[:PIECE]) or 0 :]
    pipe.close()
    return True


def _take(pipe: FileIO, most: int, until: float) -> bytearray | None:
    told = bytearray()
    while len(told) <= most and _is_ready(pipe, select.POLLIN, until):
        part = pipe.read(PIECE)
        if not part:
            return told
        told += part
    return None


def _is_ready(pipe: FileIO, event: int, until: float) -> bool:
    poll = _plain("select", "poll")()
    poll.register(pipe.fileno(), event)
    return bool(poll.poll(max(0.0, until - time.monotonic()) * 1000))


def _plain(module: str, name: str) -> Callable[..., Any]:
    """Return a call of the system as it is: gevent's own needs the loop, which is another thread's.

    It puts calls of its own in place of those that begin processes and wait for them.
    """
    monkey, own = sys.modules.get("gevent.monkey"), sys.modules[module]
    call: Callable[..., Any] = monkey.get_original(module, name) if monkey else getattr(own, name)
    return call
