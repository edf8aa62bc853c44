"""A password found right counts only while it still is the one, and its owner still active."""

from collections.abc import Callable

import pytest

from disc.core.transaction import writing
from disc.members import passwords
from disc.members.errors import WrongSignIn
from disc.members.models import Member, MemberState, Proof, UserSession
from disc.members.proving import entering
from tests.world import PASSWORD, World

Change = Callable[[Member], None]


def another_password(member: Member) -> None:
    member.password_hash = "another"


def suspended(member: Member) -> None:
    member.state = MemberState.SUSPENDED


@pytest.mark.parametrize("change", [another_password, suspended])
def test_what_changed_during_the_check_is_seen(
    world: World, monkeypatch: pytest.MonkeyPatch, change: Change
) -> None:
    who, right = world.here.actor("member").id, passwords.is_right

    def check_meanwhile(hashed: str | None, password: str) -> bool:
        with writing() as session:
            change(session.get_one(Member, who))
        return right(hashed, password)

    monkeypatch.setattr(entering, "is_right", check_meanwhile)
    browser = world.browser("second_member")
    browser.post("/sign-out")
    assert browser.sign_in(world.here.emails["member"], PASSWORD).status_code == 401
    from disc.core.database import db

    db.session.rollback()
    assert db.session.query(UserSession).filter_by(member_id=who, how=Proof.PASSWORD).count() == 0


def test_the_error_is_the_one_of_a_wrong_password() -> None:
    assert WrongSignIn.status == 401
