"""Messages to phones: turned on by their person, sent by the worker, gone with the sign-in."""

import json
import uuid
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from sqlalchemy import func, select

from disc.core import clock
from disc.core.audit import AuditEvent
from disc.core.database import Base, db
from disc.core.jobs import drain
from disc.core.keys import DataKey
from disc.core.outbox import Outbox
from disc.core.rows import one_scheme
from disc.core.transaction import writing
from disc.members import pushing
from disc.members.managing import shut_out, suspend
from disc.members.models import (
    PUSH_WORDS,
    Member,
    MemberState,
    PushKind,
    PushMessage,
    PushPhone,
    UserSession,
)
from disc.members.rules import Suspension
from disc.members.service import (
    MESSAGES_KEPT_DAYS,
    forget_old_pushes,
    forget_old_sign_ins,
    push_to,
)
from tests.browsers import Browser
from tests.members.test_tablets import enrol, type_pin, with_pin
from tests.phones import Phone, Service, push_service, turn_on
from tests.world import PASSWORD, World

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
PATH = "/my-reports/7"


@pytest.fixture
def service(world: World, app: Flask) -> Iterator[Service]:
    assert world
    with push_service(app) as running:
        yield running
    assert running.problems == []


def push(world: World, *who: str, kind: PushKind = PushKind.REPORT, lasts: timedelta = DAY) -> Any:
    """Tell people something, as a listener does."""
    with one_scheme(world.here.scheme_id), writing():
        return push_to([world.here.actor(one).id for one in who], kind, PATH, lasts)


def opened(phone: Phone, service: Service, at: int = -1) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(phone.open(service.taken[at].body))
    return told


def phones() -> list[PushPhone]:
    db.session.rollback()
    return list(db.session.scalars(select(PushPhone).order_by(PushPhone.made_at)))


def messages() -> list[PushMessage]:
    db.session.rollback()
    return list(db.session.scalars(select(PushMessage).order_by(PushMessage.id)))


def keys() -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(DataKey)) or 0


def waits() -> int:
    db.session.rollback()
    found = select(func.count()).select_from(Outbox)
    return (
        db.session.scalar(found.where(Outbox.listener == "members.listeners.send_to_phones")) or 0
    )


def test_a_message_reaches_the_phone_of_who_turned_them_on(world: World, service: Service) -> None:
    phone, other = service.phone(), service.phone()
    turn_on(world.browser("member"), phone)
    turn_on(world.browser("second_member"), other)
    push(world, "member")
    assert service.taken == []
    drain()
    [taken] = service.taken
    assert phone.endpoint.endswith(taken.path)
    told = opened(phone, service)
    [message] = messages()
    assert told["web_push"] == 8030
    assert told["notification"]["title"] == "There is news of your report"
    assert told["notification"]["navigate"] == f"http://localhost{PATH}?from-message={message.id}"
    assert taken.headers["urgency"] == "normal"
    assert 86_000 < int(taken.headers["ttl"]) <= 86_400
    assert message.accepted_at is not None
    assert phones()[0].accepted_at is not None
    drain()
    assert len(service.taken) == 1
    assert waits() == 0


def test_nobody_is_told_who_did_not_turn_them_on(world: World, service: Service) -> None:
    assert push(world, "member", "second_member") is None
    drain()
    assert service.taken == []


def test_each_phone_of_a_person_gets_it(world: World, service: Service) -> None:
    mine = [service.phone(), service.phone()]
    for phone in mine:
        turn_on(world.browser("member"), phone)
    push(world, "member")
    drain()
    assert len(service.taken) == 2
    assert {message.batch_id for message in messages()} == {messages()[0].batch_id}


