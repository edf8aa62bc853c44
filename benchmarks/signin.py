"""Many members sign in at the same moment: ``python -m benchmarks.signin --json FILE``."""

import argparse
import json
import signal
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import NoReturn

from benchmarks.browser import Browser, sign_in_each
from benchmarks.figures import Figures, machine, milliseconds, percentile
from benchmarks.installation import make_installation, more_members
from benchmarks.processes import Failed, Server, resident_megabytes, serving
from benchmarks.sockets import crowd, sign_ins_for

LONGEST = 120
"""Seconds after which a run gives up."""
ABOUT = f"""Let 50 members sign in by password at the same moment, each from an address of their
own, while 200 sockets are open; say how long the event loop stood still and what memory the
server took, beside the same server at rest. Takes about 30 seconds on two cores, and ends itself
after {LONGEST}. Everything it makes is in a temporary folder that it removes."""
SOCKETS = 200
REST_SECONDS = 5.0


class Shop(Browser):
    """A browser behind a proxy that says which address it has."""

    def __init__(self, port: int, number: int) -> None:
        super().__init__(port)
        self.address = f"203.0.113.{number % 250 + 1}"

    def send(self, method: str, path: str, body: bytes = b"", kind: str = "") -> None:
        """Send a request, with the address that the proxy saw."""
        headers = {"Cookie": self.cookie, "X-Forwarded-For": self.address}
        if body:
            headers["Content-Type"] = kind
        self._connection.request(method, path, body or None, headers)


def main(arguments: list[str] | None = None) -> int:
    """Run once, print what was found, and return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.signin", description=ABOUT)
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures to FILE")
    parser.add_argument("--members", type=int, default=50, help="how many sign in at once")
    chosen = parser.parse_args(arguments)
    signal.signal(signal.SIGALRM, _give_up)
    signal.alarm(LONGEST)
    try:
        with tempfile.TemporaryDirectory(prefix="benchmark-") as folder:
            figures = measure(Path(folder), chosen.members)
    except Failed as failed:
        sys.exit(str(failed))
    finally:
        signal.alarm(0)
    if chosen.json:
        chosen.json.write_text(json.dumps(figures, indent=2) + "\n")
    print(json.dumps(figures, indent=2))
    return 0


def measure(folder: Path, members: int) -> Figures:
    """Return the figures of one run, made in a folder that is empty before."""
    figures: Figures = {"machine": machine(), "members": members, "sockets": SOCKETS}
    instance, pauses = folder / "instance", folder / "pauses.json"
    password = make_installation(instance, 3)
    emails = more_members(instance, members + sign_ins_for(SOCKETS), password)
    settings = {"DISC_INSTANCE": str(instance), "DISC_DEMO": "0", "DISC_TRUSTED_PROXIES": "1"}
    with serving(folder, "-m", "benchmarks.watched", str(pauses), **settings) as server:
        server.wait_for("/healthz")
        quiet = emails[members:]
        shops = [Shop(server.port, number) for number in range(members + 1, len(emails) + 1)]
        held = sign_in_each(shops, quiet, password)
        with crowd(SOCKETS, server.port, held) as sockets:
            time.sleep(1.0)
            server.pauses(pauses)
            time.sleep(REST_SECONDS)
            figures |= milliseconds("loop_at_rest", server.pauses(pauses), 99, 100)
            figures |= _storm(server, emails[:members], password)
            stood = server.pauses(pauses)
            figures |= milliseconds("loop_stall", stood, 50, 99, 100)
            figures["sockets_alive"] = sockets.alive()
        figures["rss_mb"] = resident_megabytes(server.process.pid)
    return figures


def _storm(server: Server, emails: list[str], password: str) -> Figures:
    """Let everybody press the button at the same moment, and meanwhile ask for a small page."""
    shops = [Shop(server.port, number) for number in range(1, len(emails) + 1)]
    for shop in shops:
        shop.learn("/sign-in")
    ready, taken, failed = threading.Barrier(len(shops) + 1), list[float](), list[str]()

    def press(shop: Shop, email: str) -> None:
        ready.wait()
        begun = time.perf_counter()
        try:
            shop.post("/sign-in", {"email": email, "password": password}, expected=302)
            taken.append(time.perf_counter() - begun)
        except Failed as error:
            failed.append(str(error))

    threads = [
        threading.Thread(target=press, args=each) for each in zip(shops, emails, strict=True)
    ]
    for thread in threads:
        thread.start()
    bystander, small = Browser(server.port), list[float]()
    ready.wait()
    while any(thread.is_alive() for thread in threads):
        small.append(bystander.get("/healthz").seconds)
        time.sleep(0.01)
    for each in (*shops, bystander):
        each.close()
    if failed:
        raise Failed(failed[0])
    return {
        **milliseconds("sign_in", taken, 50, 100),
        **milliseconds("small_page_meanwhile", small, 50, 99),
        "peak_rss_mb": resident_megabytes(server.process.pid),
        "sign_ins_per_s": round(len(taken) / percentile(taken, 1.0), 1),
    }


def _give_up(_number: int, _frame: object) -> NoReturn:
    raise Failed(f"it took longer than {LONGEST} seconds")


if __name__ == "__main__":
    raise SystemExit(main())
