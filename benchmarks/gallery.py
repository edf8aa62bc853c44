"""The gallery among very many: ``python -m benchmarks.gallery --subjects N,N --json FILE``."""

import argparse
import functools
import itertools
import json
import random
import re
import signal
import sys
import tempfile
import time
import urllib.parse
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from benchmarks.browser import Answer, Browser, at_once, by_turns
from benchmarks.figures import Figures, machine, milliseconds
from benchmarks.filling import fill, name_of, with_pictures
from benchmarks.installation import EMAIL, more_members
from benchmarks.phases import CLIENTS, Bench, Size, thumbs_a_second
from benchmarks.processes import (
    Failed,
    processor_seconds,
    resident_megabytes,
    serving,
    wait_until_idle,
)
from tools.stores import account_of_application, find_postgresql, temporary_database

LONGEST = 3600
"""Seconds after which a run gives up."""
MOST_IN_SCHEME = 100_000
SEARCHERS, SEARCHES = 5, 20
"""People who search, and how often each: more than that in a minute is refused."""
FILTER = "/gallery?height=tall&clothing=coat&hair=bald"
ABOUT = f"""Measure the gallery's first page, a filtered page, thumbnails and the search among very
many Subjects, on SQLite and PostgreSQL, each beside something plain. At most {MOST_IN_SCHEME} of
them are in the reader's scheme. Takes about 5 minutes for 10,000 and 100,000 on one database, about
20 minutes for 1,000,000, and ends itself after {LONGEST} seconds. Everything it makes is in a
temporary folder and a temporary database that it removes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Effort:
    """How much is measured at each number of Subjects."""

    turns: int = 20
    pages: int = 20
    busy_seconds: float = 5.0
    thumb_seconds: float = 2.0
    searches: int = SEARCHES
    idle_seconds: float = 60.0


TINY = Effort(turns=1, pages=2, busy_seconds=0.2, thumb_seconds=0.2, searches=1, idle_seconds=0.0)


def main(arguments: list[str] | None = None) -> int:
    """Run once for each database and number, print what was found, and return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.gallery", description=ABOUT)
    parser.add_argument("--subjects", default="10000,100000", metavar="N,N")
    parser.add_argument("--database", default="sqlite", metavar="sqlite,postgresql")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures to FILE")
    parser.add_argument(
        "--tiny", action="store_true", help="only show that it works: the figures mean nothing"
    )
    chosen = parser.parse_args(arguments)
    _bound()
    effort, figures = TINY if chosen.tiny else Effort(), []
    counts = [30] if chosen.tiny else [int(each) for each in chosen.subjects.split(",")]
    try:
        for database, subjects in itertools.product(chosen.database.split(","), counts):
            figures.append(measure(database, subjects, effort))
            print(json.dumps(figures[-1], indent=2))
    except Failed as failed:
        sys.exit(str(failed))
    finally:
        signal.alarm(0)
        if chosen.json:
            chosen.json.write_text(json.dumps(figures, indent=2) + "\n")
    return 0


def measure(database: str, subjects: int, effort: Effort) -> Figures:
    """Return the figures of one database with so many Subjects."""
    in_scheme = min(subjects, MOST_IN_SCHEME)
    found: Figures = {"database": database, "subjects": subjects, "scheme_subjects": in_scheme}
    with tempfile.TemporaryDirectory(prefix="benchmark-") as name, stored(database) as settings:
        folder = Path(name)
        instance = folder / "instance"
        _say(f"Filling {database} with {subjects} Subjects.")
        password = fill(instance, subjects, in_scheme, **settings)
        emails = more_members(instance, SEARCHERS, password, **settings)
        environ = {"DISC_INSTANCE": str(instance), "DISC_DEMO": "0", **settings}
        with _bench(folder, environ, password, effort) as bench:
            _say("Asking for pages.")
            found |= _pages(bench, effort)
            _say("Asking for thumbnails.")
            found |= _thumbnails(bench, folder, environ)
            _say("Searching.")
            pid = bench.server.process.pid
            found["rss_before_search_mb"] = resident_megabytes(pid)
            found |= _searches(bench, emails, password, found["scheme_subjects"], effort)
            found["rss_mb"] = resident_megabytes(pid)
    return {**found, "machine": machine()}


@contextmanager
def _bench(folder: Path, environ: dict[str, str], password: str, effort: Effort) -> Iterator[Bench]:
    """Serve an installation, and the same page plainly."""
    with ExitStack() as stack:
        server = stack.enter_context(serving(folder, "wsgi.py", **environ))
        server.wait_for("/sign-in")
        wait_until_idle(server.worker(), effort.idle_seconds)
        browser = Browser(server.port)
        stack.callback(browser.close)
        browser.sign_in(EMAIL, password)
        page, static = folder / "page.html", folder / "static"
        page.write_bytes(browser.get("/gallery").body)
        _keep_one_thumbnail(browser, static)
        plainly = serving(folder, "-m", "benchmarks.plain", str(page), str(static))
        plain = stack.enter_context(plainly)
        plain.wait_for("/page")
        size = Size(thumb_seconds=effort.thumb_seconds)
        yield Bench(server, browser, plain, size, [])


