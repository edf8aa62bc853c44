"""What an attacker tries at the reporting interface: nothing of it opens or breaks anything."""

import gzip
import json
import uuid
from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from disc.api.rules import KEYS_KEPT_DAYS, OLD_SECRET_LASTS, Scope
from disc.api.service import change_over, forget_old, revoke
from disc.core import clock
from disc.core.audit import AuditEvent
from disc.core.database import db
from disc.core.keys import DataKey
from disc.core.transaction import writing
from disc.core.web import csrf
from disc.incidents.models import Incident
from disc.members.models import Member, Premises
from tests.api.systems import System, body_for, system
from tests.browsers import _as_server
from tests.pictures import picture
from tests.story import reported
from tests.world import World

PATHS = ("/api/v1/reports", "/api/v1/codes", f"/api/v1/reports/{uuid.uuid4()}")


def _count() -> int:
    db.session.rollback()
    return db.session.scalar(sa.select(sa.func.count(Incident.id))) or 0


def _is_shut(sender: System) -> bool:
    answers = [sender.get(path) for path in PATHS]
    assert all(one.content_type == "application/problem+json" for one in answers)
    return {one.status_code for one in answers} == {401}


@pytest.mark.parametrize(
    "header",
    [
        "",
        "Bearer",
        "Bearer ",
        "Bearer disc_live_nothing",
        "Basic YTpi",
        "Bearer \u00ff",
        "Bearer " + "x" * 9_000,
    ],
    ids=lambda header: header[:20],
)
def test_without_a_key_nothing_opens(world: World, app: Flask, header: str) -> None:
    for path in PATHS:
        sent = {"Authorization": header}
        answer = _as_server(app.test_client().get, path, headers=sent)
        assert answer.status_code == 401, path
        assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_a_cookie_of_a_sign_in_opens_nothing_with_or_without_a_key(
    world: World, app: Flask
) -> None:
    sender, browser = system(app, world.here), world.browser("administrator")
    for path in PATHS:
        assert browser.get(path).status_code in (400, 401), path
        both = browser.get(path, headers={"Authorization": f"Bearer {sender.secret}"})
        assert both.json["code"] == "no-cookies", path
    sent = browser.post("/api/v1/reports", body_for(world.here))
    assert sent.status_code in (400, 401)
    assert _count() == 0


def test_no_route_without_forgery_tokens_is_opened_by_a_cookie(app: Flask) -> None:
    assert {one.name for one in csrf._exempt_blueprints} == {"api"}
    # A box of a phone is known by the stamp in it, and opened by nobody's cookie.
    boxes = {f"disc.boxes.views.{name}" for name in ("share", "take_part", "take_report")}
    assert csrf._exempt_views == boxes
    for rule in app.url_map.iter_rules():
        if rule.endpoint.startswith("api."):
            view = app.view_functions[rule.endpoint]
            only_read = (rule.methods or set()) <= {"GET", "HEAD", "OPTIONS"}
            assert hasattr(view, "scope") or (getattr(view, "public", False) and only_read)


def test_a_revoked_key_is_shut_out_by_the_next_request(world: World, app: Flask) -> None:
    sender = system(app, world.here)
    assert sender.get("/api/v1/codes").status_code == 200
    with writing():
        revoke(world.here.actor("administrator"), sender.key_id)
    assert _is_shut(sender)
    refused = sa.select(sa.func.count()).where(
        AuditEvent.act == "key refused", AuditEvent.target_id == sender.key_id
    )
    assert db.session.scalar(refused) == len(PATHS)


def test_a_key_ends_on_its_day(world: World, app: Flask) -> None:
    sender = system(app, world.here, days=30)
    with time_machine.travel(clock.now() + timedelta(days=31)):
        assert _is_shut(sender)


