"""What a browser is told over HTTPS: to stay there, and to take its cookies nowhere else."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from config import Settings
from disc.app import create_app
from disc.core.database import db
from disc.core.migrate import upgrade
from tests.browsers import Browser
from tests.world import PASSWORD, Place, make_place

HTTPS = {"base_url": "https://localhost", "headers": {"Referer": "https://localhost/"}}
YEAR = 365 * 24 * 60 * 60


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """An installation with a proxy that ends HTTPS."""
    folder = tmp_path_factory.mktemp("https")
    made = create_app(Settings(instance=folder, testing=True, secure_cookies=True))
    with made.app_context():
        yield made
        db.session.remove()
        db.engine.dispose()


@pytest.fixture(scope="module")
def place(app: Flask) -> Place:
    assert app
    upgrade()
    return make_place("Quay", live=True)


def test_every_cookie_is_for_https_and_for_this_name_alone(app: Flask, place: Place) -> None:
    browser = Browser(app)
    browser.get("/sign-in", **HTTPS)
    sent = {"email": place.emails["administrator"], "password": PASSWORD}
    given = browser.post("/sign-in", sent, **HTTPS).headers.getlist("Set-Cookie")
    browser.get("/tablets/new", **HTTPS)
    device = {"premises_id": str(place.premises_id), "name": "Till 2"}
    given += browser.post("/tablets", device, **HTTPS).headers.getlist("Set-Cookie")
    assert {one.split("=")[0] for one in given} == {
        "__Host-session",
        "__Host-device",
        "__Host-tablet",
        "shared",
    }
    for one in given:
        parts = {part.strip() for part in one.split(";")}
        assert {"Secure", "HttpOnly", "Path=/"} <= parts, one
        assert not [part for part in parts if part.startswith("Domain=")], one


def test_browsers_are_told_to_stay_with_https_where_they_came_by_it(app: Flask) -> None:
    told = Browser(app).get("/sign-in", **HTTPS).headers["Strict-Transport-Security"]
    assert told == f"max-age={YEAR}; includeSubDomains"
    plain = Browser(app).get("/sign-in")
    assert plain.status_code == 200
    assert "Strict-Transport-Security" not in plain.headers


def test_a_cookie_signed_by_another_installation_is_nobodys(
    app: Flask, place: Place, tmp_path: Path
) -> None:
    browser = Browser(app)
    browser.get("/sign-in", **HTTPS)
    browser.post("/sign-in", {"email": place.emails["member"], "password": PASSWORD}, **HTTPS)
    assert browser.get("/me", **HTTPS).status_code == 200
    kept = browser.client.get_cookie("__Host-session")
    assert kept is not None
    other = create_app(Settings(instance=tmp_path, testing=True, secure_cookies=True))
    theirs, ours = (
        each.session_interface.get_signing_serializer(each)  # type: ignore[attr-defined]
        for each in (other, app)
    )
    forged = theirs.dumps(ours.loads(kept.value))
    browser.client.set_cookie("__Host-session", forged, secure=True)
    assert browser.get("/me", **HTTPS).status_code == 302


def test_no_folder_is_listed_and_no_request_is_traced(app: Flask) -> None:
    for path in ("/static/", "/static/css", "/static/css/", "/static/../config.py"):
        assert Browser(app).get(path).status_code == 404, path
    for path in ("/sign-in", "/static/css/disc.css"):
        answer = app.test_client().open(path, method="TRACE", headers={"X-Sent": "told back"})
        assert answer.status_code in {404, 405}, path
        assert "told back" not in answer.text
