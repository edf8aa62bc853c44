"""Whoever leads a scheme is let in by two people, the second of them of the Board."""

import re

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from disc.access.actor import Role
from disc.core.audit import AuditEvent
from disc.core.database import db
from disc.core.transaction import writing
from disc.members import managing
from disc.members.models import Member, MemberState
from disc.members.rules import Suspension
from tests.at_once import at_once
from tests.browsers import Browser
from tests.members.test_people import give_role, path, person
from tests.world import World

NEW_PASSWORD = "copper kettle beside nine gulls"
AGREE, NO = {"decision": "agree"}, {"decision": "refuse"}


def join(world: World, manager: Browser, role: Role) -> Member:
    """Invite somebody to a leading role and let them join."""
    manager.get("/desk/members/invite")
    sent = {"name": "Invented Leader", "email": "leader@example.org", "role": role.value}
    page = manager.post("/desk/members/people", sent)
    link = re.search(r"/join/[\w-]+", page.text)
    assert link, page.status_code
    newcomer = Browser(manager.app)
    newcomer.get(link[0])
    newcomer.post(link[0], {"password": NEW_PASSWORD, "again": NEW_PASSWORD})
    return newest(world)


def newest(world: World) -> Member:
    db.session.rollback()
    here = select(Member).where(Member.scheme_id == world.here.scheme_id)
    return db.session.scalars(here.order_by(Member.id.desc()).limit(1)).one()


def signs_in(app: Flask) -> bool:
    return Browser(app).sign_in("leader@example.org", NEW_PASSWORD).status_code == 302


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.BOARD, Role.DPO])
def test_a_leader_waits_until_the_board_agrees(world: World, app: Flask, role: Role) -> None:
    manager, board = world.browser("administrator"), world.browser("board")
    joined = join(world, manager, role)
    assert joined.state is MemberState.WAITING
    assert not signs_in(app)
    assert "Waits for the Board" in manager.get("/desk/members").text
    assert "for the Board to agree" in manager.get("/desk").text
    assert "/board/leaders" in board.get("/board").text
    page = board.get("/board/leaders").text
    assert "Invented Leader" in page
    assert "Pat Administrator" in page
    assert board.post(f"/board/leaders/{joined.id}", AGREE).status_code == 303
    assert newest(world).approved_by_id == world.here.actor("board").id
    assert signs_in(app)
    assert board.post(f"/board/leaders/{joined.id}", NO).status_code == 409


def test_no_manager_lets_a_leader_in(world: World) -> None:
    manager = world.browser("administrator")
    joined = join(world, manager, Role.BOARD)
    for act in ("approved", "refused", "back"):
        address = f"/desk/members/people/{joined.id}/{act}"
        assert manager.post(address).status_code == 409, act
    assert manager.post(f"/board/leaders/{joined.id}", AGREE).status_code == 404
    assert newest(world).state is MemberState.WAITING


def test_a_newcomer_whom_the_board_refuses_is_gone(world: World, app: Flask) -> None:
    manager, board = world.browser("administrator"), world.browser("board")
    joined = join(world, manager, Role.ADMINISTRATOR)
    board.get("/board/leaders")
    assert board.post(f"/board/leaders/{joined.id}", NO).status_code == 303
    assert newest(world).state is MemberState.LEFT
    assert not signs_in(app)
    db.session.rollback()
    acts = set(db.session.scalars(select(AuditEvent.act).filter_by(target_id=joined.id)))
    assert {"member invited", "leader refused", "member left"} <= acts


def test_whoever_became_a_leader_waits_and_then_leads(world: World) -> None:
    manager, board = world.browser("administrator"), world.browser("board")
    member = world.browser("member")
    assert give_role(manager, world.here, "member", Role.DPO) == 303
    waiting = person(world.here, "member")
    assert (waiting.state, waiting.role_before) == (MemberState.WAITING, Role.MEMBER)
    assert member.get("/me").status_code == 302
    assert "Was until now" in board.get("/board/leaders").text
    address = f"/board/leaders/{waiting.id}"
    assert board.post(address, AGREE).status_code == 303
    assert person(world.here, "member").state is MemberState.ACTIVE
    assert "DPO" in world.browser("member").get("/me").text


def test_whom_the_board_refuses_keeps_the_role_they_had(world: World) -> None:
    manager, board = world.browser("administrator"), world.browser("board")
    give_role(manager, world.here, "member", Role.ADMINISTRATOR)
    board.get("/board/leaders")
    assert board.post(path_of(world, "member"), NO).status_code == 303
    row = person(world.here, "member")
    assert (row.role, row.state, row.role_before) == (Role.MEMBER, MemberState.ACTIVE, None)


