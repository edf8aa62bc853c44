"""A manager proposes a notice with its evidence."""

import uuid
from datetime import timedelta

import pytest

from disc.core import clock
from disc.core.audit import AuditEvent
from disc.core.database import db
from disc.core.papers import CannotBePrinted
from disc.core.transaction import writing
from disc.exclusions import queries, service, views
from disc.exclusions.errors import AlreadyProposed, Unfit
from disc.exclusions.models import ExclusionNotice, NoticeState
from disc.gallery.erasing import erase_subject
from disc.gallery.merging import merge
from disc.gallery.service import name_subject
from disc.incidents.models import Incident, IncidentState
from disc.incidents.service import move
from disc.members.models import Premises
from tests.exclusions.cases import (
    REASONS,
    add_report,
    approved,
    fields,
    make_case,
    notices,
    proposal,
    propose_page,
    proposed,
    send,
    served,
    stored,
)
from tests.world import World


@pytest.fixture
def case(world: World):
    return make_case(world.here)


def acts(target_id: uuid.UUID) -> list[str]:
    db.session.rollback()
    rows = db.session.query(AuditEvent).filter_by(target_id=target_id).order_by(AuditEvent.position)
    return [row.act for row in rows]


def test_a_manager_proposes_and_the_notice_waits_for_the_board(world: World, case):
    manager = world.browser("administrator")
    answer = send(manager, case)
    assert answer.status_code == 303
    page = manager.get(answer.headers["Location"])
    for words in (
        "Waits for the Board",
        "Corner Foods",
        "Shop theft",
        "You took goods",
        "You will not",
    ):
        assert words.lower() in page.text.lower()
    notice = notices()[0]
    assert notice.state is NoticeState.PROPOSED
    assert notice.reasons == REASONS
    assert notice.erase_on == clock.add_months(notice.ends_on, 12)
    assert acts(notice.id) == ["notice proposed", "notice seen"]
    assert "notice form seen" in acts(case.subject_id)


def test_the_words_of_a_notice_are_sealed_in_the_database(case):
    notice = stored(proposed(case))
    assert notice.reasons_sealed
    assert b"goods" not in notice.reasons_sealed


def test_sending_twice_makes_one_notice(world: World, case):
    manager, sent = world.browser("administrator"), fields(case)
    manager.get(propose_page(case))
    first = manager.post(propose_page(case), sent)
    again = manager.post(propose_page(case), sent)
    assert first.status_code == again.status_code == 303
    assert first.headers["Location"] == again.headers["Location"]
    assert len(notices()) == 1


def test_the_second_of_two_managers_is_told_that_there_is_a_notice(world: World, case):
    one, two = world.browser("administrator"), world.browser("administrator")
    two.get(propose_page(case))
    assert send(one, case).status_code == 303
    late = two.post(propose_page(case), fields(case))
    assert late.status_code == 409
    assert "There is already a notice about this person that is not served yet." in late.text
    assert len(notices()) == 1


def test_the_page_leads_to_the_notice_that_waits(world: World, case):
    waiting = approved(case)
    page = world.browser("administrator").get(propose_page(case))
    assert f"/notices/{waiting}" in page.text
    assert "<textarea" not in page.text


def test_a_person_who_is_banned_may_get_a_longer_notice(case):
    served(case)
    assert proposed(case, months=6)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"evidence": []}, "Choose at least one report. A notice needs evidence."),
        ({"premises": []}, "Choose at least one place."),
        ({"months": "4"}, "Not a valid choice"),
        ({"months": ""}, "Choose 3, 6 or 12 months."),
        ({"reasons": " "}, "Type why this person must stay out."),
        ({"starts_on": "2020-01-01"}, "The first day is in the past."),
        ({"starts_on": "9999-12-31"}, "The notice starts too late."),
        ({"starts_on": ""}, "Type the first day."),
        ({"notice_id": "no"}, "Load this page again, then send."),
    ],
)
def test_what_is_missing_is_said_and_what_was_typed_is_kept(world: World, case, changes, sentence):
    sent = {"reasons": "Kept words.", **changes}
    answer = send(world.browser("administrator"), case, **sent)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert sent["reasons"].strip() in answer.text
    assert notices() == []


def test_the_service_refuses_what_a_page_would_not_send(case):
    actor = case.place.actor("administrator")
    yesterday = clock.today() - timedelta(days=1)
    for changes in ({"months": 24}, {"starts_on": yesterday}, {"evidence": frozenset()}):
        with pytest.raises(Unfit), writing():
            service.propose(actor, case.subject_id, proposal(case, **changes))
    assert notices() == []


