"""The chain is checked once a day and on demand; a change or a cut raises an alarm, once a day."""

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine

from disc.core import audit, auditing, clock, mail
from disc.core.audit import INSTALLATION, AuditCheck, AuditEvent
from disc.core.database import db
from disc.core.jobs import drain
from disc.core.migrate import engine_of_owner
from disc.core.transaction import writing
from disc.dataprotection import checking
from disc.dataprotection.listeners import check_audit
from tests.world import World


def check_now() -> None:
    check_audit()
    drain()


def checks(world: World) -> list[AuditCheck]:
    found = sa.select(AuditCheck).where(AuditCheck.scheme_id == world.here.scheme_id)
    return list(db.session.scalars(found.order_by(AuditCheck.at)))


def alarms() -> list[mail.Message]:
    return list(db.session.scalars(sa.select(mail.Message).where(mail.Message.kind == "alarm")))


def tamper(world: World, position: int = 3) -> None:
    with writing() as session:
        session.execute(
            sa.update(AuditEvent)
            .where(AuditEvent.scheme_id == world.here.scheme_id, AuditEvent.position == position)
            .values(detail="changed")
        )


def test_each_chain_is_checked_once_a_day(world: World) -> None:
    for _ in range(3):
        check_now()
    (check,) = checks(world)
    assert (check.links, check.head) == auditing.head(world.here.scheme_id)
    assert check.broken == 0
    assert db.session.scalar(sa.select(AuditCheck.id).where(AuditCheck.scheme_id == INSTALLATION))
    with time_machine.travel(clock.now() + timedelta(days=1)):
        check_now()
        assert len(checks(world)) == 2
    assert alarms() == []


def test_a_long_chain_is_checked_in_pieces_with_other_work_in_between(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    with writing():
        audit.record(*(audit.by(world.here.actor("member"), f"act {n}") for n in range(50)))
    real = auditing.check_piece
    pieces: list[int] = []

    def small(scheme_id: object, before: auditing.Piece) -> auditing.Piece:
        pieces.append(before.position)
        return real(scheme_id, before, 20)

    monkeypatch.setattr(auditing, "check_piece", small)
    with writing():
        checking.begin_check(world.here.scheme_id)
    drain()
    assert pieces == [0, 20, 40, 60][: len(pieces)]
    assert len(pieces) >= 3
    assert checks(world)[0].links == auditing.head(world.here.scheme_id)[0]


def test_a_changed_row_raises_an_alarm_to_dpo_and_administrators_once_a_day(world: World) -> None:
    dpo, manager = world.here.actor("dpo"), world.here.actor("administrator")
    tamper(world)
    check_now()
    assert checks(world)[0].broken == 1
    assert {one.member_id for one in alarms()} == {dpo.id, manager.id}
    for _ in range(2):
        with writing():
            checking.begin_check(world.here.scheme_id)
        drain()
    assert len(checks(world)) == 3
    assert len(alarms()) == 2
    with time_machine.travel(clock.now() + timedelta(days=1)):
        check_now()
        assert len(alarms()) == 4


def test_rows_cut_off_the_end_are_found_by_the_next_check(world: World) -> None:
    check_now()
    scheme_id = world.here.scheme_id
    last = auditing.head(scheme_id)[0]
    db.session.rollback()
    with engine_of_owner() as owner, owner.begin() as connection:  # the application itself cannot
        connection.execute(
            sa.delete(AuditEvent).where(
                AuditEvent.scheme_id == scheme_id, AuditEvent.position == last
            )
        )
    assert auditing.broken_links(scheme_id) == []
    with time_machine.travel(clock.now() + timedelta(days=1)):
        check_now()
        assert [one.broken for one in checks(world)] == [0, 1]
        assert alarms()


def test_the_page_says_that_all_links_hold_or_that_they_do_not(world: World) -> None:
    dpo = world.browser("dpo")
    assert "Not checked yet" in dpo.get("/audit").text
    check_now()
    links = checks(world)[0].links
    assert f"Checked today: {links:,} links, all hold." in dpo.get("/audit").text
    tamper(world)
    assert dpo.post("/audit/check").status_code == 303
    drain()
    page = dpo.get("/audit").text
    assert "The list was changed or cut" in page
    assert "all hold" not in page


def test_the_last_link_is_given_as_the_command_takes_it(world: World, app: object) -> None:
    answer = world.browser("dpo").get("/audit/head")
    line = re.fullmatch(r"(\S+) (\d+) ([0-9a-f]{64})\n", answer.text)
    assert line is not None
    assert line[1] == str(world.here.scheme_id)
    assert auditing.link_at(world.here.scheme_id, int(line[2])).hex() == line[3]
    verified = app.test_cli_runner().invoke(args=["disc", "audit", "verify", "--head", line[0]])
    assert verified.exit_code == 0
    assert world.browser("board").get("/audit/head").status_code == 404
