"""A forgotten password: a link by e-mail, good once, that steps over no second factor."""

import re
from datetime import timedelta

import sqlalchemy as sa
import time_machine
from flask import Flask

from disc.core import clock
from disc.core.audit import AuditEvent
from disc.core.database import db
from disc.core.jobs import drain
from disc.core.mail import Message
from disc.core.transaction import writing
from disc.members.models import Invitation, LinkPurpose, Member, MemberState
from tests.browsers import Browser
from tests.members.apps import code_of, is_in, set_up
from tests.world import PASSWORD, World

NEW = "copper kettle beside nine herons"
LINK = re.compile(r"http://localhost(/reset/\S+)")


def asked(app: Flask, email: str) -> str:
    browser = Browser(app)
    browser.get("/forgot")
    page = browser.post("/forgot", {"email": email})
    assert page.status_code == 200
    return page.text


def letters(kind: str = "reset") -> list[str]:
    drain()
    db.session.rollback()
    found = sa.select(Message).where(Message.kind == kind).order_by(Message.id)
    return [row.body for row in db.session.scalars(found)]


def link(app: Flask, world: World, who: str = "member") -> str:
    asked(app, world.here.emails[who])
    found = LINK.search(letters()[-1])
    assert found
    return found[1]


def choose(browser: Browser, path: str, password: str = NEW) -> int:
    if browser.get(path).status_code != 200:
        return 404
    return browser.post(path, {"password": password, "again": password}).status_code


def can_sign_in(app: Flask, world: World, password: str) -> bool:
    browser = Browser(app)
    browser.sign_in(world.here.emails["member"], password)
    return is_in(browser)


def test_a_link_lets_choose_a_new_password_and_signs_nobody_in(world: World, app: Flask) -> None:
    browser = Browser(app)
    assert choose(browser, link(app, world)) == 303
    assert not is_in(browser)
    assert not can_sign_in(app, world, PASSWORD)
    assert can_sign_in(app, world, NEW)


def test_a_reset_ends_every_sign_in(world: World, app: Flask) -> None:
    before = world.browser("member")
    assert choose(Browser(app), link(app, world)) == 303
    assert not is_in(before)


def test_a_reset_asks_for_the_second_factor_as_ever(world: World, app: Flask) -> None:
    secret, _ = set_up(world.browser("member"))
    browser, path = Browser(app), link(app, world)
    browser.get(path)
    answer = browser.post(path, {"password": NEW, "again": NEW})
    assert answer.headers["Location"] == "/sign-in/code"
    assert not is_in(browser)
    browser.get("/sign-in/code")
    assert browser.post("/sign-in/code", {"otp": "000000"}).status_code == 401
    assert browser.post("/sign-in/code", {"otp": code_of(secret)}).status_code == 302
    assert is_in(browser)


def test_a_link_works_once(world: World, app: Flask) -> None:
    path = link(app, world)
    assert choose(Browser(app), path) == 303
    assert choose(Browser(app), path, "another sentence of seven odd words") == 404
    assert can_sign_in(app, world, NEW)


def test_a_link_lasts_one_hour(world: World, app: Flask) -> None:
    path = link(app, world)
    with time_machine.travel(clock.now() + timedelta(hours=1, seconds=1)):
        assert choose(Browser(app), path) == 404


def test_a_newer_link_kills_the_older(world: World, app: Flask) -> None:
    old, new = link(app, world), link(app, world)
    assert old != new
    assert choose(Browser(app), old) == 404
    assert choose(Browser(app), new) == 303


def test_only_the_digest_of_a_link_is_kept(world: World, app: Flask) -> None:
    token = link(app, world).rsplit("/", 1)[1]
    with db.engine.connect() as connection:
        rows = str(connection.execute(sa.select(Invitation.__table__)).all())
        messages = str(connection.execute(sa.select(Message.__table__)).all())
    assert token not in rows + messages


def test_an_invitation_to_join_resets_nothing_and_a_reset_does_not_join(
    world: World, app: Flask
) -> None:
    path = link(app, world)
    token = path.rsplit("/", 1)[1]
    assert Browser(app).get(f"/join/{token}").status_code == 404
    with writing():
        db.session.execute(
            sa.update(Invitation)
            .where(Invitation.purpose == LinkPurpose.RESET)
            .values(purpose=LinkPurpose.JOIN)
        )
    assert choose(Browser(app), path) == 404


