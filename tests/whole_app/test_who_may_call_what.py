"""Every route, every role, every other scheme: made from the routes themselves."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
import sqlalchemy as sa
from flask import Flask, url_for
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from disc.access.actor import SHOP_FLOOR, Gate, Role
from disc.access.guard import GATES
from disc.access.navigation import bar
from disc.access.permissions import Permission
from disc.access.policy import POLICY, may_ever
from disc.core.database import db
from tests.browsers import Browser
from tests.emptying import Kept, emptied
from tests.whole_app.callers import (
    HOLDS,
    OF_AN_AREA,
    SHUT_OUT,
    WHO,
    held_place,
    newcomer,
    proved_long_ago,
    ready,
    sign_in,
    stopped_looking,
)
from tests.whole_app.everything import everything
from tests.whole_app.rows import nothing_changes
from tests.world import World

WORDS = {
    "step": "controller",
    "document_kind": "rules",
    "link": "made.up.link",
    "filename": "css/disc.css",
    "number": "0",
}
"""What stands in addresses for arguments that are no ids."""
PUBLIC = {
    "api.description",
    "boxes.share",
    "boxes.take_part",
    "boxes.take_report",
    "core.healthz",
    "core.manifest",
    "core.offline",
    "core.service_worker",
    "dataprotection.ask",
    "dataprotection.asked",
    "dataprotection.notice",
    "members.forgot",
    "members.join",
    "members.join_at",
    "members.lock_screen",
    "members.lock_tablet",
    "members.passkey",
    "members.passkey_options",
    "members.pin_pad",
    "members.reset",
    "members.second_factor",
    "members.sign_in",
}
WRITE_BY_THEMSELVES = {
    "api.add_attachment",
    "api.send_report",
    "keys.set_webhook",
    "boxes.share",
    "dataprotection.ask",
    "dataprotection.bring_leak",
    "dataprotection.decide",
    "dataprotection.find_viewer",
    "dataprotection.restore_viewing",
    "dataprotection.search_audit",
    "dataprotection.send_export",
    "desk.change_picture",
    "desk.find_other",
    "evidence.finish",
    "evidence.give_up",
    "exclusions.propose",
    "incidents.add",
    "importing.bring",
    "incidents.send",
    "incidents.people",
    "incidents.resume",
    "incidents.send_welfare",
    "intelligence.find",
    "members.change_password",
    "members.forgot",
    "members.import_people",
    "members.join",
    "members.join_at",
    "members.lock_tablet",
    "members.new_passkey",
    "members.passkey",
    "members.pin",
    "members.pin_pad",
    "members.prove",
    "members.prove_passkey",
    "members.reset",
    "members.second_factor",
    "members.sign_in",
    "members.sign_out",
    "police.escalate",
    "police.outcome",
    "desk.search_people",
    "gallery.near",
    "gallery.search",
    "stills.check",
    "stills.mint",
}
"""Views that use ``writing()`` after slow work, or write nothing but the journal."""
GRAVE = {
    "dataprotection.audit_viewer",
    "dataprotection.bring_leak",
    "dataprotection.export_audit",
    "dataprotection.find_viewer",
    "dataprotection.leak",
    "dataprotection.leak_result",
    "dataprotection.send_export",
    "desk.change_settings",
    "desk.erase_person",
    "exclusions.document",
    "importing.bring",
    "importing.call_back",
    "importing.confirm",
    "importing.file",
    "importing.index",
    "importing.refused",
    "intelligence.erase",
    "keys.change_over",
    "keys.change_webhook_secret",
    "keys.make",
    "keys.new",
    "keys.set_webhook",
    "members.begin_codes",
    "members.change_password",
    "members.change_role",
    "members.decide_leader",
    "members.end_all_devices",
    "members.end_device",
    "members.end_other_devices",
    "members.enrol_tablet",
    "members.give_new_way_in",
    "members.keep_codes",
    "members.new_codes",
    "members.new_passkey",
    "members.new_passkey_options",
    "members.new_recovery_codes",
    "members.new_tablet",
    "members.new_version",
    "members.new_way_in",
    "members.person_left",
    "members.pin",
    "members.publish_version",
    "members.remove_codes",
    "members.remove_passkey",
    "members.renew_rules",
    "members.role_of_person",
    "members.suspend_person",
    "printing.copy",
    "printing.gallery",
    "printing.person",
    "printing.print_gallery",
    "printing.print_person",
    "printing.printout",
}
"""Views that ask for a fresh proof of who one is."""
OPENED = {200, 204, 302, 409}
"""A page is shown, leads on, or says that it is too early for it."""
MADE_UP = {"link"}
"""Arguments whose words here name nothing."""
SHOWN_ALL_THE_SAME = {
    "members.my_document": "the rules are the whole scheme's",
}
"""Views of one thing that a person of another Area may open, and why."""
NOT_SHOWN: dict[tuple[str, Role], str] = {
    ("members.person", Role.GROUP_MANAGER): "the person is in none of their groups",
    ("members.new_way_in", Role.GROUP_MANAGER): "the person is in none of their groups",
    ("dataprotection.case", Role.BOARD): "the request is no appeal",
    **{
        ("members.certify_one", role): "they are not the contact of these premises"
        for role in SHOP_FLOOR
    },
    **{
        ("stills.ask_to_withdraw", role): "they do not answer for the picture"
        for role in POLICY[Permission.WITHDRAW_PICTURE].roles - {Role.SPOC}
    },
    **{
        ("incidents.goods", role): "they are not the contact of these premises"
        for role in SHOP_FLOOR
    },
    **{
        (endpoint, role): "somebody else sent it"
        for endpoint in ("incidents.changes", "incidents.moved")
        for role in POLICY[Permission.ADD_TO_REPORT].roles - {Role.MEMBER}
    },
    **{
        ("incidents.report", role): "somebody else sent it"
        for role in POLICY[Permission.SEE_REPORT].roles - {Role.MEMBER}
    },
    **{
        ("evidence.upload", role): "somebody else sent it"
        for role in POLICY[Permission.REPORT_INCIDENT].roles - {Role.MEMBER}
    },
    **{
        (endpoint, Role.SPOC): "the report was not shared with the police"
        for endpoint in ("evidence.report", "evidence.custody_file", "evidence.take_out")
    },
    **{
        (endpoint, Role.SPOC): "this scheme keeps its gallery from the police"
        for endpoint in (
            *("gallery.index", "gallery.subject", "gallery.know"),
            "incidents.people",
        )
    },
    **{
        (endpoint, Role.SUB_ADMINISTRATOR): "somebody else asked for these copies"
        for endpoint in ("printing.printout", "printing.copy")
    },
}
"""Pages about a thing of one's own scheme and Area that a role is not shown, and why."""


