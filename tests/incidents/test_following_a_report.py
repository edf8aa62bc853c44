"""What follows a report: a question, an answer, what is added, an outcome, an end."""

import io
import re
import uuid
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import func, select

from disc.core import clock, live
from disc.core.database import db
from disc.core.keys import DataKey
from disc.core.live import Live, News
from disc.core.transaction import writing
from disc.dataprotection.retention import run_clocks
from disc.gallery.models import Subject
from disc.gallery.queries import get_subject
from disc.gallery.service import name_subject
from disc.incidents import following, queries
from disc.incidents.models import Incident, IncidentKnown, IncidentNote, IncidentState
from disc.incidents.service import accept
from disc.police.models import Outcome
from disc.police.service import escalate, record_outcome
from tests.pictures import picture
from tests.story import in_gallery, reported
from tests.world import World

QUESTION = "Which door did they use?"


def state(incident_id: uuid.UUID) -> IncidentState:
    db.session.rollback()
    return db.session.get_one(Incident, incident_id).state


def rows(table: type) -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(table)) or 0


def ask(world: World, incident_id: uuid.UUID, words: str = QUESTION, **more: str) -> object:
    manager = world.browser("administrator")
    manager.get(f"/desk/reports/{incident_id}")
    sent = {"submission_id": str(uuid.uuid4()), "words": words, **more}
    return manager.post(f"/desk/reports/{incident_id}/ask", sent)


def add(world: World, incident_id: uuid.UUID, who: str = "member", **more: object) -> object:
    browser = world.browser(who)
    browser.get("/my-reports")
    sent = {"submission_id": str(uuid.uuid4()), "words": "The back door.", **more}
    return browser.post(f"/my-reports/{incident_id}/add", sent, content_type="multipart/form-data")


def test_a_question_goes_to_the_reporter_and_the_answer_comes_back(world: World) -> None:
    incident_id = reported(world.here)
    assert ask(world, incident_id).status_code == 303
    assert state(incident_id) is IncidentState.RETURNED
    page = world.browser("member").get(f"/my-reports/{incident_id}").text
    assert QUESTION in page
    assert "Answer your manager" in page
    assert "Your manager asks you" in world.browser("member").get("/").text
    desk = world.browser("administrator").get("/desk").text
    assert "1 report waits for an answer" in " ".join(desk.split())
    assert add(world, incident_id).status_code == 303
    assert state(incident_id) is IncidentState.SUBMITTED
    desk = world.browser("administrator").get(f"/desk/reports/{incident_id}").text
    assert "The back door." in desk
    assert "The reporter answered" in desk
    assert "In their words" in desk
    own = world.browser("member").get(f"/my-reports/{incident_id}").text
    assert "You answered" in own
    assert "In your words" in own
    steps = re.findall(r'timeline__title">(\w+)', own)
    assert steps == ["Sent", "Your", "Answered", "Your"]  # it was not sent a second time


def test_the_page_to_change_a_report_leads_back_to_it(world: World) -> None:
    path = f"/my-reports/{reported(world.here)}"
    page = world.browser("member").get(f"{path}/change").text
    assert f'<a href="{path}">Back to the report</a>' in page
    assert 'data-steps="all"' in page  # on a phone too, so that one answer is changed at once


def test_an_answer_with_a_photo_adds_it_to_the_report(world: World) -> None:
    incident_id = reported(world.here)
    ask(world, incident_id)
    photo = (io.BytesIO(picture(4)), "door.jpg")
    assert add(world, incident_id, pictures=[photo]).status_code == 303
    assert len(queries.stills_of([incident_id])[incident_id]) == 1
    assert "1 photo came with it" in world.browser("member").get(f"/my-reports/{incident_id}").text


def test_a_manager_may_decide_before_the_answer_comes(world: World) -> None:
    incident_id = reported(world.here)
    ask(world, incident_id)
    with writing():
        accept(world.here.actor("administrator"), incident_id, None)
    assert state(incident_id) is IncidentState.ACCEPTED
    assert add(world, incident_id).status_code == 303
    assert state(incident_id) is IncidentState.ACCEPTED
    assert "New words about reports (1)" in world.browser("administrator").get("/desk").text


