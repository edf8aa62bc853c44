"""What a person asks in public reaches the manager, and only the manager."""

import html
import re
from datetime import UTC, date, datetime

import pytest
import time_machine
from sqlalchemy import func, select

from disc.core.audit import AuditEvent
from disc.core.database import db
from disc.core.transaction import writing
from disc.dataprotection import rules, service
from disc.dataprotection.models import PublicRequest
from disc.dataprotection.queries import open_requests
from tests.browsers import Browser
from tests.dataprotection.asking import WORDS, sent, stored
from tests.world import Place, World

HOSTILE = "<script>alert(1)</script> {{ 7 * 7 }} \u202e"


def send(browser: Browser, place: Place, told: dict[str, str]) -> object:
    browser.get(f"/privacy/{place.slug}/ask")
    return browser.post(f"/privacy/{place.slug}/ask", told)


def count() -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(PublicRequest)) or 0


def the_request() -> PublicRequest:
    db.session.rollback()
    return db.session.scalars(select(PublicRequest)).one()


def test_a_request_reaches_the_manager_and_the_answer_closes_it(
    world: World, browser: Browser
) -> None:
    answer = send(browser, world.here, sent())
    assert answer.status_code == 303
    row = the_request()
    manager = world.browser("administrator")
    assert row.reference in manager.get("/desk/requests").text
    page = manager.get(f"/desk/requests/{row.id}").text
    for words in ("Sam Doe", "sam@example.org", "12 Long Lane", html.escape(WORDS)):
        assert words in page

    done = manager.post(f"/desk/requests/{row.id}/decide", {"decision": "Sent a copy by post."})

    assert done.status_code == 303
    closed = manager.get(f"/desk/requests/{row.id}").text
    assert "Sent a copy by post." in closed
    assert "Pat Administrator" in closed
    db.session.rollback()
    assert open_requests(world.here.actor("administrator")) == []
    acts = select(AuditEvent.act).where(AuditEvent.target_id == row.id)
    assert list(db.session.scalars(acts.order_by(AuditEvent.position))) == [
        "public request received",
        "public request read",
        "public request decided",
        "public request read",
    ]


def test_the_receipt_shows_the_reference_and_the_day_and_nothing_personal(
    world: World, browser: Browser
) -> None:
    with time_machine.travel(datetime(2026, 1, 31, 12, tzinfo=UTC), tick=False):
        receipt = browser.get(send(browser, world.here, sent()).headers["Location"])
    assert receipt.status_code == 200
    assert the_request().reference in receipt.text
    assert "28 February 2026" in receipt.text
    for personal in ("Sam Doe", "sam@example.org", "market"):
        assert personal not in receipt.text


def test_a_receipt_opens_by_its_own_address_only(world: World, browser: Browser) -> None:
    address = send(browser, world.here, sent()).headers["Location"]
    plain, key = address.split("?")
    reference = the_request().reference
    for wrong in (plain, f"{plain}?key=", f"{plain}?key={'0' * 32}", f"{plain}?key=%C3%A9"):
        assert browser.get(wrong).status_code == 404
    assert browser.get(f"/privacy/{world.there.slug}/asked/{reference}?{key}").status_code == 404
    assert browser.get(f"/privacy/{world.here.slug}/asked/Q-BBBBBB?{key}").status_code == 404


def test_a_complaint_is_acknowledged_within_thirty_days(world: World, browser: Browser) -> None:
    with time_machine.travel(datetime(2026, 1, 31, 12, tzinfo=UTC), tick=False):
        receipt = browser.get(send(browser, world.here, sent(asked="complain")).headers["Location"])
    assert "2 March 2026" in receipt.text
    assert "that we have your complaint" in receipt.text


def test_sending_twice_makes_one_request(world: World, browser: Browser) -> None:
    told = sent()
    first, second = (send(browser, world.here, told) for _ in range(2))
    assert first.headers["Location"] == second.headers["Location"]
    assert count() == 1


