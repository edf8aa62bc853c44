"""Two people were taken for one: a part of the record becomes one of its own."""

import uuid
from datetime import UTC, datetime

import pytest

from disc.core import clock
from disc.core.database import db, new_id
from disc.core.outbox import Outbox
from disc.core.transaction import writing
from disc.desk.errors import CannotSplit, IsEvidence
from disc.desk.splitting import Part, split
from disc.exclusions.service import Proposal, propose
from disc.gallery.care import agree_publication, take_care
from disc.gallery.errors import HiddenByBoard
from disc.gallery.filtering import note_times_anew
from disc.gallery.merging import merge
from disc.gallery.models import Subject, SubjectArea, SubjectState, SubjectStill
from disc.gallery.queries import area_ids_of, get_subject, stills_of
from disc.gallery.service import hide_subject
from disc.incidents import service as incidents
from disc.incidents.models import Incident, IncidentSubject
from disc.incidents.queries import reports_about
from disc.incidents.queries import stills_of as stills_with
from tests.gallery.test_filters import seen
from tests.pictures import picture
from tests.story import in_gallery, reported
from tests.world import World


def two_in_one(world: World) -> tuple[uuid.UUID, uuid.UUID, uuid.UUID]:
    """Return a record, and a picture and a report in it that are about somebody else."""
    subject_id, _ = in_gallery(world.here, seed=1)
    incident_id = reported(world.here, "far_member", pictures=(picture(2),))
    manager = world.here.actor("administrator")
    with writing():
        db.session.get_one(Incident, incident_id).description = ("short", "coat")
        [still_id] = stills_with([incident_id])[incident_id]
        incidents.accept(manager, incident_id, subject_id)
        db.session.add(SubjectStill(subject_id=subject_id, still_id=still_id))
        db.session.add(SubjectArea(subject_id=subject_id, area_id=world.here.other_area_id))
    return subject_id, still_id, incident_id


def part(still: uuid.UUID, report: uuid.UUID, **more: bool) -> Part:
    answers = {"under_18": False, "vulnerable": False, **more}
    return Part(still_ids=frozenset({still}), incident_ids=frozenset({report}), **answers)


def test_a_part_becomes_a_record_of_its_own(world: World) -> None:
    subject, still, report = two_in_one(world)
    manager = world.browser("administrator")
    page = manager.get(f"/people/{subject}/split").text
    assert str(still) in page
    assert str(report) in page
    said = {"stills": str(still), "reports": str(report), "under_18": "no", "vulnerable": "no"}
    answer = manager.post(f"/people/{subject}/split", said)
    assert answer.status_code == 303
    new = uuid.UUID(answer.headers["Location"].rsplit("/", 1)[1])
    db.session.rollback()
    shown = stills_of([subject, new])
    assert still in shown[new]
    assert still not in shown[subject]
    assert len(shown[subject]) == 1
    assert [one.id for one in reports_about([new])] == [report]
    assert report not in [one.id for one in reports_about([subject])]
    made = db.session.get_one(Subject, new)
    assert (made.looks.height, made.looks.clothing) == ("short", ("coat",))
    assert area_ids_of(new) == {world.here.other_area_id}
    assert area_ids_of(subject) == {world.here.area_id}
    member, far = world.browser("second_member"), world.browser("far_member")
    assert member.get(f"/gallery/{new}").status_code == 404
    assert far.get(f"/gallery/{new}").status_code == 200
    assert far.get(f"/gallery/{subject}").status_code == 404


def test_both_records_tell_of_it(world: World) -> None:
    subject, still, report = two_in_one(world)
    with writing():
        new = split(world.here.actor("administrator"), subject, part(still, report)).id
    manager = world.browser("administrator")
    numbers = {one: db.session.get_one(Subject, one).reference for one in (subject, new)}
    assert (
        f"A part of it became the record {numbers[new]}" in manager.get(f"/people/{subject}").text
    )
    assert f"Made of a part of {numbers[subject]}" in manager.get(f"/people/{new}").text


def test_the_new_record_is_kept_no_longer_than_the_old(world: World) -> None:
    subject, still, report = two_in_one(world)
    with writing():
        old = db.session.get_one(Subject, subject)
        old.hide_on = clock.add_months(clock.today(), 1)
        days = old.hide_on, old.erase_on
    with writing():
        new = split(world.here.actor("administrator"), subject, part(still, report))
        assert (new.hide_on, new.erase_on) == days
        assert new.last_reported_at == db.session.get_one(Incident, report).reported_at


def test_somebody_who_needs_care_waits_for_the_board(world: World) -> None:
    subject, still, report = two_in_one(world)
    manager = world.here.actor("administrator")
    with writing():
        new = split(manager, subject, part(still, report, under_18=True))
        assert new.state is SubjectState.AWAITING_BOARD


