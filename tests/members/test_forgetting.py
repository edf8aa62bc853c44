"""Newcomers whom nobody let in, and QR codes long past, are forgotten."""

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from disc.access.actor import Role
from disc.core import clock
from disc.core.database import db, new_id
from disc.core.transaction import writing
from disc.members.models import JoinCode, Member, MemberState
from disc.members.rules import SIGN_INS_KEPT_DAYS, WAITING_KEPT_DAYS
from disc.members.service import forget_old_sign_ins, forget_who_waits
from tests.world import World


@pytest.mark.parametrize(("days", "state"), [(-1, MemberState.WAITING), (1, MemberState.LEFT)])
def test_a_newcomer_whom_nobody_lets_in_is_given_up(
    world: World, days: int, state: MemberState
) -> None:
    who = world.here.actor("second_member").id
    with writing() as session:
        session.get_one(Member, who).state = MemberState.WAITING
    with time_machine.travel(clock.now() + timedelta(days=WAITING_KEPT_DAYS + days)), writing():
        assert forget_who_waits() == (state is MemberState.LEFT)
    found = db.session.get_one(Member, who)
    assert found.state is state
    assert (found.email_token is None) == (state is MemberState.LEFT)


def test_somebody_who_waits_with_a_new_role_is_not_given_up(world: World) -> None:
    with writing() as session:
        member = session.get_one(Member, world.here.actor("second_member").id)
        member.state, member.role_before = MemberState.WAITING, Role.MEMBER
    with time_machine.travel(clock.now() + timedelta(days=400)), writing():
        assert forget_who_waits() == 0


def test_old_qr_codes_are_deleted(world: World) -> None:
    with writing() as session:
        session.add(
            JoinCode(
                scheme_id=world.here.scheme_id,
                premises_id=world.here.premises_id,
                token_digest=new_id().bytes,
                made_by_id=world.here.actor("administrator").id,
                expires_at=clock.now() - timedelta(days=SIGN_INS_KEPT_DAYS + 1),
            )
        )
    with writing():
        forget_old_sign_ins()
    assert db.session.scalar(select(JoinCode.id)) is None