@contextmanager
def stored(database: str) -> Iterator[dict[str, str]]:
    """Give the settings of an empty database. Raises Failed where there is no server for it."""
    if database == "sqlite":
        yield {}
        return
    server = find_postgresql()
    if server is None:
        raise Failed("No PostgreSQL listens here.")
    with temporary_database(server) as owner, account_of_application(owner) as account:
        if account is None:
            yield {"DATABASE_URL": owner, "DISC_ALLOW_OWNER": "1"}
        else:
            yield {"DATABASE_URL": account, "DATABASE_OWNER_URL": owner}


def _pages(bench: Bench, effort: Effort) -> Figures:
    plain, pids = Browser(bench.plain.port), (bench.server.process.pid, bench.plain.process.pid)
    before = [processor_seconds(pid) for pid in pids]
    ours, filtered, theirs = by_turns(
        effort.turns,
        effort.pages,
        lambda: bench.browser.get("/gallery"),
        lambda: bench.browser.get(FILTER),
        lambda: plain.get("/page"),
    )
    used = [processor_seconds(pid) - was for pid, was in zip(pids, before, strict=True)]
    show = functools.partial(_get, "/gallery")
    busy, _ = at_once(bench.browser, CLIENTS, effort.busy_seconds, show)
    plain.close()
    return {
        **milliseconds("page", ours, 50, 99),
        **milliseconds("filtered_page", filtered, 50, 99),
        **milliseconds("plain_flask", theirs, 50, 99),
        **milliseconds(f"page_{CLIENTS}_clients", busy, 50, 99),
        "page_processor_ms": round(used[0] / (len(ours) + len(filtered)) * 1000, 2),
        "plain_flask_processor_ms": round(used[1] / len(theirs) * 1000, 2),
        "page_ratio": round(sorted(ours)[len(ours) // 2] / sorted(theirs)[len(theirs) // 2], 1),
    }


def _thumbnails(bench: Bench, folder: Path, environ: dict[str, str]) -> Figures:
    """Saturate the guarded route as it is, then open and unmarked, and a static file of Flask."""
    with serving(folder, "-m", "benchmarks.unsealed", **environ) as unsealed:
        unsealed.wait_for("/sign-in")
        ours, theirs = (
            max(thumbs_a_second(bench, port) for _ in range(2))
            for port in (bench.server.port, unsealed.port)
        )
    like = Browser(bench.plain.port)
    get = functools.partial(_get, "/static/thumb.jpg")
    _, static = at_once(like, 4, bench.size.thumb_seconds, get)
    like.close()
    rates = {"thumbs_per_s": ours, "plain_thumbs_per_s": theirs, "static_thumbs_per_s": static}
    return {name: round(rate, 1) for name, rate in rates.items()}


def _searches(
    bench: Bench, emails: list[str], password: str, in_scheme: int, effort: Effort
) -> Figures:
    """Search for names with two letters exchanged; the first search of all reads every name."""
    dice, times, first = random.Random(7), list[float](), 0.0
    for email in emails:
        browser = Browser(bench.server.port)
        browser.sign_in(email, password)
        browser.learn("/gallery")
        for _ in range(effort.searches):
            typed = _misspelt(name_of(dice.randrange(with_pictures(in_scheme), in_scheme)), dice)
            seconds = _search(browser, typed).seconds
            first, times = (first, [*times, seconds]) if first else (seconds, times)
        browser.close()
    return {
        "first_search_s": round(first, 2),
        **milliseconds("search", times or [first], 50, 99),
    }


def _search(browser: Browser, typed: str) -> Answer:
    body = urllib.parse.urlencode({"csrf_token": browser.token, "words": typed}).encode()
    begun = time.perf_counter()
    browser.send("POST", "/gallery/search", body, "application/x-www-form-urlencoded")
    return browser.receive("/gallery/search", begun, 303)


def _misspelt(name: str, dice: random.Random) -> str:
    at = dice.randrange(1, len(name) - 2)
    return name[:at] + name[at + 1] + name[at] + name[at + 2 :]


def _keep_one_thumbnail(browser: Browser, folder: Path) -> None:
    link = re.search(r'src="(/img/[^"]+)"', browser.learn("/gallery"))
    assert link is not None
    folder.mkdir()
    (folder / "thumb.jpg").write_bytes(browser.get(link[1]).body)


def _get(path: str, browser: Browser) -> Answer:
    return browser.get(path)


def _bound() -> None:
    """Let an end from outside, or too long a run, end what was started as well."""

    def stop(number: int, _frame: object) -> NoReturn:
        why = "took too long" if number == signal.SIGALRM else "was ended"
        sys.exit(f"The benchmark {why}.")

    for number in (signal.SIGALRM, signal.SIGTERM):
        signal.signal(number, stop)
    signal.alarm(LONGEST)


def _say(what: str) -> None:
    print(what, file=sys.stderr)


if __name__ == "__main__":
    raise SystemExit(main())
