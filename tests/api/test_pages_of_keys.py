"""An Administrator makes and ends keys; the secret is shown once and to nobody else."""

import re

import pytest
import sqlalchemy as sa
from flask import Flask

from disc.api.models import ApiKey
from disc.core.database import db
from tests.api.systems import System, system
from tests.browsers import Browser
from tests.world import World

SECRET = re.compile(r'id="secret">([^<]+)<')


def _made(browser: Browser, world: World, **changed: object) -> str:
    browser.get("/desk/api-keys/new")
    form = {
        "name": "Corner Foods head office",
        "mode": "live",
        "premises": str(world.here.premises_id),
        "scopes": ["report:write", "report:read"],
        "months": "12",
        **changed,
    }
    answer = browser.post("/desk/api-keys", form)
    found = SECRET.search(answer.text)
    assert found, answer.text
    return found[1]


def _key() -> ApiKey:
    db.session.rollback()
    return db.session.scalars(sa.select(ApiKey)).one()


def test_a_key_is_shown_once_and_works(world: World, app: Flask) -> None:
    browser = world.browser("administrator")
    secret = _made(browser, world)
    key = _key()
    assert System(app, key.id, secret).get("/api/v1/reports").status_code == 200
    for path in ("/desk/api-keys", f"/desk/api-keys/{key.id}"):
        page = browser.get(path).text
        assert "Corner Foods head office" in page
        assert secret[:14] in page
        assert secret[14:] not in page


@pytest.mark.parametrize(
    "changed",
    [{"name": ""}, {"premises": ""}, {"scopes": ""}, {"months": "25"}, {"months": "0"}],
    ids=str,
)
def test_a_key_needs_a_name_premises_something_to_do_and_an_end(
    world: World, changed: dict[str, str]
) -> None:
    browser = world.browser("administrator")
    with pytest.raises(AssertionError):
        _made(browser, world, **changed)
    assert db.session.scalars(sa.select(ApiKey)).all() == []


def test_a_key_for_premises_of_another_scheme_is_refused(world: World) -> None:
    browser = world.browser("administrator")
    with pytest.raises(AssertionError):
        _made(browser, world, premises=str(world.there.premises_id))


def test_codes_are_read_line_by_line_and_the_wrong_line_is_named(world: World, app: Flask) -> None:
    key = system(app, world.here)
    browser, path = world.browser("administrator"), f"/desk/api-keys/{key.key_id}"
    browser.get(path)
    wrong = browser.post(f"{path}/codes", {"codes": "ST01 = shop-theft\nST02 = theft"})
    assert wrong.status_code == 422
    assert "Line 2" in wrong.text
    assert browser.post(f"{path}/codes", {"codes": "ST01 = shop-theft"}).status_code == 303
    assert "ST01 = shop-theft" in browser.get(path).text
    assert key.get("/api/v1/codes").json["codes"] == {"ST01": "shop-theft"}


@pytest.mark.parametrize(
    "url", ["http://example.org/", "https://127.0.0.1/", "https://localhost/", "nonsense"]
)
def test_news_goes_to_no_address_of_our_own_network(world: World, app: Flask, url: str) -> None:
    key = system(app, world.here)
    browser, path = world.browser("administrator"), f"/desk/api-keys/{key.key_id}"
    browser.get(path)
    answer = browser.post(f"{path}/webhook", {"url": url})
    assert answer.status_code == 422
    assert "govuk-error-summary" in answer.text


def test_a_key_is_ended_with_one_press(world: World, app: Flask) -> None:
    key = system(app, world.here)
    browser, path = world.browser("administrator"), f"/desk/api-keys/{key.key_id}"
    browser.get(path)
    assert browser.post(f"{path}/revoke").status_code == 303
    assert key.get("/api/v1/codes").status_code == 401
    assert "Ended" in browser.get(path).text
    assert browser.post(f"{path}/secret", {"months": "3"}).status_code == 409
