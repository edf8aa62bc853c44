"""What the roles beside the first four find: their pages, their reports, and no more."""

import uuid
from dataclasses import replace
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from werkzeug.test import TestResponse

from disc.access.actor import Gate, Role
from disc.access.navigation import BARS, bar
from disc.core.audit import AuditEvent
from disc.core.database import db, new_id
from disc.core.transaction import writing
from disc.gallery.models import Subject
from disc.incidents.models import Incident
from disc.members.models import Member, Premises, Scheme
from disc.members.queries import actor_of
from tests.browsers import Browser
from tests.story import in_gallery, reported
from tests.world import World

WORDS = "Took three coats and laughed."


def test_every_role_has_a_bar_of_at_most_five() -> None:
    assert set(BARS) == set(Role)
    assert all(len(places) <= 5 for places in BARS.values())


@pytest.mark.parametrize(
    ("who", "path", "entry"),
    [
        ("administrator", "/notices", "/desk"),
        ("administrator", "/people/1/links", "/desk"),
        ("administrator", "/desk/queue", "/desk"),
        ("board", "/notices/1", "/board"),
        ("board", "/desk/requests/1", "/board"),
        ("board", "/people/1", None),
        ("administrator", "/police/1", "/desk"),
        ("administrator", "/evidence/reports/1", "/desk"),
        ("spoc", "/police/1", "/police"),
        ("administrator", "/noticesboard", None),
    ],
)
def test_the_bar_says_where_its_reader_is(
    world: World, who: str, path: str, entry: str | None
) -> None:
    marked = [one.href for one in bar(world.here.actor(who), path) if one.current]
    assert marked == ([entry] if entry else [])


def test_a_gate_leaves_no_way_but_its_own(world: World) -> None:
    held = replace(world.here.actor("member"), gate=Gate.RULES)
    assert bar(held, "/") == []


@pytest.mark.parametrize("who", ["dpo", "board", "group_manager", "spoc"])
def test_home_says_what_somebody_is_here_for(world: World, who: str) -> None:
    page = world.browser(who).get("/").text
    ways = {"dpo": "/audit", "board": "/board", "group_manager": "/my-reports", "spoc": "/police"}
    assert f'href="{ways[who]}"' in page


def test_a_dpo_is_shown_no_alert_and_opens_no_socket(world: World) -> None:
    page = world.browser("dpo").get("/").text
    assert "Alerts now" not in page
    assert "live-alerts" not in page
    assert "Alerts now" in world.browser("board").get("/").text


# --- Reports


def test_a_group_manager_reads_the_reports_of_their_group_and_who_sent_them(world: World) -> None:
    world.here.actor("group_manager")
    inside = reported(world.here, who="second_member", words=WORDS)
    outside = reported(world.here, who="member", words="Nobody else reads this.")
    manager = world.browser("group_manager")
    listed = manager.get("/my-reports").text
    assert str(inside) in listed
    assert f"Pat Second_Member {world.here.number}" in listed
    assert str(outside) not in listed
    page = manager.get(f"/my-reports/{inside}").text
    assert WORDS in page
    assert f"Pat Second_Member {world.here.number}" in page
    assert manager.get(f"/my-reports/{outside}").status_code == 404
    assert "report read" in _acts(inside)


def test_others_of_a_group_do_not_read_each_others_reports(world: World) -> None:
    world.here.actor("group_manager")
    sent = reported(world.here, who="group_manager", words=WORDS)
    member = world.browser("second_member")
    assert member.get(f"/my-reports/{sent}").status_code == 404
    assert str(sent) not in member.get("/my-reports").text


@pytest.mark.parametrize("who", ["spoc", "investigator"])
def test_reporting_for_others_is_only_for_premises_that_allow_it(world: World, who: str) -> None:
    browser = world.browser(who)
    assert "No premises in your Areas let others report" in browser.get("/report").text
    assert _send(browser, world).status_code in (404, 422)
    with writing() as opened:
        opened.get_one(Premises, world.here.premises_id).others_may_report = True
    assert "on behalf of these premises" in browser.get("/report").text
    assert _send(browser, world).status_code == 303
    sent = _last_report()
    assert sent.on_behalf
    page = browser.get(f"/my-reports/{sent.id}").text
    assert "On behalf of Corner Foods" in page
    assert (
        "On behalf of Corner Foods"
        in world.browser("administrator").get(f"/desk/reports/{sent.id}").text
    )


