"""Once a year the contact of premises says who still works there; who left loses access at once."""

import re
import uuid
from datetime import date

import pytest
from flask import Flask
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from disc.access.actor import Role
from disc.core import clock
from disc.core.audit import AuditEvent
from disc.core.database import db, new_id
from disc.core.jobs import run_hourly
from disc.core.mail import Message
from disc.core.transaction import writing
from disc.members import service
from disc.members.certifying import ask_contacts
from disc.members.events import RightsChanged
from disc.members.models import Area, Member, MemberState, Premises, Scheme
from disc.members.rules import CERTIFY_MONTHS, may_ask_again
from tests.browsers import Browser
from tests.dataprotection.days import at
from tests.world import Place, World

MADE = date(2026, 1, 10)
CHOSEN = date(2026, 3, 2)
DUE = date(2026, 4, 1)
"""Thirty days after the contact was chosen."""


@pytest.fixture
def contact(app: Flask) -> World:
    """A world of 10 January, in which a member became the contact of Corner Foods in March."""
    from tests.world import make_world

    with at(MADE):
        world = make_world()
    with at(CHOSEN), writing():
        place(world.here).contact_id = world.here.actor("member").id
    return world


def place(here: Place) -> Premises:
    return db.session.get_one(Premises, here.premises_id)


def read(here: Place, who: str) -> Member:
    db.session.rollback()
    return db.session.get_one(Member, here.actor(who).id)


def path(here: Place) -> str:
    return f"/certify/{here.premises_id}"


def answer(browser: Browser, here: Place, **said: str) -> TestResponse:
    """Answer for everybody on the page: they are still here unless said otherwise."""
    shown = re.findall(r'name="shown" value="([^"]+)"', browser.get(path(here)).text)
    answers = {f"person-{one}": "here" for one in shown}
    answers |= {f"person-{here.actor(who).id}": word for who, word in said.items()}
    return browser.post(path(here), {"shown": shown, **answers})


def messages() -> list[Message]:
    db.session.rollback()
    found = select(Message).where(Message.kind == "certification").order_by(Message.made_at)
    return list(db.session.scalars(found))


def test_premises_are_due_a_year_after_they_were_added(contact: World) -> None:
    with at(CHOSEN):
        assert place(contact.there).certify_by == date(2027, 1, 10)
        assert place(contact.here).certify_by == DUE


def test_a_new_contact_of_certified_premises_keeps_the_day_and_is_asked_anew(
    contact: World,
) -> None:
    with at(date(2026, 5, 1)):
        with writing():
            row = place(contact.here)
            row.certified_on, row.certify_by = date(2026, 4, 2), date(2027, 4, 2)
            row.certify_asked_on = date(2026, 4, 2)
            row.contact_id = contact.here.actor("second_member").id
        assert place(contact.here).certify_by == date(2027, 4, 2)
        assert place(contact.here).certify_asked_on is None


@pytest.mark.parametrize(
    ("today", "asked", "asks"),
    [
        (date(2026, 3, 31), None, False),
        (DUE, None, True),
        (DUE, date(2025, 4, 1), True),
        (DUE, DUE, False),
        (date(2026, 4, 14), DUE, False),
        (date(2026, 4, 15), DUE, True),
    ],
)
def test_a_contact_is_asked_on_the_day_and_every_fortnight(
    today: date, asked: date | None, *, asks: bool
) -> None:
    assert may_ask_again(today, due=DUE, asked=asked) is asks


