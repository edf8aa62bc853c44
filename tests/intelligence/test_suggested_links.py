"""What the computer suggests: that people of one accepted report were seen together, no more."""

import uuid

import pytest
import sqlalchemy as sa

from disc.core.database import db
from disc.core.errors import Missing
from disc.core.jobs import drain
from disc.core.transaction import writing
from disc.gallery import merging
from disc.gallery.care import take_care
from disc.gallery.looks import Looks
from disc.gallery.queries import get_subject
from disc.gallery.service import Correction, correct_subject
from disc.incidents.models import Incident, IncidentSubject
from disc.incidents.service import accept, reject
from disc.intelligence import service
from disc.intelligence.errors import UnfitLink
from disc.intelligence.models import Association
from disc.intelligence.rules import AssociationKind, AssociationState
from tests.intelligence.cases import SOUND, confirmed, link, linked, person
from tests.story import reported
from tests.world import Place, World


def report_about(place: Place, *people: uuid.UUID) -> uuid.UUID:
    """Send a report and accept it as being about several people; the worker then hears of it."""
    incident_id, manager = reported(place), place.actor("administrator")
    with writing() as opened:
        for subject_id in people[1:]:
            opened.add(IncidentSubject(incident_id=incident_id, subject_id=subject_id))
        accept(manager, incident_id, people[0])
    drain()
    return incident_id


def suggestions() -> list[Association]:
    db.session.rollback()
    return list(db.session.scalars(sa.select(Association)))


@pytest.fixture
def two(world: World) -> tuple[uuid.UUID, uuid.UUID]:
    return person(world.here), person(world.here)


def test_two_people_of_one_accepted_report_are_suggested_as_seen_together(
    world: World, two
) -> None:
    incident_id = report_about(world.here, *two)
    [row] = suggestions()
    assert (row.kind, row.state) == (AssociationKind.SEEN_TOGETHER, AssociationState.SUGGESTED)
    assert (row.made_by_id, row.grading) == (None, None)
    assert {row.subject_id, row.other_subject_id} == set(two)
    reference = db.session.get_one(Incident, incident_id).reference
    assert row.evidence == f"Both are in report {reference}."


def test_one_person_or_a_rejected_report_suggest_nothing(world: World, two) -> None:
    report_about(world.here, two[0])
    incident_id = reported(world.here)
    with writing() as opened:
        for subject_id in two:
            opened.add(IncidentSubject(incident_id=incident_id, subject_id=subject_id))
        reject(world.here.actor("administrator"), incident_id, "No.")
        service.suggest_from_report(incident_id)
    drain()
    assert suggestions() == []


def test_records_of_one_person_are_one_person(world: World, two) -> None:
    with writing():
        merging.merge(world.here.actor("administrator"), two[1], two[0])
    report_about(world.here, *two)
    assert suggestions() == []
    third = person(world.here)
    report_about(world.here, two[1], third)
    [row] = suggestions()
    assert {row.subject_id, row.other_subject_id} == {two[0], third}


def test_nothing_is_suggested_twice_nor_again_after_it_was_ended(world: World, two) -> None:
    first = report_about(world.here, *two)
    with writing():
        service.suggest_from_report(first)
    report_about(world.here, *two)
    [row] = suggestions()
    with writing():
        service.end(world.here.actor("administrator"), row.id)
    report_about(world.here, *two)
    assert len(suggestions()) == 1


def test_three_people_make_three_pairs_and_a_link_of_a_manager_stands(world: World, two) -> None:
    third = person(world.here)
    made = linked(world.here, *two, kind=AssociationKind.FAMILY)
    report_about(world.here, *two, third)
    assert len(suggestions()) == 3
    assert sum(row.made_by_id is None for row in suggestions()) == 2
    assert link(made).kind is AssociationKind.FAMILY


def test_a_manager_grades_what_the_computer_suggests_before_it_counts(world: World, two) -> None:
    report_about(world.here, *two)
    link_id = suggestions()[0].id
    with pytest.raises(UnfitLink):
        confirmed(world.here, link_id)
    manager = world.browser("administrator")
    assert "By the computer" in manager.get(f"/links/{link_id}").text
    empty = manager.post(f"/links/{link_id}/confirm")
    assert empty.status_code == 422
    assert "Choose how good the source is." in empty.text
    graded = {"source": "1", "assessment": "B", "handling": "P"}
    assert manager.post(f"/links/{link_id}/confirm", graded).status_code == 303
    assert link(link_id).grading.code == "1 B P"
    assert link(link_id).state is AssociationState.CONFIRMED


def test_nobody_gives_another_managers_link_a_new_grade(world: World, two) -> None:
    link_id = linked(world.here, *two)
    second = world.browser("sub_administrator")
    second.get(f"/links/{link_id}")
    graded = {"source": "1", "assessment": "B", "handling": "P"}
    assert second.post(f"/links/{link_id}/confirm", graded).status_code == 303
    assert link(link_id).grading == SOUND
    with pytest.raises(Missing), writing():
        service.confirm(world.here.actor("administrator"), linked_again(world, two))


def linked_again(world: World, two: tuple[uuid.UUID, uuid.UUID]) -> uuid.UUID:
    return service.add_person_link(
        world.here.actor("administrator"),
        *two,
        service.NewLink(kind=AssociationKind.OTHER, evidence="Seen.", grading=SOUND),
    ).id


def test_members_read_nothing_of_a_suggestion(world: World) -> None:
    one, other = person(world.here, "Robin Doe"), person(world.here, "Ash Roe")
    report_about(world.here, one, other)
    assert "Often with" not in world.browser("member").get(f"/gallery/{one}").text


def becomes(world: World, subject_id: uuid.UUID, age_band: str) -> None:
    manager = world.here.actor("administrator")
    with writing():
        found = get_subject(manager, subject_id)
        said = Correction(name=found.name, looks=Looks(age_band=age_band))
        correct_subject(manager, found, said)
        take_care(manager, found, under_18=False, vulnerable=False)


def test_nobody_is_suggested_together_with_a_child_under_10(world: World, two) -> None:
    child = person(world.here)
    becomes(world, child, "aged under 10")
    report_about(world.here, *two, child)
    [row] = suggestions()
    assert {row.subject_id, row.other_subject_id} == set(two)


@pytest.mark.parametrize("age_band", ["aged under 10", "aged 10 to 17"])
def test_a_suggestion_about_somebody_who_turns_out_young_is_shown_as_the_policy_says(
    world: World, age_band: str
) -> None:
    """Of a child under 10 Administrators alone read; of who is under 18 those who read links."""
    one, young = person(world.here, "Robin Doe"), person(world.here, "Ash Roe")
    report_about(world.here, one, young)
    link_id = suggestions()[0].id
    becomes(world, young, age_band)
    is_child = age_band == "aged under 10"
    paths = (f"/links/{link_id}", "/links", f"/people/{one}/links")
    for who, reads in (("administrator", True), ("sub_administrator", not is_child)):
        browser = world.browser(who)
        for path in paths:
            assert ("Ash Roe" in browser.get(path).text) is reads, (who, path)
    for who in ("board", "dpo", "spoc", "member", "group_manager"):
        browser = world.browser(who)
        for path in (*paths, f"/gallery/{one}"):
            assert "Ash Roe" not in browser.get(path).text, (who, path)
