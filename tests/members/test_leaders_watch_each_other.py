"""Nobody who leads is taken out, taken over or let in by one person alone and unseen."""

import pytest
from sqlalchemy import select

from disc.access.actor import Role
from disc.core.database import db
from disc.core.errors import Stale
from disc.core.mail import Message
from disc.core.transaction import writing
from disc.members import managing
from disc.members.errors import LastOne
from disc.members.managing import Belonging, seen_of
from disc.members.models import Member, MemberState
from disc.members.rules import Suspension
from tests.world import World


def told() -> set[str]:
    db.session.rollback()
    found = db.session.scalars(select(Message).where(Message.kind == "alarm"))
    return {message.address for message in found}


def test_the_last_dpo_cannot_be_shut_out(world: World) -> None:
    manager, dpo = world.here.actor("administrator"), world.here.actor("dpo")
    with pytest.raises(LastOne), writing():
        managing.shut_out(manager, dpo.id)


@pytest.mark.parametrize("act", ["shut_out", "suspend", "start_over"])
def test_the_board_and_the_dpo_are_told_what_happens_to_a_leader(world: World, act: str) -> None:
    world.here.actor("dpo")
    manager, board = world.here.actor("administrator"), world.here.actor("second_board")
    with writing():
        if act == "suspend":
            managing.suspend(manager, board.id, next(iter(Suspension)))
        else:
            getattr(managing, act)(manager, board.id)
    assert told() == {world.here.emails["board"], world.here.emails["dpo"]}


def test_nobody_is_told_of_a_member_who_left(world: World) -> None:
    with writing():
        managing.shut_out(world.here.actor("administrator"), world.here.actor("member").id)
    assert told() == set()


def test_a_leader_who_waits_is_not_let_in_by_another_role(world: World) -> None:
    manager, board = world.here.actor("administrator"), world.here.actor("second_board")
    with writing() as session:
        managing.start_over(manager, board.id)
        member = session.get_one(Member, board.id)
        member.state = MemberState.WAITING
        seen = seen_of(member)
    plain = Belonging(areas=[], premises=[], groups=[], seen=seen)
    with pytest.raises(Stale, match="The Board decides first"), writing():
        managing.change_role(manager, board.id, Role.SUB_ADMINISTRATOR, plain)


def test_a_police_contact_waits_for_the_board_as_well(world: World) -> None:
    manager = world.browser("sub_administrator")
    manager.get("/desk/members/invite")
    sent = {"name": "Invented Officer", "email": "officer@example.org", "role": "spoc"}
    refused = manager.post("/desk/members/people", {**sent, "areas": [str(world.here.area_id)]})
    assert refused.status_code == 422
    spoc = world.here.actor("spoc").id
    assert manager.post(f"/desk/members/people/{spoc}/new-way-in").status_code == 404