def test_a_leader_whom_the_board_refuses_is_suspended_and_waits_again(world: World) -> None:
    manager, board = world.browser("administrator"), world.browser("board")
    give_role(manager, world.here, "spoc", Role.ADMINISTRATOR)
    board.get("/board/leaders")
    assert board.post(path_of(world, "spoc"), NO).status_code == 303
    row = person(world.here, "spoc")
    assert (row.role, row.state) == (Role.SPOC, MemberState.SUSPENDED)
    assert manager.post(path(world.here, "spoc", "/back")).status_code == 303
    assert person(world.here, "spoc").state is MemberState.WAITING


def test_the_inviter_does_not_confirm_even_once_of_the_board(world: World) -> None:
    manager = world.browser("administrator")
    joined = join(world, manager, Role.DPO)
    with writing() as opened:
        row = opened.get_one(Member, joined.id)
        row.invited_by_id = world.here.actor("board").id
    board = world.browser("board")
    assert "Another member of the Board decides" in board.get("/board/leaders").text
    assert board.post(f"/board/leaders/{joined.id}", AGREE).status_code == 404
    second = world.browser("second_board")
    second.get("/board/leaders")
    assert second.post(f"/board/leaders/{joined.id}", AGREE).status_code == 303


def test_the_database_refuses_an_inviter_who_confirms(world: World) -> None:
    joined = join(world, world.browser("administrator"), Role.DPO)
    with pytest.raises(IntegrityError), writing() as opened:
        opened.get_one(Member, joined.id).approved_by_id = world.here.actor("administrator").id


def test_a_leader_with_a_new_way_in_is_confirmed_again(world: World) -> None:
    manager, board = world.browser("administrator"), world.browser("board")
    page = manager.get(path(world.here, "spoc", "/new-way-in"))
    assert "must agree again" in page.text
    page = manager.post(path(world.here, "spoc", "/new-way-in"))
    link = re.search(r"/join/[\w-]+", page.text)
    assert link
    thief = Browser(manager.app)
    thief.get(link[0])
    thief.post(link[0], {"password": NEW_PASSWORD, "again": NEW_PASSWORD})
    assert person(world.here, "spoc").state is MemberState.WAITING
    assert Browser(manager.app).sign_in(world.here.emails["spoc"], NEW_PASSWORD).status_code == 401
    board.get("/board/leaders")
    assert board.post(path_of(world, "spoc"), NO).status_code == 303
    assert person(world.here, "spoc").state is MemberState.SUSPENDED


def test_the_first_of_the_board_needs_nobody(world: World, app: Flask) -> None:
    with writing() as opened:
        opened.get_one(Member, world.here.actor("board").id).state = MemberState.LEFT
    joined = join(world, world.browser("administrator"), Role.BOARD)
    assert joined.state is MemberState.ACTIVE
    assert signs_in(app)


def test_an_old_proof_invites_no_leader(world: World) -> None:
    from datetime import timedelta

    import time_machine

    from disc.core import clock

    with time_machine.travel(clock.now(), tick=False) as clockwork:
        manager = world.browser("administrator")
        manager.get("/desk/members/invite")
        clockwork.shift(timedelta(minutes=11))
        sent = {"name": "Invented", "email": "leader@example.org", "role": Role.BOARD.value}
        assert manager.post("/desk/members/people", sent).status_code == 401
        assert manager.get("/me").status_code == 200


def test_two_of_the_board_decide_once(world: World, app: Flask) -> None:
    who = join(world, world.browser("administrator"), Role.DPO).id
    first, second = world.here.actor("board"), world.here.actor("second_board")
    db.session.rollback()
    refused = at_once(
        app,
        lambda: managing.confirm(first, who),
        lambda: managing.refuse(second, who),
    )
    assert refused == ["stale"]


def test_the_board_of_another_scheme_confirms_nobody(world: World) -> None:
    joined = join(world, world.browser("administrator"), Role.DPO)
    stranger = world.browser("board", world.there)
    assert "Invented Leader" not in stranger.get("/board/leaders").text
    assert stranger.post(f"/board/leaders/{joined.id}", AGREE).status_code == 404


def test_suspended_people_do_not_lead_by_a_change_of_role(world: World) -> None:
    manager = world.browser("administrator")
    manager.get("/desk/members")
    why = {"why": Suspension.CHECKING.value}
    manager.post(path(world.here, "member", "/suspended"), why)
    assert give_role(manager, world.here, "member", Role.BOARD) == 303
    assert person(world.here, "member").state is MemberState.SUSPENDED
    manager.post(path(world.here, "member", "/back"))
    assert person(world.here, "member").state is MemberState.WAITING


def path_of(world: World, who: str) -> str:
    return f"/board/leaders/{world.here.actor(who).id}"
