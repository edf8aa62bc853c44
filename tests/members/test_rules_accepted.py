"""Nobody sees a record before they have accepted the rules, and every acceptance is proof."""

import contextvars
import re
import uuid
from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask, session
from sqlalchemy import select

from disc.access.actor import Role
from disc.access.guard import find_listener
from disc.core import clock
from disc.core.audit import AuditEvent
from disc.core.database import db
from disc.core.live import live
from disc.core.transaction import writing
from disc.members import accepting, queries, service
from disc.members.models import Acceptance, Area, Member, Scheme
from disc.members.rules import paragraphs, words_digest
from tests.alerts.steps import raise_in
from tests.browsers import Browser
from tests.documents import accept, publish_next, publish_rules, shown_on
from tests.story import in_gallery
from tests.world import PASSWORD, World, make_place

LINK = re.compile(r'src="(/img/[^"]+)"')
NEVER = "Never share a picture with anybody."


def proofs(who: uuid.UUID) -> list[Acceptance]:
    db.session.rollback()
    return list(db.session.scalars(select(Acceptance).where(Acceptance.member_id == who)))


def test_who_has_not_accepted_is_led_to_the_rules_and_sees_nothing_else(world: World) -> None:
    subject, _ = in_gallery(world.here)
    alert = raise_in(world.browser("second_member"), world.here)
    member = world.browser("member")
    picture = LINK.search(member.get(f"/gallery/{subject}").text)
    assert picture
    publish_rules(world.here)
    for path in ("/gallery", f"/gallery/{subject}", "/report", "/alerts/new", picture[1]):
        led = member.get(path)
        assert led.status_code == 302, path
        assert led.headers["Location"].startswith("/rules?next="), path
    home = member.get("/")
    assert (home.status_code, home.headers["Location"]) == (302, "/rules")
    assert member.get(f"/alerts/{alert}/card").status_code == 302
    assert member.get("/me").status_code == 200


def test_scripts_and_forms_of_who_has_not_accepted_are_refused(world: World) -> None:
    subject, still = in_gallery(world.here)
    alert = raise_in(world.browser("second_member"), world.here)
    member = world.browser("member")
    publish_rules(world.here)
    as_json, as_htmx = {"Accept": "application/json"}, {"HX-Request": "true"}
    poll = member.get("/alerts/live", headers=as_json)
    assert (poll.status_code, poll.json["code"]) == (403, "gate-first")
    assert member.get(f"/alerts/{alert}/card", headers=as_htmx).status_code == 403
    assert member.get(f"/gallery/{subject}", headers=as_htmx).status_code == 403
    minted = member.post_json(
        "/img/mint", {"pictures": [{"still": str(still), "rendition": "thumb"}]}
    )
    assert (minted.status_code, minted.json["code"]) == (403, "gate-first")
    assert member.post(f"/alerts/{alert}/seen").status_code == 403
    assert member.post("/alerts", {"template": "theft-team"}).status_code == 403


@pytest.mark.parametrize(
    "who", ["administrator", "sub_administrator", "board", "spoc", "dpo", "investigator"]
)
def test_no_role_stands_above_the_rules(world: World, who: str) -> None:
    browser = world.browser(who)
    publish_rules(world.here)
    assert browser.get("/").headers["Location"] == "/rules"
    assert accept(browser).status_code == 303
    assert browser.get("/").status_code == 200


def test_who_must_accept_hears_no_alert_and_keeps_no_socket(world: World, app: Flask) -> None:
    member = world.browser("member")
    with member.client.session_transaction() as cookie:
        token = cookie["_user_id"]
    sessions = {row.id for row in queries.open_sessions(world.here.actor("member").id)}
    assert queries.listening_sessions(sessions) == sessions
    assert _listener(app, token) == world.here.actor("member").id
    publish_rules(world.here)
    assert queries.listening_sessions(sessions) == set()
    assert _listener(app, token) is None
    accept(member)
    db.session.rollback()
    assert queries.listening_sessions(sessions) == sessions
    assert _listener(app, token) == world.here.actor("member").id


def _listener(app: Flask, token: str) -> uuid.UUID | None:
    def asked() -> uuid.UUID | None:
        with app.test_request_context("/"):
            session["_user_id"] = token
            found = find_listener()
            return found.id if found else None

    return contextvars.Context().run(asked)