def test_a_key_changed_over_works_for_a_week_beside_the_new_one(world: World, app: Flask) -> None:
    old = system(app, world.here)
    with writing():
        later = clock.now() + timedelta(days=300)
        _, secret = change_over(world.here.actor("administrator"), old.key_id, later)
    new = System(app, old.key_id, secret)
    assert [one.get("/api/v1/codes").status_code for one in (old, new)] == [200, 200]
    with time_machine.travel(clock.now() + OLD_SECRET_LASTS + timedelta(minutes=1)):
        assert _is_shut(old)
        assert new.get("/api/v1/codes").status_code == 200


@pytest.mark.parametrize("missing", Scope)
def test_a_key_does_only_what_it_was_made_for(world: World, app: Flask, missing: Scope) -> None:
    whole = system(app, world.here)
    report_id = whole.report(body_for(world.here)).json["id"]
    key = system(app, world.here, frozenset(Scope) - {missing})
    answers = {
        Scope.REPORT_WRITE: key.report(body_for(world.here)).status_code,
        Scope.REPORT_READ: key.get("/api/v1/reports").status_code,
        Scope.ATTACHMENT_WRITE: key.attach(report_id, picture(1)).status_code,
    }
    shut = {scope for scope, status in answers.items() if status == 403}
    assert shut == {missing} & set(answers)


def test_a_key_reports_for_no_premises_but_its_own(world: World, app: Flask) -> None:
    sender = system(app, world.here)
    for premises_id in (world.here.other_premises_id, world.there.premises_id):
        answer = sender.report(body_for(world.here, premises_id=str(premises_id)))
        assert answer.status_code == 422
        assert answer.json["problems"][0]["field"] == "premises_id"
    assert _count() == 0


def test_premises_taken_from_a_system_are_not_its_own_any_more(world: World, app: Flask) -> None:
    sender = system(app, world.here)
    sent = sender.report(body_for(world.here)).json
    with writing():
        system_id = db.session.scalars(sa.select(Incident.reporter_id)).one()
        other = db.session.get_one(Premises, world.here.other_premises_id)
        db.session.get_one(Member, system_id).premises = [other]
    assert sender.report(body_for(world.here)).status_code == 422
    assert sender.get(f"/api/v1/reports/{sent['id']}").status_code == 200


def test_reports_of_others_do_not_exist(world: World, app: Flask) -> None:
    sender = system(app, world.here)
    ids = [
        system(app, world.there).report(body_for(world.there)).json["id"],
        system(app, world.here).report(body_for(world.here)).json["id"],
        str(reported(world.here)),
        str(uuid.uuid4()),
        "not-an-id",
    ]
    for report_id in ids:
        told = sender.get(f"/api/v1/reports/{report_id}")
        assert (told.status_code, told.json["code"]) in ((404, "missing"), (404, "not found"))
        assert sender.attach(report_id, picture(1)).status_code == 404


def test_a_key_opens_no_page(world: World, app: Flask) -> None:
    sender = system(app, world.here)
    for path in ("/", "/gallery", "/report", "/my-reports", "/desk", "/desk/api-keys", "/me"):
        assert sender.get(path).status_code == 302, path


@pytest.mark.parametrize(
    ("kind", "body", "status"),
    [
        ("application/json", b"{", 400),
        ("application/json", b"", 400),
        ("application/json", b"\xff\xfe{}", 400),
        ("application/json", b"[" * 60_000, 400),
        ("application/json", b'{"words": NaN}', 422),
        ("application/json", b"[]", 422),
        ("application/json", b" " * 200_000, 413),
        ("application/x-www-form-urlencoded", b"words=x", 415),
        ("multipart/form-data; boundary=x", b"--x--", 415),
        ("text/plain", b"{}", 415),
        ("", b"{}", 415),
        ("application/json; charset=utf-7", b"{}", 422),
    ],
    ids=str,
)
def test_strange_bodies_are_refused_with_a_sentence(
    world: World, app: Flask, kind: str, body: bytes, status: int
) -> None:
    answer = system(app, world.here).post("/api/v1/reports", data=body, content_type=kind)
    assert answer.status_code == status, answer.text
    assert answer.json["title"]
    assert _count() == 0