@dataclass(frozen=True, slots=True)
class Door:
    """One route by one method, with the lock on it."""

    endpoint: str
    method: str
    path: str
    ids: frozenset[str]
    words: frozenset[str]
    permission: Permission
    grave: bool

    def knock(self, browser: Browser) -> TestResponse:
        """Call without a word in the form. A refusal comes as JSON: no page is drawn for it."""
        if self.method == "GET":
            return browser.get(self.path)
        if self.method == "PUT":
            return browser.put(self.path)
        return browser.post(self.path, headers={"Accept": "application/json"})

    def is_shut(self, status: int) -> bool:
        """Say whether a status is what a stranger gets here."""
        return status == (302 if self.method == "GET" else 401)


def guarded(app: Flask) -> Iterator[tuple[Rule, str, Permission]]:
    for rule in app.url_map.iter_rules():
        view = app.view_functions[rule.endpoint]
        if rule.endpoint == "static" or getattr(view, "public", False):
            continue
        if is_for_systems(view):
            continue  # a key opens it, no person: they are tried apart, below
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield rule, method, view.requires  # type: ignore[attr-defined]


def is_for_systems(view: object) -> bool:
    return getattr(view, "scope", None) is not None


def doors_of_systems(app: Flask, ids: dict[str, uuid.UUID]) -> list[tuple[str, str]]:
    """Return method and address of each route that a key opens."""
    ids = ids | {"report_id": ids["incident_id"]}
    return [
        (method, address(app, rule, ids))
        for rule in app.url_map.iter_rules()
        if is_for_systems(app.view_functions[rule.endpoint])
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
    ]


def doors(app: Flask, ids: dict[str, uuid.UUID]) -> list[Door]:
    return [
        Door(
            endpoint=rule.endpoint,
            method=method,
            path=address(app, rule, ids),
            ids=frozenset(rule.arguments) & set(ids),
            words=frozenset(rule.arguments) - set(ids),
            permission=permission,
            grave=getattr(app.view_functions[rule.endpoint], "freshly_proved", False),
        )
        for rule, method, permission in guarded(app)
    ]


