"""What every page shares: headers, the template environment, limits and forgery tokens."""

import gzip
import hashlib
import io
import secrets
from collections.abc import Callable
from datetime import date, datetime
from functools import lru_cache
from http import HTTPStatus
from pathlib import Path
from threading import BoundedSemaphore
from typing import IO, TypeVar

import brotli
from flask import Flask, Request, Response, current_app, g, request, url_for
from flask.sessions import SecureCookieSessionInterface
from flask.typing import ResponseReturnValue
from flask_compress import Compress
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_wtf import CSRFProtect
from jinja2 import StrictUndefined
from werkzeug.middleware.proxy_fix import ProxyFix

from config import ROOT, Settings
from disc.core import clock
from disc.core.components import govuk

csrf = CSRFProtect()
limiter = Limiter(get_remote_address, strategy="moving-window", headers_enabled=False)

POLICY = (
    "default-src 'none'; script-src 'self' 'nonce-{nonce}'; style-src 'self'; "
    "img-src 'self' blob:; media-src blob:; connect-src 'self'; manifest-src 'self'; "
    "worker-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
OF_FILES = "default-src 'none'; frame-ancestors 'none'"
"""A style, script or icon opened as a page of its own loads and runs nothing. What else a page is
told is nothing to a file: said of each, it was a tenth of the report page's bytes."""
OF_OLD_FILES = ("ETag", "Last-Modified", "Content-Disposition")
MEGABYTE = 1024 * 1024
FIELDS_IN_MEMORY = 2 * MEGABYTE
LARGEST_BODY = 100 * MEGABYTE
"""A report with its pictures; they are held in memory, never in a temporary file."""
LARGEST_PIECE = 4 * MEGABYTE
"""A part of a file that comes in parts, such as a video."""
LARGEST_FORM = 1 * MEGABYTE
"""Every other request."""
MOST_PICTURES = 6


_turns = BoundedSemaphore(2)


class Kept(dict[str, bytes]):
    """What was compressed once, by address: there are only so many styles and scripts."""

    set = dict.__setitem__


class CompressWhole(Compress):
    """Compress whole files, not a part: it would be kept, and sent to everybody as the file.

    Also the few pages that are stamped for it.
    """

    def after_request(self, response: Response | None) -> Response:
        """Leave a part of a file as it is."""
        if response is not None and response.status_code == HTTPStatus.PARTIAL_CONTENT:
            return response
        if response is not None and _is_compressed_page(response):
            return _compressed(response)
        return super().after_request(response)


def _is_compressed_page(response: Response) -> bool:
    """Say whether a page may be compressed: one that nobody else chose a word of."""
    view = current_app.view_functions.get(request.endpoint or "")
    asked = request.method == "GET" and not request.query_string
    return (
        asked
        and response.status_code == HTTPStatus.OK
        and response.mimetype == "text/html"
        and getattr(view, "compressed", False)
    )


def _compressed(response: Response) -> Response:
    body, kind = response.get_data(), request.accept_encodings.best_match(("br", "gzip"))
    if kind == "br":
        response.set_data(brotli.compress(body, quality=PAGE_QUALITY))
    elif kind == "gzip":
        response.set_data(gzip.compress(body, PAGE_QUALITY))
    if kind:
        response.headers["Content-Encoding"] = kind
    response.vary.add("Accept-Encoding")
    return response


COMPRESSED = ("text/css", "text/javascript")
PAGE_QUALITY = 5
"""A page is compressed each time: 60 kB take 1 ms so, and 90 ms at the best."""
COMPRESSING = {
    "COMPRESS_BR_LEVEL": 11,  # once a file
    "COMPRESS_MIMETYPES": COMPRESSED,
    "COMPRESS_ALGORITHM": ["br", "gzip"],
    "COMPRESS_CACHE_BACKEND": Kept,
    "COMPRESS_CACHE_KEY": lambda asked: asked.path,
}
"""Only files that are the same for everybody are compressed, and the pages that are stamped for it.
How long a compressed page is tells something of what is in it (the BREACH attack), and pages hold
names and secrets of forms."""


class InMemoryRequest(Request):
    """A request whose files never touch the disk, where their pictures would lie unsealed."""

    def _get_file_stream(self, *_args: object, **_kwargs: object) -> IO[bytes]:
        return io.BytesIO()


class SignedSession(SecureCookieSessionInterface):
    """Flask's own session, signed with a digest that nobody has broken."""

    digest_method = staticmethod(hashlib.sha256)


V = TypeVar("V", bound=Callable[..., ResponseReturnValue])


def public(view: V) -> V:
    """Stamp a view as open to everybody; the guard refuses a view without a stamp."""
    view.__dict__["public"] = True
    return view


def compressed(view: V) -> V:
    """Let a page be compressed: where its address has nothing after "?", nobody chose a word of it.

    What an attacker may not put into a page tells nothing by how short the page becomes.
    """
    view.__dict__["compressed"] = True
    return view


def takes_files(view: V) -> V:
    """Let a view take a report's pictures; every other one refuses a large body unread."""
    view.__dict__["takes_files"] = True
    return view


def takes_pieces(view: V) -> V:
    """Let a view take one piece of a large file; every other one refuses a large body unread."""
    view.__dict__["takes_pieces"] = True
    return view


def by_turns(view: V) -> V:
    """Let a view work on two forms at a time: what it does costs a processor for a while.

    Fifty of them taken up at once would each run a little before any other work got a turn:
    the event loop stood still for 100 ms (``benchmarks.signin``).
    """
    view.__dict__["by_turns"] = True
    return view


def take_turn() -> None:
    """Wait for a turn, once the whole form is here: a slow sender holds nobody up."""
    view = current_app.view_functions.get(request.endpoint or "")
    if request.method == "POST" and getattr(view, "by_turns", False):
        _ = request.form
        _turns.acquire()
        g.has_turn = True


def end_turn(_error: BaseException | None = None) -> None:
    """Let the next one go on."""
    if g.pop("has_turn", False):
        _turns.release()


def limit_body() -> None:
    """Allow a large body where the view is made for it; runs before anything reads the body."""
    view = current_app.view_functions.get(request.endpoint or "")
    if getattr(view, "takes_files", False):
        request.max_content_length = LARGEST_BODY
    elif getattr(view, "takes_pieces", False):
        request.max_content_length = LARGEST_PIECE


def install_web(app: Flask, settings: Settings) -> None:
    """Set up headers, templates, forgery tokens and limits."""
    app.config.update(
        MAX_CONTENT_LENGTH=LARGEST_FORM,
        MAX_FORM_MEMORY_SIZE=FIELDS_IN_MEMORY,
        WTF_CSRF_TIME_LIMIT=None,  # it lives as long as the sign-in
        RATELIMIT_STORAGE_URI=settings.redis_url or "memory://",
        RATELIMIT_ENABLED=not settings.testing,
        SESSION_COOKIE_NAME="__Host-session" if settings.secure_cookies else "session",
        SESSION_COOKIE_SECURE=settings.secure_cookies,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
    )
    if settings.trusted_proxies:
        count = settings.trusted_proxies
        # Not its word on the host: a proxy that does not set it would hand on a stranger's.
        proxied = ProxyFix(app.wsgi_app, x_for=count, x_proto=count, x_host=0)
        app.wsgi_app = proxied  # type: ignore[method-assign]
    app.request_class = InMemoryRequest
    app.session_interface = SignedSession()
    app.before_request(limit_body)
    app.before_request(take_turn)
    app.teardown_request(end_turn)
    csrf.init_app(app)
    limiter.init_app(app)
    app.config.update(COMPRESSING)
    CompressWhole(app)
    _install_templates(app, settings)
    app.after_request(_headers)
    app.after_request(_read_whole)


def _install_templates(app: Flask, settings: Settings) -> None:
    environment = app.jinja_env
    environment.undefined = StrictUndefined
    environment.trim_blocks = environment.lstrip_blocks = True
    environment.globals.update(
        govuk=govuk,
        static_url=static_url,
        product_name=settings.product_name,
    )
    environment.filters.update(when=when, day=day, pounds=pounds)
    app.context_processor(lambda: {"csp_nonce": nonce()})


def nonce() -> str:
    """Return this response's nonce for scripts."""
    if "nonce" not in g:
        g.nonce = secrets.token_urlsafe(16)
    value: str = g.nonce
    return value


def static_url(name: str) -> str:
    """Return a static file's address with a mark that changes when the file does."""
    return url_for("static", filename=name, v=_mark(name))


@lru_cache(maxsize=256)
def _mark(name: str) -> str:
    path: Path = ROOT / "static" / name
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12]