def test_what_is_told_holds_no_word_about_anybody(world: World, service: Service) -> None:
    phone = service.phone()
    turn_on(world.browser("member"), phone)
    for kind in PushKind:
        push(world, "member", kind=kind)
    drain()
    for at, _ in enumerate(PushKind):
        told = opened(phone, service, at)
        shown = told["notification"]
        assert set(told) == {"web_push", "notification"}
        assert set(shown) == {"title", "lang", "dir", "tag", "navigate", "data"}
        assert shown["title"] in PUSH_WORDS.values()
        assert set(shown["data"]) == {"id"}
    for name in ("Pat", "Corner Foods", "Harbour", "Quayside"):
        assert name not in json.dumps([opened(phone, service, at) for at in range(len(PushKind))])


def test_where_a_message_leads_is_on_this_site(world: World, service: Service) -> None:
    turn_on(world.browser("member"), service.phone())
    for path in ("https://example.org/", "//example.org", "my-reports"):
        with writing(), pytest.raises(ValueError, match="this site"):
            push_to([world.here.actor("member").id], PushKind.REPORT, path, DAY)


def test_an_address_is_sealed_and_only_known_services_are_taken(
    world: World, service: Service
) -> None:
    phone = service.phone()
    browser = world.browser("member")
    turn_on(browser, phone)
    with db.engine.connect() as connection:
        rows = repr([connection.execute(sa.select(t)).all() for t in Base.metadata.sorted_tables])
    assert phone.endpoint not in rows
    assert phone.told()["keys"]["p256dh"] not in rows
    for endpoint in ("https://example.org/push", "http://10.0.0.1/", "https://localhost/"):
        answer = browser.post_json("/me/messages", Phone(endpoint).told())
        assert (answer.status_code, answer.get_json()["code"]) == (422, "bad-phone")
    bad = {"endpoint": phone.endpoint, "keys": {"p256dh": "AAAA", "auth": "!"}}
    assert browser.post_json("/me/messages", bad).status_code == 422
    assert browser.post_json("/me/messages", [1]).status_code == 422
    assert len(phones()) == 1


def test_without_an_address_of_the_site_there_are_none(world: World) -> None:
    browser = world.browser("member")
    assert "does not send messages to phones yet" in browser.get("/me/messages").text
    told = Phone("https://fcm.googleapis.com/x").told()
    assert browser.post_json("/me/messages", told).status_code == 409
    assert browser.get("/me/messages/key").get_json()["key"] is None


def test_turning_on_again_changes_the_one_phone(world: World, service: Service) -> None:
    browser, phone = world.browser("member"), service.phone()
    before = keys()
    first = turn_on(browser, phone)
    phone.secret = bytes(16)
    assert turn_on(browser, phone) == first
    assert len(phones()) == 1
    assert keys() == before + 1
    push(world, "member")
    drain()
    assert opened(phone, service)


@pytest.mark.parametrize("elsewhere", [False, True])
def test_somebody_else_in_the_same_browser_takes_it_over(
    world: World, service: Service, *, elsewhere: bool
) -> None:
    phone = service.phone()
    turn_on(world.browser("member"), phone)
    before = keys()
    turn_on(world.browser("second_member", world.there if elsewhere else world.here), phone)
    assert len(phones()) == 1
    assert keys() == before
    push(world, "member")
    drain()
    assert service.taken == []


def test_signing_out_ends_the_messages_of_that_device_alone(world: World, service: Service) -> None:
    browser, stays = world.browser("member"), service.phone()
    before = keys()
    turn_on(browser, service.phone())
    turn_on(world.browser("member"), stays)
    assert browser.post("/sign-out").headers["Clear-Site-Data"] == '"cache", "storage"'
    assert len(phones()) == 1
    assert keys() == before + 1
    push(world, "member")
    drain()
    assert opened(stays, service)


def test_signing_a_lost_phone_out_ends_its_messages(world: World, service: Service) -> None:
    lost = world.browser("member")
    turn_on(lost, service.phone())
    home = world.browser("member")
    home.post("/me/devices/others/end")
    assert phones() == []


