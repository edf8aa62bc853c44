"""What goes out compressed: files that are the same for everybody, and pages stamped for it."""

import gzip
import re
from contextlib import closing

import brotli
import pytest
from flask import Flask
from werkzeug.test import TestResponse

from config import ROOT
from tests.browsers import _as_server
from tests.world import World

WANTS = "gzip, deflate, br, zstd"
NAMED = re.compile(
    r'(?:<link rel="(?:stylesheet|icon)"[^>]* href|<script[^>]* src)="(/static/[^"]+)"'
)


def ask(app: Flask, path: str, accepts: str = "") -> TestResponse:
    """Ask for a file, read it and let go of it."""
    with closing(
        app.test_client().get(path, headers={"Accept-Encoding": accepts}, buffered=True)
    ) as answer:
        return answer


@pytest.mark.parametrize(
    "name", ["css/disc.css", "js/app.js", "vendor/htmx.org-2.0.11/htmx.min.js"]
)
def test_a_style_or_script_comes_compressed_and_whole(app: Flask, name: str) -> None:
    answer = ask(app, f"/static/{name}", WANTS)
    assert answer.headers["Content-Encoding"] == "br"
    assert "Accept-Encoding" in answer.headers["Vary"]
    assert brotli.decompress(answer.data) == (ROOT / "static" / name).read_bytes()
    assert len(answer.data) < (ROOT / "static" / name).stat().st_size / 2


def test_a_part_of_a_file_is_never_kept_as_the_whole(app: Flask) -> None:
    path, part = "/static/css/disc.css", {"Accept-Encoding": WANTS, "Range": "bytes=0-999"}
    with closing(app.test_client().get(path, headers=part, buffered=True)) as some:
        assert some.status_code == 206
        assert "Content-Encoding" not in some.headers
    whole = brotli.decompress(ask(app, path, WANTS).data)
    assert whole == (ROOT / "static/css/disc.css").read_bytes()


def test_who_cannot_read_it_gets_the_file_as_it_is(app: Flask) -> None:
    answer = ask(app, "/static/css/disc.css")
    assert "Content-Encoding" not in answer.headers
    assert answer.data == (ROOT / "static/css/disc.css").read_bytes()


@pytest.mark.parametrize("path", ["/sign-in", "/healthz", "/static/icons/icon-512.png"])
def test_pages_answers_and_pictures_never_do(app: Flask, path: str) -> None:
    answer = ask(app, path, WANTS)
    assert answer.status_code == 200
    assert "Content-Encoding" not in answer.headers


def test_every_mimetype_but_those_of_styles_and_scripts_is_left_out(app: Flask) -> None:
    assert set(app.config["COMPRESS_MIMETYPES"]) == {"text/css", "text/javascript"}


def test_the_report_page_comes_compressed_but_not_with_words_of_somebody_else(
    world: World,
) -> None:
    member = world.browser("member")
    plain = member.get("/report")
    assert "Content-Encoding" not in plain.headers
    for kind, opened in (("br", brotli.decompress), ("gzip", gzip.decompress)):
        page = _as_server(member.client.get, "/report", headers={"Accept-Encoding": kind})
        assert page.headers["Content-Encoding"] == kind
        assert b"What happened?" in opened(page.data)
        assert len(page.data) * 3 < len(plain.data)
    named = _as_server(member.client.get, "/report?known=x", headers={"Accept-Encoding": WANTS})
    assert "Content-Encoding" not in named.headers


def test_the_report_page_with_all_that_it_names_comes_in_40_kb(world: World, app: Flask) -> None:
    """What Chromium fetched besides is the answer about alerts: 0.7 kB, some of it heads."""
    get = world.browser("member").client.get
    page = _as_server(get, "/report", headers={"Accept-Encoding": WANTS})
    text = (brotli.decompress if page.headers["Content-Encoding"] == "br" else gzip.decompress)(
        page.data
    ).decode()
    named = set(NAMED.findall(text))
    assert len(named) >= 8
    answers = [page, *(ask(app, one, WANTS) for one in named)]
    assert sum(map(_sent, answers)) < 39_000


def _sent(answer: TestResponse) -> int:
    return len(answer.data) + sum(len(name) + len(value) + 4 for name, value in answer.headers)
