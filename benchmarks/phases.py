"""The parts of the short benchmark, each beside its plain counterpart."""

import functools
import json
import re
import statistics
import time
import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from itertools import chain, cycle
from pathlib import Path

from benchmarks.browser import Answer, Browser, at_once, by_turns
from benchmarks.figures import Figures, milliseconds
from benchmarks.forms import WITH_PHOTO, filled_in, multipart
from benchmarks.pictures import phone_photo, small_picture
from benchmarks.processes import Server, resident_megabytes, serving
from benchmarks.sockets import Crowd, bare_crowd, crowd

STILL = re.compile(r'data-still="([0-9a-f-]{36})"')
CLIENTS = 16
SOCKETS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """How much a run does."""

    subjects: int = 1000
    starts: int = 3
    turns: int = 20
    pages: int = 20
    busy_seconds: float = 5.0
    thumb_seconds: float = 2.0
    sockets: int = SOCKETS
    alerts: int = 8
    reports: int = 40
    photo: Callable[[int], bytes] = phone_photo
    idle_seconds: float = 30.0
    """What the job worker is given to finish before its memory is read."""


TINY = Size(
    subjects=3,
    starts=1,
    turns=1,
    pages=2,
    busy_seconds=0.2,
    thumb_seconds=0.2,
    sockets=20,
    alerts=1,
    reports=1,
    photo=small_picture,
    idle_seconds=0,
)


@dataclass(frozen=True, slots=True)
class Bench:
    """What a phase measures with: who is signed in, the plain server, and how much to do.

    ``crowd`` is the cookies of those who hold the sockets.
    """

    server: Server
    browser: Browser
    plain: Server
    size: Size
    crowd: list[str]


def started(
    stack: ExitStack, start: Callable[[], AbstractContextManager[Server]], path: str, times: int
) -> tuple[Server, float]:
    """Start a server several times and keep the last one.

    Return it with the median of the seconds from a start to the first page.
    """
    taken = []
    for left in reversed(range(times)):
        with ExitStack() as alone:
            begun = time.perf_counter()
            server = alone.enter_context(start())
            server.wait_for(path)
            taken.append(time.perf_counter() - begun)
            if not left:
                stack.push(alone.pop_all())
    return server, round(statistics.median(taken), 3)


def gallery(bench: Bench) -> Figures:
    """Time the first page of the gallery: one client, then several at once."""
    plain = Browser(bench.plain.port)
    show, bare = functools.partial(_get, "/gallery"), functools.partial(_get, "/page")
    ours, theirs = by_turns(
        bench.size.turns,
        bench.size.pages,
        lambda: show(bench.browser),
        lambda: bare(plain),
    )
    busy, _ = at_once(bench.browser, CLIENTS, bench.size.busy_seconds, show)
    bare_busy, _ = at_once(plain, CLIENTS, bench.size.busy_seconds, bare)
    plain.close()
    return {
        **milliseconds("gallery", ours, 50, 99),
        **milliseconds("plain_flask", theirs, 50, 99),
        **milliseconds(f"gallery_{CLIENTS}_clients", busy, 50, 99),
        **milliseconds(f"plain_flask_{CLIENTS}_clients", bare_busy, 50, 99),
        "gallery_rss_mb": resident_megabytes(bench.server.process.pid),
    }


def thumbnails(bench: Bench, folder: Path, instance: Path) -> Figures:
    """Saturate the picture route by turns: as it is, and with sealing and marking left out."""
    rates: dict[str, list[float]] = {"sealed_thumbs_per_s": [], "plain_thumbs_per_s": []}
    settings = {"DISC_INSTANCE": str(instance), "DISC_DEMO": "0"}
    with serving(folder, "-m", "benchmarks.unsealed", **settings) as unsealed:
        unsealed.wait_for("/sign-in")
        for _ in range(2):
            for name, port in zip(rates, (bench.server.port, unsealed.port), strict=True):
                rates[name].append(thumbs_a_second(bench, port))
    return {name: round(max(found), 1) for name, found in rates.items()}


def alerts(bench: Bench) -> Figures:
    """Time one alert to many sockets: from the form sent to each socket having it."""
    with crowd(bench.size.sockets, bench.server.port, bench.crowd) as ours:
        told = [_raise(bench.browser, ours) for _ in range(bench.size.alerts + 1)]
    plain = Browser(bench.plain.port)
    with bare_crowd(bench.size.sockets, bench.plain.port, "/listen") as theirs:
        bare = [_tell(plain, theirs) for _ in range(bench.size.alerts + 1)]
    plain.close()
    return {  # the first of each warms up
        **milliseconds(f"alert_{SOCKETS}", list(chain.from_iterable(told[1:])), 50, 99),
        **milliseconds(f"bare_alert_{SOCKETS}", list(chain.from_iterable(bare[1:])), 50, 99),
    }


def reports(bench: Bench) -> Figures:
    """Time reports with a phone's photo, and a plain route that shrinks the same photo."""
    photos = [bench.size.photo(seed) for seed in range(min(4, bench.size.reports))]
    plain, ours_next, theirs_next = Browser(bench.plain.port), cycle(photos), cycle(photos)

    def report() -> Answer:
        fields = filled_in(bench.browser.learn("/report"))
        body = multipart({**fields, "kind": "shop-theft"}, next(ours_next))
        return bench.browser.ask("POST", "/report", body, WITH_PHOTO, 303)

    def shrink() -> Answer:
        return plain.ask("POST", "/picture", multipart({}, next(theirs_next)), WITH_PHOTO)

    report(), shrink()  # both warm up
    ours, theirs = by_turns(bench.size.reports, 1, report, shrink)
    plain.close()
    return {
        **milliseconds("report", ours, 50, 95),
        **milliseconds("plain_report", theirs, 50, 95),
        "photo_mb": round(len(photos[0]) / 1_000_000, 2),
    }


def _get(path: str, browser: Browser) -> Answer:
    return browser.get(path)


def thumbs_a_second(bench: Bench, port: int) -> float:
    """Count thumbnails a second, with links minted now: they live a minute."""
    wanted = sorted(set(STILL.findall(bench.browser.learn("/gallery"))))
    pictures = [{"still": one, "rendition": "thumb"} for one in wanted]
    body = json.dumps({"pictures": pictures}).encode()
    minted = bench.browser.ask("POST", "/img/mint", body, "application/json")
    links = list(json.loads(minted.body)["urls"].values())
    like = Browser(port, bench.browser.cookie)
    for link in links:  # opens each where pictures lie open, and draws the minute's marks
        like.get(link)
    turn = cycle(links)
    _, rate = at_once(like, 4, bench.size.thumb_seconds, lambda one: one.get(next(turn)))
    like.close()
    return rate


def _raise(browser: Browser, ears: Crowd) -> list[float]:
    fields = {**filled_in(browser.learn("/alerts/new")), "template": "theft-team"}
    times = ears.hear(b'"alert"', lambda: browser.send_form("/alerts", fields))
    browser.receive("/alerts", time.perf_counter(), 303)
    return times


def _tell(plain: Browser, ears: Crowd) -> list[float]:
    news = {"id": str(uuid.uuid4()), "raised_at": "2030-01-01T12:00:00.000000+00:00"}
    message = "42" + json.dumps(["alert", news], separators=(",", ":"))
    times = ears.hear(b'"alert"', lambda: plain.send("POST", "/tell", message.encode()))
    plain.receive("/tell", time.perf_counter())
    return times
