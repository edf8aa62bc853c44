"""Whom members know of the people in police pictures: the SPOC reads it too, and names nobody."""

import re
import uuid
from datetime import timedelta

import pytest
import sqlalchemy as sa

from disc.core import clock
from disc.core.audit import AuditEvent
from disc.core.database import db
from disc.core.transaction import writing
from disc.gallery import identifying, service
from disc.gallery.models import AnswerOutcome, Identification, PoliceNote, Subject, Sureness
from disc.gallery.queries import get_subject
from disc.members.models import Member, Scheme
from disc.stills.models import Source, Still
from tests.browsers import Browser
from tests.story import in_gallery
from tests.world import Place, World

NAME, OTHER = "Invented Surname", "Quayside Nickname"


def from_police(place: Place, seed: int = 1, who: str = "member") -> tuple[uuid.UUID, uuid.UUID]:
    subject_id, still_id = in_gallery(place, seed=seed, who=who)
    with writing():
        db.session.get_one(Still, still_id).source = Source.POLICE
    return subject_id, still_id


def said(
    place: Place, subject_id: uuid.UUID, who: str, answer: str = NAME, *, for_police: bool = True
) -> uuid.UUID:
    with writing():
        return identifying.identify(
            place.actor(who),
            db.session.get_one(Subject, subject_id),
            answer,
            "From school",
            Sureness.SURE,
            for_police=for_police,
        ).id


def get(answer_id: uuid.UUID) -> Identification:
    db.session.rollback()
    return db.session.get_one(Identification, answer_id)


def send(browser: Browser, subject_id: uuid.UUID) -> None:
    """Say through the page who somebody is, and send all that the page sends."""
    path = f"/gallery/{subject_id}/know"
    seen_by = re.search(r'name="seen_by" value="(\w*)"', browser.get(path).text)[1]
    told = {"sureness": "sure", "answer": NAME, "how": "", "seen_by": seen_by}
    assert browser.post(path, told).status_code == 303


def reads(browser: Browser, subject_id: uuid.UUID) -> bool:
    """Say whether a browser finds somebody's answers, in the inbox and under their address."""
    listed = f"/police/answers/{subject_id}" in browser.get("/police").text
    assert browser.get(f"/police/answers/{subject_id}").status_code == (200 if listed else 404)
    return listed


def test_a_member_is_told_before_they_send_who_reads_it(world: World) -> None:
    subject_id, still_id = in_gallery(world.here)
    page = world.browser("member").get(f"/gallery/{subject_id}/know").text
    assert "Only the manager sees this." in page
    with writing():
        db.session.get_one(Still, still_id).source = Source.POLICE
    page = world.browser("member").get(f"/gallery/{subject_id}/know").text
    assert "The manager and the police see this, with your name." in page
    assert "Only the manager" not in page


def test_the_spoc_reads_the_answers_and_it_is_written_down(world: World) -> None:
    subject_id, still_id = from_police(world.here)
    send(world.browser("member"), subject_id)
    said(world.here, subject_id, "second_member", OTHER)
    spoc = world.browser("spoc")
    assert reads(spoc, subject_id)
    page = spoc.get(f"/police/answers/{subject_id}").text
    for words in (NAME, OTHER, "Sure", "From school", "Corner Foods", "Pat Member"):
        assert words in page
    assert str(still_id) in page
    assert set(re.findall(r'action="([^"]+)"', page)) == {f"/police/answers/{subject_id}"}
    assert f'href="/people/{subject_id}' not in page
    db.session.rollback()
    read = sa.select(AuditEvent.target_id).where(AuditEvent.act == "answers to police read")
    assert set(db.session.scalars(read)) == {subject_id}
    assert NAME in world.browser("administrator").get("/desk/answers").text


def test_the_spoc_reads_what_was_promised_to_the_manager_alone_never(world: World) -> None:
    subject_id, still_id = in_gallery(world.here)
    member = world.browser("member")
    send(member, subject_id)
    assert 'name="seen_by" value=""' in member.get(f"/gallery/{subject_id}/know").text
    with writing():
        db.session.get_one(Still, still_id).source = Source.POLICE
    assert not reads(world.browser("spoc"), subject_id)
    told = {"sureness": "sure", "answer": OTHER, "seen_by": ""}
    member.post(f"/gallery/{subject_id}/know", told)
    assert not reads(world.browser("spoc"), subject_id)
    send(member, subject_id)
    assert reads(world.browser("spoc"), subject_id)


def test_a_member_cannot_send_to_the_police_what_is_not_theirs(world: World) -> None:
    subject_id, _ = in_gallery(world.here)
    assert not get(said(world.here, subject_id, "member")).for_police


