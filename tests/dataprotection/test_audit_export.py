"""A copy of the audit: with a fresh proof and a reason, not too much, and safe in a spreadsheet."""

import csv
import io
from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine

from disc.access.guard import FRESH
from disc.core import audit, clock
from disc.core.audit import AuditEvent
from disc.core.database import db
from disc.core.transaction import writing
from disc.dataprotection import rules
from disc.dataprotection.views import exporting
from tests.browsers import Browser
from tests.world import World

PATH = "/audit/export"


def days(back: int = 1) -> dict[str, str]:
    today = clock.today()
    return {"since": str(today - timedelta(days=back)), "until": str(today)}


def export(browser: Browser, **fields: str) -> list[dict[str, str]]:
    browser.get(PATH)
    answer = browser.post(PATH, {**days(), "reason": "review", **fields})
    assert answer.status_code == 200
    assert answer.mimetype == "text/csv"
    return list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"))))


def test_the_file_holds_what_the_search_finds(world: World) -> None:
    board = world.here.actor("board")
    audit.journal(audit.by(board, "report read"), audit.by(world.here.actor("member"), "other"))
    rows = export(world.browser("dpo"), person=str(board.id))
    assert [(row["who"], row["act"], row["kind"]) for row in rows] == [
        (f"Pat Board {world.here.number}", "Read a report", "seen")
    ]


def test_that_it_was_taken_out_is_written_down_with_why_and_how_much(world: World) -> None:
    rows = export(world.browser("dpo"), kind="changed")
    found = sa.select(AuditEvent).where(AuditEvent.act == "audit exported")
    event = db.session.scalars(found).one()
    assert f"rows {len(rows)}. The yearly review" in event.detail
    assert "kind changed" in event.detail


@pytest.mark.parametrize("start", "=+-@")
def test_no_cell_is_a_formula(world: World, start: str) -> None:
    actor = world.here.actor("board")
    audit.journal(audit.by(actor, "act", detail=f"{start}HYPERLINK(1)"))
    rows = export(world.browser("dpo"), person=str(actor.id))
    assert rows[0]["detail"] == f"'{start}HYPERLINK(1)"


def test_a_proof_that_is_not_fresh_is_asked_for_again(world: World) -> None:
    dpo = world.browser("dpo")
    dpo.get(PATH)
    with time_machine.travel(clock.now() + FRESH + timedelta(minutes=1)):
        assert dpo.get(PATH).status_code == 302
        assert dpo.post(PATH, {**days(), "reason": "review"}).status_code == 401


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"reason": ""}, "Choose why you need a copy."),
        ({"since": ""}, "Choose the first day."),
        ({"until": ""}, "Choose the last day."),
        (days(31), "Choose at most 31 days."),
    ],
)
def test_days_and_a_reason_are_needed(world: World, fields: dict[str, str], sentence: str) -> None:
    dpo = world.browser("dpo")
    dpo.get(PATH)
    answer = dpo.post(PATH, {**days(), "reason": "review", **fields})
    assert answer.status_code == 422
    assert sentence in answer.text


def test_one_file_holds_no_more_than_so_many_rows(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exporting, "MOST_EXPORTED", 30)
    monkeypatch.setattr(exporting, "BATCH", 7)
    board = world.here.actor("board")
    with writing():
        audit.record(*(audit.by(board, "act", detail=str(number)) for number in range(30)))
    dpo = world.browser("dpo")
    rows = export(dpo, person=str(board.id))
    assert [row["detail"] for row in rows] == [str(number) for number in reversed(range(30))]
    audit.journal(audit.by(board, "act"))
    answer = dpo.post(PATH, {**days(), "reason": "review", "person": str(board.id)})
    assert answer.status_code == 422
    assert "Choose fewer days" in answer.text
    assert rules.MOST_EXPORTED == 10_000


def test_an_administrator_may_and_a_member_finds_nothing(world: World) -> None:
    assert export(world.browser("administrator"))
    assert world.browser("member").get(PATH).status_code == 404
