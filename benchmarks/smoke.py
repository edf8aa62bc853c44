"""The short benchmark: ``python -m benchmarks.smoke --json FILE``."""

import argparse
import functools
import gc
import json
import signal
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import NoReturn

from benchmarks import phases
from benchmarks.browser import Browser, sign_in_each
from benchmarks.figures import Figures, machine
from benchmarks.installation import EMAIL, make_installation, more_members
from benchmarks.phases import TINY, Bench, Size
from benchmarks.processes import Failed, Server, resident_megabytes, serving, wait_until_idle
from benchmarks.sockets import sign_ins_for

LONGEST = 300
"""Seconds after which a run gives up."""
ABOUT = f"""Measure cold start, the gallery at 1,000 Subjects, reports with a 3 MB photo, one alert
to 200 sockets, and memory, each beside something plain. Takes about 90 seconds on two cores, and
ends itself after {LONGEST}. Everything it makes is in a temporary folder that it removes."""


def main(arguments: list[str] | None = None) -> int:
    """Run once, print what was found, and return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.smoke", description=ABOUT)
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures to FILE")
    parser.add_argument(
        "--tiny", action="store_true", help="only show that it works: the figures mean nothing"
    )
    chosen = parser.parse_args(arguments)
    _bound()
    try:
        with tempfile.TemporaryDirectory(prefix="benchmark-") as folder:
            figures = measure(Path(folder), TINY if chosen.tiny else Size())
    except Failed as failed:
        sys.exit(str(failed))
    finally:
        signal.alarm(0)
    if chosen.json:
        chosen.json.write_text(json.dumps(figures, indent=2) + "\n")
    _show(figures)
    return 0


def measure(folder: Path, size: Size) -> Figures:
    """Return the figures of one run, made in a folder that is empty before."""
    gc.freeze()
    figures: Figures = {"machine": machine(), "subjects": size.subjects}
    instance = folder / "instance"
    _say(f"Making an installation with {size.subjects} Subjects.")
    password = make_installation(instance, size.subjects)
    emails = more_members(instance, sign_ins_for(size.sockets), password)
    settings = {"DISC_INSTANCE": str(instance), "DISC_DEMO": "0"}
    start = functools.partial(serving, folder, "wsgi.py", **settings)
    _say("Starting the server.")
    with ExitStack() as stack:
        server, figures["cold_start_s"] = phases.started(stack, start, "/sign-in", size.starts)
        figures["rss_at_start_mb"] = resident_megabytes(server.process.pid)
        browser = Browser(server.port)
        stack.callback(browser.close)
        browser.sign_in(EMAIL, password)
        page = folder / "page.html"
        page.write_bytes(browser.get("/gallery").body)
        plainly = functools.partial(serving, folder, "-m", "benchmarks.plain", str(page))
        plain, figures["plain_start_s"] = phases.started(stack, plainly, "/page", size.starts)
        held = sign_in_each([Browser(server.port) for _ in emails], emails, password)
        bench = Bench(server, browser, plain, size, held)
        return {**figures, **_phases(bench, folder, instance), **_memory(server, size.idle_seconds)}


def _phases(bench: Bench, folder: Path, instance: Path) -> Figures:
    _say("Asking for the gallery.")
    figures = phases.gallery(bench)
    _say("Asking for thumbnails.")
    figures |= phases.thumbnails(bench, folder, instance)
    _say("Raising alerts.")
    figures |= phases.alerts(bench)
    _say("Sending reports.")
    return figures | phases.reports(bench)


def _memory(server: Server, idle_seconds: float) -> Figures:
    """Read what memory the two processes hold once their work is done."""
    worker = server.worker()
    wait_until_idle(worker, idle_seconds)
    return {
        "rss_mb": resident_megabytes(server.process.pid),
        "worker_rss_mb": resident_megabytes(worker),
    }


def _bound() -> None:
    """Let an end from outside, or too long a run, end what was started as well."""

    def stop(number: int, _frame: object) -> NoReturn:
        why = "took too long" if number == signal.SIGALRM else "was ended"
        sys.exit(f"The benchmark {why}.")

    for number in (signal.SIGALRM, signal.SIGTERM):
        signal.signal(number, stop)
    signal.alarm(LONGEST)


def _show(figures: Figures) -> None:
    width = max(map(len, figures))
    for name, value in figures.items():
        print(f"{name.ljust(width)}  {value}")


def _say(what: str) -> None:
    print(what, file=sys.stderr)


if __name__ == "__main__":
    raise SystemExit(main())
