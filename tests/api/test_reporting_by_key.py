"""A retailer's own system reports: once however often it tries, and it sees what became of it."""

import threading
import uuid

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from disc.api.models import ApiSubmission
from disc.api.rules import Scope
from disc.api.service import set_codes
from disc.core.audit import AuditEvent
from disc.core.database import db
from disc.core.transaction import writing
from disc.incidents.kinds import IncidentKind
from disc.incidents.models import Incident, IncidentStep
from disc.incidents.service import accept, reject
from disc.police.models import Escalation, Outcome
from disc.police.service import escalate, record_outcome
from tests.api.systems import body_for, system
from tests.at_once import side_by_side
from tests.pictures import picture
from tests.world import World


def _reports() -> list[Incident]:
    db.session.rollback()
    return list(db.session.scalars(sa.select(Incident).order_by(Incident.id)))


def test_a_report_by_key_waits_on_the_desk_as_any_other(world: World, app: Flask) -> None:
    sender = system(app, world.here)
    answer = sender.report(body_for(world.here))
    assert answer.status_code == 201, answer.text
    [kept] = _reports()
    assert str(kept.id) == answer.json["id"]
    assert (kept.words, kept.goods, kept.value_pence) == (
        "Somebody took four bottles.",
        "Whisky",
        4_200,
    )
    desk = world.browser("administrator").get("/desk").text
    assert "Corner Foods head office" in desk
    assert kept.reference in desk


def test_the_same_body_again_is_the_same_report_and_the_same_answer(
    world: World, app: Flask
) -> None:
    sender, body = system(app, world.here), body_for(world.here)
    first, second = sender.report(body), sender.report(body)
    assert (first.status_code, first.data) == (second.status_code, second.data)
    assert len(_reports()) == 1


def test_the_same_report_from_four_devices_at_once_is_stored_once(world: World, app: Flask) -> None:
    sender, body = system(app, world.here), body_for(world.here)
    answers: list[str] = []

    def send() -> None:
        answers.append(sender.report(body).text)

    side_by_side(app, *[send] * 4)
    assert len(_reports()) == 1
    assert len(answers) == 4
    assert set(answers) == {sender.report(body).text}


def test_another_body_under_the_same_id_is_refused(world: World, app: Flask) -> None:
    sender, body = system(app, world.here), body_for(world.here)
    sender.report(body)
    answer = sender.report(body | {"words": "Somebody took five."})
    assert (answer.status_code, answer.json["code"]) == (409, "different-body")
    assert [one.words for one in _reports()] == ["Somebody took four bottles."]


def test_a_header_names_a_retry_too_and_each_key_has_names_of_its_own(
    world: World, app: Flask
) -> None:
    body = body_for(world.here, submission_id=None)
    sender, other = system(app, world.here), system(app, world.here)
    assert sender.report(body).status_code == 422
    ids = [
        each.report(body, Idempotency_Key="till-7/0001").json["id"]
        for each in (sender, sender, other)
    ]
    assert ids[0] == ids[1] != ids[2]


def test_a_code_of_the_retailer_becomes_our_kind(world: World, app: Flask) -> None:
    sender = system(app, world.here)
    with writing():
        set_codes(world.here.actor("administrator"), sender.key_id, {"ST01": "violence"})
    told = sender.report(body_for(world.here, kind=None, code="ST01"))
    assert told.json["kind"] == "violence"
    assert _reports()[0].kind is IncidentKind.VIOLENCE
    assert _reports()[0].violence
    unknown = sender.report(body_for(world.here, kind=None, code="ST02"))
    assert unknown.status_code == 422
    assert "ST02" in unknown.json["problems"][0]["sentence"]
    assert sender.get("/api/v1/codes").json["codes"] == {"ST01": "violence"}


@pytest.mark.parametrize(
    "changed",
    [
        {"ethnicity": "x"},
        {"occurred_at": "2026-05-04T15:05:00"},
        {"occurred_at": "2126-05-04T15:05:00Z"},
        {"occurred_at": 1_700_000_000},
        {"value_pence": -1},
        {"value_pence": 1.5},
        {"value_pence": "12"},
        {"violence": "yes"},
        {"words": "x" * 10_001},
        {"words": "null \x00 byte"},
        {"description": ["tall"]},
        {"description": ["tall", "of that sort"]},
        {"kind": "murder"},
        {"code": "ST01"},
        {"kind": None},
        {"premises_id": "7d444840-9dc0-11d1-b245-5ffdce74fad2"},
    ],
    ids=str,
)
def test_what_cannot_be_is_refused_with_the_field_that_is_wrong(
    world: World, app: Flask, changed: dict[str, object]
) -> None:
    answer = system(app, world.here).report(body_for(world.here, **changed))
    assert answer.status_code == 422, answer.text
    assert answer.content_type == "application/problem+json"
    assert answer.json["problems"][0]["sentence"]
    assert _reports() == []


def test_a_system_reads_where_its_report_stands_and_why_it_was_not_accepted(
    world: World, app: Flask
) -> None:
    sender, manager = system(app, world.here), world.here.actor("administrator")
    sent = sender.report(body_for(world.here)).json
    with writing():
        reject(manager, uuid.UUID(sent["id"]), "It was sent twice.")
    told = sender.get(f"/api/v1/reports/{sent['id']}").json
    assert told["status"] == "rejected"
    assert told["reason"] == "It was sent twice."
    assert [step["status"] for step in told["timeline"]] == ["submitted", "rejected"]


