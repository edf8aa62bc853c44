"""Answers to "Who is this?" are put together, decided once, and told to those who gave them."""

import html
import re
import uuid
from functools import partial

import pytest
import sqlalchemy as sa
from flask import Flask

from disc.core.audit import AuditEvent
from disc.core.database import db
from disc.core.errors import DiscError
from disc.core.transaction import writing
from disc.gallery import care, identifying, service
from disc.gallery.erasing import erase_subject
from disc.gallery.looks import UNDER_10
from disc.gallery.merging import merge, unmerge
from disc.gallery.models import (
    AnswerOutcome,
    Audience,
    Identification,
    Subject,
    SubjectKind,
    Sureness,
)
from disc.gallery.queries import get_subject
from tests.at_once import at_once
from tests.browsers import Browser
from tests.desk.deciding import take_effect
from tests.story import in_gallery
from tests.world import Place, World

NAME, MISSPELT, OTHER = "Invented Surname", "Invented Surnane", "Quayside Nickname"
USED, NOT_USED, LOOKING = AnswerOutcome.USED, AnswerOutcome.NOT_USED, AnswerOutcome.LOOKING


def told(
    place: Place,
    subject_id: uuid.UUID,
    who: str,
    answer: str = NAME,
    sureness: Sureness = Sureness.SURE,
    **more: bool,
) -> uuid.UUID:
    with writing():
        subject = db.session.get_one(Subject, subject_id)
        return identifying.identify(
            place.actor(who), subject, answer, "From school", sureness, **more
        ).id


def gallery(place: Place, name: str = "Banned", audience: Audience = Audience.EVERYBODY) -> str:
    with writing():
        made = service.add_gallery(place.actor("administrator"), name, "", 6)
        made.seen_by = audience
        return str(made.id)


def named(place: Place, subject_id: uuid.UUID, name: str, *galleries: str) -> None:
    manager = place.actor("administrator")
    with writing():
        subject = get_subject(manager, subject_id)
        service.name_subject(manager, subject, name, map(uuid.UUID, galleries))


def outcome(answer_id: uuid.UUID) -> AnswerOutcome | None:
    db.session.rollback()
    return db.session.get_one(Identification, answer_id).outcome


def version(*answer_ids: uuid.UUID) -> str:
    db.session.rollback()
    rows = [db.session.get_one(Identification, one) for one in answer_ids]
    return identifying.manager_version(rows)


def cards(place: Place, who: str = "administrator") -> list[list[tuple[str, int]]]:
    db.session.rollback()
    found = identifying.cards(place.actor(who))
    return [[(one.name, one.people) for one in card.names] for card in found]


def send(browser: Browser, page: str, decision: str, at: int = 0) -> int:
    """Press a decision of the page's form number ``at``, and let it take effect."""
    forms = re.findall(r'action="(/desk/answers/[^"]+)"(.*?)</form>', page, re.DOTALL)
    path, fields = forms[at]
    said = {
        "seen": re.findall(r'name="seen" value="(\w+)"', fields)[0],
        "answers": re.findall(r'name="answers" value="([^"]+)"', fields),
        "decision": decision,
    }
    status = browser.post(path, said).status_code
    take_effect()
    return status


def test_the_manager_sees_one_card_with_the_likeliest_name_first(world: World) -> None:
    subject_id, _ = in_gallery(world.here)
    told(world.here, subject_id, "administrator", OTHER)
    told(world.here, subject_id, "member", MISSPELT, Sureness.NOT_SURE)
    told(world.here, subject_id, "second_member", NAME, Sureness.FAIRLY_SURE)
    page = world.browser("administrator").get("/desk/answers").text
    assert page.count('class="card"') == 1
    assert page.index("2 members say so") < page.index("One member says so")
    for words in (MISSPELT, OTHER, "From school", "Fairly sure", "Corner Foods", "Pat Second"):
        assert words in page
    assert cards(world.here) == [[(NAME, 2), (OTHER, 1)]]


