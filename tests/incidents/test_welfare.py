"""Somebody who needs help is not accused: a short form, managers alone, and gone soon."""

import re

import pytest
from sqlalchemy import select

from disc.access.permissions import Permission
from disc.access.policy import permits
from disc.core import clock
from disc.core.database import db
from disc.core.transaction import writing
from disc.gallery.models import Subject
from disc.gallery.service import add_gallery
from disc.incidents.errors import NotOfWelfare
from disc.incidents.following import amend
from disc.incidents.kinds import IncidentKind, WelfareNow
from disc.incidents.models import Incident, IncidentState
from disc.incidents.queries import as_target, group_reports
from disc.incidents.service import NewReport, accept, report_incident
from disc.members.queries import get_premises
from disc.police.errors import NoCrime
from disc.police.service import escalate
from tests.desk.deciding import take_effect
from tests.incidents.test_reporting import count, fields, photo
from tests.story import in_gallery, reported
from tests.world import World


def tell(world: World, **more: object) -> object:
    member = world.browser("member")
    member.get("/report/welfare")
    asked = {"kind": "ask-for-angela", "welfare_now": "with-us", **more}
    return member.post("/report/welfare", fields(world, **asked))


def told(world: World) -> Incident:
    assert tell(world).status_code == 303
    db.session.rollback()
    return db.session.scalars(select(Incident)).one()


def test_three_questions_are_kept_for_three_months_at_most(world: World) -> None:
    one = told(world)
    assert (one.kind, one.welfare_now) == (IncidentKind.ASK_FOR_ANGELA, WelfareNow.WITH_US)
    assert one.erase_on == clock.add_months(clock.today(), 3)


def test_the_form_asks_for_no_photo_and_no_description(world: World) -> None:
    page = world.browser("member").get("/report/welfare").text
    assert 'type="file"' not in page
    assert 'name="description"' not in page
    assert "/report/welfare" in world.browser("member").get("/report").text


def test_its_form_takes_no_crime_and_the_other_takes_no_welfare(world: World) -> None:
    assert tell(world, kind="shop-theft").status_code == 422
    member = world.browser("member")
    member.get("/report")
    assert member.post("/report", fields(world, kind="unwell")).status_code == 422
    assert count(Incident) == 0


@pytest.mark.parametrize(
    "more",
    [
        {"description": ("tall", "red top")},
        {"vehicle": "AB12CDE"},
        {"violence": True},
        {"weapon": True},
    ],
)
def test_no_way_in_describes_who_needs_help(world: World, more: dict[str, object]) -> None:
    actor = world.here.actor("member")
    new = NewReport(
        submission_id=actor.id,
        kind=IncidentKind.MISSING_PERSON,
        occurred_at=clock.now(),
        **more,  # type: ignore[arg-type]
    )
    with pytest.raises(NotOfWelfare), writing():
        report_incident(actor, get_premises(actor, world.here.premises_id), new, [])


def test_the_desk_says_what_it_is_and_makes_nobody_a_subject(world: World) -> None:
    one, manager = told(world), world.browser("administrator")
    page = manager.get(f"/desk/reports/{one.id}").text
    assert "Welfare: somebody needed help" in page
    assert "A person who is not in the gallery yet" not in page
    assert "At risk" not in page
    subject_id, actor = in_gallery(world.here)[0], world.here.actor("administrator")
    with pytest.raises(NotOfWelfare), writing():
        accept(actor, one.id, subject_id)


def test_the_police_are_not_given_it_as_a_crime(world: World) -> None:
    one, actor = told(world), world.here.actor("administrator")
    with writing():
        accept(actor, one.id, None)
    with pytest.raises(NoCrime), writing():
        escalate(actor, one.id, "Please look.")
    assert (
        "Share with the police"
        not in world.browser("administrator").get(f"/desk/reports/{one.id}").text
    )


