"""One list of all that waits: in which order, with what in it, and without scripts as well."""

import re
from datetime import timedelta
from itertools import product

import pytest
import sqlalchemy as sa

from disc.access.actor import Role
from disc.core import clock
from disc.core.audit import AuditEvent
from disc.core.database import db, new_id
from disc.core.jobs import drain
from disc.core.transaction import writing
from disc.desk import deciding
from disc.desk.models import ItemKind
from disc.desk.queueing import whole_queue
from disc.gallery.identifying import identify
from disc.gallery.models import Sureness
from disc.gallery.queries import get_subject
from disc.incidents.kinds import WELFARE, Ending, IncidentKind, WeaponUse
from disc.incidents.models import Incident
from disc.incidents.queries import in_danger, needs_police
from disc.incidents.readiness import reasons_to_attend
from disc.incidents.telling import harm, is_urgent
from disc.matching.models import Finding
from disc.members.models import Member, MemberState
from tests.desk.pairing import paired, sent
from tests.pictures import picture
from tests.story import in_gallery, reported
from tests.world import World

PARTS = {"X-Pane": "1"}
QUEUE = "/desk/queue"


def all_kinds(world: World) -> None:
    """Let one of each kind wait."""
    subject_id, _ = in_gallery(world.here, seed=3)
    reported(world.here, pictures=(picture(3),))
    drain()
    with writing():
        manager = world.here.actor("administrator")
        subject = get_subject(manager, subject_id)
        member = world.here.actor("second_member")
        identify(member, subject, "Invented Surname", "By the gait", Sureness.SURE)
        db.session.get_one(Member, world.here.actor("far_member").id).state = MemberState.WAITING


def test_reports_photos_names_and_joiners_are_in_one_list(world: World) -> None:
    all_kinds(world)
    manager = world.browser("administrator")
    queue = whole_queue(world.here.actor("administrator"))
    assert {one.kind for one in queue.items} == set(ItemKind)
    page = manager.get("/desk/queue").text
    for item in queue.items:
        assert f'href="{item.href}"' in page
        assert manager.get(item.href).status_code == 200, item.href


def test_who_may_be_in_danger_comes_first_then_who_waits_longest(world: World) -> None:
    reports = [reported(world.here) for _ in range(4)]
    with writing():
        for age, one in enumerate(reports):
            db.session.get_one(Incident, one).reported_at = clock.now() - timedelta(hours=age)
        db.session.get_one(Incident, reports[0]).weapon = True
        db.session.get_one(Incident, reports[1]).injured = True
    found = [one.id for one in whole_queue(world.here.actor("administrator")).items]
    assert found == [reports[1], reports[0], reports[3], reports[2]]