def test_answers_about_a_joined_record_count_for_the_kept_one(world: World) -> None:
    kept, absorbed = in_gallery(world.here, seed=1)[0], in_gallery(world.here, seed=2)[0]
    told(world.here, absorbed, "member")
    told(world.here, kept, "second_member", MISSPELT)
    assert len(cards(world.here)) == 2
    manager = world.here.actor("administrator")
    with writing():
        merge(manager, absorbed, kept)
    assert [[people for _, people in names] for names in cards(world.here)] == [[2]]
    with writing():
        unmerge(manager, absorbed)
    assert len(cards(world.here)) == 2


def test_a_known_subject_who_is_called_alike_is_suggested_to_who_may_see_them(
    world: World,
) -> None:
    subject_id, _ = in_gallery(world.here, seed=1)
    known, _ = in_gallery(world.here, seed=2)
    child, _ = in_gallery(world.here, seed=3)
    theirs, _ = in_gallery(world.there, seed=4)
    for place, one in ((world.here, known), (world.here, child), (world.there, theirs)):
        named(place, one, NAME, gallery(place, str(one)))
    with writing():
        one = db.session.get_one(Subject, child)
        one.age_band = UNDER_10
        care.take_care(world.here.actor("administrator"), one, under_18=True, vulnerable=False)
        assert one.under_10
    told(world.here, subject_id, "member", MISSPELT)
    whole = world.browser("administrator").get("/desk/answers").text
    assert f'href="/people/{known}"' in whole
    assert f'href="/people/{child}"' in whole
    part = world.browser("sub_administrator").get("/desk/answers").text
    assert f'href="/people/{known}"' in part
    assert str(child) not in part
    assert str(theirs) not in whole
    db.session.rollback()
    assert db.session.get_one(Subject, subject_id).merged_into_id is None
    read = sa.select(AuditEvent).where(AuditEvent.act == "answers read")
    assert len(db.session.scalars(read).all()) == 2


def test_use_this_name_leads_to_the_naming_form_with_the_name_out_of_the_address(
    world: World,
) -> None:
    subject_id, _ = in_gallery(world.here)
    banned = gallery(world.here)
    used = [
        told(world.here, subject_id, "member", NAME, Sureness.NOT_SURE),
        told(world.here, subject_id, "second_member", MISSPELT),
    ]
    other = told(world.here, subject_id, "administrator", OTHER)
    manager = world.browser("administrator")
    page = manager.get("/desk/answers").text
    [path, _] = re.findall(r'href="(/people/[^"]+\?answer=[^"]+)#name"', page)
    assert MISSPELT not in path
    form = manager.get(path).text
    assert f'value="{MISSPELT}"' in form
    answer = re.search(r'name="answer" value="([^"]+)"', form)[1]
    better = {"name": "Ingrid Surname", "galleries": banned, "answer": answer}
    assert manager.post(f"/people/{subject_id}/name", better).status_code == 303
    assert [outcome(one) for one in (*used, other)] == [USED, USED, NOT_USED]
    again = manager.post(f"/people/{subject_id}/name", {"name": OTHER, "galleries": banned})
    assert again.status_code == 409
    assert "Somebody else gave this person a name first" in again.text
    db.session.rollback()
    assert db.session.get_one(Subject, subject_id).name == "Ingrid Surname"


def test_a_name_is_not_taken_from_an_answer_that_is_decided(world: World) -> None:
    subject_id, _ = in_gallery(world.here)
    banned, answer = gallery(world.here), told(world.here, subject_id, "member")
    manager = world.browser("administrator")
    assert send(manager, manager.get("/desk/answers").text, NOT_USED) == 303
    late = {"name": NAME, "galleries": banned, "answer": str(answer)}
    assert manager.post(f"/people/{subject_id}/name", late).status_code == 409
    db.session.rollback()
    assert db.session.get_one(Subject, subject_id).kind is SubjectKind.ID_SOUGHT
    assert NAME not in manager.get(f"/people/{subject_id}?answer={answer}").text