def test_publishing_tells_the_sockets_of_everybody_signed_in(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    manager = world.browser("administrator")
    world.browser("member")
    world.browser("member", world.there)
    publish_rules(world.here)
    accept(manager)
    told: list[dict[str, object]] = []
    monkeypatch.setattr(live(), "tell", lambda kind, **news: told.append({"kind": kind, **news}))
    assert publish_next(manager, "rules", "Rules", NEVER).status_code == 303
    here = {world.here.actor(who).id for who in ("administrator", "member")}
    assert {one["member_id"] for one in told if one["kind"] == "rights"} == here


def test_every_box_must_be_ticked_and_none_is_ticked_beforehand(world: World) -> None:
    member = world.browser("member")
    publish_rules(world.here)
    page = member.get("/rules")
    ids = shown_on(page)
    assert len(ids) == 3
    assert " checked" not in page.text
    again = member.post("/rules", {"shown": ids, "accepted": ids[:2]})
    assert again.status_code == 422
    assert "tick each box" in again.text
    assert again.text.count(" checked") == 2
    assert member.post("/rules", {}).status_code != 303
    assert proofs(world.here.actor("member").id) == []
    assert member.get("/gallery").status_code == 302


def test_an_acceptance_keeps_the_words_the_time_and_the_sign_in(world: World) -> None:
    member, actor = world.browser("member"), world.here.actor("member")
    publish_rules(world.here)
    assert accept(member, "/gallery").headers["Location"] == "/gallery"
    assert member.get("/gallery").status_code == 200
    rows = proofs(actor.id)
    [signed_in] = queries.open_sessions(actor.id)
    documents = {row.id: row for row in queries.current_documents(world.here.scheme_id)}
    assert {row.document_id for row in rows} == set(documents)
    for row in rows:
        document = documents[row.document_id]
        assert row.digest == words_digest(document.title, document.body)
        assert row.session_id == signed_in.id
    acts = select(AuditEvent.detail).where(
        AuditEvent.act == "rules accepted", AuditEvent.actor_id == actor.id
    )
    assert db.session.scalars(acts).all() == [
        "rules version 1, data agreement version 1, privacy version 1"
    ]
    mine = member.get("/me/rules")
    assert mine.text.count("Words unchanged") == 3
    assert member.get(f"/me/rules/{rows[0].document_id}").status_code == 200


def test_a_second_press_accepts_nothing_twice(world: World) -> None:
    member = world.browser("member")
    publish_rules(world.here)
    ids = shown_on(member.get("/rules"))
    for _ in range(2):
        assert member.post("/rules", {"shown": ids, "accepted": ids}).status_code == 303
    assert len(proofs(world.here.actor("member").id)) == 3


def test_the_way_back_is_a_page_of_this_site_alone(world: World) -> None:
    for who, bad in (("member", "https://evil.example/"), ("second_member", "//evil.example")):
        browser = world.browser(who)
        if who == "member":
            publish_rules(world.here)
        assert accept(browser, bad).headers["Location"] == "/"


def test_what_was_published_while_somebody_read_is_not_accepted_unread(world: World) -> None:
    member, manager = world.browser("member"), world.browser("administrator")
    publish_rules(world.here)
    read = shown_on(member.get("/rules"))
    accept(manager)
    assert publish_next(manager, "rules", "Stricter rules", NEVER).status_code == 303
    late = member.post("/rules", {"shown": read, "accepted": read})
    assert late.status_code == 409
    assert "There is a newer version" in late.text
    assert "Stricter rules" in late.text
    assert " checked" not in late.text
    assert proofs(world.here.actor("member").id) == []
    newest = shown_on(late)
    assert newest != read
    assert member.post("/rules", {"shown": newest, "accepted": newest}).status_code == 303
    assert member.get("/gallery").status_code == 200


def test_made_up_ids_and_another_schemes_documents_accept_nothing(world: World) -> None:
    member = world.browser("member")
    publish_rules(world.here)
    publish_rules(world.there)
    foreign = [str(row.id) for row in queries.current_documents(world.there.scheme_id)]
    own = shown_on(member.get("/rules"))
    for ids in (foreign, [*own, foreign[0]], own[:1], ["x"]):
        assert member.post("/rules", {"shown": ids, "accepted": ids}).status_code in (409, 422)
    assert proofs(world.here.actor("member").id) == []
    assert member.get(f"/me/rules/{foreign[0]}").status_code == 404


def test_a_new_version_is_accepted_anew_by_everybody_and_the_old_proof_stays(world: World) -> None:
    member, manager = world.browser("member"), world.browser("administrator")
    publish_rules(world.here)
    accept(member)
    accept(manager)
    publish_next(manager, "privacy", "Privacy notice", "We keep your name.")
    assert member.get("/gallery").headers["Location"].startswith("/rules")
    assert manager.get("/desk").headers["Location"].startswith("/rules")
    page = member.get("/rules").text
    assert page.count("New for you") == 1
    assert page.count("Accept again") == 2
    assert "Version 2" in page
    accept(member)
    assert len(proofs(world.here.actor("member").id)) == 6
    assert member.get("/me/rules").text.count("Version 1") == 5


def test_an_acceptance_runs_out_while_a_page_is_open(world: World) -> None:
    with time_machine.travel("2026-01-31T12:00Z", tick=False):
        publish_rules(world.here)
        accept(world.browser("member"))
        with writing():
            db.session.get_one(Scheme, world.here.scheme_id).rules_renew_months = 1
    with time_machine.travel("2026-02-27T23:55Z", tick=False) as day:
        member = world.browser("member")
        sessions = {row.id for row in queries.open_sessions(world.here.actor("member").id)}
        assert member.get("/gallery").status_code == 200
        assert len(queries.listening_sessions(sessions)) == 1
        day.shift(10 * 60)
        db.session.rollback()
        assert queries.listening_sessions(sessions) == set()
        poll = member.get("/alerts/live", headers={"Accept": "application/json"})
        assert poll.status_code == 403
        assert accept(member, "/gallery").status_code == 303
        assert member.get("/gallery").status_code == 200


def test_a_host_whose_clock_is_slow_does_not_ask_twice(world: World) -> None:
    publish_rules(world.here)
    with writing():
        scheme = db.session.get_one(Scheme, world.here.scheme_id)
        ahead = scheme.rules_changed_at = clock.now().replace(microsecond=0) + timedelta(days=9999)
        member = db.session.get_one(Member, world.here.actor("member").id)
        accepting.accept_all(member, uuid.uuid4())
    assert member.rules_accepted_at == ahead


def test_who_is_invited_to_a_real_scheme_must_accept_its_templates(world: World) -> None:
    place = make_place("New Watch", live=False)
    with writing():
        scheme = db.session.get_one(Scheme, place.scheme_id)
        newcomer, _token = service.invite(scheme, "Invented Newcomer", "n@example.org", Role.MEMBER)
        assert queries.rules_are_due(newcomer)
        accepting.accept_all(newcomer, uuid.uuid4())
        assert not queries.rules_are_due(newcomer)


def test_who_has_just_joined_is_held_until_they_accept(world: World, browser: Browser) -> None:
    publish_rules(world.here)
    with writing():
        scheme = db.session.get_one(Scheme, world.here.scheme_id)
        areas = [db.session.get_one(Area, world.here.area_id)]
        _member, token = service.invite(
            scheme, "Invented Newcomer", "n@example.org", Role.MEMBER, areas=areas
        )
    browser.get(f"/join/{token}")
    joined = browser.post(f"/join/{token}", {"password": PASSWORD, "again": PASSWORD})
    assert joined.status_code in (302, 303), joined.text
    browser.get("/me")
    assert browser.get("/").headers["Location"] == "/rules"
    assert browser.get("/gallery").headers["Location"].startswith("/rules")
    assert accept(browser, "/gallery").headers["Location"] == "/gallery"
    assert browser.get("/gallery").status_code == 200


def test_a_stranger_cannot_read_or_accept_the_rules(world: World, browser: Browser) -> None:
    publish_rules(world.here)
    assert browser.get("/rules").headers["Location"].startswith("/sign-in")
    browser.get("/sign-in")
    assert browser.post("/rules", {}).status_code == 401


def test_published_words_cannot_be_changed_by_the_program(world: World) -> None:
    publish_rules(world.here)
    with pytest.raises(RuntimeError, match="never changes"), writing():
        queries.current_documents(world.here.scheme_id)[0].body = "Anything goes."


def test_words_changed_behind_the_programs_back_show_in_the_proof(world: World) -> None:
    member = world.browser("member")
    publish_rules(world.here)
    accept(member)
    with writing() as opened:
        opened.execute(
            sa.text("UPDATE rules_document SET body = 'Anything goes.' WHERE kind = 'rules'")
        )
    page = member.get("/me/rules").text
    assert page.count("Words differ") == 1
    assert page.count("Words unchanged") == 2


def test_signing_in_while_held_leads_to_the_rules(world: World, browser: Browser) -> None:
    world.here.actor("member")
    publish_rules(world.here)
    assert browser.sign_in(world.here.emails["member"], PASSWORD).status_code == 302
    assert browser.get("/").headers["Location"] == "/rules"


def test_paragraphs_and_headings_are_told_apart() -> None:
    body = "Why\nBecause.\nIt matters.\n\nOne line alone\n\nA sentence.\nAnother one."
    assert paragraphs(body) == [
        ("Why", ["Because.", "It matters."]),
        ("", ["One line alone"]),
        ("", ["A sentence.", "Another one."]),
    ]
