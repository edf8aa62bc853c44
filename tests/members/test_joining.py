"""People come in by a link of their own, which dies when it is used, replaced or old."""

import re
import uuid
from collections.abc import Iterator
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from disc.access.actor import Role
from disc.core import clock
from disc.core.database import db
from disc.core.errors import Missing, Stale
from disc.core.jobs import drain
from disc.core.keys import place_canary
from disc.core.transaction import writing
from disc.members import joining
from disc.members.errors import DeadInvitation
from disc.members.joining import Invited, NewPerson
from disc.members.models import (
    Area,
    Invitation,
    LinkPurpose,
    Member,
    MemberGroup,
    MemberState,
    Premises,
)
from disc.members.service import digest
from tests.at_once import at_once
from tests.browsers import Browser
from tests.posting import Post, post_office
from tests.world import World

PASSWORD = "copper kettle beside nine gulls"
TWICE = {"password": PASSWORD, "again": PASSWORD}


@pytest.fixture
def post(app: Flask) -> Iterator[Post]:
    with post_office(app) as taken:
        yield taken


def invited(world: World, role: Role = Role.MEMBER, who: str = "administrator") -> Invited:
    """Ask somebody in; the row is read inside the transaction alone, its id is kept."""
    with writing():
        return joining.invite_by_mail(world.here.actor(who), newcomer(world, role))


def newcomer(world: World, role: Role = Role.MEMBER, email: str = "new@example.org") -> NewPerson:
    return NewPerson(
        name="Invented Newcomer",
        email=email,
        role=role,
        areas=[db.session.get_one(Area, world.here.area_id)],
        premises=[db.session.get_one(Premises, world.here.premises_id)],
    )


def state_of(member_id: uuid.UUID) -> MemberState:
    db.session.rollback()
    return db.session.get_one(Member, member_id).state


def test_an_invitation_goes_by_mail_and_its_link_lets_in_once(
    world: World, post: Post, browser: Browser
) -> None:
    asked = invited(world)
    member_id = asked.member.id
    drain()
    letter = post.taken[0]
    assert letter["To"] == "new@example.org"
    assert "Harbour Watch" in letter["Subject"]
    assert "Invented Newcomer" in post.words()
    assert "until " in post.words()
    path = re.search(r"/join/[\w-]{43}", post.words())
    assert path
    assert path[0] == f"/join/{asked.token}"
    browser.get(path[0])
    joined = browser.post(path[0], TWICE)
    assert (joined.status_code, joined.headers["Location"]) == (303, "/me/security")
    assert state_of(member_id) is MemberState.ACTIVE
    for method in ("get", "post"):
        again = getattr(Browser(browser.app), method)(path[0])
        assert again.status_code in (400, 404)
    assert "used or has run out" in Browser(browser.app).get(path[0]).text


def test_only_a_digest_of_a_link_is_kept(world: World) -> None:
    token = invited(world).token
    assert len(token) == 43  # 256 bits in base 64
    with db.engine.connect() as connection:
        kept = connection.execute(sa.select(Invitation.__table__)).all()
    assert digest(token) in {row.token_digest for row in kept}
    assert token not in repr(kept)


@pytest.mark.parametrize(
    "changed",
    [{"expires_at": clock.now() - timedelta(seconds=1)}, {"purpose": LinkPurpose.RESET}],
    ids=["run out", "for a new password"],
)
def test_a_link_that_is_old_or_for_something_else_lets_nobody_in(
    world: World, browser: Browser, changed: dict[str, object]
) -> None:
    asked = invited(world)
    member_id = asked.member.id
    with writing() as session:
        session.execute(
            sa.update(Invitation).where(Invitation.member_id == member_id).values(**changed)
        )
    assert browser.get(f"/join/{asked.token}").status_code == 404
    with pytest.raises(DeadInvitation), writing():
        joining.accept(asked.token, "hash")
    assert state_of(member_id) is MemberState.INVITED


def test_two_who_use_one_link_at_once_do_not_both_come_in(world: World, app: Flask) -> None:
    token = invited(world).token
    refused = at_once(
        app, lambda: joining.accept(token, "one"), lambda: joining.accept(token, "two")
    )
    assert refused == ["dead-invitation"]


def test_a_new_link_kills_the_older_ones(world: World, browser: Browser) -> None:
    first = invited(world)
    manager = world.browser("administrator")
    manager.get("/me")
    page = manager.post(f"/desk/members/people/{first.member.id}/new-way-in")
    assert page.status_code == 200
    second = re.search(r"/join/[\w-]{43}", page.text)
    assert second
    assert browser.get(f"/join/{first.token}").status_code == 404
    assert browser.get(second[0]).status_code == 200


def test_a_new_link_is_for_those_who_have_not_joined(world: World) -> None:
    with pytest.raises(Stale), writing() as session:
        joined = session.get_one(Member, world.here.actor("member").id)
        joining.invite_again(world.here.actor("administrator"), joined)


def test_a_leader_waits_for_the_board_where_there_is_one(world: World, browser: Browser) -> None:
    asked = invited(world, Role.ADMINISTRATOR)
    member_id = asked.member.id
    browser.get(f"/join/{asked.token}")
    page = browser.post(f"/join/{asked.token}", TWICE)
    assert "The Board must let you in first. We will write to you." in page.text
    assert state_of(member_id) is MemberState.WAITING
    assert browser.get("/me").status_code == 302
    assert browser.sign_in("new@example.org", PASSWORD).status_code == 401