def test_what_may_be_right_stays_open_and_what_is_not_goes(world: World) -> None:
    subject_id, _ = in_gallery(world.here)
    first = told(world.here, subject_id, "member")
    second = told(world.here, subject_id, "second_member", OTHER)
    manager = world.browser("administrator")
    assert send(manager, manager.get("/desk/answers").text, LOOKING, at=2) == 303
    page = manager.get("/desk/answers").text
    assert page.count("You are still looking") == 2
    assert "(0)" in manager.get("/desk").text
    assert send(manager, page, NOT_USED) == 303
    assert {outcome(first), outcome(second)} == {LOOKING, NOT_USED}
    assert len(cards(world.here)[0]) == 1


def test_of_two_managers_one_decides_and_the_other_is_told(app: Flask, world: World) -> None:
    subject_id, _ = in_gallery(world.here)
    answer = told(world.here, subject_id, "member")
    deputy, manager = (world.here.actor(who) for who in ("sub_administrator", "administrator"))
    seen = version(answer)
    refused = at_once(
        app,
        partial(identifying.decide, manager, subject_id, [answer], NOT_USED, seen=seen),
        partial(identifying.decide, deputy, subject_id, [answer], LOOKING, seen=seen),
    )
    assert refused == ["stale"]
    browser = world.browser("administrator")
    browser.get("/desk")
    said = {"seen": seen, "answers": str(answer), "decision": "not used"}
    late = browser.post(f"/desk/answers/{subject_id}", said)
    assert late.status_code == 409
    assert "Somebody else has decided" in late.text


def test_an_answer_that_was_changed_since_is_read_again_first(world: World) -> None:
    subject_id, _ = in_gallery(world.here)
    answer = told(world.here, subject_id, "member")
    manager = world.browser("administrator")
    page = manager.get("/desk/answers").text
    assert told(world.here, subject_id, "member", OTHER) == answer
    assert send(manager, page, NOT_USED) == 409
    assert outcome(answer) is None


def test_used_is_for_a_person_who_has_a_name(world: World) -> None:
    kept, absorbed = in_gallery(world.here, seed=1)[0], in_gallery(world.here, seed=2)[0]
    answer = told(world.here, absorbed, "member")
    manager = world.here.actor("administrator")
    with pytest.raises(DiscError, match="Type the name"), writing():
        identifying.decide(manager, absorbed, [answer], USED, seen=version(answer))
    named(world.here, kept, NAME, gallery(world.here))
    with writing():
        merge(manager, absorbed, kept)
    assert outcome(answer) is None
    browser = world.browser("administrator")
    page = browser.get("/desk/answers").text
    assert "This is right" in page
    assert "?answer=" not in page
    assert send(browser, page, USED) == 303
    assert outcome(answer) is USED


def test_a_made_up_decision_is_none(world: World) -> None:
    subject_id, _ = in_gallery(world.here)
    answer = told(world.here, subject_id, "member")
    browser = world.browser("administrator")
    browser.get("/desk")
    for said in ({}, {"decision": "banned"}, {"decision": "used", "answers": "x"}):
        assert browser.post(f"/desk/answers/{subject_id}", said).status_code == 404
    assert outcome(answer) is None


@pytest.mark.parametrize(
    ("decision", "words"),
    [
        (None, "The manager has not decided yet"),
        (LOOKING, "The manager is still looking"),
        (NOT_USED, "The manager could not use it"),
    ],
)
def test_whoever_answered_reads_what_became_of_it(
    world: World, decision: AnswerOutcome | None, words: str
) -> None:
    subject_id, _ = in_gallery(world.here)
    answer = told(world.here, subject_id, "member")
    told(world.here, subject_id, "second_member", OTHER)
    if decision:
        with writing():
            manager = world.here.actor("administrator")
            identifying.decide(manager, subject_id, [answer], decision, seen=version(answer))
    db.session.rollback()
    number = db.session.get_one(Subject, subject_id).reference
    page = world.browser("member").get("/my-answers").text
    assert f"You said you know {number}" in page
    assert words in page
    assert NAME not in page
    assert OTHER not in page
    assert "/my-answers" in world.browser("member").get("/").text
    for who in ("far_member", "administrator"):
        assert number not in world.browser(who).get("/my-answers").text


