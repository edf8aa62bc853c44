"""The Administrator publishes what everybody must accept; what was published stays."""

import re

import pytest
import time_machine
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from disc.core.audit import AuditEvent
from disc.core.database import db
from disc.core.errors import Stale
from disc.core.transaction import writing
from disc.members import accepting, queries, service
from disc.members.accepting import Words
from disc.members.models import DocumentKind, RulesDocument, Scheme
from tests.documents import accept, publish_next, publish_rules, words_of
from tests.world import World

SENTENCE = re.compile(r"[^.!?\n]+[.!?]")
CONTRACTION = re.compile(r"\b\w+'(?:t|re|ll|ve|m)\b|\b(?:it|that|what|who)'s\b", re.IGNORECASE)


def test_a_new_scheme_begins_with_three_documents_and_a_demo_with_none(world: World) -> None:
    with writing():
        scheme_id = service.create_scheme("new", "New Watch").id
        demo_id = service.create_scheme("demo", "Demo", is_demo=True).id
    found = queries.current_documents(scheme_id)
    assert [(row.kind, row.version) for row in found] == [(kind, 1) for kind in DocumentKind]
    assert all("template" in row.body for row in found)
    assert db.session.get_one(Scheme, scheme_id).rules_changed_at is not None
    assert queries.current_documents(demo_id) == []
    assert db.session.get_one(Scheme, demo_id).rules_changed_at is None


@pytest.mark.parametrize("kind", DocumentKind)
def test_the_templates_are_short_and_plain(kind: DocumentKind) -> None:
    words = accepting.template(kind)
    text = f"{words.title}\n{words.body}"
    assert CONTRACTION.findall(text) == []
    lengths = [len(sentence.split()) for sentence in SENTENCE.findall(words.body)]
    assert max(lengths) <= 26
    assert sum(lengths) / len(lengths) <= 12
    assert "check it with its own adviser" in text


def test_the_rules_say_what_the_regulator_asks(world: World) -> None:
    rules = accepting.template(DocumentKind.RULES).body
    for word in ("social media", "WhatsApp", "poster", "owner allows", "misuse", "999"):
        assert word in rules
    agreement = accepting.template(DocumentKind.DATA_AGREEMENT).body
    for word in ("true", "guess", "ethnicity", "wrong"):
        assert word in agreement


def test_a_new_version_is_previewed_then_published_and_the_old_one_stays(world: World) -> None:
    manager = world.browser("administrator")
    publish_rules(world.here)
    accept(manager)
    first = queries.find_current(world.here.scheme_id, DocumentKind.RULES)
    assert first
    begun = manager.get("/desk/rules/rules/new")
    assert "What you must never do" in begun.text
    sent = {"title": " Our  rules ", "body": "Why\r\nBecause.\r\n\r\n<b>Never</b> share.  \r\n"}
    seen = manager.post("/desk/rules/rules/new", {**sent, "after": "1", "preview": "y"})
    assert seen.status_code == 200
    assert "<h3>Why</h3>" in seen.text
    assert "&lt;b&gt;Never&lt;/b&gt; share." in seen.text
    assert len(queries.document_history(world.here.scheme_id)) == 3
    db.session.rollback()
    published = manager.post("/desk/rules/rules/new", {**sent, "after": "1", "publish": "y"})
    assert published.status_code == 303
    db.session.rollback()
    row = queries.find_current(world.here.scheme_id, DocumentKind.RULES)
    assert row
    assert (row.version, row.title) == (2, "Our rules")
    assert row.body == "Why\nBecause.\n\n<b>Never</b> share."
    assert row.published_by_id == world.here.actor("administrator").id
    assert db.session.get_one(RulesDocument, first.id).body == first.body
    accept(manager)
    assert "What you must never do" in manager.get(f"/desk/rules/{first.id}").text
    acts = select(AuditEvent.detail).where(
        AuditEvent.act == "rules published",
        AuditEvent.actor_id == world.here.actor("administrator").id,
    )
    assert db.session.scalars(acts).all() == ["rules version 2"]


def test_bad_words_are_kept_and_said(world: World) -> None:
    manager = world.browser("administrator")
    publish_rules(world.here)
    accept(manager)
    path = "/desk/rules/data-agreement/new"
    manager.get(path)
    empty = manager.post(path, {"title": "Kept title", "body": "  ", "after": "1", "publish": "y"})
    assert empty.status_code == 422
    assert "Kept title" in empty.text
    assert "Type the text." in empty.text
    long = manager.post(path, {"title": "T", "body": "x" * 40_001, "after": "1", "publish": "y"})
    assert long.status_code == 422
    words = accepting.template(DocumentKind.DATA_AGREEMENT)
    same = {"title": words.title, "body": words.body, "after": "1", "publish": "y"}
    unchanged = manager.post(path, same)
    assert (unchanged.status_code, "changed nothing" in unchanged.text) == (422, True)
    assert manager.get("/desk/rules/made-up/new").status_code == 404


