"""The product's own server, with a clock beside it that sees when its event loop stood still.

Run as ``python -m benchmarks.watched FILE`` with HOST and PORT set. Send it SIGUSR1 and it writes
to FILE the pauses, in seconds, that the loop made since the last time, and begins anew.
"""

if __name__ == "__main__":
    # Before anything else is imported, or sockets and locks would be the blocking ones.
    from gevent import monkey

    monkey.patch_all()

import json
import os
import signal
import sys
import time
from pathlib import Path

import gevent
from gevent import signal_handler

from disc.core.serving import listen, share_memory
from wsgi import load

STEP = 0.002
"""Seconds between two looks at the clock: a pause shorter than this is not seen."""


def watch(pauses: list[float]) -> None:
    """Note by how much each short sleep was too long."""
    before = time.perf_counter()
    while True:
        gevent.sleep(STEP)
        now = time.perf_counter()
        pauses.append(now - before - STEP)
        before = now


def main() -> None:
    """Serve until ended."""
    file, pauses = Path(sys.argv[1]), list[float]()

    def write() -> None:
        taken, pauses[:] = list(pauses), []
        file.with_suffix(".new").write_text(json.dumps(taken))
        file.with_suffix(".new").replace(file)

    share_memory()
    server = listen(os.environ["HOST"], int(os.environ["PORT"]), load())
    signal_handler(signal.SIGUSR1, write)
    gevent.spawn(watch, pauses)
    server.serve_forever()


if __name__ == "__main__":
    main()