def press_read(world: World, incident_id: uuid.UUID, page: str) -> int:
    """Press "I read this" on a page as it was made."""
    shown = re.findall(r'name="note" value="([^"]+)"', page)
    manager = world.browser("administrator")
    manager.get("/desk")
    return manager.post(f"/desk/reports/{incident_id}/read", {"note": shown}).status_code


def test_what_came_after_the_page_was_made_is_not_marked_as_read(world: World) -> None:
    incident_id = reported(world.here)
    with writing():
        accept(world.here.actor("administrator"), incident_id, None)
    add(world, incident_id, words="They came again at noon.")
    page = world.browser("administrator").get(f"/desk/reports/{incident_id}").text
    add(world, incident_id, words="They had a knife.")
    assert press_read(world, incident_id, page) == 303
    db.session.rollback()
    assert [note.words for note in queries.unread_of(incident_id)] == ["They had a knife."]
    assert "New words about reports (1)" in world.browser("administrator").get("/desk").text


def test_what_is_added_after_the_decision_waits_until_a_manager_reads_it(world: World) -> None:
    incident_id = reported(world.here)
    with writing():
        accept(world.here.actor("administrator"), incident_id, None)
    add(world, incident_id, words="They came again at noon.")
    manager = world.browser("administrator")
    assert "They came again at noon." in manager.get(f"/desk/reports/{incident_id}").text
    assert press_read(world, incident_id, manager.get(f"/desk/reports/{incident_id}").text) == 303
    assert "New words about reports" not in manager.get("/desk").text
    assert "They came again at noon." in manager.get(f"/desk/reports/{incident_id}").text


def test_adding_twice_with_one_page_adds_once(world: World) -> None:
    incident_id = reported(world.here)
    once = str(uuid.uuid4())
    for _ in range(2):
        photo = (io.BytesIO(picture(5)), "door.jpg")
        assert add(world, incident_id, submission_id=once, pictures=[photo]).status_code == 303
    assert rows(IncidentNote) == 1
    assert len(queries.stills_of([incident_id])[incident_id]) == 1


def test_asking_twice_with_one_page_asks_once(world: World) -> None:
    incident_id = reported(world.here)
    once = str(uuid.uuid4())
    for _ in range(2):
        assert ask(world, incident_id, submission_id=once).status_code == 303
    assert rows(IncidentNote) == 1


def test_nothing_at_all_is_refused_and_the_question_stays(world: World) -> None:
    incident_id = reported(world.here)
    ask(world, incident_id)
    page = add(world, incident_id, words="  ")
    assert page.status_code == 422
    assert "Write something, or add a photo." in page.text
    assert QUESTION in page.text
    assert ask(world, incident_id, words=" ").status_code == 422


def test_too_long_a_question_keeps_what_was_typed(world: World) -> None:
    page = ask(world, reported(world.here), words="a" * 501)
    assert page.status_code == 422
    assert "a" * 501 in page.text


def test_nobody_else_adds_to_a_report(world: World) -> None:
    incident_id = reported(world.here)
    for who in ("second_member", "administrator", "board"):
        assert add(world, incident_id, who).status_code == 404
    stranger = world.browser("member", world.there)
    stranger.get("/my-reports")
    sent = {"submission_id": str(uuid.uuid4()), "words": "Mine now."}
    assert stranger.post(f"/my-reports/{incident_id}/add", sent).status_code == 404
    assert rows(IncidentNote) == 0


def test_a_decided_report_takes_no_question(world: World) -> None:
    incident_id = reported(world.here)
    with writing():
        accept(world.here.actor("administrator"), incident_id, None)
    assert ask(world, incident_id).status_code == 409
    assert rows(IncidentNote) == 0