def address(app: Flask, rule: Rule, ids: dict[str, uuid.UUID]) -> str:
    values = {name: ids.get(name) or WORDS[name] for name in rule.arguments}
    with app.test_request_context():
        return app.url_map.bind("localhost").build(rule.endpoint, values)


@pytest.fixture(scope="module")
def world(kept_world: Kept, session_app: Flask) -> Iterator[World]:
    """One database for the whole module: no test here changes what another one reads."""
    with emptied(session_app):
        yield kept_world.put_back()


@pytest.fixture(scope="module")
def app(session_app: Flask, world: World) -> Flask:
    """Give the application once the world is there: a test without it leaves rows behind."""
    assert world
    return session_app


@pytest.fixture(scope="module")
def here(app: Flask, world: World) -> list[Door]:
    for who in WHO.values():
        world.here.actor(who)
    return doors(app, everything(world.here))


@pytest.fixture(scope="module")
def there(app: Flask, world: World) -> list[Door]:
    return doors(app, everything(world.there))


# --- What each route declares


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


def test_the_grave_acts_are_these(app: Flask) -> None:
    stamped = {
        endpoint
        for endpoint, view in app.view_functions.items()
        if getattr(view, "freshly_proved", False)
    }
    assert stamped == GRAVE


def test_an_unstamped_route_is_refused_even_to_the_administrator(world: World, app: Flask) -> None:
    manager = sign_in(app, world.here.actor("administrator"))
    app.view_functions["core.offline"].__dict__["public"] = False
    try:
        assert manager.get("/offline").status_code == 404
    finally:
        app.view_functions["core.offline"].__dict__["public"] = True
    assert manager.get("/offline").status_code == 200


def test_every_permission_has_a_rule() -> None:
    assert set(POLICY) == set(Permission)


def test_every_role_has_a_bar_that_leads_to_pages_it_may_open(
    app: Flask, world: World, here: list[Door]
) -> None:
    assert here
    for role, who in WHO.items():
        browser = sign_in(app, world.here.actor(who))
        places = bar(world.here.actor(who), "/")
        assert 3 <= len(places) <= 5, role
        for place in places:
            assert browser.get(place.href).status_code == 200, (role, place.href)


# --- Who is nobody


def test_nobody_signed_in_gets_nothing(browser: Browser, here: list[Door]) -> None:
    browser.get("/sign-in")
    with nothing_changes():
        for door in here:
            assert door.is_shut(door.knock(browser).status_code), door


def test_nobody_opens_a_route_for_systems_by_a_sign_in_or_without_a_key(
    app: Flask, world: World, here: list[Door]
) -> None:
    assert here
    found = doors_of_systems(app, {"incident_id": uuid.uuid4()})
    people = [ready(sign_in(app, world.here.actor(who))) for who in WHO.values()]
    with nothing_changes():
        for method, path in found:
            stranger = Browser(app)
            call = stranger.get if method == "GET" else stranger.post
            assert call(path).status_code == 401, path
            for person in people:
                call = person.get if method == "GET" else person.post
                answer = call(path)
                assert (answer.status_code, answer.json["code"]) == (400, "no-cookies"), path
    assert len(found) >= 6


@pytest.mark.parametrize("state", SHUT_OUT)
@pytest.mark.parametrize("role", Role)
def test_who_is_not_let_in_gets_nothing(
    app: Flask, world: World, here: list[Door], role: Role, state: str
) -> None:
    gone = newcomer(world.here, role, f"{role} {state}".replace(" ", "-"))
    browser = sign_in(app, gone, SHUT_OUT[state])
    with nothing_changes():
        for door in here:
            assert door.is_shut(door.knock(browser).status_code), door


# --- Who is somebody else


@pytest.mark.parametrize("role", Role)
def test_a_role_that_may_not_sees_what_is_not_there(
    app: Flask, world: World, here: list[Door], role: Role
) -> None:
    actor = world.here.actor(WHO[role])
    browser = ready(sign_in(app, actor))
    refused, before = 0, _refusals()
    with nothing_changes():
        for door in here:
            if not may_ever(actor, door.permission):
                assert door.knock(browser).status_code == 404, door
                refused += 1
    assert refused > 3
    assert _refusals() - before == refused


def _refusals() -> int:
    with db.engine.connect() as connection:
        return connection.scalar(sa.text("SELECT count(*) FROM audit_event WHERE act = 'refused'"))