def test_a_body_is_never_unpacked(world: World, app: Flask) -> None:
    sender = system(app, world.here)
    bomb = gzip.compress(b"0" * 50_000_000)
    for path in ("/api/v1/reports", f"/api/v1/reports/{reported(world.here)}/attachments"):
        answer = sender.post(
            path,
            data=bomb,
            content_type="application/json",
            headers={"Content-Encoding": "gzip", "Idempotency-Key": "1"},
        )
        assert answer.status_code in (404, 415)


def test_what_is_no_picture_is_refused(world: World, app: Flask) -> None:
    sender = system(app, world.here)
    report_id = sender.report(body_for(world.here)).json["id"]
    for data in (b"", b"<svg/>", b"GIF89a", picture(1)[:200]):
        assert sender.attach(report_id, data).status_code in (413, 422), data[:10]


def test_text_with_script_stays_text(world: World, app: Flask) -> None:
    words = "<script>alert(1)</script>{{7*7}}"
    sent = system(app, world.here).report(body_for(world.here, words=words, goods=words)).json
    page = world.browser("administrator").get(f"/desk/reports/{sent['id']}").text
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;{{7*7}}" in page


def test_no_secret_of_a_key_lies_in_the_database(world: World, app: Flask) -> None:
    sender = system(app, world.here)
    sender.get("/api/v1/codes")
    db.session.rollback()
    with db.engine.connect() as connection:
        for table in ("api_key", "audit_event", "member", "outbox"):
            rows = connection.execute(sa.text(f"SELECT * FROM {table}")).all()  # noqa: S608
            assert sender.secret[14:] not in json.dumps([list(map(str, row)) for row in rows])


def test_a_system_is_no_person_whom_anybody_lists_manages_or_signs_in(
    world: World, app: Flask
) -> None:
    system(app, world.here)
    manager = world.browser("administrator")
    system_id = db.session.scalars(sa.select(Member.id).where(Member.state == "system")).one()
    db.session.rollback()
    assert "Corner Foods head office" not in manager.get("/desk/members").text
    assert manager.get(f"/desk/members/{system_id}").status_code == 404
    for act in ("suspend", "shut-out", "new-way-in", "role"):
        assert manager.post(f"/desk/members/{system_id}/{act}").status_code == 404, act


def test_a_key_long_over_is_forgotten_and_so_is_its_name(world: World, app: Flask) -> None:
    sender = system(app, world.here)
    report_id = sender.report(body_for(world.here)).json["id"]
    with writing():
        revoke(world.here.actor("administrator"), sender.key_id)
    keys_before = db.session.scalar(sa.select(sa.func.count(DataKey.id)))
    with time_machine.travel(clock.now() + timedelta(days=KEYS_KEPT_DAYS + 1)), writing():
        assert forget_old() == 1
    assert db.session.scalar(sa.select(sa.func.count(DataKey.id))) == keys_before - 1
    assert db.session.get(Incident, uuid.UUID(report_id)) is not None
    assert _is_shut(sender)


def test_a_wrong_method_is_told_which_there_are(world: World, app: Flask) -> None:
    answer = system(app, world.here).post("/api/v1/codes")
    assert answer.status_code == 405
    assert "GET" in answer.headers["Allow"]


def test_nothing_that_the_interface_answers_sets_a_cookie(world: World, app: Flask) -> None:
    sender = system(app, world.here)
    answers = [
        sender.report(body_for(world.here)),
        sender.get("/api/v1/reports"),
        sender.get("/api/v1/nothing"),
        _as_server(app.test_client().get, "/api/v1/openapi.json"),
    ]
    assert all("Set-Cookie" not in one.headers for one in answers)
