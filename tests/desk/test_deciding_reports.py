"""The manager reads a report and decides."""

import re

from disc.core.database import db
from disc.core.jobs import drain
from disc.gallery.models import Subject
from disc.incidents.models import Incident, IncidentState
from tests.desk.deciding import NEW, take_effect
from tests.pictures import picture
from tests.story import in_gallery, reported
from tests.world import World, make_place


def test_an_approved_report_puts_the_person_in_the_gallery(world: World) -> None:
    incident = reported(world.here, pictures=(picture(1),))
    manager = world.browser("administrator")
    assert f"/desk/reports/{incident}" in manager.get("/desk").text
    manager.get(f"/desk/reports/{incident}")
    answer = manager.post(
        f"/desk/reports/{incident}/approve", {**NEW, "caption": "Left on a bicycle"}
    )
    assert answer.status_code == 303
    take_effect()
    gallery = world.browser("second_member").get("/gallery").text
    assert "Who is this?" in gallery
    subject = re.search(r'href="(/gallery/[0-9a-f-]{36})"', gallery)
    assert subject
    assert "Left on a bicycle" in world.browser("second_member").get(subject[1]).text
    assert "Accepted" in world.browser("member").get(f"/my-reports/{incident}").text


def test_age_and_care_must_be_answered(world: World) -> None:
    incident = reported(world.here, pictures=(picture(1),))
    manager = world.browser("administrator")
    manager.get(f"/desk/reports/{incident}")
    page = manager.post(
        f"/desk/reports/{incident}/approve", {"about": "new", "caption": "Kept words"}
    )
    assert page.status_code == 422
    assert "Answer yes or no." in page.text
    assert "Kept words" in page.text


def test_a_yes_keeps_the_person_out_of_the_gallery_until_the_board_agrees(world: World) -> None:
    incident = reported(world.here, pictures=(picture(1),))
    manager = world.browser("administrator")
    manager.get(f"/desk/reports/{incident}")
    manager.post(f"/desk/reports/{incident}/approve", {**NEW, "vulnerable": "yes"})
    take_effect()
    assert "There is no one here" in world.browser("member").get("/gallery").text


def test_a_rejected_report_tells_the_reporter_why(world: World) -> None:
    incident = reported(world.here)
    manager = world.browser("administrator")
    manager.get(f"/desk/reports/{incident}")
    manager.post(f"/desk/reports/{incident}/reject", {"why": "unclear", "words": "Too dark."})
    take_effect()
    page = world.browser("member").get(f"/my-reports/{incident}").text
    assert "The picture does not show enough. Too dark." in page


def test_two_managers_at_once_make_one_decision(world: World) -> None:
    incident = reported(world.here, pictures=(picture(1),))
    first, second = world.browser("administrator"), world.browser("administrator")
    for manager in (first, second):
        manager.get(f"/desk/reports/{incident}")
    assert first.post(f"/desk/reports/{incident}/approve", NEW).status_code == 303
    late = second.post(f"/desk/reports/{incident}/reject", {"why": "unclear"})
    assert late.status_code == 409
    assert "already decided" in late.text
    take_effect()
    assert db.session.get_one(Incident, incident).state is IncidentState.ACCEPTED


def test_the_same_person_again_joins_their_record_and_can_leave_it(world: World) -> None:
    subject, _ = in_gallery(world.here, seed=7)
    drain()
    incident = reported(world.here, "far_member", pictures=(picture(7),))
    drain()
    manager = world.browser("administrator")
    page = manager.get(f"/desk/reports/{incident}").text
    assert "The same person as Who is this?" in page
    answer = manager.post(
        f"/desk/reports/{incident}/approve",
        {"about": str(subject), "under_18": "no", "vulnerable": "no"},
    )
    assert answer.status_code == 303
    take_effect()
    merged = db.session.query(Subject).filter_by(merged_into_id=subject).one()
    assert manager.get(f"/people/{subject}").text.count('class="still"') == 2
    manager.post(f"/people/{merged.id}/unmerge")
    db.session.rollback()
    assert db.session.get_one(Subject, merged.id).merged_into_id is None


def test_a_report_about_nobody_adds_nobody(world: World) -> None:
    incident = reported(world.here)
    manager = world.browser("administrator")
    manager.get(f"/desk/reports/{incident}")
    assert manager.post(f"/desk/reports/{incident}/approve", {"about": "nobody"}).status_code == 303
    take_effect()
    assert db.session.query(Subject).count() == 0


def test_a_scheme_that_is_not_live_takes_no_report_and_no_person(app: object, world: World) -> None:
    place = make_place("New Watch", live=False)
    world.here = place
    manager = world.browser("administrator")
    assert "cannot hold records" in manager.get("/desk/go-live").text
    member = world.browser("member")
    member.get("/report")
    import uuid

    sent = {
        "submission_id": str(uuid.uuid4()),
        "kind": "shop-theft",
        "premises_id": str(place.premises_id),
        "words": "Kept",
    }
    page = member.post("/report", sent)
    assert page.status_code == 409
    assert "not open yet" in page.text


def test_the_checklist_opens_a_scheme_step_by_step(app: object, world: World) -> None:
    from disc.members.queries import get_scheme, is_live
    from disc.members.rules import GO_LIVE_STEPS

    place = make_place("New Watch", live=False)
    world.here = place
    manager = world.browser("administrator")
    for number, step in enumerate(GO_LIVE_STEPS):
        assert is_live(get_scheme(place.scheme_id)) is False, number
        manager.get("/desk/go-live")
        assert manager.post(f"/desk/go-live/{step}", {"proof": "In the folder"}).status_code == 303
        db.session.rollback()
    assert is_live(get_scheme(place.scheme_id))