def test_the_first_of_a_board_need_not_wait(world: World, browser: Browser) -> None:
    asked = invited(world, Role.BOARD)
    member_id = asked.member.id
    with writing() as session:
        session.get_one(Member, world.here.actor("board").id).state = MemberState.LEFT
    browser.get(f"/join/{asked.token}")
    assert browser.post(f"/join/{asked.token}", TWICE).status_code == 303
    assert state_of(member_id) is MemberState.ACTIVE


def test_whoever_sends_a_leader_a_new_link_is_who_asked_them_in(world: World) -> None:
    asked = invited(world, Role.BOARD)
    with writing() as session:
        session.get_one(Member, asked.member.id).invited_by_id = None
    with writing() as session:
        manager = world.here.actor("administrator")
        again = joining.invite_again(manager, session.get_one(Member, asked.member.id))
    with writing():
        assert joining.accept(again.token, "hash").state is MemberState.WAITING


def test_a_group_manager_asks_in_for_their_own_groups_and_places_alone(world: World) -> None:
    actor = world.here.actor("group_manager")
    with pytest.raises(Missing), writing():
        joining.invite_by_mail(actor, newcomer(world))
    with writing():
        group = db.session.get_one(MemberGroup, world.here.group_id)
        own = newcomer(world)
        own.groups.append(group)
        assert joining.invite_by_mail(actor, own).member.groups == [group]
    with pytest.raises(Missing), writing():
        group = db.session.get_one(MemberGroup, world.here.group_id)
        far = db.session.get_one(Premises, world.here.other_premises_id)
        person = newcomer(world, email="far@example.org")
        person.groups.append(group)
        person.premises.append(far)
        joining.invite_by_mail(actor, person)


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.BOARD, Role.SUB_ADMINISTRATOR, Role.DPO])
def test_nobody_asks_in_people_above_them(world: World, role: Role) -> None:
    with pytest.raises(Missing), writing():
        joining.invite_by_mail(world.here.actor("sub_administrator"), newcomer(world, role))


def test_a_manager_lets_in_or_refuses_who_waits_and_each_is_told(world: World, post: Post) -> None:
    manager = world.here.actor("administrator")
    good, bad = waiting(world, "good@example.org"), waiting(world, "bad@example.org")
    with writing() as session:
        joining.approve(manager, session.get_one(Member, good))
        joining.refuse(manager, session.get_one(Member, bad))
    drain()
    told = {letter["To"]: letter.get_content() for letter in post.taken}
    assert "/sign-in" in told["good@example.org"]
    assert "did not let you in" in told["bad@example.org"]
    assert (state_of(good), state_of(bad)) == (MemberState.ACTIVE, MemberState.LEFT)
    for decide in (joining.approve, joining.refuse):
        with pytest.raises(Stale), writing() as session:
            decide(manager, session.get_one(Member, good))


def test_a_manager_does_not_let_in_a_leader_who_waits_for_the_board(world: World) -> None:
    leader = waiting(world, "lead@example.org", Role.ADMINISTRATOR)
    with pytest.raises(Stale), writing() as session:
        joining.approve(world.here.actor("administrator"), session.get_one(Member, leader))
    with pytest.raises(Missing), writing() as session:
        joining.approve(world.here.actor("sub_administrator"), session.get_one(Member, leader))


def waiting(world: World, email: str, role: Role = Role.MEMBER) -> uuid.UUID:
    with writing():
        person = newcomer(world, role, email)
        member = joining.invite_by_mail(world.here.actor("administrator"), person).member
        member.state = MemberState.WAITING
        return member.id


def test_a_scheme_can_be_made_with_somebody_of_the_board(app: Flask, browser: Browser) -> None:
    links = created(app, "--board-name", "Bo Ard", "--board-email", "board@example.org")
    assert len(links) == 2
    for link in links:
        browser.get(link)
        assert browser.post(link, TWICE).headers["Location"] == "/me/security"
    roles = {
        email: db.session.scalars(
            sa.select(Member.role).where(Member.email_token == token_of(email))
        ).one()
        for email in ("board@example.org", "sam@example.org")
    }
    assert list(roles.values()) == [Role.BOARD, Role.ADMINISTRATOR]
    assert "Administrator" in browser.get("/me").text, "the last link is the Administrator's"


def test_a_scheme_made_without_a_board_prints_one_link(app: Flask) -> None:
    assert len(created(app)) == 1


def test_half_of_a_board_member_is_refused(app: Flask) -> None:
    given = app.test_cli_runner().invoke(args=[*CREATE, "--board-name", "Bo"])
    assert given.exit_code == 2
    assert "neither" in given.output


CREATE = [
    *("disc", "scheme", "create", "--name", "Quay Watch", "--slug", "quay-watch"),
    *("--admin-name", "Sam Carter", "--admin-email", "sam@example.org"),
]


def created(app: Flask, *more: str) -> list[str]:
    with writing():
        place_canary()
    given = app.test_cli_runner().invoke(args=[*CREATE, *more])
    assert given.exit_code == 0, given.output
    return re.findall(r"/join/[\w-]{43}", given.output)


def token_of(email: str) -> bytes:
    from disc.members.queries import email_token

    return email_token(email)


def test_a_newcomers_own_name_and_the_products_are_easy_to_guess(
    world: World, browser: Browser
) -> None:
    asked = invited(world)
    browser.get(f"/join/{asked.token}")
    guessed = "newcomershopwatch"
    page = browser.post(f"/join/{asked.token}", {"password": guessed, "again": guessed})
    assert page.status_code == 422
    assert "easy to guess" in page.text