@pytest.mark.parametrize("role", Role)
def test_another_schemes_things_do_not_exist(
    app: Flask, world: World, there: list[Door], role: Role
) -> None:
    browser = ready(sign_in(app, world.here.actor(WHO[role])))
    named = [door for door in there if door.ids]
    with nothing_changes():
        for door in named:
            assert door.knock(browser).status_code == 404, door
    assert len(named) > 30


@pytest.mark.parametrize("role", OF_AN_AREA)
def test_another_areas_things_do_not_exist(
    app: Flask, world: World, here: list[Door], role: Role
) -> None:
    far = newcomer(world.here, role, f"{role} elsewhere".replace(" ", "-"), far=True)
    browser = ready(sign_in(app, far))
    named = 0
    with nothing_changes():
        for door in here:
            if door.ids and may_ever(far, door.permission):
                seen = door.knock(browser).status_code
                assert (seen != 404) == (door.endpoint in SHOWN_ALL_THE_SAME), door
                named += 1
    assert named > 3


@pytest.mark.parametrize("role", Role)
def test_a_role_opens_every_page_that_it_may_and_changes_nothing(
    app: Flask, world: World, here: list[Door], role: Role
) -> None:
    actor = world.here.actor(WHO[role])
    browser = ready(sign_in(app, actor))
    opened = 0
    with nothing_changes():
        for door in here:
            if door.method != "GET" or door.words & MADE_UP:
                continue
            if may_ever(actor, door.permission):
                seen = door.knock(browser).status_code
                shown = (door.endpoint, role) not in NOT_SHOWN
                assert seen in (OPENED if shown else {404}), (door, seen)
                opened += 1
    assert opened > 5


# --- Who is not ready


@pytest.mark.parametrize("gate", Gate)
@pytest.mark.parametrize("role", Role)
def test_a_gate_holds_every_role_back_from_everything_but_their_account(
    app: Flask, here: list[Door], role: Role, gate: Gate
) -> None:
    held = newcomer(held_place(gate), role, f"{role} {gate}".replace(" ", "-"))
    browser = ready(sign_in(app, held, HOLDS[gate]))
    with app.test_request_context():
        opens = url_for(GATES[gate])
    with nothing_changes():
        for door in here:
            if door.permission is Permission.USE_OWN_ACCOUNT:
                continue
            answer = door.knock(browser)
            if not may_ever(held, door.permission):
                assert answer.status_code == 404, door
            elif door.method == "GET":
                assert answer.location.startswith(opens), door
            else:
                assert answer.status_code == 403, door
    assert browser.get("/").location == opens


@pytest.mark.parametrize("role", Role)
def test_a_grave_act_asks_for_a_fresh_proof_of_every_role(
    app: Flask, world: World, here: list[Door], role: Role
) -> None:
    actor = world.here.actor(WHO[role])
    stale = ready(sign_in(app, actor, proved_long_ago))
    with nothing_changes():
        for door in here:
            if door.grave and may_ever(actor, door.permission):
                answer = door.knock(stale)
                assert door.is_shut(answer.status_code), door


@pytest.mark.parametrize("role", sorted(POLICY[Permission.SEE_GALLERY].roles))
def test_nobody_leafs_on_who_was_stopped_for_opening_too_many_pictures(
    app: Flask, world: World, here: list[Door], role: Role
) -> None:
    stopped = newcomer(world.here, role, f"{role} stopped".replace(" ", "-"))
    browser = ready(sign_in(app, stopped, stopped_looking))
    looks = (Permission.SEE_GALLERY, Permission.SEE_SUBJECT, Permission.IDENTIFY_SUBJECT)
    with nothing_changes():
        seen = [
            door.knock(browser).status_code
            for door in here
            if door.permission in looks
            and door.method == "GET"
            and may_ever(stopped, door.permission)
        ]
    assert set(seen) <= {429, 404}  # this scheme keeps its gallery from the police: they get 404
    assert 429 in seen


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


def test_the_dpo_is_shown_no_picture_and_no_record_of_a_person(world: World) -> None:
    dpo = world.here.actor("dpo")
    for permission in (
        Permission.SEE_GALLERY,
        Permission.SEE_SUBJECT,
        Permission.SEE_PICTURE,
        Permission.SEE_REPORT,
        Permission.SEE_ALERT,
        Permission.MODERATE,
    ):
        assert not may_ever(dpo, permission)
