"""One person's browser on one kept connection, and how long each answer takes."""

import http.client
import re
import threading
import time
import urllib.parse
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from benchmarks.processes import HOST, PATIENCE, Failed

TOKEN = re.compile(r'name="csrf[-_]token" (?:value|content)="([^"]+)"')
FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, and the seconds from the first byte sent to the last one read."""

    status: int
    body: bytes
    seconds: float

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode()


class Browser:
    """A connection that stays open, and the cookie and forgery token it has."""

    def __init__(self, port: int, cookie: str = "") -> None:
        self.port, self.cookie, self.token = port, cookie, ""
        self._connection = http.client.HTTPConnection(HOST, port, timeout=PATIENCE)

    def sign_in(self, email: str, password: str) -> None:
        """Sign in with the form. Raises Failed."""
        self.learn("/sign-in")
        self.post("/sign-in", {"email": email, "password": password}, expected=302)
        self.learn("/me")

    def learn(self, path: str) -> str:
        """Read a page, and remember its forgery token."""
        text = self.get(path).text
        found = TOKEN.search(text)
        self.token = found.group(1) if found else self.token
        return text

    def get(self, path: str) -> Answer:
        """Ask for a page. Raises Failed unless it answers 200."""
        return self.ask("GET", path)

    def post(self, path: str, fields: dict[str, str], *, expected: int = 200) -> Answer:
        """Send a form."""
        self.send_form(path, fields)
        return self.receive(path, time.perf_counter(), expected)

    def send_form(self, path: str, fields: dict[str, str]) -> None:
        """Send a form, and leave its answer to ``receive``."""
        body = urllib.parse.urlencode({"csrf_token": self.token, **fields}).encode()
        self.send("POST", path, body, FORM)

    def ask(
        self, method: str, path: str, body: bytes = b"", kind: str = FORM, expected: int = 200
    ) -> Answer:
        """Send a request and read its answer. Raises Failed where it is not what was expected."""
        begun = time.perf_counter()
        self.send(method, path, body, kind)
        return self.receive(path, begun, expected)

    def receive(self, path: str, begun: float, expected: int = 200) -> Answer:
        """Read the answer of what was sent."""
        response = self._connection.getresponse()
        body = response.read()
        seconds = time.perf_counter() - begun
        for given in response.headers.get_all("Set-Cookie") or []:
            self.cookie = given.split(";")[0]
        if response.status != expected:
            raise Failed(f"{path} answered {response.status}: {body[:400]!r}")
        return Answer(response.status, body, seconds)

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def send(self, method: str, path: str, body: bytes = b"", kind: str = FORM) -> None:
        """Send a request, and leave its answer to ``receive``."""
        headers = {"Cookie": self.cookie, "X-CSRFToken": self.token}
        if body:
            headers["Content-Type"] = kind
        self._connection.request(method, path, body or None, headers)


def sign_in_each(browsers: Iterable[Browser], emails: Iterable[str], password: str) -> list[str]:
    """Sign everybody in, each in a browser of their own; return their cookies."""
    cookies = []
    for browser, email in zip(browsers, emails, strict=True):
        browser.sign_in(email, password)
        cookies.append(browser.cookie)
        browser.close()
    return cookies


Ask = Callable[[Browser], Answer]


def by_turns(turns: int, each: int, *asks: Callable[[], Answer]) -> list[list[float]]:
    """Time several requests in short blocks by turns, so that a busy moment meets all of them."""
    timed: list[list[float]] = [[] for _ in asks]
    for _ in range(turns):
        for ask, samples in zip(asks, timed, strict=True):
            samples.extend(ask().seconds for _ in range(each))
    return timed


def at_once(like: Browser, clients: int, seconds: float, ask: Ask) -> tuple[list[float], float]:
    """Ask from several connections for some seconds; return the times and answers a second."""
    timed: list[float] = []
    begun = time.perf_counter()
    threads = [
        threading.Thread(target=_keep_asking, args=(like, begun + seconds, ask, timed))
        for _ in range(clients)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if not timed:
        raise Failed("no answer came to several clients at once")
    return timed, len(timed) / (time.perf_counter() - begun)


def _keep_asking(like: Browser, until: float, ask: Ask, timed: list[float]) -> None:
    browser = Browser(like.port, like.cookie)
    browser.token = like.token
    while time.perf_counter() < until:
        timed.append(ask(browser).seconds)
    browser.close()