def when(moment: datetime) -> str:
    """Write a moment as people in the United Kingdom do: 4 May 2026, 3:05 pm.

    No line ends before the last word.
    """
    local = moment.astimezone(clock.UK)
    hour = local.hour % 12 or 12
    half = "am" if local.hour < 12 else "pm"  # noqa: PLR2004 - noon
    return f"{day(local.date())}, {hour}:{local.minute:02}\N{NO-BREAK SPACE}{half}"


def day(value: date) -> str:
    """Write a date: 4 May 2026."""
    local = value.astimezone(clock.UK).date() if isinstance(value, datetime) else value
    return f"{local.day} {local:%B %Y}"


def short_day(value: date) -> str:
    """Write a date where there is little room, as on a tile of the gallery: 4 Nov 2026."""
    return f"{value.day} {value:%b %Y}"


def pounds(pence: int) -> str:
    """Write an amount of money given in pence."""
    return f"£{pence / 100:,.2f}"


def _read_whole(response: Response) -> Response:
    """Read a style or a script at once: it is then closed, and compressed once for all."""
    if response.mimetype in COMPRESSED:
        response.direct_passthrough = False
        response.get_data()
    return response


def _headers(response: Response) -> Response:
    headers = response.headers
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Cross-Origin-Resource-Policy"] = "same-origin"
    if request.endpoint == "static":
        headers["Content-Security-Policy"] = OF_FILES
    else:
        headers["Content-Security-Policy"] = POLICY.format(nonce=nonce())
        headers["Referrer-Policy"] = "same-origin"
        headers["Cross-Origin-Opener-Policy"] = "same-origin"
        headers["Permissions-Policy"] = "camera=(self), geolocation=(self), microphone=()"
    if request.is_secure:
        headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
    if request.endpoint != "static":
        headers["Cache-Control"] = "no-store, private"
    elif "v" in request.args:
        headers["Cache-Control"] = "public, max-age=31536000, immutable"
        for name in OF_OLD_FILES:  # nobody asks again for what cannot change
            headers.pop(name, None)
    return response