def test_known_and_unknown_addresses_get_the_same_answer_and_the_same_work(
    world: World, app: Flask
) -> None:
    statements: dict[str, list[str]] = {"known": [], "unknown": []}
    pages = {}
    for who, email in (("known", world.here.emails["member"]), ("unknown", "x@example.org")):
        browser = Browser(app)
        browser.get("/forgot")

        def heard(
            _connection: object, _cursor: object, statement: str, *_: object, who: str = who
        ) -> None:
            statements[who].append(statement)

        sa.event.listen(db.engine, "before_cursor_execute", heard)
        pages[who] = browser.post("/forgot", {"email": email}).text.replace(email, "")
        sa.event.remove(db.engine, "before_cursor_execute", heard)
    clean = [
        re.sub(r'nonce="[^"]*"|value="[^"]*"|content="[^"]*"', "", page) for page in pages.values()
    ]
    assert clean[0] == clean[1]
    written = {
        who: [each.split()[:3] for each in told if each.startswith(("INSERT", "UPDATE", "DELETE"))]
        for who, told in statements.items()
    }
    assert written["known"] == written["unknown"] != []
    assert len(letters()) == 1


def test_who_may_not_sign_in_gets_no_link(world: World, app: Flask) -> None:
    for state in (
        MemberState.SUSPENDED,
        MemberState.LEFT,
        MemberState.INVITED,
        MemberState.WAITING,
    ):
        with writing() as opened:
            opened.get_one(Member, world.here.actor("member").id).state = state
        asked(app, world.here.emails["member"])
    assert letters() == []


def test_who_is_suspended_after_asking_cannot_use_the_link(world: World, app: Flask) -> None:
    path = link(app, world)
    with writing() as opened:
        opened.get_one(Member, world.here.actor("member").id).state = MemberState.SUSPENDED
    assert choose(Browser(app), path) == 404


def test_a_weak_password_is_refused_and_the_link_lives(world: World, app: Flask) -> None:
    browser, path = Browser(app), link(app, world)
    assert choose(browser, path, "short") == 422
    assert choose(browser, path, world.here.emails["member"]) == 422
    assert choose(browser, path) == 303


def test_its_owner_is_told_and_it_is_written_down(world: World, app: Flask) -> None:
    assert choose(Browser(app), link(app, world)) == 303
    assert any("changed by a link" in body for body in letters("security notice"))
    acts = db.session.scalars(sa.select(AuditEvent.act)).all()
    assert "password reset" in acts


def test_a_link_that_is_sent_is_in_the_persons_own_log(world: World, app: Flask) -> None:
    link(app, world)
    page = world.browser("member").get("/me/log").text
    assert "Was sent a link to choose a new password" in page


def test_a_new_password_removes_a_pin_that_a_thief_may_have_set(world: World, app: Flask) -> None:
    member, own = world.here.actor("member").id, world.browser("member")
    own.get("/me/pin")
    assert own.post("/me/pin", {"pin": "840275", "again": "840275"}).status_code == 303
    assert choose(Browser(app), link(app, world)) == 303
    db.session.rollback()
    assert db.session.get_one(Member, member).pin_hash is None
    assert any(
        "Your PIN for shared tablets was removed" in one for one in letters("security notice")
    )


def test_a_stranger_cannot_have_a_link_sent_that_leads_to_their_machine(
    world: World, app: Flask
) -> None:
    from dataclasses import replace

    settings = app.extensions["settings"]
    app.extensions["settings"] = replace(settings, allowed_origins=("https://watch.example",))
    try:
        browser = Browser(app)
        browser.get("/forgot", base_url="http://evil.example")
        browser.post(
            "/forgot", {"email": world.here.emails["member"]}, base_url="http://evil.example"
        )
    finally:
        app.extensions["settings"] = settings
    assert "https://watch.example/reset/" in letters()[-1]
    assert "evil" not in letters()[-1]
