"""Reports that keep coming, and videos beside them: ``python -m benchmarks.report_submit``."""

import argparse
import contextlib
import itertools
import json
import os
import shutil
import signal
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from benchmarks.browser import Browser, sign_in_each
from benchmarks.figures import Figures, machine, percentile
from benchmarks.forms import WITH_PHOTO, filled_in, multipart
from benchmarks.installation import make_installation, more_members
from benchmarks.pictures import phone_photo, small_picture
from benchmarks.processes import Failed, Server, resident_megabytes, serving

LONGEST = 900
"""Seconds after which a run gives up."""
ABOUT = f"""Send reports with a photo of 3 MB, 10 a second whether or not the ones before were
answered, for 20 seconds; the same to a bare Flask handler that only writes the file. Then let ten
phones send a video of 500 MB each at once, and read how much memory the server holds meanwhile and
how long its event loop stood still. Takes about 4 minutes on two cores, and 6 GB of disk, which it
gives back; ends itself after {LONGEST} s."""
MOST_OF_A_MEMBER = 50
"""Reports that one member sends: more than 60 a minute are refused."""
MEGABYTE = 1_000_000
SPARE_MEGABYTES = 2000
"""What is left of the disk beside the videos: the server takes none where less than 1 GB is."""
HEAD = b"\x00\x00\x00\x18ftypisom\x00\x00\x00\x00isommp42"
PIECE = "application/octet-stream"
LOOK_SECONDS = 0.1
REST_SECONDS = 3.0


@dataclass(frozen=True, slots=True)
class Size:
    """How much a run does."""

    rate: float
    seconds: float
    videos: int
    video_mb: int
    photo: Callable[[int], bytes]
    photos: int = 8

    @property
    def reports(self) -> int:
        """How many reports are sent."""
        return max(1, round(self.rate * self.seconds))


