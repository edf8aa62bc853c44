"""How soon a page is there on a slow phone: ``python -m benchmarks.pages --json FILE``."""

import argparse
import json
import signal
import statistics
import sys
import tempfile
import urllib.parse
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, sync_playwright

from benchmarks.browser import Browser as Session
from benchmarks.figures import Figures, machine
from benchmarks.installation import EMAIL, make_installation
from benchmarks.processes import Failed, Server, serving, wait_until_idle
from benchmarks.wire import Wire, counted

LONGEST = 900
"""Seconds after which a run gives up."""
CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = ["--no-sandbox", "--disable-background-networking", "--disable-quic"]
SUBJECTS = 60
PHONE: ViewportSize = {"width": 360, "height": 800}
SLOWER = 4
"""Times that the processor is slowed down, as Lighthouse does for a middling phone."""
SETTLES_MS = 1500
"""How long a page is watched after its last answer: what moves later was not asked for."""
IDLE_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Network:
    """A slow network: bits a second each way, and what each answer waits for (ms)."""

    name: str
    down: int
    up: int
    latency: float


NETWORKS = (
    Network("slow-4g", 1_638_400, 768_000, 150),
    Network("slow-4g-devtools", 1_474_560, 691_200, 562.5),
    Network("slow-3g", 409_600, 409_600, 400),
)
"""Lighthouse's two, whose latency is one way there and back, and the first as DevTools counts it:
3.75 times the latency for every request, for the connections that it does not make."""
PAGES = ("/gallery", "/report", "/")
ABOUT = f"""Open pages in Chromium as a phone of {PHONE["width"]} x {PHONE["height"]} with a
processor slowed down {SLOWER} times and a slow network, with nothing kept and with what a first
visit leaves behind. Say when the largest part was painted (LCP), how much the page moved (CLS) and
how many bytes came: to the page, and to the whole browser, whose service
worker asks too. Takes about 4 minutes and ends itself after {LONGEST} seconds. Everything it
makes is in a temporary folder that it removes. Needs Chromium at {CHROMIUM}."""
WATCH = """
window.painted = {lcp: 0, cls: 0, what: ""};
new PerformanceObserver((seen) => {
  for (const one of seen.getEntries()) {
    window.painted.lcp = one.startTime;
    window.painted.what = one.element ? one.element.tagName + "." + one.element.className : "";
  }
}).observe({type: "largest-contentful-paint", buffered: true});
new PerformanceObserver((seen) => {
  for (const one of seen.getEntries()) if (!one.hadRecentInput) window.painted.cls += one.value;
}).observe({type: "layout-shift", buffered: true});
"""