def test_no_part_of_a_hidden_record_is_shown_by_splitting_it(world: World) -> None:
    subject, still, report = two_in_one(world)
    board = world.here.actor("board")
    with writing():
        hide_subject(board, get_subject(board, subject), hidden=True)
    with writing():
        new = split(world.here.actor("administrator"), subject, part(still, report)).id
    assert world.browser("far_member").get(f"/gallery/{new}").status_code == 404
    with pytest.raises(HiddenByBoard), writing():
        manager = world.here.actor("administrator")
        hide_subject(manager, get_subject(manager, new), hidden=False)


@pytest.mark.parametrize("decision", ["refuse", "restrict", None])
def test_what_the_board_keeps_from_members_waits_for_it_in_both_records(
    world: World, decision: str | None
) -> None:
    subject, still, report = two_in_one(world)
    manager = world.here.actor("administrator")
    with writing():
        take_care(manager, get_subject(manager, subject), under_18=False, vulnerable=True)
        if decision:
            agreed = decision == "restrict"
            agree_publication(world.here.actor("board"), subject, agreed=agreed, restricted=agreed)
    with writing():
        new = split(manager, subject, part(still, report))
        assert new.state is SubjectState.AWAITING_BOARD
        new_id = new.id
    assert world.browser("far_member").get(f"/gallery/{new_id}").status_code == 404


def test_open_pages_ask_again_for_the_pictures_of_both_records(world: World) -> None:
    subject, still, report = two_in_one(world)
    every = set(stills_of([subject])[subject])
    db.session.rollback()
    with writing():
        db.session.query(Outbox).delete()
        split(world.here.actor("administrator"), subject, part(still, report, under_18=True))
        told = db.session.query(Outbox).where(Outbox.listener.endswith("tell_changed")).all()
        assert {uuid.UUID(one.payload["still_id"]) for one in told} == every


def test_something_goes_and_something_stays(world: World) -> None:
    subject, still, _ = two_in_one(world)
    manager = world.here.actor("administrator")
    own = next(one for one in stills_of([subject])[subject] if one != still)
    reports = frozenset(one.id for one in reports_about([subject]))
    everything = Part(
        still_ids=frozenset({own, still}), incident_ids=reports, under_18=False, vulnerable=False
    )
    elsewhere = part(new_id(), new_id())
    db.session.rollback()
    for wrong in (everything, elsewhere):
        with pytest.raises(CannotSplit), writing():
            split(manager, subject, wrong)
    assert db.session.query(Subject).count() == 1
    browser = world.browser("administrator")
    browser.get(f"/people/{subject}/split")
    for said in (
        {},
        {"stills": str(still), "under_18": "no"},
        {"under_18": "no", "vulnerable": "no"},
    ):
        page = browser.post(f"/people/{subject}/split", said)
        assert page.status_code == 422
        assert "answer both questions" in page.text


def test_the_evidence_of_a_notice_does_not_go(world: World) -> None:
    subject, still, report = two_in_one(world)
    manager = world.here.actor("administrator")
    with writing():
        proposal = Proposal(
            id=new_id(),
            evidence=frozenset({report}),
            premises=frozenset({world.here.premises_id}),
            starts_on=clock.today(),
            months=3,
            reasons="Seen twice",
        )
        propose(manager, subject, proposal)
    with pytest.raises(IsEvidence), writing():
        split(manager, subject, part(still, report))
    assert db.session.get(IncidentSubject, (report, subject)) is not None


def test_a_joined_record_is_taken_apart_first(world: World) -> None:
    subject, still, report = two_in_one(world)
    kept, _ = in_gallery(world.here, seed=5)
    manager = world.here.actor("administrator")
    with writing():
        merge(manager, subject, kept)
    with pytest.raises(CannotSplit), writing():
        split(manager, subject, part(still, report))


def test_another_schemes_record_is_not_there(world: World) -> None:
    subject, still, _ = two_in_one(world)
    theirs = world.browser("administrator", world.there)
    theirs.get("/people")
    said = {"stills": str(still), "under_18": "no", "vulnerable": "no"}
    assert theirs.get(f"/people/{subject}/split").status_code == 404
    assert theirs.post(f"/people/{subject}/split", said).status_code == 404
    manager = world.here.actor("administrator")
    assert get_subject(manager, subject).state is SubjectState.PUBLISHED


def test_each_record_is_found_by_the_time_of_its_own_reports(world: World) -> None:
    subject, still, report = two_in_one(world)
    [stays] = [one.id for one in reports_about([subject]) if one.id != report]
    with writing():
        for incident_id, hour in ((stays, 12), (report, 23)):
            incident = db.session.get_one(Incident, incident_id)
            incident.occurred_at = datetime(2026, 1, 10, hour, tzinfo=UTC)
        note_times_anew(
            db.session.get_one(Subject, subject),
            [one.occurred_at for one in reports_about([subject])],
        )
    with writing():
        new = split(world.here.actor("administrator"), subject, part(still, report)).id
    assert seen(world.here, "administrator", time="night") == {new}
    assert seen(world.here, "administrator", time="afternoon") == {subject}
