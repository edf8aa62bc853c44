"""A sandbox takes reports as the real scheme does, and nobody but their system ever sees one."""

import uuid
from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from disc.api.models import ApiSandbox
from disc.core import clock
from disc.core.database import db
from disc.core.jobs import drain
from disc.dataprotection.retention import run_clocks
from disc.incidents.models import Incident
from disc.members.models import Scheme
from disc.stills.models import Still
from tests.api.systems import System, body_for, system
from tests.pictures import picture
from tests.world import World


def _sent(world: World, sender: System) -> str:
    [place] = sender.get("/api/v1/codes").json["premises"]
    body = body_for(world.here, premises_id=place["id"])
    answer = sender.report(body)
    assert answer.status_code == 201, answer.text
    assert answer.json["sandbox"]
    return str(answer.json["id"])


def test_a_sandbox_is_made_with_its_first_key_beside_the_scheme(world: World, app: Flask) -> None:
    schemes = db.session.scalar(sa.select(sa.func.count(Scheme.id)))
    db.session.rollback()
    one, two = system(app, world.here, sandbox=True), system(app, world.here, sandbox=True)
    assert db.session.scalar(sa.select(sa.func.count(Scheme.id))) == schemes + 1
    assert db.session.scalar(sa.select(ApiSandbox.scheme_id)) == world.here.scheme_id
    assert one.secret.startswith("disc_test_")
    assert _sent(world, one) != _sent(world, two)


def test_what_a_sandbox_holds_is_on_no_page(world: World, app: Flask) -> None:
    sender = system(app, world.here, sandbox=True)
    report_id = _sent(world, sender)
    sender.attach(report_id, picture(1))
    drain()
    manager = world.browser("administrator")
    for path in ("/desk", "/my-reports", "/gallery", "/people"):
        assert "Corner Foods head office" not in manager.get(path).text
    assert manager.get(f"/desk/reports/{report_id}").status_code == 404


def test_a_sandbox_key_reaches_nothing_real_and_a_real_one_no_sandbox(
    world: World, app: Flask
) -> None:
    trial, real = system(app, world.here, sandbox=True), system(app, world.here)
    assert trial.report(body_for(world.here)).status_code == 422
    report_id = real.report(body_for(world.here)).json["id"]
    assert trial.get(f"/api/v1/reports/{report_id}").status_code == 404
    assert real.get(f"/api/v1/reports/{_sent(world, trial)}").status_code == 404


def test_a_sandbox_forgets_after_seven_days(world: World, app: Flask) -> None:
    sender = system(app, world.here, sandbox=True)
    report_id = _sent(world, sender)
    sender.attach(report_id, picture(1))
    with time_machine.travel(clock.now() + timedelta(days=8)):
        assert sender.get(f"/api/v1/reports/{report_id}").status_code == 404
        run_clocks()
        kept = db.session.get_one(Incident, uuid.UUID(report_id))
        assert (kept.is_erased, kept.words) == (True, "")
        assert db.session.scalars(sa.select(Still)).one().is_erased


@pytest.mark.parametrize(
    "states", [["accepted", "escalated", "outcome"], ["rejected"]], ids=lambda one: one[-1]
)
def test_a_system_tries_what_becomes_of_a_report(
    world: World, app: Flask, states: list[str]
) -> None:
    sender = system(app, world.here, sandbox=True)
    path = f"/api/v1/reports/{_sent(world, sender)}/pretend"
    for state in states:
        told = sender.post(path, json={"status": state})
        assert (told.status_code, told.json["status"]) == (200, state), told.text
    assert sender.post(path, json={"status": "accepted"}).status_code == 409
    assert sender.post(path, json={"status": "submitted"}).status_code == 404


def test_nobody_pretends_about_a_real_report(world: World, app: Flask) -> None:
    sender = system(app, world.here)
    report_id = sender.report(body_for(world.here)).json["id"]
    told = sender.post(f"/api/v1/reports/{report_id}/pretend", json={"status": "accepted"})
    assert told.status_code == 404
    assert sender.get(f"/api/v1/reports/{report_id}").json["status"] == "submitted"
