"""Many reports with photos at the same time: ``python -m benchmarks.intake --json FILE``."""

import argparse
import contextlib
import json
import queue
import signal
import sqlite3
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

from benchmarks.browser import Browser
from benchmarks.figures import Figures, machine, milliseconds
from benchmarks.forms import WITH_PHOTO, filled_in, multipart
from benchmarks.installation import make_installation, more_members
from benchmarks.pictures import phone_photo, resaved, small_picture
from benchmarks.processes import (
    Failed,
    Server,
    most_megabytes,
    resident_megabytes,
    serving,
    wait_until_idle,
)

LONGEST = 900
"""Seconds after which a run gives up."""
PATIENCE = 500
"""Seconds that the job worker is given after the last answer; then the run says what was left."""
ABOUT = f"""Let several members at once send 200 reports, each with a photo of 12 megapixels and
3 MB, and wait until the job worker has compared every one of them with those before it. Say how
many a second were accepted, how many compared, how long the event loop stood still meanwhile and
what memory it took. One photo in five is new; the others are one of those, saved again. Takes about
5 minutes on two cores, 40 s of which go into drawing the photos, and ends itself after {LONGEST} s.
Everything it makes is in a temporary folder that it removes."""
CLIENTS = 8
MOST_OF_A_MEMBER = 50
"""Reports that one member sends: more than 60 a minute are refused."""
SENT_AGAIN = 5
"""How often each photo is sent, each time saved anew."""
MOST_TRIES = 3
"""Of one still: a worker that cannot write for ten seconds tries it again, after a minute."""
REST_SECONDS = 3.0
IDLE_SECONDS = 30.0
WORKER = ("-m", "flask", "--app", "wsgi", "disc", "worker")