def test_a_report_from_ones_own_premises_is_on_nobodys_behalf(world: World) -> None:
    with writing() as opened:
        member = opened.get_one(Member, world.here.actor("investigator").id)
        member.premises = [opened.get_one(Premises, world.here.premises_id)]
    assert _send(world.browser("investigator"), world).status_code == 303
    assert not _last_report().on_behalf


def test_other_areas_premises_take_no_report_from_the_police(world: World) -> None:
    with writing() as opened:
        opened.get_one(Premises, world.here.other_premises_id).others_may_report = True
        spoc = actor_of(opened.get_one(Member, world.here.actor("spoc").id))
    assert world.here.other_premises_id not in spoc.premises_ids


# --- The Data Protection Officer


def test_a_dpo_hides_a_record_by_its_number_and_never_sees_it(world: World) -> None:
    subject_id, _ = in_gallery(world.here, seed=3)
    number = db.session.get_one(Subject, subject_id).reference
    dpo = world.browser("dpo")
    dpo.get("/hide")
    assert dpo.post("/hide", {"number": "P-000000"}).status_code == 422
    assert dpo.post("/hide", {"number": number.lower()}).status_code == 303
    db.session.rollback()
    assert db.session.get_one(Subject, subject_id).hidden_at is not None
    assert dpo.get(f"/gallery/{subject_id}").status_code == 404


def test_a_dpo_shows_nobody_again(world: World) -> None:
    subject_id, _ = in_gallery(world.here, seed=3)
    dpo = world.browser("dpo")
    assert dpo.post(f"/people/{subject_id}/hidden", {"hidden": "yes"}).status_code == 303
    assert dpo.post(f"/people/{subject_id}/hidden", {"hidden": "no"}).status_code == 404
    db.session.rollback()
    assert db.session.get_one(Subject, subject_id).hidden_at is not None
    shown = world.browser("sub_administrator").post(
        f"/people/{subject_id}/hidden", {"hidden": "no"}
    )
    assert shown.status_code == 303


def test_a_dpo_reads_the_settings_and_changes_none(world: World) -> None:
    dpo = world.browser("dpo")
    page = dpo.get("/desk/settings")
    assert page.status_code == 200
    assert "<form" not in page.text.split("<main")[1]
    with writing() as opened:
        opened.get_one(Scheme, world.here.scheme_id).known_hide_months = 11
    assert "11 months" in dpo.get("/desk/settings").text
    assert dpo.post("/desk/settings", {"contact": "Mine"}).status_code == 404


# --- The Sub-Administrator


def test_a_sub_administrator_is_offered_only_what_they_may_do(world: World) -> None:
    subject_id, _ = in_gallery(world.here, seed=3)
    deputy = world.browser("sub_administrator")
    page = deputy.get(f"/people/{subject_id}").text
    assert "Hide now" in page
    assert "Erase for good" not in page
    desk = deputy.get("/desk").text
    assert "/desk/go-live" not in desk
    assert "/desk/settings" not in desk
    assert "Manage this record" in deputy.get(f"/gallery/{subject_id}").text


def _send(browser: Browser, world: World) -> TestResponse:
    browser.get("/report")
    return browser.post(
        "/report",
        {
            "submission_id": str(new_id()),
            "kind": "shop-theft",
            "premises_id": str(world.here.premises_id),
            "occurred_at": f"{datetime.now(UTC):%Y-%m-%dT%H:%M}",
            "words": WORDS,
        },
    )


def _last_report() -> Incident:
    db.session.rollback()
    found = sa.select(Incident).order_by(Incident.reported_at.desc()).limit(1)
    return db.session.scalars(found).one()


def _acts(target_id: uuid.UUID) -> list[str]:
    db.session.rollback()
    rows = sa.select(AuditEvent.act).where(AuditEvent.target_id == target_id)
    return list(db.session.scalars(rows))