def test_the_contact_gets_a_card_and_one_message_and_reminders(contact: World) -> None:
    with at(date(2026, 3, 31)):
        assert ask_contacts() == 0
        assert "Who still works at" not in contact.browser("member").get("/").text
    with at(DUE):
        assert "Who still works at Corner Foods?" in contact.browser("member").get("/").text
        assert "Who still works at" not in contact.browser("second_member").get("/").text
        run_hourly()
        run_hourly()
        [message] = messages()
        assert message.member_id == contact.here.actor("member").id
        assert message.address == contact.here.emails["member"]
        assert message.subject == "Who still works at Corner Foods?"
        assert "We asked you before" not in message.body
    with at(date(2026, 4, 14)):
        assert ask_contacts() == 0
    with at(date(2026, 4, 15)):
        assert ask_contacts() == 1
        assert ask_contacts() == 0
        assert "We asked you before" in messages()[-1].body
        said = select(AuditEvent.detail).where(AuditEvent.act == "contact asked")
        assert db.session.scalars(said.order_by(AuditEvent.position)).all() == [
            "first message",
            "reminder",
        ]
        assert answer(contact.browser("member"), contact.here).status_code == 303
    with at(date(2026, 4, 29)):
        assert ask_contacts() == 0
    with at(date(2027, 4, 15)):
        assert ask_contacts() == 1
        assert "We asked you before" not in messages()[-1].body


def test_many_contacts_are_all_asked(contact: World) -> None:
    with at(DUE):
        with writing():
            area = db.session.get_one(Area, contact.here.area_id)
            for number in range(45):
                shop = service.add_premises(area, f"Shop {number}")
                shop.contact_id = contact.here.actor("member").id
                shop.certify_by = DUE
        assert ask_contacts() == 46
        assert ask_contacts() == 0
        assert len(messages()) == 46


def test_who_is_not_active_or_may_not_certify_is_not_asked(contact: World) -> None:
    with at(DUE):
        for change in (
            {"state": MemberState.SUSPENDED},
            {"role": Role.SPOC},
            {"scheme_id": contact.there.scheme_id},
        ):
            with writing() as opened:
                row = opened.get_one(Member, contact.here.actor("member").id)
                before = {name: getattr(row, name) for name in change}
                for name, value in change.items():
                    setattr(row, name, value)
            assert ask_contacts() == 0
            assert "no contact" in contact.browser("administrator").get("/desk").text.lower()
            with writing() as opened:
                row = opened.get_one(Member, contact.here.actor("member").id)
                for name, value in before.items():
                    setattr(row, name, value)


def test_nothing_is_chosen_beforehand_and_every_person_needs_an_answer(contact: World) -> None:
    with at(DUE):
        contact.here.actor("author")
        member = contact.browser("member")
        page = member.get(path(contact.here))
        assert " checked" not in page.text
        here = contact.here
        names = [f"Pat {who} {here.number}" for who in ("Second_Member", "Author")]
        assert all(name in page.text for name in names)
        shown = re.findall(r'name="shown" value="([^"]+)"', page.text)
        assert str(here.actor("member").id) not in shown
        one = f"person-{here.actor('author').id}"
        again = member.post(path(here), {"shown": shown, one: "left"})
        assert again.status_code == 422
        assert f"Say whether {names[0]} still works here." in again.text
        assert again.text.count(" checked") == 1
        assert member.post(path(here), {"shown": shown, one: "maybe"}).status_code == 422
        assert read(here, "author").state is MemberState.ACTIVE
        assert place(here).certified_on is None


def test_who_works_nowhere_any_more_is_shut_out_at_once(contact: World) -> None:
    with at(DUE):
        leaver, member = contact.browser("second_member"), contact.browser("member")
        assert leaver.get("/gallery").status_code == 200
        done = answer(member, contact.here, second_member="left")
        assert (done.status_code, done.headers["Location"]) == (303, "/certify")
        assert leaver.get("/gallery").status_code == 302
        assert leaver.get("/alerts/live", headers={"Accept": "application/json"}).status_code == 401
        row = read(contact.here, "second_member")
        assert row.state is MemberState.LEFT
        assert row.premises == []
        assert place(contact.here).certified_on == DUE
        assert place(contact.here).certify_by == clock.add_months(DUE, CERTIFY_MONTHS)
        assert "Who still works at" not in member.get("/").text
        acts = select(AuditEvent.act, AuditEvent.detail).where(
            AuditEvent.actor_id == contact.here.actor("member").id
        )
        written = {row.act: row.detail for row in db.session.execute(acts)}
        assert written["premises certified"] == "still there 0, left 1"
        assert written["premises taken away"] == str(contact.here.premises_id)
        assert "member left" in written