def test_the_police_look_into_it_then_answer_then_it_is_closed(world: World) -> None:
    incident_id = reported(world.here)
    manager, spoc = world.here.actor("administrator"), world.here.actor("spoc")
    with writing():
        accept(manager, incident_id, None)
        shared = escalate(manager, incident_id, "They hurt somebody.").id
    with writing():
        record_outcome(spoc, shared, Outcome.INVESTIGATING, "AB/123", version="")
    assert state(incident_id) is IncidentState.RECORDED
    page = world.browser("member").get(f"/my-reports/{incident_id}").text
    assert "Police look into it" in page
    assert "AB/123" in page
    with writing():
        row = record_outcome_again(spoc, shared)
    assert row is not None
    assert state(incident_id) is IncidentState.OUTCOME
    desk = world.browser("administrator")
    desk.get(f"/desk/reports/{incident_id}")
    assert (
        desk.post(f"/desk/reports/{incident_id}/close", {"words": "Thank you."}).status_code == 303
    )
    page = world.browser("member").get(f"/my-reports/{incident_id}").text
    assert "Closed" in page
    assert "Thank you." in page


def record_outcome_again(spoc: object, shared: uuid.UUID) -> object:
    from disc.police.queries import get_shared

    version = get_shared(spoc, shared).version
    return record_outcome(spoc, shared, Outcome.CHARGED, "AB/123", version=version)


def test_only_an_accepted_report_is_closed(world: World) -> None:
    incident_id = reported(world.here)
    desk = world.browser("administrator")
    desk.get(f"/desk/reports/{incident_id}")
    assert desk.post(f"/desk/reports/{incident_id}/close", {}).status_code == 409
    assert state(incident_id) is IncidentState.SUBMITTED


def test_after_three_days_without_change_a_report_waits_in_amber(world: World) -> None:
    incident_id = reported(world.here)
    manager = world.here.actor("administrator")
    assert queries.stuck(manager) == []
    with time_machine.travel(clock.now() + timedelta(hours=72, minutes=1), tick=False):
        assert [one.id for one in queries.stuck(manager)] == [incident_id]
        with writing():
            following.ask(manager, incident_id, uuid.uuid4(), QUESTION)
        assert queries.stuck(manager) == []
    with time_machine.travel(clock.now() + timedelta(hours=71), tick=False):
        assert queries.stuck(world.there.actor("administrator")) == []


def test_accepted_reports_are_closed_several_at_once_and_others_stay(world: World) -> None:
    accepted, waiting = reported(world.here), reported(world.here)
    with writing():
        accept(world.here.actor("administrator"), accepted, None)
    long_ago = clock.now() - timedelta(hours=80)
    with writing():
        for one in db.session.scalars(select(Incident)):
            one.changed_at = long_ago
    desk = world.browser("administrator")
    page = desk.get("/desk/stuck").text
    assert "Share it or close it" in page
    assert "Waits for you" in page
    assert "2 reports: nothing happened for three days" in desk.get("/desk").text
    assert desk.post("/desk/stuck", {"report": [str(accepted), str(waiting)]}).status_code == 303
    assert state(accepted) is IncidentState.CLOSED
    assert state(waiting) is IncidentState.SUBMITTED


def test_the_reporter_reads_what_their_reports_led_to(world: World) -> None:
    subject_id, _ = in_gallery(world.here)
    assert "Your 1 report" in world.browser("member").get("/my-reports").text
    manager = world.here.actor("administrator")
    with writing():
        name_subject(manager, get_subject(manager, subject_id), "Invented Name", [])
    page = " ".join(world.browser("member").get("/my-reports").text.split())
    assert "Your 1 report: 1 named" in page
    assert "Your 1 report: 1 named" in " ".join(world.browser("member").get("/").text.split())
    assert "named" not in " ".join(world.browser("second_member").get("/my-reports").text.split())


def test_notes_go_with_the_report_on_its_day(world: World) -> None:
    incident_id = reported(world.here)
    ask(world, incident_id)
    add(world, incident_id)
    keys = rows(DataKey)
    with writing():
        db.session.get_one(Incident, incident_id).erase_on = clock.today()
    run_clocks()
    assert rows(IncidentNote) == 0
    assert rows(DataKey) == keys - 3  # the report's own, and those of two notes