def main(arguments: list[str] | None = None) -> int:
    """Run once, print what was found, and return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.pages", description=ABOUT)
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures to FILE")
    parser.add_argument("--times", type=int, default=5, help="how often each page is opened")
    chosen = parser.parse_args(arguments)
    signal.signal(signal.SIGALRM, _give_up)
    signal.alarm(LONGEST)
    try:
        with tempfile.TemporaryDirectory(prefix="benchmark-") as folder:
            figures = measure(Path(folder), chosen.times)
    except Failed as failed:
        sys.exit(str(failed))
    finally:
        signal.alarm(0)
    if chosen.json:
        chosen.json.write_text(json.dumps(figures, indent=2) + "\n")
    print(json.dumps(figures, indent=2))
    return 0


def measure(folder: Path, times: int) -> Figures:
    """Return the figures of every page on every network, made in a folder that is empty before."""
    instance = folder / "instance"
    password = make_installation(instance, SUBJECTS)
    settings = {"DISC_INSTANCE": str(instance), "DISC_DEMO": "0"}
    found: Figures = {"machine": machine(), "times": times, "processor_slower": SLOWER}
    with (
        serving(folder, "wsgi.py", **settings) as server,
        counted(server.port) as wire,
        _chromium() as chromium,
    ):
        server.wait_for("/sign-in")
        wait_until_idle(server.worker(), IDLE_SECONDS)
        cookie = _signed_in(server, wire, password)
        found["pages"] = [
            _opened(chromium, wire, path, cookie, network=network, times=times)
            for network in NETWORKS
            for path in PAGES
        ]
    return found


@contextmanager
def _chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield opened
        opened.close()


def _signed_in(server: Server, wire: Wire, password: str) -> Any:
    """Sign in once and return the cookie: each visit begins with it and with nothing else."""
    reader = Session(server.port)
    reader.sign_in(EMAIL, password)
    reader.close()
    name, _, value = reader.cookie.partition("=")
    return {"name": name, "value": value, "url": _address(wire, "/")}


def _opened(
    chromium: Browser, wire: Wire, path: str, cookie: Any, *, network: Network, times: int
) -> Figures:
    """Open one page so often, each time with nothing kept, and once more with what was kept."""
    seen: dict[str, list[Figures]] = {"first": [], "again": []}
    for _ in range(times):
        context = chromium.new_context(viewport=PHONE, is_mobile=True)
        context.add_cookies([cookie])
        context.add_init_script(WATCH)
        for visit in seen.values():
            wire.take()
            visit.append(_visit(context, _address(wire, path), network))
            visit[-1]["wire_bytes"] = wire.take()
        context.close()
    return {
        "page": path,
        "network": network.name,
        **{
            f"{name}_{figure}": round(statistics.median(one[figure] for one in visits), 3)
            for name, visits in seen.items()
            for figure in ("lcp_ms", "cls")
        },
        "bytes": seen["first"][-1]["bytes"],
        "wire_bytes": max(one["wire_bytes"] for one in seen["first"]),
        "requests": seen["first"][-1]["requests"],
        "each": seen["first"][-1]["each"],
        "first_lcp_longest_ms": max(one["lcp_ms"] for one in seen["first"]),
        "largest": seen["first"][-1]["largest"],
    }


def _visit(context: BrowserContext, address: str, network: Network) -> Figures:
    page = context.new_page()
    wire, sizes, paths = context.new_cdp_session(page), dict[str, float](), dict[str, str]()
    wire.on("Network.requestWillBeSent", lambda event: paths.update(_asked(event)))
    wire.on("Network.loadingFinished", lambda event: sizes.update(_came(event)))
    wire.send("Network.enable")
    wire.send(
        "Network.emulateNetworkConditions",
        {
            "offline": False,
            "latency": network.latency,
            "downloadThroughput": network.down / 8,
            "uploadThroughput": network.up / 8,
        },
    )
    wire.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    page.goto(address, wait_until="networkidle")
    page.wait_for_timeout(SETTLES_MS)
    painted = _painted(page)
    page.close()
    return {
        "lcp_ms": round(painted["lcp"]),
        "cls": round(painted["cls"], 4),
        "bytes": round(sum(sizes.values())),
        "requests": len(sizes),
        "each": {paths[one]: round(size) for one, size in sizes.items() if one in paths},
        "largest": painted["what"],
    }


def _asked(event: dict[str, Any]) -> dict[str, str]:
    """Return what was asked for by its number: the path, without the mark of its version."""
    return {event["requestId"]: urllib.parse.urlsplit(event["request"]["url"]).path}


def _came(event: dict[str, Any]) -> dict[str, float]:
    """Return how many bytes an answer took, its head with it."""
    return {event["requestId"]: event["encodedDataLength"]}


def _painted(page: Page) -> dict[str, Any]:
    found: dict[str, Any] = page.evaluate("window.painted")
    return found


def _address(wire: Wire, path: str) -> str:
    return f"http://127.0.0.1:{wire.port}{path}"


def _give_up(_number: int, _frame: object) -> NoReturn:
    sys.exit("The benchmark took too long.")


if __name__ == "__main__":
    raise SystemExit(main())