def test_a_sign_in_that_ran_out_keeps_its_messages(world: World, service: Service) -> None:
    phone = service.phone()
    browser = world.browser("member")
    kept = turn_on(browser, phone)
    with time_machine.travel(clock.now() + 13 * HOUR):
        assert browser.get("/me").status_code == 302
        push(world, "member")
        drain()
        assert opened(phone, service)
        browser.sign_in(world.here.emails["member"], PASSWORD)
        answer = browser.post_json("/me/messages/again", phone.told(phone=kept))
        assert answer.get_json() == {"phone": kept}
    [row] = phones()
    assert row.session.last_seen_at > clock.now() + 12 * HOUR


def test_signing_in_once_more_keeps_them(world: World, service: Service) -> None:
    browser, phone = world.browser("member"), service.phone()
    turn_on(browser, phone)
    browser.sign_in(world.here.emails["member"], PASSWORD)
    [row] = phones()
    assert row.session.ended_at is None
    browser.sign_in(world.here.emails["second_member"], PASSWORD)
    assert phones() == []


def test_who_left_gets_none_and_nothing_of_them_is_kept(world: World, service: Service) -> None:
    turn_on(world.browser("member"), service.phone())
    before = keys()
    push(world, "member")
    with writing():
        shut_out(world.here.actor("administrator"), world.here.actor("member").id)
    drain()
    assert service.taken == []
    assert (phones(), messages(), keys()) == ([], [], before - 1)


def test_who_is_suspended_gets_none(world: World, service: Service) -> None:
    turn_on(world.browser("member"), service.phone())
    with writing():
        suspend(
            world.here.actor("administrator"), world.here.actor("member").id, next(iter(Suspension))
        )
    assert phones() == []


def test_who_is_shut_out_between_asking_and_sending_gets_none(
    world: World, service: Service
) -> None:
    turn_on(world.browser("member"), service.phone())
    push(world, "member")
    with writing() as session:
        session.get_one(Member, world.here.actor("member").id).state = MemberState.SUSPENDED
    drain()
    assert service.taken == []
    assert messages()[0].ended_at is not None


@pytest.mark.parametrize("status", [404, 410])
def test_an_address_that_is_gone_is_forgotten_until_the_app_is_opened(
    world: World, service: Service, status: int
) -> None:
    browser, phone = world.browser("member"), service.phone()
    kept = turn_on(browser, phone)
    before = keys()
    service.status = status
    push(world, "member")
    drain()
    [row] = phones()
    assert (row.endpoint_token, row.endpoint_sealed, row.secret_sealed) == (None, None, None)
    assert keys() == before - 1
    assert "Open the app there" in browser.get("/me/messages").text
    assert push(world, "member") is None
    service.status, phone = 201, service.phone()
    again = browser.post_json("/me/messages/again", phone.told(phone=kept))
    assert again.get_json() == {"phone": kept}
    assert keys() == before
    push(world, "member")
    drain()
    assert opened(phone, service)


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_busy_service_is_asked_again_later(world: World, service: Service, status: int) -> None:
    phone = service.phone()
    turn_on(world.browser("member"), phone)
    service.status = status
    push(world, "member")
    drain()
    drain()
    assert len(service.taken) == 1
    assert phones()[0].failures == 1
    service.status = 201
    with time_machine.travel(clock.now() + timedelta(seconds=20)):
        drain()
        assert len(service.taken) == 1
    with time_machine.travel(clock.now() + timedelta(seconds=40)):
        drain()
    assert len(service.taken) == 2
    assert phones()[0].failures == 0
    assert waits() == 0


def test_a_service_says_how_long_to_wait(world: World, service: Service) -> None:
    turn_on(world.browser("member"), service.phone())
    service.status, service.headers = 429, {"Retry-After": "600"}
    push(world, "member")
    drain()
    with time_machine.travel(clock.now() + timedelta(minutes=9)):
        drain()
        assert len(service.taken) == 1
    with time_machine.travel(clock.now() + timedelta(minutes=11)):
        drain()
        assert len(service.taken) == 2


