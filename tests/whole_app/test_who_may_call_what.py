"""Every route, every role, every other scheme: made from the routes themselves."""

import uuid
from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from werkzeug.routing import Rule

from disc.access.permissions import Permission
from disc.access.policy import POLICY, may_ever
from disc.core.database import Base, db
from tests.browsers import Browser
from tests.whole_app.everything import everything
from tests.world import World

WORDS = {"step": "controller", "link": "made.up.link", "filename": "css/disc.css"}
"""What stands in addresses for arguments that are no ids."""
PUBLIC = {
    "core.healthz",
    "core.manifest",
    "core.offline",
    "core.service_worker",
    "dataprotection.ask",
    "dataprotection.asked",
    "dataprotection.notice",
    "members.join",
    "members.sign_in",
}
WRITE_BY_THEMSELVES = {
    "dataprotection.ask",
    "dataprotection.decide",
    "exclusions.propose",
    "incidents.send",
    "members.join",
    "members.sign_in",
    "members.sign_out",
    "police.escalate",
    "police.outcome",
    "stills.mint",
}
"""Views that use ``writing()`` after slow work, or write nothing but the journal."""
ROLES = ("member", "administrator", "board", "spoc")
UNCHANGED = {"audit_event", "user_session", "outbox"}


def guarded(app: Flask) -> Iterator[tuple[Rule, str, Permission]]:
    for rule in app.url_map.iter_rules():
        view = app.view_functions[rule.endpoint]
        if rule.endpoint == "static" or getattr(view, "public", False):
            continue
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield rule, method, view.requires  # type: ignore[attr-defined]


def address(app: Flask, rule: Rule, ids: dict[str, uuid.UUID]) -> str:
    values = {name: ids.get(name) or WORDS[name] for name in rule.arguments}
    with app.test_request_context():
        return app.url_map.bind("localhost").build(rule.endpoint, values)


def call(browser: Browser, method: str, path: str) -> int:
    if method == "GET":
        return browser.get(path).status_code
    return browser.post(path).status_code


def all_rows() -> dict[str, list[Any]]:
    db.session.rollback()
    with db.engine.connect() as connection:
        return {
            table.name: sorted(map(repr, connection.execute(sa.select(table))))
            for table in Base.metadata.sorted_tables
            if table.name not in UNCHANGED
        }


def test_every_route_says_who_may_call_it(app: Flask) -> None:
    for endpoint, view in app.view_functions.items():
        is_public = bool(getattr(view, "public", False))
        stamped = getattr(view, "requires", None)
        assert endpoint == "static" or is_public or stamped in POLICY, endpoint
        assert not (is_public and stamped), endpoint
        assert is_public == (endpoint in PUBLIC), endpoint


def test_every_route_that_takes_a_post_commits_in_one_known_way(app: Flask) -> None:
    for rule in app.url_map.iter_rules():
        view = app.view_functions[rule.endpoint]
        writes = bool(getattr(view, "writes", False))
        takes_post = "POST" in (rule.methods or set())
        assert writes == (takes_post and rule.endpoint not in WRITE_BY_THEMSELVES), rule.endpoint
        assert not (writes and "GET" in (rule.methods or set())), rule.endpoint


def test_an_unstamped_route_is_refused_even_to_the_administrator(world: World, app: Flask) -> None:
    manager = world.browser("administrator")
    app.view_functions["core.offline"].__dict__["public"] = False
    try:
        assert manager.get("/offline").status_code == 404
    finally:
        app.view_functions["core.offline"].__dict__["public"] = True
    assert manager.get("/offline").status_code == 200


def test_every_permission_has_a_rule() -> None:
    assert set(POLICY) == set(Permission)


def test_nobody_signed_in_gets_nothing(world: World, app: Flask, browser: Browser) -> None:
    ids = everything(world.here)
    before = all_rows()
    browser.get("/sign-in")
    for rule, method, _ in guarded(app):
        status = call(browser, method, address(app, rule, ids))
        assert status == (302 if method == "GET" else 401), rule
    assert all_rows() == before


@pytest.mark.parametrize("role", ROLES)
def test_a_role_that_may_not_sees_what_is_not_there(world: World, app: Flask, role: str) -> None:
    ids = everything(world.here)
    before = all_rows()
    browser, actor = world.browser(role), world.here.actor(role)
    refused = 0
    for rule, method, permission in guarded(app):
        if may_ever(actor, permission):
            continue
        assert call(browser, method, address(app, rule, ids)) == 404, rule
        refused += 1
    assert refused > 3
    assert all_rows() == before
    with db.engine.connect() as connection:
        written = connection.scalar(
            sa.text("SELECT count(*) FROM audit_event WHERE act = 'refused'")
        )
    assert written == refused


@pytest.mark.parametrize("role", [*ROLES, "second_member", "far_member"])
def test_another_schemes_things_do_not_exist(world: World, app: Flask, role: str) -> None:
    ids = everything(world.there)
    before = all_rows()
    browser = world.browser(role)
    named = 0
    for rule, method, permission in guarded(app):
        if not rule.arguments & set(ids) or permission is Permission.USE_OWN_ACCOUNT:
            continue
        assert call(browser, method, address(app, rule, ids)) == 404, rule
        named += 1
    assert named > 20
    assert all_rows() == before


def test_another_areas_people_and_alerts_do_not_exist(world: World, app: Flask) -> None:
    ids = everything(world.here)
    browser = world.browser("far_member")
    for path in ("/gallery/{subject_id}", "/gallery/{subject_id}/know", "/alerts/{alert_id}"):
        assert browser.get(path.format(**ids)).status_code == 404, path
    assert browser.post("/alerts/{alert_id}/seen".format(**ids)).status_code == 404


def test_no_get_changes_a_row(world: World, app: Flask) -> None:
    ids = everything(world.here)
    browsers = {role: world.browser(role) for role in ROLES}
    before = all_rows()
    opened = 0
    for rule, method, permission in guarded(app):
        for role, browser in browsers.items():
            if method == "GET" and may_ever(world.here.actor(role), permission):
                opened += browser.get(address(app, rule, ids)).status_code == 200
    assert opened > 25
    assert all_rows() == before


def test_police_have_no_say_over_bans_anywhere_in_the_table(world: World) -> None:
    spoc = world.here.actor("spoc")
    for permission in (
        Permission.PROPOSE_NOTICE,
        Permission.DECIDE_NOTICE,
        Permission.SERVE_NOTICE,
        Permission.SEE_NOTICE,
        Permission.AGREE_PUBLICATION,
        Permission.MODERATE,
    ):
        assert not may_ever(spoc, permission)