def test_who_works_elsewhere_too_loses_these_premises_and_their_area_alone(
    contact: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    here, told = contact.here, []
    monkeypatch.setattr("disc.members.signin.publish", told.append)
    with at(DUE):
        with writing():
            row = db.session.get_one(Member, here.actor("second_member").id)
            row.areas = [*row.areas, db.session.get_one(Area, here.other_area_id)]
            row.premises = [*row.premises, db.session.get_one(Premises, here.other_premises_id)]
        assert answer(contact.browser("member"), here, second_member="left").status_code == 303
        row = read(here, "second_member")
        assert row.state is MemberState.ACTIVE
        assert [one.id for one in row.premises] == [here.other_premises_id]
        assert [one.id for one in row.areas] == [here.other_area_id]
        assert told == [RightsChanged(member_id=row.id)]


def test_a_contact_who_works_elsewhere_now_is_the_contact_no_more(contact: World) -> None:
    here = contact.here
    with at(DUE):
        with writing():
            row = db.session.get_one(Member, here.actor("member").id)
            row.premises = [*row.premises, db.session.get_one(Premises, here.other_premises_id)]
        assert answer(contact.browser("administrator"), here, member="left").status_code == 303
        assert read(here, "member").state is MemberState.ACTIVE
        assert place(here).contact_id is None
        assert contact.browser("member").get(path(here)).status_code == 404


def test_an_area_in_which_somebody_still_works_is_kept(contact: World) -> None:
    here = contact.here
    with at(DUE):
        with writing():
            area = db.session.get_one(Area, here.area_id)
            row = db.session.get_one(Member, here.actor("second_member").id)
            row.premises = [*row.premises, service.add_premises(area, "Quay Books")]
        answer(contact.browser("member"), here, second_member="left")
        assert [one.id for one in read(here, "second_member").areas] == [here.area_id]


def test_somebody_added_meanwhile_is_not_passed_over(contact: World) -> None:
    here = contact.here
    with at(DUE):
        member = contact.browser("member")
        page = member.get(path(here))
        shown = re.findall(r'name="shown" value="([^"]+)"', page.text)
        here.actor("author")
        sent = {"shown": shown, f"person-{here.actor('second_member').id}": "left"}
        late = member.post(path(here), sent)
        assert late.status_code == 409
        assert "Somebody was added meanwhile" in late.text
        assert "new on this list" in late.text
        assert late.text.count(" checked") == 1
        assert read(here, "second_member").state is MemberState.ACTIVE
        assert place(here).certified_on is None
        sneaked = {**sent, f"person-{here.actor('author').id}": "here"}
        assert member.post(path(here), sneaked).status_code == 409


def test_who_left_meanwhile_does_not_stand_in_the_way(contact: World) -> None:
    here = contact.here
    with at(DUE):
        member = contact.browser("member")
        page = member.get(path(here))
        shown = re.findall(r'name="shown" value="([^"]+)"', page.text)
        with writing():
            gone = db.session.get_one(Member, here.actor("second_member").id)
            service.leave(here.actor("administrator"), gone)
        assert member.post(path(here), {"shown": shown}).status_code == 303


def test_a_contact_shuts_out_nobody_who_leads_or_manages(contact: World) -> None:
    here = contact.here
    with at(DUE):
        with writing():
            row = db.session.get_one(Member, here.actor("spoc").id)
            row.premises = [place(here)]
        member = contact.browser("member")
        page = member.get(path(here)).text
        assert "Other roles" in page
        assert f"Pat Administrator {here.number}, Administrator" in page
        for who in ("administrator", "spoc"):
            one = str(here.actor(who).id)
            assert f'value="{one}"' not in page
        shown = re.findall(r'name="shown" value="([^"]+)"', page)
        answers = {f"person-{one}": "here" for one in shown}
        forced = [str(here.actor(who).id) for who in ("administrator", "spoc", "far_member")]
        sent = {"shown": [*shown, *forced], **answers}
        sent |= {f"person-{one}": "left" for one in forced}
        assert member.post(path(here), sent).status_code == 303
        for who in ("administrator", "spoc", "far_member"):
            assert read(here, who).state is MemberState.ACTIVE
            assert read(here, who).premises
        assert "open Members" in contact.browser("administrator").get(path(here)).text


def test_a_manager_answers_where_the_contact_does_not_and_may_shut_the_contact_out(
    contact: World,
) -> None:
    here = contact.here
    with at(date(2026, 4, 14)):
        manager = contact.browser("administrator")
        desk = manager.get("/desk")
        assert desk.status_code == 200
        assert "Nobody said who works there" not in desk.text
    with at(date(2026, 4, 15)):
        manager = contact.browser("administrator")
        desk = manager.get("/desk").text
        assert "Nobody said who works there (1)" in desk
        assert f"The contact is Pat Member {here.number}" in desk
        assert answer(manager, here, member="left").status_code == 303
        assert read(here, "member").state is MemberState.LEFT
        assert place(here).contact_id is None
        assert "Nobody said who works there" not in manager.get("/desk").text
    with at(date(2027, 4, 15)):
        desk = contact.browser("administrator").get("/desk").text
        assert "There is no contact. Choose one under Members" in desk


def test_a_contact_of_other_premises_or_another_scheme_finds_nothing(contact: World) -> None:
    here, there = contact.here, contact.there
    with at(DUE):
        with writing():
            other = db.session.get_one(Premises, here.other_premises_id)
            other.contact_id = here.actor("far_member").id
            place(there).contact_id = there.actor("member").id
        attackers = [
            contact.browser("far_member"),
            contact.browser("second_member"),
            contact.browser("member", there),
            contact.browser("administrator", there),
            contact.browser("board"),
            contact.browser("spoc"),
            contact.browser("dpo"),
        ]
        target = str(here.actor("second_member").id)
        for browser in attackers:
            assert browser.get(path(here)).status_code == 404
            browser.get("/me")
            sent = {"shown": target, f"person-{target}": "left"}
            assert browser.post(path(here), sent).status_code == 404
        assert read(here, "second_member").state is MemberState.ACTIVE
        assert contact.browser("member").get(f"/certify/{new_id()}").status_code == 404
        refused = select(func.count()).where(
            AuditEvent.act == "refused", AuditEvent.target_id == here.premises_id
        )
        assert (db.session.scalar(refused) or 0) >= 2 * 4
        assert "Corner Foods" not in contact.browser("far_member").get("/certify").text
        assert "Corner Foods" in contact.browser("member").get("/certify").text


def test_a_stranger_is_asked_to_sign_in(contact: World, browser: Browser) -> None:
    assert browser.get(path(contact.here)).headers["Location"].startswith("/sign-in")
    browser.get("/sign-in")
    assert browser.post(path(contact.here)).status_code == 401


def test_the_list_of_people_is_journaled_and_holds_no_name(contact: World) -> None:
    with at(DUE):
        contact.browser("member").get(path(contact.here))
        rows = db.session.scalars(
            select(AuditEvent).where(
                AuditEvent.act == "members listed",
                AuditEvent.target_id == contact.here.premises_id,
            )
        ).all()
        assert [row.actor_id for row in rows] == [contact.here.actor("member").id]
        assert "Pat" not in " ".join(row.detail for row in rows)


def test_an_invited_person_who_left_loses_their_invitation(contact: World) -> None:
    here = contact.here
    with at(DUE):
        with writing():
            scheme = db.session.get_one(Scheme, here.scheme_id)
            area = db.session.get_one(Area, here.area_id)
            invited, _token = service.invite(
                scheme,
                "Invented Newcomer",
                "new@example.org",
                Role.MEMBER,
                areas=[area],
                premises=[place(here)],
            )
            invited_id = invited.id
        member = contact.browser("member")
        page = member.get(path(here)).text
        assert "invited, not joined yet" in page
        shown = re.findall(r'name="shown" value="([^"]+)"', page)
        answers = {f"person-{one}": "here" for one in shown} | {f"person-{invited_id}": "left"}
        assert member.post(path(here), {"shown": shown, **answers}).status_code == 303
        assert db.session.get_one(Member, uuid.UUID(str(invited_id))).state is MemberState.LEFT