def test_only_what_was_put_off_is_sent_again(world: World, service: Service) -> None:
    for who in ("member", "second_member"):
        turn_on(world.browser(who), service.phone())
    push(world, "member", "second_member")
    with writing():
        db.session.scalars(select(PushMessage)).all()[0].due_at = clock.now() + HOUR
    drain()
    assert len(service.taken) == 1
    with time_machine.travel(clock.now() + 2 * HOUR):
        drain()
    assert len(service.taken) == 2
    assert len({taken.path for taken in service.taken}) == 2


def test_news_that_is_old_is_dropped(world: World, service: Service) -> None:
    turn_on(world.browser("member"), service.phone())
    service.status = 503
    push(world, "member", kind=PushKind.ALERT, lasts=timedelta(minutes=10))
    for minutes in range(0, 60, 2):
        with time_machine.travel(clock.now() + timedelta(minutes=minutes)):
            drain()
    tried = len(service.taken)
    assert 2 < tried < 8
    assert all(0 < int(taken.headers["ttl"]) <= 600 for taken in service.taken)
    assert messages()[0].ended_at is not None
    assert waits() == 0


@pytest.mark.parametrize("status", [301, 307, 400, 403, 413])
def test_a_refusal_is_final_and_a_redirect_is_not_followed(
    world: World, service: Service, status: int
) -> None:
    turn_on(world.browser("member"), service.phone())
    service.status = status
    service.headers = {"Location": f"http://127.0.0.1:{service.port}/elsewhere"}
    push(world, "member")
    drain()
    with time_machine.travel(clock.now() + HOUR):
        drain()
    assert len(service.taken) == 1
    assert phones()[0].failures == 1