@pytest.fixture
def told(world: World, monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str, News]]:
    notes: list[tuple[str, str, News]] = []
    monkeypatch.setattr(
        live.socketio,
        "emit",
        lambda event, news, *, to: notes.extend((event, sid, news) for sid in to),
    )
    ours: Live = world.browser("member").app.extensions["live"]
    monkeypatch.setattr(ours, "_redis", None)
    monkeypatch.setattr(ours, "listeners", {})
    for name, place in (("here", world.here), ("there", world.there)):
        for who, actor in place.actors.items():
            ours.add(f"{who} {name}", actor)
    return notes


def test_the_reporters_pages_hear_of_it_and_nobody_elses(
    world: World, told: list[tuple[str, str, News]]
) -> None:
    incident_id = reported(world.here)
    ask(world, incident_id)
    assert ("report_moved", "member here", {"id": str(incident_id)}) in told
    assert {sid for event, sid, _ in told if event == "report_moved"} == {"member here"}


def change(world: World, incident_id: uuid.UUID, who: str = "member", **more: object) -> object:
    browser = world.browser(who)
    browser.get("/my-reports")
    sent = {
        "submission_id": str(uuid.uuid4()),
        "version": "0",
        "kind": "damage",
        "premises_id": str(world.here.premises_id),
        "words": "They broke the door.",
        "vehicle": "AB12 CDE",
        **more,
    }
    return browser.post(f"/my-reports/{incident_id}/change", sent)


def test_its_page_learns_that_something_became_of_it_and_nobody_elses_does(world: World) -> None:
    incident_id = reported(world.here)
    at, member = f"/my-reports/{incident_id}/moved", world.browser("member")
    before = member.get(at).json["moved"]
    assert f'data-moved="{before}"' in member.get(f"/my-reports/{incident_id}").text
    with writing():
        accept(world.here.actor("administrator"), incident_id, None)
    after = member.get(at).json["moved"]
    assert after != before
    assert f'data-moved="{after}"' in member.get(f"/my-reports/{incident_id}").text
    for other in ("second_member", "group_manager", "administrator"):
        assert world.browser(other).get(at).status_code == 404
    assert world.browser("member", world.there).get(at).status_code == 404


def test_a_report_is_changed_until_a_manager_decides(world: World) -> None:
    incident_id = reported(world.here)
    page = world.browser("member").get(f"/my-reports/{incident_id}/change").text
    assert "They ran." in page
    assert change(world, incident_id).status_code == 303
    page = world.browser("member").get(f"/my-reports/{incident_id}").text
    assert "They broke the door." in page
    assert "They ran." not in page
    assert "Damage" in page
    with writing():
        accept(world.here.actor("administrator"), incident_id, None)
    late = change(world, incident_id, version="1", words="They also took a till.")
    assert late.status_code == 409
    assert "You can add what you typed" in late.text
    assert "They also took a till.</textarea>" in late.text
    assert f'action="/my-reports/{incident_id}/add"' in late.text
    assert world.browser("member").get(f"/my-reports/{incident_id}/change").status_code == 409


def test_a_change_forgets_nobody_whom_the_page_could_not_show(world: World) -> None:
    incident_id = reported(world.here)
    seen, hidden = (in_gallery(world.here, seed=seed)[0] for seed in (2, 3))
    with writing():
        for one in (seen, hidden):
            db.session.add(IncidentKnown(incident_id=incident_id, subject_id=one))
        db.session.get_one(Subject, hidden).hidden_at = clock.now()
    assert change(world, incident_id).status_code == 303
    db.session.rollback()
    assert queries.said_known(incident_id) == [hidden]