def main(arguments: list[str] | None = None) -> int:
    """Run once, print what was found, and return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.intake", description=ABOUT)
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures to FILE")
    parser.add_argument("--uploads", type=int, default=200, help="how many reports are sent")
    parser.add_argument(
        "--small", action="store_true", help="send small pictures: the figures mean nothing"
    )
    chosen = parser.parse_args(arguments)
    for number in (signal.SIGALRM, signal.SIGTERM):
        signal.signal(number, _give_up)
    signal.alarm(LONGEST)
    try:
        with tempfile.TemporaryDirectory(prefix="benchmark-") as folder:
            draw = small_picture if chosen.small else phone_photo
            figures = measure(Path(folder), chosen.uploads, draw)
    except Failed as failed:
        sys.exit(str(failed))
    finally:
        signal.alarm(0)
    if chosen.json:
        chosen.json.write_text(json.dumps(figures, indent=2) + "\n")
    print(json.dumps(figures, indent=2))
    return 0


def measure(folder: Path, uploads: int, draw: Callable[[int], bytes]) -> Figures:
    """Return the figures of one run, made in a folder that is empty before."""
    instance, pauses = folder / "instance", folder / "pauses.json"
    clients = max(CLIENTS, -(-uploads // MOST_OF_A_MEMBER))
    password = make_installation(instance, 3)
    emails = more_members(instance, clients, password)
    photos = [draw(seed) for seed in range(max(1, uploads // SENT_AGAIN))]
    figures: Figures = {"machine": machine(), "uploads": uploads, "clients": clients}
    settings = {"DISC_INSTANCE": str(instance), "DISC_DEMO": "0"}
    with (
        serving(folder, "-m", "benchmarks.watched", str(pauses), **settings) as server,
        serving(folder, *WORKER, **settings) as worker,
    ):
        server.wait_for("/healthz")
        browsers = [_signed_in(server, email, password) for email in emails]
        wait_until_idle(worker.process.pid, IDLE_SECONDS)
        figures |= _at_rest(server, pauses)
        begun = time.perf_counter()
        figures |= _sent(browsers, photos, uploads)
        figures |= _compared(worker, instance, uploads, begun)
        stood = server.pauses(pauses)
        figures |= milliseconds("loop_stall", stood, 50, 99)
        figures["loop_stall_ms"] = round(max(stood) * 1000, 2)
        wait_until_idle(worker.process.pid, IDLE_SECONDS)
        figures |= _memory(server, "") | _memory(worker, "worker_")
    return {**figures, **_found(instance), "photo_mb": round(len(photos[0]) / 1_000_000, 2)}


def _signed_in(server: Server, email: str, password: str) -> Browser:
    browser = Browser(server.port)
    browser.sign_in(email, password)
    return browser


def _at_rest(server: Server, pauses: Path) -> Figures:
    """Say how the loop does when nobody asks for anything: what the machine itself adds."""
    server.pauses(pauses)
    time.sleep(REST_SECONDS)
    return milliseconds("loop_at_rest", server.pauses(pauses), 99, 100)


def _sent(browsers: list[Browser], photos: list[bytes], uploads: int) -> Figures:
    """Send all reports from all browsers at once."""
    waiting, taken, failed = queue.SimpleQueue[int](), list[float](), list[str]()
    for number in range(uploads):
        waiting.put(number)

    def send(browser: Browser) -> None:
        with contextlib.suppress(queue.Empty):
            while not failed:
                number = waiting.get_nowait()
                photo = resaved(photos[number % len(photos)], number // len(photos))
                try:
                    taken.append(_report(browser, photo))
                except Failed as error:
                    failed.append(str(error))
        browser.close()

    threads = [threading.Thread(target=send, args=(browser,)) for browser in browsers]
    begun = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failed:
        raise Failed(failed[0])
    rate = round(uploads / (time.perf_counter() - begun), 2)
    return {"accepted_per_s": rate, **milliseconds("answer", taken, 50, 95, 100)}


def _report(browser: Browser, photo: bytes) -> float:
    """Send one report, and return the seconds to its answer."""
    fields = filled_in(browser.learn("/report"))
    body = multipart({**fields, "kind": "shop-theft"}, photo)
    return browser.ask("POST", "/report", body, WITH_PHOTO, 303).seconds


def _compared(worker: Server, instance: Path, uploads: int, begun: float) -> Figures:
    """Wait until the job worker has compared all, and say how many a second that were.

    Seconds are counted from ``begun``, when the first was sent. Raises Failed where one still
    could not be compared time and again.
    """
    sent = time.perf_counter()
    while left := _count(instance, "FROM outbox WHERE lane = 'job'"):
        if _count(instance, f"FROM outbox WHERE lane = 'job' AND tries > {MOST_TRIES}"):
            raise Failed(f"a still could not be compared:\n{_faults(worker.log)}")
        if time.perf_counter() - sent > PATIENCE:
            break
        time.sleep(0.1)
    now = time.perf_counter()
    return {
        "uploads_per_s": round((uploads - left) / (now - begun), 2),
        "worker_behind_s": round(now - sent, 1),
        "left_in_queue": left,
        "tried_again": worker.log.read_text().count('"undelivered"'),
    }


def _faults(log: Path) -> str:
    """Return the last lines of a log that say what went wrong."""
    return "\n".join(line for line in log.read_text().splitlines() if '"fault"' in line)[-2000:]


def _found(instance: Path) -> Figures:
    """Say what the comparing left behind, so that a run in which it did nothing is seen."""
    return {
        "fingerprints": _count(instance, "FROM fingerprint"),
        "suggestions": _count(instance, "FROM possible_duplicate"),
    }


def _count(instance: Path, rows: str) -> int:
    """Count rows, without taking the turn of those who write."""
    file = f"file:{instance / 'disc.db'}?mode=ro"
    with contextlib.closing(sqlite3.connect(file, uri=True, timeout=30)) as opened:
        return int(opened.execute(f"SELECT count(*) {rows}").fetchone()[0])


def _memory(server: Server, name: str) -> Figures:
    pid = server.process.pid
    return {f"{name}rss_mb": resident_megabytes(pid), f"{name}peak_rss_mb": most_megabytes(pid)}


def _give_up(number: int, _frame: object) -> NoReturn:
    """Let too long a run, or an end from outside, end what was started as well."""
    took = f"it took longer than {LONGEST} seconds"
    raise Failed(took if number == signal.SIGALRM else "it was ended")


if __name__ == "__main__":
    raise SystemExit(main())