def test_a_report_that_was_not_accepted_is_no_evidence(world: World, case):
    waiting = add_report(world.here, None, accepted=False)
    manager = world.browser("administrator")
    assert str(waiting) not in manager.get(propose_page(case)).text
    assert send(manager, case, evidence=[str(waiting)]).status_code == 422


def test_a_report_about_somebody_else_is_no_evidence(world: World, case):
    other = make_case(world.here)
    assert (
        send(world.browser("administrator"), case, evidence=[str(other.incident_id)]).status_code
        == 422
    )


def test_a_report_shared_with_the_police_is_evidence(world: World, case):
    with writing():
        report = db.session.get_one(Incident, case.incident_id)
        move(world.here.actor("administrator"), report, IncidentState.ESCALATED)
    assert str(case.incident_id) in world.browser("administrator").get(propose_page(case)).text


def test_a_person_with_no_accepted_report_cannot_be_excluded(world: World, case):
    with writing():
        report = db.session.get_one(Incident, case.incident_id)
        move(world.here.actor("administrator"), report, IncidentState.REJECTED)
    page = world.browser("administrator").get(propose_page(case))
    assert "There is no accepted report about this person." in page.text
    assert "<textarea" not in page.text


def test_premises_that_do_not_exclude_are_not_offered(world: World, case):
    with writing():
        db.session.get_one(Premises, world.here.other_premises_id).excludes_since = None
    manager = world.browser("administrator")
    assert "Market Books" not in manager.get(propose_page(case)).text
    there = str(world.here.other_premises_id)
    assert send(manager, case, premises=[there]).status_code == 422


def test_all_places_are_chosen_with_one_tick(world: World, case):
    assert send(world.browser("administrator"), case, premises=["everywhere"]).status_code == 303
    places = queries.premises_of(notices()[0].id)
    assert [place.name for place in places] == ["Corner Foods", "Market Books"]


def test_another_schemes_premises_and_reports_are_refused(world: World, case):
    far = make_case(world.there)
    manager = world.browser("administrator")
    assert send(manager, case, premises=[str(world.there.premises_id)]).status_code == 422
    assert send(manager, case, evidence=[str(far.incident_id)]).status_code == 422
    assert notices() == []


def test_the_page_warns_about_somebody_under_18(world: World):
    young = make_case(world.here, under_18=True)
    page = world.browser("administrator").get(propose_page(young))
    assert "This person is under 18." in page.text
    proposed(young)
    listed = queries.awaiting_board(world.here.actor("board"))
    assert [one.under_18 for one in listed] == [True]


def test_hostile_words_stay_words_on_the_page(world: World, case):
    with writing():
        actor = world.here.actor("administrator")
        subject = queries.get_person(actor, case.subject_id)
        name_subject(actor, subject, "<script>alert(1)</script>", [])
    manager = world.browser("administrator")
    answer = send(manager, case, reasons="<img src=x onerror=alert(1)>")
    page = manager.get(answer.headers["Location"])
    assert "<script>alert(1)" not in page.text
    assert "<img src=x" not in page.text
    assert "&lt;img src=x onerror=alert(1)&gt;" in page.text


def test_a_letter_that_cannot_be_printed_is_refused_before_the_board_sees_it(
    world: World, case, monkeypatch
):

    def refuse(_paper):
        raise CannotBePrinted("We cannot print “李”. Write that word another way.")

    monkeypatch.setattr(views, "print_apart", refuse)
    answer = send(world.browser("administrator"), case)
    assert answer.status_code == 422
    assert "We cannot print “李”." in answer.text
    assert notices() == []


def test_a_merged_records_reports_and_notices_count_for_the_one_that_is_kept(world: World, case):
    kept = make_case(world.here)
    notice_id = served(case)
    actor = world.here.actor("administrator")
    with writing():
        merge(actor, case.subject_id, kept.subject_id)
    assert [one.id for one in queries.notices_of(actor, kept.subject_id)] == [notice_id]
    evidence = {report.id for report in queries.evidence_for(actor, kept.subject_id)}
    assert evidence == {case.incident_id, kept.incident_id}
    assert stored(proposed(case)).subject_id == kept.subject_id


def test_nobody_erased_can_be_excluded(world: World, case):
    with writing():
        erase_subject(queries.get_person(world.here.actor("administrator"), case.subject_id))
    assert world.browser("administrator").get(propose_page(case)).status_code == 404


def test_two_proposals_at_once_are_refused_by_the_service_too(case):
    proposed(case)
    with pytest.raises(AlreadyProposed):
        proposed(case)
    assert db.session.query(ExclusionNotice).count() == 1