def test_a_crash_before_the_note_sends_it_again_under_one_tag(
    world: World, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    phone = service.phone()
    turn_on(world.browser("member"), phone)
    batch = push(world, "member")
    monkeypatch.setattr(pushing, "_note", lambda *_: 1 / 0)
    with one_scheme(world.here.scheme_id), pytest.raises(ZeroDivisionError):
        pushing.send(batch)
    monkeypatch.undo()
    drain()
    assert len(service.taken) == 2
    assert service.taken[0].headers["topic"] == service.taken[1].headers["topic"]
    first, second = (opened(phone, service, at)["notification"] for at in (0, 1))
    assert first["tag"] == second["tag"]


def test_opening_a_message_is_what_counts(world: World, service: Service) -> None:
    browser = world.browser("member")
    turn_on(browser, service.phone())
    push(world, "member")
    drain()
    assert "In 30 days we sent 1. You opened 0." in browser.get("/me/messages").text
    [message] = messages()
    other = world.browser("second_member")
    assert other.post_json("/me/messages/seen", {"message": str(message.id)}).status_code == 204
    assert messages()[0].seen_at is None
    assert browser.post_json("/me/messages/seen", {"message": str(message.id)}).status_code == 204
    assert messages()[0].seen_at is not None
    assert "You opened 1." in browser.get("/me/messages").text
    assert browser.post_json("/me/messages/seen", {"message": "x"}).status_code == 204


def test_a_test_goes_to_the_one_phone(world: World, service: Service) -> None:
    browser, phone = world.browser("member"), service.phone()
    kept = turn_on(browser, phone)
    turn_on(world.browser("member"), service.phone())
    browser.post(f"/me/messages/{kept}/test")
    drain()
    assert len(service.taken) == 1
    assert opened(phone, service)["notification"]["title"] == "This phone gets messages"
    strangers = world.browser("second_member")
    assert strangers.post(f"/me/messages/{kept}/test").status_code == 404
    assert strangers.post(f"/me/messages/{kept}/off").status_code == 404


def test_turned_off_is_off_and_the_app_does_not_turn_it_on_again(
    world: World, service: Service
) -> None:
    browser, phone = world.browser("member"), service.phone()
    kept = turn_on(browser, phone)
    world.browser("member").post(f"/me/messages/{kept}/off")
    assert phones() == []
    again = browser.post_json("/me/messages/again", phone.told(phone=kept))
    assert again.get_json() == {"phone": None}
    assert phones() == []
    acts = select(AuditEvent.act).where(AuditEvent.target_id == uuid.UUID(kept))
    assert set(db.session.scalars(acts)) == {"messages turned on", "messages turned off"}


def test_a_browser_that_changes_its_address_by_itself_says_so(
    world: World, service: Service
) -> None:
    browser, phone, later = world.browser("member"), service.phone(), service.phone()
    kept = turn_on(browser, phone)
    assert browser.get("/me/messages/key").get_json()["key"] == service.key
    again = browser.post_json("/me/messages/again", later.told(before=phone.endpoint))
    assert again.get_json() == {"phone": kept}
    push(world, "member")
    drain()
    assert opened(later, service)


def test_opening_the_app_as_somebody_else_ends_the_earlier_persons(
    world: World, service: Service
) -> None:
    phone = service.phone()
    kept = turn_on(world.browser("member"), phone)
    other = world.browser("second_member")
    told = other.post_json("/me/messages/again", phone.told(phone=kept, before=phone.endpoint))
    assert told.get_json() == {"phone": None}
    assert phones() == []


def test_a_shared_tablet_gets_none(world: World, service: Service) -> None:
    member_id = with_pin(world, "member")
    tablet = enrol(world)
    assert type_pin(tablet, member_id, "840275") == 303
    page = tablet.get("/me/messages")
    assert "A shared tablet gets no messages" in page.text
    assert "data-key" not in page.text
    assert 'href="/me/messages"' not in tablet.get("/me").text
    answer = tablet.post_json("/me/messages", service.phone().told())
    assert (answer.status_code, answer.get_json()["code"]) == (409, "no-messages-here")
    assert phones() == []


def test_one_person_has_at_most_ten(world: World, service: Service) -> None:
    browser = world.browser("member")
    first = turn_on(browser, service.phone())
    for _ in range(10):
        turn_on(browser, service.phone())
    assert len(phones()) == 10
    assert uuid.UUID(first) not in {phone.id for phone in phones()}


def test_a_phone_that_nobody_opens_is_forgotten_with_its_key(
    world: World, service: Service
) -> None:
    turn_on(world.browser("member"), service.phone())
    turn_on(world.browser("second_member"), service.phone())
    before = keys()
    with time_machine.travel(clock.now() + 80 * DAY):
        browser, phone = world.browser("second_member"), service.phone()
        browser.post_json("/me/messages/again", phone.told(phone=str(phones()[1].id)))
    with time_machine.travel(clock.now() + 91 * DAY):
        with writing():
            assert forget_old_pushes() == 1
            forget_old_sign_ins()
        assert [phone.member_id for phone in phones()] == [world.here.actor("second_member").id]
        assert keys() == before - 1


def test_a_phone_that_takes_nothing_for_long_is_forgotten(world: World, service: Service) -> None:
    turn_on(world.browser("member"), service.phone())
    service.status = 403
    push(world, "member")
    drain()
    with time_machine.travel(clock.now() + 91 * DAY), writing() as session:
        for row in session.scalars(select(PushPhone)):
            row.seen_at = clock.now()
        for signed_in in session.scalars(select(UserSession)):
            signed_in.last_seen_at = clock.now()
        session.flush()
        assert forget_old_pushes() == 1
    assert phones() == []


def test_what_was_sent_is_forgotten_after_its_days(world: World, service: Service) -> None:
    turn_on(world.browser("member"), service.phone())
    push(world, "member")
    drain()
    with time_machine.travel(clock.now() + (MESSAGES_KEPT_DAYS + 1) * DAY):
        with writing():
            assert forget_old_pushes() == 0
        assert messages() == []
    assert len(phones()) == 1


def test_a_page_outside_the_sign_in_learns_no_key(browser: Browser) -> None:
    assert browser.get("/me/messages/key").status_code in {302, 401}
