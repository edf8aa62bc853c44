"""The outbox page: what was written to whom, and no link by which an account could be taken."""

import re
import uuid

import pytest
import sqlalchemy as sa
from flask import Flask

from disc.access.actor import Role
from disc.core import clock, mail
from disc.core.audit import AuditEvent
from disc.core.database import db, new_id
from disc.core.mail import Message, MessageState
from disc.core.transaction import writing
from disc.dataprotection.retention import run_clocks
from disc.members.models import Member, Passkey, Scheme
from tests.browsers import Browser
from tests.posting import post_office
from tests.world import World

SECRET = "only-the-reader-may-use-this-link"


def written(
    world: World, kind: str, to: str = "member", by: str | None = "administrator"
) -> uuid.UUID:
    with writing():
        reader = world.here.actor(to)
        return mail.write(
            world.here.scheme_id,
            reader.id,
            kind,
            world.here.emails[to],
            "A subject",
            SECRET,
            caused_by_id=world.here.actor(by).id if by else None,
        ).id


def real(world: World) -> None:
    """Make the scheme one of real people, whose Administrator has a second factor."""
    with writing() as session:
        manager = world.here.actor("administrator").id
        key = Passkey(
            id=new_id(), member_id=manager, credential_id=b"one", public_key=b"key", label="Phone"
        )
        session.add(key)
        session.get_one(Scheme, world.here.scheme_id).is_demo = False


def test_the_list_says_what_went_to_whom_and_none_of_its_words(world: World) -> None:
    written(world, "invitation")
    page = world.browser("administrator").get("/desk/mail").text
    assert "Invitation" in page
    assert f"To Pat Member {world.here.number}" in page
    assert "Kept here" in page
    assert "There is no mail server" in page
    assert SECRET not in page


@pytest.mark.parametrize(
    ("kind", "to", "by", "shown"),
    [
        ("invitation", "member", "administrator", True),
        ("invitation", "board", "administrator", True),
        ("notice", "member", "administrator", True),
        ("invitation", "member", "sub_administrator", False),
        ("invitation", "member", None, False),
        ("notice", "board", "administrator", False),
        ("reset", "member", "administrator", False),
        ("reset", "board", None, False),
        ("security notice", "member", "administrator", False),
        ("a kind of tomorrow", "member", "administrator", False),
    ],
)
def test_in_a_real_scheme_only_harmless_words_are_shown(
    world: World, kind: str, to: str, by: str | None, *, shown: bool
) -> None:
    manager = world.browser("administrator")
    message_id = written(world, kind, to, by)
    real(world)
    page = manager.get(f"/desk/mail/{message_id}")
    assert page.status_code == 200
    assert (SECRET in page.text) is shown
    assert ("set up a mail server" in page.text) is not shown


def test_in_a_demo_every_kept_message_is_open(world: World) -> None:
    message_id = written(world, "reset", "board", None)
    assert SECRET in world.browser("administrator").get(f"/desk/mail/{message_id}").text


def test_what_waits_for_a_mail_server_is_shown_in_no_scheme(world: World, app: Flask) -> None:
    with post_office(app):
        message_id = written(world, "invitation")
        page = world.browser("administrator").get(f"/desk/mail/{message_id}").text
    assert SECRET not in page
    assert "for its reader alone" in page


def test_that_a_message_was_opened_is_written_down(world: World) -> None:
    message_id = written(world, "invitation")
    world.browser("administrator").get(f"/desk/mail/{message_id}")
    db.session.rollback()
    seen = sa.select(AuditEvent).where(AuditEvent.target_id == message_id)
    row = db.session.scalars(seen).one()
    assert (row.act, row.detail) == ("message seen", "invitation")
    assert row.actor_id == world.here.actor("administrator").id


@pytest.mark.parametrize(
    "who", [role.value for role in Role if role not in (Role.ADMINISTRATOR, Role.MEMBER)]
)
def test_nobody_but_an_administrator_sees_the_outbox(world: World, who: str) -> None:
    message_id = written(world, "invitation")
    person = world.browser(who.replace(" ", "_").replace("-", "_"))
    for path in ("/desk/mail", f"/desk/mail/{message_id}"):
        assert person.get(path).status_code == 404


def test_another_schemes_messages_do_not_exist(world: World) -> None:
    message_id = written(world, "invitation")
    manager = world.browser("administrator", world.there)
    assert manager.get(f"/desk/mail/{message_id}").status_code == 404
    assert "Nothing was written yet" in manager.get("/desk/mail").text


def test_a_message_goes_on_its_day_with_its_key(world: World) -> None:
    message_id = written(world, "invitation")
    other = written(world, "invitation")
    with writing() as session:
        session.get_one(Message, message_id).erase_on = clock.today()
    done = run_clocks()
    assert done.messages == 1
    db.session.rollback()
    assert [row.id for row in db.session.scalars(sa.select(Message))] == [other]


def test_an_invitation_by_hand_is_in_the_outbox_and_opens_for_who_made_it(world: World) -> None:
    manager = world.browser("administrator")
    real(world)
    manager.get("/desk/members/import")
    line = "Ann Oak,ann@example.org,,Corner Foods"
    manager.post("/desk/members/import", {"text": line, "act": "apply"})
    opened = re.search(r"/desk/mail/[\w-]{36}", manager.get("/desk/mail").text)
    assert opened
    link = re.search(r"/join/[\w-]{43}", manager.get(opened[0]).text)
    assert link
    assert Browser(manager.app).get(link[0]).status_code == 200


def test_every_message_belongs_to_somebody_of_its_scheme(world: World) -> None:
    written(world, "invitation")
    db.session.rollback()
    rows = db.session.execute(
        sa.select(Message.scheme_id, Member.scheme_id, Message.state).join(
            Member, Member.id == Message.member_id
        )
    ).all()
    assert [tuple(row) for row in rows] == [
        (world.here.scheme_id, world.here.scheme_id, MessageState.KEPT)
    ]