@pytest.mark.parametrize(
    "why", ["withdrawn", "of a member", "hidden", "restricted", "past its day", "not shown"]
)
def test_what_the_police_may_not_see_does_not_exist_for_them(world: World, why: str) -> None:
    subject_id, still_id = from_police(world.here)
    said(world.here, subject_id, "member")
    manager, spoc = world.here.actor("administrator"), world.browser("spoc")
    assert reads(spoc, subject_id)
    with writing():
        subject, still = get_subject(manager, subject_id), db.session.get_one(Still, still_id)
        if why == "withdrawn":
            still.hidden_at = still.withdrawn_at = clock.now()
            still.withdrawn_by_id = world.here.actor("spoc").id
        elif why == "of a member":
            still.source = Source.MEMBER
        elif why == "hidden":
            service.hide_subject(manager, subject, hidden=True)
        elif why == "restricted":
            subject.restricted_only = True
        elif why == "past its day":
            subject.hide_on = clock.today() - timedelta(days=1)
        else:
            db.session.get_one(Scheme, world.here.scheme_id).id_sought_by_themselves = False
    assert not reads(spoc, subject_id)


def test_another_area_and_another_scheme_have_nothing_here(world: World) -> None:
    subject_id, _ = from_police(world.here, who="far_member")
    said(world.here, subject_id, "far_member")
    assert not reads(world.browser("spoc"), subject_id)
    near, _ = from_police(world.here, seed=2)
    said(world.here, near, "member")
    assert not reads(world.browser("spoc", world.there), near)


@pytest.mark.parametrize("who", ["member", "board", "administrator"])
def test_the_page_of_the_police_is_for_them_alone(world: World, who: str) -> None:
    subject_id, _ = from_police(world.here)
    said(world.here, subject_id, "member")
    browser = world.browser(who)
    browser.get("/me")
    path = f"/police/answers/{subject_id}"
    assert browser.get(path).status_code == 404
    assert browser.post(path, {"note": "passed on"}).status_code == 404
    assert path not in browser.get("/police").text


def test_the_police_note_what_they_did_and_the_manager_reads_it(world: World) -> None:
    subject_id, _ = from_police(world.here)
    answer = said(world.here, subject_id, "member")
    spoc, path = world.browser("spoc"), f"/police/answers/{subject_id}"
    version = re.search(r'name="version" value="(\w+)"', spoc.get(path).text)[1]
    nothing = spoc.post(path, {"version": version})
    assert nothing.status_code == 422
    assert "Choose what you did with it." in nothing.text
    note = {"version": version, "note": "passed on"}
    assert spoc.post(path, note).status_code == 303
    assert spoc.post(path, note).status_code == 409
    assert get(answer).police_note is PoliceNote.PASSED_ON
    assert get(answer).outcome is None
    page = world.browser("administrator").get("/desk/answers").text
    assert "Police: Passed to the officer in the case" in page
    assert "Noted" in spoc.get("/police").text


def test_the_police_read_what_the_manager_decided(world: World) -> None:
    subject_id, _ = from_police(world.here)
    answer = said(world.here, subject_id, "member")
    manager, path = world.here.actor("administrator"), f"/police/answers/{subject_id}"
    assert "The manager could not use it" not in world.browser("spoc").get(path).text
    with writing():
        seen = identifying.manager_version([get(answer)])
        decided = AnswerOutcome.NOT_USED
        identifying.decide(manager, subject_id, [answer], decided, seen=seen)
    assert "The manager could not use it" in world.browser("spoc").get(path).text


def test_who_was_stopped_for_opening_too_many_pictures_reads_no_names(world: World) -> None:
    subject_id, _ = from_police(world.here)
    said(world.here, subject_id, "member")
    with writing():
        member = db.session.get_one(Member, world.here.actor("spoc").id)
        member.viewing_stopped_at = clock.now()
    answer = world.browser("spoc").get(f"/police/answers/{subject_id}")
    assert answer.status_code == 429
    assert NAME not in answer.text


def test_an_answer_that_came_since_is_read_before_it_is_noted(world: World) -> None:
    subject_id, _ = from_police(world.here)
    said(world.here, subject_id, "member")
    spoc, path = world.browser("spoc"), f"/police/answers/{subject_id}"
    version = re.search(r'name="version" value="(\w+)"', spoc.get(path).text)[1]
    late = said(world.here, subject_id, "second_member", OTHER)
    assert spoc.post(path, {"version": version, "note": "no help"}).status_code == 409
    assert get(late).police_note is None


def test_a_changed_answer_has_no_note_of_what_it_said_before(world: World) -> None:
    subject_id, _ = from_police(world.here)
    answer = said(world.here, subject_id, "member")
    with writing():
        row = db.session.get_one(Identification, answer)
        row.police_note, row.police_noted_at = PoliceNote.NO_HELP, clock.now()
    assert said(world.here, subject_id, "member", OTHER, for_police=False) == answer
    assert get(answer).police_note is None
    assert not reads(world.browser("spoc"), subject_id)


def test_a_scheme_that_closes_its_gallery_to_the_police_closes_their_own_answers_too(
    world: World,
) -> None:
    subject_id, _ = in_gallery(world.here)
    with writing():
        db.session.get_one(Scheme, world.here.scheme_id).police_may_see_gallery = True
    said(world.here, subject_id, "spoc")
    spoc, reference = world.browser("spoc"), get_reference(subject_id)
    assert reference in spoc.get("/my-answers").text
    with writing():
        db.session.get_one(Scheme, world.here.scheme_id).police_may_see_gallery = False
    assert reference not in spoc.get("/my-answers").text


def get_reference(subject_id: uuid.UUID) -> str:
    db.session.rollback()
    return db.session.get_one(Subject, subject_id).reference