def main(arguments: list[str] | None = None) -> int:
    """Run once, print what was found, and return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.report_submit", description=ABOUT)
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures to FILE")
    parser.add_argument("--rate", type=float, default=10, help="reports a second")
    parser.add_argument("--seconds", type=float, default=20, help="for how long")
    parser.add_argument("--videos", type=int, default=10, help="videos at once")
    parser.add_argument("--video-mb", type=int, default=500, help="how large each is")
    parser.add_argument("--folder", type=Path, help="where its folder is made (TMPDIR else)")
    parser.add_argument(
        "--small", action="store_true", help="send small pictures: the figures mean nothing"
    )
    chosen = parser.parse_args(arguments)
    draw = small_picture if chosen.small else phone_photo
    size = Size(chosen.rate, chosen.seconds, chosen.videos, chosen.video_mb, draw)
    for number in (signal.SIGALRM, signal.SIGTERM):
        signal.signal(number, _give_up)
    signal.alarm(LONGEST)
    try:
        with tempfile.TemporaryDirectory(prefix="benchmark-", dir=chosen.folder) as folder:
            figures = measure(Path(folder), size)
    except Failed as failed:
        sys.exit(str(failed))
    finally:
        signal.alarm(0)
    if chosen.json:
        chosen.json.write_text(json.dumps(figures, indent=2) + "\n")
    print(json.dumps(figures, indent=2))
    return 0


def measure(folder: Path, size: Size) -> Figures:
    """Return the figures of one run, made in a folder that is empty before. Raises Failed."""
    _require_room(folder, size)
    instance, pauses, files = folder / "instance", folder / "pauses.json", folder / "files"
    files.mkdir()
    password = make_installation(instance, 3)
    members = max(size.videos, -(-size.reports // MOST_OF_A_MEMBER))
    emails = more_members(instance, members, password)
    photos = [size.photo(seed) for seed in range(min(size.photos, size.reports))]
    settings = {"DISC_INSTANCE": str(instance), "DISC_DEMO": "0"}
    page = folder / "page.html"
    page.write_text("")
    with (
        serving(folder, "-m", "benchmarks.watched", str(pauses), **settings) as server,
        serving(folder, "-m", "benchmarks.plain", str(page), str(files)) as plain,
    ):
        server.wait_for("/healthz")
        plain.wait_for("/page")
        browsers = [Browser(server.port) for _ in emails]
        sign_in_each(browsers, emails, password)
        forms = _forms(browsers, size.reports)
        figures = _at_rest(server, pauses)
        filled = list(zip(forms, itertools.cycle(photos), strict=False))
        figures |= _reports(server, browsers, filled, size, pauses)
        figures |= _bare(plain, photos, size)
        figures |= _videos(server, browsers, size, pauses)
    return {
        **figures,
        "machine": machine(),
        "reports": size.reports,
        "rate_per_s": size.rate,
        "photo_mb": round(len(photos[0]) / MEGABYTE, 2),
        "videos": size.videos,
        "video_mb": size.video_mb,
    }


def _require_room(folder: Path, size: Size) -> None:
    free = shutil.disk_usage(folder).free / MEGABYTE
    wanted = size.videos * size.video_mb * 1.1 + SPARE_MEGABYTES
    if free < wanted:
        raise Failed(f"{folder} has {free:.0f} MB free, and {wanted:.0f} MB are wanted")


def _at_rest(server: Server, pauses: Path) -> Figures:
    """Say how the loop does when nobody asks for anything: what the machine itself adds."""
    server.pauses(pauses)
    time.sleep(REST_SECONDS)
    return {
        "loop_at_rest_ms": _milliseconds(max(server.pauses(pauses))),
        "rss_at_rest_mb": resident_megabytes(server.process.pid),
    }


def _forms(browsers: list[Browser], reports: int) -> list[dict[str, str]]:
    """Fill in each report beforehand."""
    found = []
    for number in range(reports):
        fields = filled_in(browsers[number % len(browsers)].learn("/report"))
        found.append({**fields, "kind": "shop-theft"})
    for browser in browsers:
        browser.close()
    return found


def _reports(
    server: Server,
    browsers: list[Browser],
    filled: list[tuple[dict[str, str], bytes]],
    size: Size,
    pauses: Path,
) -> Figures:
    def send(number: int) -> float:
        like = browsers[number % len(browsers)]
        browser = Browser(server.port, like.cookie)
        browser.token = like.token
        body = multipart(*filled[number])
        with contextlib.closing(browser):
            return browser.ask("POST", "/report", body, WITH_PHOTO, 303).seconds

    server.pauses(pauses)
    taken = _at_a_rate(size, send)
    stood = server.pauses(pauses)
    return {
        **_shares("", taken),
        "report_loop_stall_ms": _milliseconds(max(stood)),
        "report_loop_p99_ms": _milliseconds(percentile(stood, 0.99)),
        "report_rss_mb": resident_megabytes(server.process.pid),
    }


def _bare(plain: Server, photos: list[bytes], size: Size) -> Figures:
    def send(number: int) -> float:
        browser = Browser(plain.port)
        body = multipart({}, photos[number % len(photos)])
        with contextlib.closing(browser):
            return browser.ask("POST", "/file", body, WITH_PHOTO).seconds

    found = _shares("bare_", _at_a_rate(size, send))
    return {**found, "bare_rss_mb": resident_megabytes(plain.process.pid)}


def _at_a_rate(size: Size, send: Callable[[int], float]) -> list[float]:
    """Send so many a second, late or not, and return how long each took; from when it was due."""
    taken, failed, threads = list[float](), list[str](), list[threading.Thread]()
    begun = time.perf_counter() + 0.1

    def one(number: int, due: float) -> None:
        late = time.perf_counter() - due
        try:
            taken.append(send(number) + late)
        except (Failed, OSError) as error:
            failed.append(str(error))

    for number in range(size.reports):
        due = begun + number / size.rate
        time.sleep(max(0.0, due - time.perf_counter()))
        threads.append(threading.Thread(target=one, args=(number, due)))
        threads[-1].start()
    for thread in threads:
        thread.join()
    if failed:
        raise Failed(failed[0])
    return taken


def _videos(server: Server, browsers: list[Browser], size: Size, pauses: Path) -> Figures:
    """Send all videos at once, and look at the server's memory meanwhile."""
    seen, failed = [resident_megabytes(server.process.pid)], list[str]()

    def one(like: Browser, number: int) -> None:
        browser = Browser(server.port, like.cookie)
        browser.token = like.token
        try:
            with contextlib.closing(browser):
                _video(browser, number, size.video_mb * MEGABYTE)
        except (Failed, OSError) as error:
            failed.append(str(error))

    server.pauses(pauses)
    phones = zip(browsers, range(size.videos), strict=False)
    threads = [threading.Thread(target=one, args=each) for each in phones]
    begun = time.perf_counter()
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        seen.append(resident_megabytes(server.process.pid))
        time.sleep(LOOK_SECONDS)
    if failed:
        raise Failed(failed[0])
    took, stood = time.perf_counter() - begun, server.pauses(pauses)
    return {
        "rss_mb": max(seen),
        "rss_before_videos_mb": seen[0],
        "loop_stall_ms": _milliseconds(max(stood)),
        "loop_p99_ms": _milliseconds(percentile(stood, 0.99)),
        "videos_mb_per_s": round(size.videos * size.video_mb / took, 1),
    }


def _video(browser: Browser, number: int, size: int) -> None:
    told = {"upload_id": str(uuid.uuid4()), "submission_id": str(uuid.uuid4()), "size": size}
    body = json.dumps({**told, "name": f"{number}.mp4"}).encode()
    state = json.loads(browser.ask("POST", "/evidence/videos", body, "application/json").body)
    path = f"/evidence/videos/{state['id']}"
    for at, piece in enumerate(_pieces(size, state["piece_bytes"])):
        browser.ask("PUT", f"{path}/pieces/{at}", piece, PIECE)
    browser.ask("POST", f"{path}/finish")


def _pieces(size: int, length: int) -> Iterator[bytes]:
    """Give a file that is nowhere: its head, then noise that no disk can make smaller."""
    noise = os.urandom(length)
    for at in itertools.count():
        left = size - at * length
        if left <= 0:
            return
        head = HEAD if at == 0 else at.to_bytes(8)
        yield (head + noise)[: min(length, left)]


def _shares(name: str, taken: list[float]) -> Figures:
    return {
        f"{name}p{share}_ms": _milliseconds(percentile(taken, share / 100))
        for share in (50, 95, 99)
    }


def _milliseconds(seconds: float) -> float:
    return round(seconds * 1000, 2)


def _give_up(number: int, _frame: object) -> NoReturn:
    """Let too long a run, or an end from outside, end what was started as well."""
    took = f"it took longer than {LONGEST} seconds"
    raise Failed(took if number == signal.SIGALRM else "it was ended")


if __name__ == "__main__":
    raise SystemExit(main())