def test_the_name_is_told_to_those_alone_who_may_see_it_now(world: World) -> None:
    subject_id, _ = in_gallery(world.here)
    told(world.here, subject_id, "member")
    told(world.here, subject_id, "group_manager", OTHER)
    few = gallery(world.here, "Few", Audience.RESTRICTED)
    named(world.here, subject_id, "Ingrid Surname", few)
    pages = {who: world.browser(who).get("/my-answers").text for who in ("member", "group_manager")}
    for page in pages.values():
        assert "could not use it" in page
    assert "Ingrid Surname" not in pages["member"]
    assert f"/gallery/{subject_id}" not in pages["member"]
    assert "Ingrid Surname" in pages["group_manager"]


@pytest.mark.parametrize("why", ["hidden", "restricted", "child", "with the Board"])
def test_about_a_record_that_is_not_there_for_a_member_there_is_no_answer(
    world: World, why: str
) -> None:
    subject_id, _ = in_gallery(world.here)
    told(world.here, subject_id, "member")
    manager, member = world.here.actor("administrator"), world.browser("member")
    assert "You said you know P-" in member.get("/my-answers").text
    with writing():
        subject = get_subject(manager, subject_id)
        if why == "hidden":
            service.hide_subject(manager, subject, hidden=True)
        elif why == "restricted":
            subject.restricted_only = True
        else:
            subject.age_band = UNDER_10 if why == "child" else ""
            care.take_care(manager, subject, under_18=True, vulnerable=False)
    assert "You said you know P-" not in member.get("/my-answers").text
    assert ("0" if why == "child" else "1") == str(len(cards(world.here, "sub_administrator")))
    assert len(cards(world.here)) == 1


def test_other_schemes_answers_do_not_exist(world: World) -> None:
    subject_id, _ = in_gallery(world.here)
    answer = told(world.here, subject_id, "member")
    stranger = world.browser("administrator", world.there)
    assert NAME not in stranger.get("/desk/answers").text
    said = {"seen": version(answer), "answers": str(answer), "decision": "not used"}
    assert stranger.post(f"/desk/answers/{subject_id}", said).status_code == 404
    mine, _ = in_gallery(world.there, seed=5)
    assert stranger.post(f"/desk/answers/{mine}", said).status_code == 409
    assert stranger.get(f"/people/{mine}?answer={answer}").status_code == 200
    assert outcome(answer) is None


def test_an_answer_goes_with_its_record(world: World) -> None:
    subject_id, _ = in_gallery(world.here)
    told(world.here, subject_id, "member")
    named(world.here, subject_id, NAME, gallery(world.here))
    with writing():
        erase_subject(db.session.get_one(Subject, subject_id))
    assert db.session.scalars(sa.select(Identification)).all() == []
    assert "You said you know" not in world.browser("member").get("/my-answers").text


def test_hostile_names_are_shown_as_words(world: World) -> None:
    subject_id, _ = in_gallery(world.here)
    hostile = "<script>alert(1)</script> Quay"
    told(world.here, subject_id, "member", hostile)
    page = world.browser("administrator").get("/desk/answers").text
    assert html.escape(hostile) in page
    assert "<script>alert" not in page


def test_the_desk_leads_to_answers_that_are_still_looked_into(world: World) -> None:
    subject_id, _ = in_gallery(world.here)
    answer_id = told(world.here, subject_id, "member")
    with writing():
        identifying.decide(
            world.here.actor("administrator"),
            subject_id,
            [answer_id],
            LOOKING,
            seen=version(answer_id),
        )
    desk = world.browser("administrator").get("/desk").text
    assert "Members say they know someone (0)" in desk
    assert 'href="/desk/answers"' in desk