def test_two_who_publish_at_once_make_one_version(world: World) -> None:
    manager = world.browser("administrator")
    publish_rules(world.here)
    accept(manager)
    actor = world.here.actor("administrator")
    with writing():
        accepting.publish(actor, DocumentKind.RULES, Words("A", "a"), after=1)
    with pytest.raises(Stale), writing():
        accepting.publish(actor, DocumentKind.RULES, Words("B", "b"), after=1)
    accept(manager)
    late = {"title": "C", "body": "c", "after": "1", "publish": "y"}
    assert manager.post("/desk/rules/rules/new", late).status_code == 409
    with pytest.raises(IntegrityError), writing():
        twin = {"kind": DocumentKind.RULES, "version": 2, "title": "T", "body": "t"}
        db.session.add(RulesDocument(scheme_id=world.here.scheme_id, **twin))


def test_the_page_says_who_has_not_accepted_yet_by_name(world: World) -> None:
    manager, member = world.browser("administrator"), world.browser("member")
    publish_rules(world.here)
    accept(manager)
    accept(member)
    page = words_of(manager.get("/desk/rules"))
    number = world.here.number
    assert "2 of 6 people have accepted" in page
    assert f"Pat Board {number}" in page
    assert f"Pat Member {number}" not in page
    assert f"Pat Board {world.there.number}" not in page


def test_how_long_an_acceptance_lasts_is_the_schemes_choice(world: World) -> None:
    with time_machine.travel("2026-01-10T12:00Z", tick=False):
        publish_rules(world.here)
        accept(world.browser("member"))
    with time_machine.travel("2026-07-01T12:00Z", tick=False):
        member, manager = world.browser("member"), world.browser("administrator")
        accept(manager)
        assert member.get("/gallery").status_code == 200
        manager.get("/desk/rules")
        for wrong in ("0", "37", "x", ""):
            sent = {"rules_renew_months": wrong}
            assert manager.post("/desk/rules/renewal", sent).status_code == 422
        sent = {"rules_renew_months": "3"}
        assert manager.post("/desk/rules/renewal", sent).status_code == 303
        assert member.get("/gallery").status_code == 302
        assert manager.get("/desk").status_code == 200


@pytest.mark.parametrize(
    "who", ["member", "group_manager", "sub_administrator", "board", "spoc", "dpo"]
)
def test_only_an_administrator_publishes(world: World, who: str) -> None:
    browser = world.browser(who)
    browser.get("/me")
    assert browser.get("/desk/rules").status_code == 404
    sent = {"title": "Mine", "body": "All mine.", "after": "0", "publish": "y"}
    assert browser.post("/desk/rules/rules/new", sent).status_code == 404
    assert browser.post("/desk/rules/renewal", {"rules_renew_months": "1"}).status_code == 404
    assert queries.document_history(world.here.scheme_id) == []


def test_another_schemes_administrator_neither_sees_nor_changes_ours(world: World) -> None:
    stranger = world.browser("administrator", world.there)
    publish_rules(world.here)
    row = queries.current_documents(world.here.scheme_id)[0].id
    db.session.rollback()
    assert stranger.get(f"/desk/rules/{row}").status_code == 404
    assert publish_next(stranger, "rules", "Theirs", "Theirs alone.").status_code == 303
    assert len(queries.document_history(world.here.scheme_id)) == 3
    assert len(queries.document_history(world.there.scheme_id)) == 1


def test_publishing_asks_for_a_fresh_proof(world: World) -> None:
    publish_rules(world.here)
    with time_machine.travel("2026-06-01T12:00Z", tick=False) as day:
        manager = world.browser("administrator")
        accept(manager)
        manager.get("/desk/rules")
        day.shift(11 * 60)
        sent = {"title": "Late", "body": "Too late.", "after": "1", "publish": "y"}
        refused = manager.post("/desk/rules/rules/new", sent)
        assert refused.status_code == 401
        assert manager.post("/desk/rules/renewal", {"rules_renew_months": "1"}).status_code == 401
    assert len(queries.document_history(world.here.scheme_id)) == 3


def test_a_scheme_from_before_begins_with_the_template_and_its_checklist_waits(
    world: World,
) -> None:
    manager = world.browser("administrator")
    manager.get("/desk/go-live")
    refused = manager.post("/desk/go-live/rules", {"proof": "In the folder"})
    assert (refused.status_code, "no rules to accept yet" in refused.text) == (409, True)
    assert "What you must never do" in manager.get("/desk/rules/rules/new").text
    words = accepting.template(DocumentKind.RULES)
    assert publish_next(manager, "rules", words.title, words.body).status_code == 303
    accept(manager)
    manager.get("/desk/go-live")
    done = manager.post("/desk/go-live/rules", {"proof": "In the folder"})
    assert done.status_code == 303