def test_a_group_manager_reads_nothing_of_it(world: World) -> None:
    manager = world.here.actor("group_manager")
    world.here.actor("second_member")
    with writing():
        reporter = world.here.actor("second_member")
        new = NewReport(
            submission_id=reporter.id, kind=IncidentKind.UNWELL, occurred_at=clock.now()
        )
        place = get_premises(reporter, world.here.premises_id)
        one = report_incident(reporter, place, new, [])
    assert group_reports(manager).rows == []
    assert not permits(manager, Permission.SEE_REPORT, as_target(one))


def test_a_picture_sent_all_the_same_is_not_taken(world: World) -> None:
    from disc.stills.models import Still

    member = world.browser("member")
    member.get("/report/welfare")
    sent = fields(world, kind="unwell", pictures=[photo(1)])
    member.post("/report/welfare", sent, content_type="multipart/form-data")
    assert count(Still) == 0


def change(world: World, one: Incident, **more: object) -> object:
    member = world.browser("member")
    member.get("/my-reports")
    asked = {"kind": "unwell", "welfare_now": "help-came", "words": "We called an ambulance."}
    return member.post(
        f"/my-reports/{one.id}/change", fields(world, **{**asked, "version": "0", **more})
    )


def test_it_is_changed_by_its_own_form_until_a_manager_decides(world: World) -> None:
    one = told(world)
    path = f"/my-reports/{one.id}/change"
    assert path in world.browser("member").get(f"/my-reports/{one.id}").text
    page = world.browser("member").get(path).text
    assert "What did you do?" in page
    assert 'name="description"' not in page
    assert 'value="with-us" checked' in page
    assert change(world, one).status_code == 303
    db.session.rollback()
    assert (one.kind, one.welfare_now) == (IncidentKind.UNWELL, WelfareNow.HELP_CAME)
    assert (one.words, one.amended) == ("We called an ambulance.", 1)
    assert one.erase_on == clock.add_months(clock.today(), 3)
    clash = change(world, one, words="Older words.")
    assert clash.status_code == 409
    for words in ("We called an ambulance.", "Older words.", 'name="over" value="1"'):
        assert words in clash.text
    db.session.rollback()
    with writing():
        accept(world.here.actor("administrator"), one.id, None)
    assert change(world, one, version="1").status_code == 409


def test_the_desk_asks_nothing_about_the_person_and_adds_nobody(world: World) -> None:
    one = told(world)
    path, manager = f"/desk/reports/{one.id}", world.browser("administrator")
    with writing():
        add_gallery(world.here.actor("administrator"), "Look for", "", 3)
    form = manager.get(path).text.split("data-approve")[1].split("</form>")[0]
    asked = set(re.findall(r'name="(\w+)"', form))
    assert asked == {"csrf_token", "version", "about"}
    assert "gallery yet" not in form
    assert "Look for" not in form
    assert manager.post(f"{path}/approve", {"about": "nobody", "version": "0"}).status_code == 303
    take_effect()
    assert db.session.get_one(Incident, one.id).state is IncidentState.ACCEPTED
    assert count(Subject) == 0


def test_changing_makes_no_crime_of_it_and_describes_nobody(world: World) -> None:
    one, actor = told(world), world.here.actor("member")
    assert change(world, one, kind="shop-theft").status_code == 422
    place = get_premises(actor, world.here.premises_id)
    crime = NewReport(submission_id=one.id, kind=IncidentKind.ABUSE, occurred_at=clock.now())
    described = NewReport(
        submission_id=one.id,
        kind=IncidentKind.UNWELL,
        occurred_at=clock.now(),
        description=("tall", "red top"),
    )
    for new in (crime, described):
        with pytest.raises(NotOfWelfare), writing():
            amend(actor, one.id, place, new, 0)
    crime_id = reported(world.here)
    help_wanted = NewReport(
        submission_id=crime_id, kind=IncidentKind.UNWELL, occurred_at=clock.now()
    )
    with pytest.raises(NotOfWelfare), writing():
        amend(actor, crime_id, place, help_wanted, 0)