def test_two_clicks_at_the_same_moment_make_one_request(
    world: World, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = sent()
    first = send(browser, world.here, told)
    monkeypatch.setattr(
        service, "find_submission", lambda *_: None
    )  # each looked before either wrote
    second = send(browser, world.here, told)
    assert first.headers["Location"] == second.headers["Location"]
    assert count() == 1


@pytest.mark.parametrize("missing", ["asked", "name", "contact", "words"])
def test_what_is_missing_is_named_and_what_was_typed_is_kept(
    world: World, browser: Browser, missing: str
) -> None:
    refused = send(browser, world.here, sent(**{missing: "  "}))
    assert refused.status_code == 422
    assert "There is a problem" in refused.text
    for field in {"Sam Doe", "12 Long Lane", html.escape(WORDS)} - {
        {"name": "Sam Doe", "contact": "12 Long Lane", "words": html.escape(WORDS)}.get(missing)
    }:
        assert field in refused.text
    assert count() == 0


@pytest.mark.parametrize(
    "wrong",
    [
        {"asked": "delete-everything"},
        {"words": "x" * 5001},
        {"name": "x" * 201},
        {"contact": "x" * 501},
        {"about": "x" * 21},
        {"submission_id": "1"},
        {"submission_id": ""},
    ],
)
def test_what_does_not_fit_is_refused(
    world: World, browser: Browser, wrong: dict[str, str]
) -> None:
    assert send(browser, world.here, sent(**wrong)).status_code == 422
    assert count() == 0


def test_an_appeal_link_fills_in_the_kind_and_the_notice(world: World, browser: Browser) -> None:
    page = browser.get(f"/privacy/{world.here.slug}/ask?asked=appeal&about=n-bcdf23").text
    assert re.search(r'value="appeal"\s+checked', page)
    assert 'value="N-BCDF23"' in page
    send(browser, world.here, sent(asked="appeal", about="N-BCDF23"))
    assert the_request().words == f"About N-BCDF23\n\n{WORDS}"


def test_a_hostile_link_fills_in_nothing(world: World, browser: Browser) -> None:
    page = browser.get(
        f"/privacy/{world.here.slug}/ask?asked=%22%3E%3Cscript%3E&about=%22%3E%3Cscript%3Ealert(1)"
    )
    assert page.status_code == 200
    assert "checked" not in page.text
    assert "alert(1)" not in page.text


def test_hostile_words_reach_the_manager_as_words(world: World, browser: Browser) -> None:
    send(browser, world.here, sent(name=HOSTILE, contact=HOSTILE, words=HOSTILE))
    page = world.browser("administrator").get(f"/desk/requests/{the_request().id}").text
    assert page.count(html.escape(HOSTILE.strip())) == 3
    assert "<script>alert" not in page


@pytest.mark.parametrize("who", ["member", "far_member", "board", "spoc"])
def test_nobody_but_the_manager_reads_requests(world: World, who: str) -> None:
    request_id = stored(world.here)
    browser = world.browser(who)
    listed = browser.get("/desk/requests")
    assert listed.status_code == (200 if who == "board" else 404)
    assert the_request().reference not in listed.text
    assert browser.get(f"/desk/requests/{request_id}").status_code == 404
    answer = browser.post(f"/desk/requests/{request_id}/decide", {"decision": "No."})
    assert answer.status_code == 404


def test_a_manager_of_another_scheme_reads_nothing(world: World) -> None:
    request_id = stored(world.here)
    stranger = world.browser("administrator", world.there)
    assert the_request().reference not in stranger.get("/desk/requests").text
    assert stranger.get(f"/desk/requests/{request_id}").status_code == 404
    answer = stranger.post(f"/desk/requests/{request_id}/decide", {"decision": "No."})
    assert answer.status_code == 404
    assert the_request().decided_at is None


def test_nobody_signed_out_reads_requests(world: World, browser: Browser) -> None:
    request_id = stored(world.here)
    for address in ("/desk/requests", f"/desk/requests/{request_id}"):
        assert browser.get(address).status_code == 302


def test_a_decision_needs_words(world: World) -> None:
    request_id = stored(world.here)
    manager = world.browser("administrator")
    refused = manager.post(f"/desk/requests/{request_id}/decide", {"decision": " "})
    assert refused.status_code == 422
    assert the_request().decided_at is None


def test_two_managers_do_not_decide_one_request_twice(world: World) -> None:
    request_id = stored(world.here)
    first, second = world.browser("administrator"), world.browser("administrator")
    address = f"/desk/requests/{request_id}/decide"
    assert first.post(address, {"decision": "We agree."}).status_code == 303
    assert second.post(address, {"decision": "We do not agree."}).status_code == 409
    assert the_request().decision == "We agree."


def test_the_nearest_day_comes_first_and_a_late_answer_is_marked(world: World) -> None:
    with time_machine.travel(datetime(2026, 3, 1, 12, tzinfo=UTC), tick=False):
        early = stored(world.here)
    with time_machine.travel(datetime(2026, 3, 20, 12, tzinfo=UTC), tick=False):
        later = stored(world.here)
    with time_machine.travel(datetime(2026, 4, 2, 12, tzinfo=UTC), tick=False):
        db.session.rollback()
        rows = open_requests(world.here.actor("administrator"))
    assert [(row.id, row.urgency.value) for row in rows] == [(early, "late"), (later, "later")]


def test_a_request_is_kept_for_two_years_after_the_answer(world: World) -> None:
    with time_machine.travel(datetime(2026, 3, 1, 12, tzinfo=UTC), tick=False):
        request_id = stored(world.here)
    assert the_request().erase_on == date(2028, 4, 1)
    with time_machine.travel(datetime(2026, 3, 20, 12, tzinfo=UTC), tick=False), writing():
        service.decide(world.here.actor("administrator"), request_id, "Done.")
    assert the_request().erase_on == date(2028, 3, 20)


def test_what_was_asked_is_sealed_at_rest(world: World) -> None:
    stored(world.here)
    row = the_request()
    for column in ("name", "contact", "words"):
        assert getattr(row, column).encode() not in getattr(row, f"{column}_sealed")


@pytest.mark.parametrize("path", ["", "/ask", "/asked/Q-BBBBBB"])
def test_a_scheme_that_is_not_there_is_missing(browser: Browser, world: World, path: str) -> None:
    assert browser.get(f"/privacy/no-such-scheme{path}").status_code == 404


def test_the_day_of_an_answer_itself_is_not_late() -> None:
    assert rules.urgency(date(2026, 4, 1), date(2026, 4, 1)) is rules.Urgency.SOON
    assert rules.urgency(date(2026, 4, 2), date(2026, 4, 1)) is rules.Urgency.LATE
    assert rules.urgency(date(2026, 4, 1), date(2026, 4, 9)) is rules.Urgency.LATER