def test_what_the_police_did_is_for_a_key_that_may_know(world: World, app: Flask) -> None:
    manager, spoc = world.here.actor("administrator"), world.here.actor("spoc")
    answers = []
    for scopes in (frozenset(Scope), frozenset(Scope) - {Scope.OUTCOME_READ}):
        sender = system(app, world.here, scopes)
        sent = sender.report(body_for(world.here)).json
        with writing():
            accept(manager, uuid.UUID(sent["id"]), None)
            shared = escalate(manager, uuid.UUID(sent["id"]), "They come each week.")
            record_outcome(spoc, shared.id, Outcome.CHARGED, "43/1", version="")
        told = sender.get(f"/api/v1/reports/{sent['id']}").json
        assert told["status"] == "outcome"
        answers.append(told["outcome"])
    assert answers == [{"outcome": "charged", "crime_number": "43/1"}, None]
    assert db.session.scalar(sa.select(sa.func.count(Escalation.id))) == 2


def test_reports_are_paged_in_the_order_in_which_they_came(world: World, app: Flask) -> None:
    sender = system(app, world.here)
    sent = [sender.report(body_for(world.here)).json["id"] for _ in range(5)]
    system(app, world.here).report(body_for(world.here))
    seen, since = [], ""
    while since is not None:
        page = sender.get(f"/api/v1/reports?limit=2{since and f'&since={since}'}").json
        seen += [one["id"] for one in page["reports"]]
        since = page["next"]
    assert seen == sent
    assert sender.get(f"/api/v1/reports?since={sent[3]}").json["reports"][0]["id"] == sent[4]
    for wrong in ("limit=0", "limit=9999", "limit=x", "since=x"):
        assert sender.get(f"/api/v1/reports?{wrong}").status_code == 422


def test_a_report_that_is_stored_slowly_is_not_passed_over_by_a_reader(
    world: World, app: Flask
) -> None:
    """Two transactions: the first has its id and is not committed when the second begins."""
    sender, begun, may_end = system(app, world.here), threading.Event(), threading.Event()

    def hold(session: Session, *_: object) -> None:
        if threading.current_thread() is slow and any(isinstance(x, Incident) for x in session.new):
            begun.set()
            may_end.wait(8)

    def send() -> None:
        assert sender.report(body_for(world.here)).status_code == 201

    def read(since: str) -> list[str]:
        return [one["id"] for one in sender.get(f"/api/v1/reports{since}").json["reports"]]

    slow, fast = threading.Thread(target=send), threading.Thread(target=send)
    sa.event.listen(Session, "after_flush", hold)
    try:
        slow.start()
        assert begun.wait(8)
        fast.start()
        fast.join(1)
        seen = read("")
        may_end.set()
        slow.join()
        fast.join()
    finally:
        sa.event.remove(Session, "after_flush", hold)
    seen += read(f"?since={seen[-1]}" if seen else "")
    assert sorted(seen) == [str(one.id) for one in _reports()]
    assert len(seen) == 2


def test_a_report_sorts_behind_one_from_a_server_whose_clock_is_ahead(
    world: World, app: Flask
) -> None:
    sender = system(app, world.here)
    first = uuid.UUID(sender.report(body_for(world.here)).json["id"])
    ahead = uuid.UUID(int=first.int + (60_000 << 80))  # a minute, in the id's milliseconds
    with writing():
        db.session.execute(sa.delete(ApiSubmission))
        db.session.execute(sa.delete(IncidentStep))
        db.session.execute(sa.update(Incident).values(id=ahead))
    later = sender.report(body_for(world.here)).json["id"]
    assert [one["id"] for one in sender.get(f"/api/v1/reports?since={ahead}").json["reports"]] == [
        later
    ]


def test_a_photo_is_added_once_by_its_name_and_by_its_bytes(world: World, app: Flask) -> None:
    sender = system(app, world.here)
    report_id = sender.report(body_for(world.here)).json["id"]
    first = sender.attach(report_id, picture(1))
    assert first.status_code == 201, first.text
    assert sender.attach(report_id, picture(1)).data == first.data
    assert sender.attach(report_id, picture(1), "other-name").data == first.data
    assert sender.attach(report_id, picture(2)).json["code"] == "different-body"
    assert sender.attach(report_id, picture(2), "2").status_code == 201
    assert sender.get(f"/api/v1/reports/{report_id}").json["attachments"] == 2
    assert _reports()[0].amended == 2  # nobody decides from a page that lacks one


def test_no_photo_is_added_to_a_report_that_was_decided(world: World, app: Flask) -> None:
    sender = system(app, world.here)
    report_id = sender.report(body_for(world.here)).json["id"]
    with writing():
        accept(world.here.actor("administrator"), uuid.UUID(report_id), None)
    assert sender.attach(report_id, picture(1)).json["code"] == "changed-report"


def test_a_report_takes_so_many_photos_and_no_more(world: World, app: Flask) -> None:
    sender = system(app, world.here)
    report_id = sender.report(body_for(world.here)).json["id"]
    answers = [sender.attach(report_id, picture(n), str(n)).status_code for n in range(7)]
    assert answers == [201] * 6 + [422]


def test_each_use_is_written_down_as_the_keys(world: World, app: Flask) -> None:
    sender = system(app, world.here)
    report_id = sender.report(body_for(world.here)).json["id"]
    sender.attach(report_id, picture(1))
    sender.get(f"/api/v1/reports/{report_id}")
    db.session.rollback()
    rows = db.session.scalars(
        sa.select(AuditEvent).where(AuditEvent.target_id == uuid.UUID(report_id))
    ).all()
    kept = _reports()[0]
    assert {row.act for row in rows} == {
        "report sent",
        "picture added by key",
        "report read by key",
    }
    assert {row.actor_id for row in rows} == {kept.reporter_id}
    assert {row.session_id for row in rows} <= {sender.key_id, None}