def test_an_urgent_report_that_came_after_all_that_a_page_holds_stands_on_top(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("disc.incidents.queries.MOST_QUEUED", 3)
    reports = [reported(world.here) for _ in range(5)]
    with writing():
        db.session.get_one(Incident, reports[-1]).ending = Ending.DETAINED
    manager = world.here.actor("administrator")
    queue = whole_queue(manager)
    assert [one.id for one in queue.items] == [reports[-1], *reports[:2]]
    assert queue.total == 5
    with writing():
        deciding.reject_later(manager, reports[0], "Not needed.")
    queue = whole_queue(manager)
    assert [one.id for one in queue.items] == [reports[-1], *reports[1:3]]
    assert queue.total == 4
    assert "4 items wait. The first 3 are here." in world.browser("administrator").get(QUEUE).text


def test_all_pairs_are_counted_and_the_oldest_come_first(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("disc.matching.queries.MOST_LISTED", 1)
    findings = (Finding.SAME_MOMENT, Finding.SAME_FILE)
    stills = [
        sent(world.here.actor("member"), world.here.premises_id, picture(seed))
        for seed in (81, 82, 83, 84)
    ]
    first, _ = (
        paired(*two, one) for two, one in zip((stills[:2], stills[2:]), findings, strict=True)
    )
    queue = whole_queue(world.here.actor("administrator"))
    assert [one.id for one in queue.items if one.kind is ItemKind.PAIR] == [first]
    assert queue.total == 4 + 2


def test_the_database_and_the_rules_agree_on_danger_and_on_police(world: World) -> None:
    """Each answer that may make a report urgent, with each kind of report."""
    answers: list[dict[str, object]] = [
        {},
        {"violence": True},
        {"weapon": True},
        *({"weapon": True, "weapon_use": use} for use in WeaponUse),
        {"injured": True},
        *({"ending": ending} for ending in Ending),
        {"forensic_code_token": b"a mark of its own"},
    ]
    first = reported(world.here)
    with writing():
        one = db.session.get_one(Incident, first)
        for number, (kind, told) in enumerate(product(IncidentKind, answers)):
            if kind in WELFARE and told.keys() & {"violence", "weapon"}:
                continue  # the database has no such report
            made = Incident(
                id=new_id(),
                submission_id=new_id(),
                reference=f"R-{number}",
                scheme_id=one.scheme_id,
                area_id=one.area_id,
                premises_id=one.premises_id,
                reporter_id=one.reporter_id,
                kind=kind,
                occurred_at=one.occurred_at,
                erase_on=one.erase_on,
                **told,
            )
            db.session.add(made)
    found = db.session.execute(sa.select(Incident, in_danger(), needs_police())).all()
    assert len(found) > 80
    assert [(row[0].kind, row[1]) for row in found if bool(row[1]) is not is_urgent(row[0])] == []
    should_come = [bool(reasons_to_attend(harm(row[0]))) for row in found]
    assert [bool(row[2]) for row in found] == should_come


def test_what_waits_over_three_days_is_amber(world: World) -> None:
    incident = reported(world.here)
    manager = world.browser("administrator")
    assert "Waits over 3 days" not in manager.get("/desk/queue").text
    with writing():
        db.session.get_one(Incident, incident).reported_at = clock.now() - timedelta(hours=73)
    assert "Waits over 3 days" in manager.get("/desk/queue").text


def test_a_decided_report_leaves_the_list_and_can_be_undone_there(world: World) -> None:
    incident = reported(world.here)
    manager = world.browser("administrator")
    manager.get(f"/desk/reports/{incident}")
    answer = manager.post(f"/desk/reports/{incident}/reject", {"why": "unclear"})
    assert answer.headers["Location"] == "/desk/queue"
    page = manager.get("/desk/queue").text
    assert f"/desk/reports/{incident}" not in page
    assert "Nothing waits for you." in page
    undo = re.search(r'action="(/desk/queue/undo/[0-9a-f-]{36})"', page)
    assert undo
    assert "Rejected by you" in manager.get(f"/desk/reports/{incident}").text
    assert undo[1] not in world.browser("sub_administrator").get("/desk/queue").text
    assert manager.post(undo[1]).status_code == 303
    assert f"/desk/reports/{incident}" in manager.get("/desk/queue").text


def test_a_page_fetched_ahead_shows_no_picture_and_says_so_in_the_audit(world: World) -> None:
    incident = reported(world.here, pictures=(picture(1),))
    manager = world.browser("administrator")
    part = manager.client.get(
        f"/desk/reports/{incident}", headers={**PARTS, "X-Ahead": "1"}
    ).get_data(as_text=True)
    assert "<html" not in part
    assert 'data-still="' in part
    assert "/img/" not in part
    db.session.rollback()
    acts = {(one.act, one.detail) for one in db.session.query(AuditEvent)}
    assert ("report read", "ahead") in acts
    assert "picture shown" not in {act for act, _ in acts}
    assert "/img/" in manager.get(f"/desk/reports/{incident}").text


def test_single_keys_are_turned_off_for_oneself_alone(world: World) -> None:
    manager, other = world.browser("administrator"), world.browser("sub_administrator")
    assert "data-single-keys" in manager.get("/desk/queue").text
    assert manager.post("/desk/queue/keys", {}).status_code == 303
    assert "data-single-keys" not in manager.get("/desk/queue").text
    assert "data-single-keys" in other.get("/desk/queue").text
    manager.post("/desk/queue/keys", {"single_keys": "y"})
    assert "data-single-keys" in manager.get("/desk/queue").text


def test_members_have_no_queue(world: World) -> None:
    for who in ("member", "board", "spoc"):
        assert world.browser(who).get("/desk/queue").status_code == 404
    assert world.here.actor("member").role is Role.MEMBER


def test_another_schemes_queue_is_another(world: World) -> None:
    incident = reported(world.there)
    assert str(incident) not in world.browser("administrator").get("/desk/queue").text