def test_a_change_keeps_number_day_and_photos(world: World) -> None:
    incident_id = reported(world.here, pictures=(picture(3),))
    before = db.session.get_one(Incident, incident_id)
    kept = before.reference, before.reported_at, before.erase_on, before.submission_id
    change(world, incident_id, description=["tall"])
    db.session.expire_all()
    after = db.session.get_one(Incident, incident_id)
    assert (after.reference, after.reported_at, after.erase_on, after.submission_id) == kept
    assert len(queries.stills_of([incident_id])[incident_id]) == 1
    assert after.description == ("tall",)


def test_whom_the_other_page_pointed_at_stands_beside_whom_this_one_did(world: World) -> None:
    incident_id = reported(world.here)
    theirs, mine, hidden = (in_gallery(world.here, seed=seed)[0] for seed in (2, 3, 4))
    references = {one.id: one.reference for one in db.session.scalars(select(Subject))}
    assert change(world, incident_id, known=[str(theirs)]).status_code == 303
    with writing():
        db.session.add(IncidentKnown(incident_id=incident_id, subject_id=hidden))
        db.session.get_one(Subject, hidden).hidden_at = clock.now()

    def clash(**more: object) -> tuple[str, str]:
        page = change(world, incident_id, **more)
        assert page.status_code == 409
        now, _, typed = page.text.split("<main")[1].partition("What you typed")
        return now, typed

    now, typed = clash(known=[str(mine)])
    assert [one in now for one in references.values()] == [one == theirs for one in references]
    assert references[mine] in typed
    assert references[theirs] not in typed
    assert references[theirs] in clash()[0]
    assert change(world, incident_id, over="1").status_code == 303
    assert "Nobody that you see in the gallery." in clash(known=[str(mine)])[0]


def test_a_page_that_is_older_than_another_change_is_refused(world: World) -> None:
    incident_id = reported(world.here)
    assert change(world, incident_id).status_code == 303
    assert change(world, incident_id, words="Older words.").status_code == 409
    assert "Older words." not in world.browser("member").get(f"/my-reports/{incident_id}").text


def _words_now(world: World, incident_id: uuid.UUID) -> str:
    db.session.rollback()
    return db.session.get_one(Incident, incident_id).words


def test_what_another_page_wrote_is_shown_beside_what_was_typed_and_is_not_written_over(
    world: World,
) -> None:
    incident_id = reported(world.here)
    assert change(world, incident_id).status_code == 303
    page = change(world, incident_id, words="Older words.")
    assert page.status_code == 409
    for words in ("They broke the door.", "Older words.", "What the report says now"):
        assert words in page.text
    assert "In your words" in page.text
    assert "In their words" not in page.text
    assert 'name="version" value="0"' in page.text
    assert change(world, incident_id, words="Older words.").status_code == 409
    assert _words_now(world, incident_id) == "They broke the door."


def test_who_saw_both_and_says_so_saves_over_what_they_saw_and_no_more(world: World) -> None:
    incident_id = reported(world.here)
    change(world, incident_id)
    page = change(world, incident_id, words="Mine.")
    assert 'name="over" value="1"' in page.text
    assert change(world, incident_id, words="Third.", version="1").status_code == 303
    assert change(world, incident_id, words="Mine.", over="1").status_code == 409
    assert _words_now(world, incident_id) == "Third."
    assert change(world, incident_id, words="Mine.", over="2").status_code == 303
    assert _words_now(world, incident_id) == "Mine."


def test_a_page_that_was_put_right_stays_as_old_as_it_was(world: World) -> None:
    incident_id = reported(world.here)
    change(world, incident_id)
    assert 'name="version" value="0"' in change(world, incident_id, value="a lot").text


def test_nobody_else_changes_a_report(world: World) -> None:
    incident_id = reported(world.here)
    for who in ("second_member", "administrator"):
        assert change(world, incident_id, who).status_code == 404
        assert world.browser(who).get(f"/my-reports/{incident_id}/change").status_code == 404


def test_what_is_wrong_is_said_and_what_was_typed_is_kept(world: World) -> None:
    page = change(world, reported(world.here), value="a lot")
    assert page.status_code == 422
    assert "Type the value in pounds" in page.text
    assert "They broke the door." in page.text
