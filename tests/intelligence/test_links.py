"""Links: suggested by one, confirmed by another, ended, graded; ended and erased on their days."""

import uuid

import pytest
import sqlalchemy as sa
from flask import Flask

from disc.core.audit import AuditEvent
from disc.core.database import db
from disc.core.errors import Missing
from disc.core.jobs import drain
from disc.core.keys import DataKey
from disc.core.transaction import writing
from disc.dataprotection.retention import run_clocks
from disc.gallery import merging
from disc.gallery.care import take_care
from disc.gallery.erasing import erase_subject
from disc.gallery.looks import Looks
from disc.gallery.models import Subject
from disc.gallery.queries import get_subject
from disc.gallery.service import Correction, correct_subject
from disc.intelligence import queries, service
from disc.intelligence.errors import AlreadyLinked, ChangedLink, UnfitLink
from disc.intelligence.models import Association
from disc.intelligence.rules import (
    Assessment,
    AssociationKind,
    AssociationState,
    Grading,
    Handling,
    Source,
)
from tests.dataprotection.days import at, beginning, count, months
from tests.intelligence.cases import (
    EVIDENCE,
    confirmed,
    driven,
    fields,
    link,
    linked,
    person,
    reference,
    subject,
    together,
    vehicle,
)
from tests.whole_app.callers import proved_long_ago, sign_in
from tests.world import World


@pytest.fixture
def two(world: World) -> tuple[uuid.UUID, uuid.UUID]:
    """Two Known people of here."""
    return person(world.here, "Robin Doe"), person(world.here, "Ash Roe")


def page_of(subject_id: uuid.UUID) -> str:
    return f"/people/{subject_id}/links"


def test_a_manager_links_two_people_and_another_confirms_it(world: World, two) -> None:
    one, other = two
    manager, second = world.browser("administrator"), world.browser("sub_administrator")
    manager.get(f"{page_of(one)}/new")
    sent = manager.post(f"{page_of(one)}/new", fields(reference(world.here, other).lower()))
    assert sent.location == page_of(one)
    page = manager.get(page_of(one)).text
    assert "Ash Roe" in page
    assert "2 A P" in page
    assert "Not confirmed" in page
    db.session.rollback()
    [row] = db.session.scalars(sa.select(Association))
    link_id = row.id
    assert row.state is AssociationState.SUGGESTED
    own = manager.get(f"/links/{link_id}").text
    assert EVIDENCE in own
    assert "Another manager must confirm it." in own
    assert manager.post(f"/links/{link_id}/confirm").status_code == 404
    assert "Check the links" in second.get("/desk").text
    assert f"/links/{link_id}" in second.get("/links").text
    second.get(f"/links/{link_id}")
    assert second.post(f"/links/{link_id}/confirm").status_code == 303
    assert link(link_id).state is AssociationState.CONFIRMED
    assert link(link_id).confirmed_by_id == world.here.actor("sub_administrator").id
    assert f"/links/{link_id}" not in second.get("/links").text


def test_a_vehicle_is_linked_by_its_mark_and_shows_its_people(world: World, two) -> None:
    vehicle_id, manager = (
        vehicle(world.here, "AB12 CDE", colour="blue"),
        world.browser("administrator"),
    )
    manager.get(f"{page_of(two[0])}/new")
    wanted = fields("ab12 cde", kind="uses this vehicle", months="3")
    assert manager.post(f"{page_of(two[0])}/new", wanted).status_code == 303
    shown = manager.get(f"/vehicles/{vehicle_id}").text
    assert "Robin Doe" in shown
    assert "Uses this vehicle" in shown
    assert "AB12CDE" in manager.get(page_of(two[0])).text


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"other": "P-XXXXXX"}, "No record has this number or plate."),
        ({"other": ""}, "Type the number of a person"),
        ({"kind": "passenger"}, "This kind of link is not between two people."),
        ({"handling": "C"}, "Type the conditions."),
        ({"source": ""}, "Choose how good the source is."),
        ({"assessment": "F"}, "Not a valid choice"),
        ({"evidence": "  "}, "Type how you know."),
        ({"months": "13"}, "Not a valid choice"),
    ],
)
def test_what_makes_no_link_is_refused_with_a_sentence(
    world: World, two, changes: dict[str, str], sentence: str
) -> None:
    manager = world.browser("administrator")
    manager.get(f"{page_of(two[0])}/new")
    wanted = fields(reference(world.here, two[1])) | changes
    answer = manager.post(f"{page_of(two[0])}/new", wanted)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert count(Association) == 0


def test_the_service_asks_as_the_form_does(world: World, two) -> None:
    conditions = Grading(Source.RELIABLE, Assessment.DIRECTLY, Handling.CONDITIONS)
    for wrong in ({"grading": conditions}, {"evidence": " "}, {"months": 5}):
        with pytest.raises(UnfitLink):
            linked(world.here, *two, **wrong)
    with pytest.raises(UnfitLink):
        linked(world.here, two[0], two[0])
    with pytest.raises(UnfitLink):
        driven(world.here, two[0], vehicle(world.here), kind=AssociationKind.FAMILY)
    with pytest.raises(Missing):
        linked(world.here, two[0], person(world.there))


def test_one_kind_of_link_between_two_is_there_once_until_it_ended(world: World, two) -> None:
    first = linked(world.here, *two)
    with pytest.raises(AlreadyLinked):
        linked(world.here, two[1], two[0])
    linked(world.here, *two, kind=AssociationKind.FAMILY)
    with writing():
        service.end(world.here.actor("administrator"), first)
    assert linked(world.here, two[1], two[0]) != first
    manager = world.browser("administrator")
    manager.get(f"{page_of(two[0])}/new")
    again = manager.post(f"{page_of(two[0])}/new", fields(reference(world.here, two[1])))
    assert again.status_code == 409
    assert "There is already such a link" in again.text


def test_conditions_are_sealed_and_kept_only_where_they_are_asked_for(world: World, two) -> None:
    secret = "Only the two managers of the scheme may read this."
    kept = Grading(Source.RELIABLE, Assessment.DIRECTLY, Handling.CONDITIONS, secret)
    not_kept = Grading(Source.RELIABLE, Assessment.DIRECTLY, Handling.PERMITTED, secret)
    row = link(linked(world.here, *two, grading=kept))
    assert row.conditions == secret
    assert secret.encode() not in row.conditions_sealed
    assert EVIDENCE.encode() not in row.evidence_sealed
    other = link(linked(world.here, *two, kind=AssociationKind.OTHER, grading=not_kept))
    assert (other.conditions, other.conditions_sealed) == ("", None)


def test_an_ended_link_is_on_no_chart_and_cannot_be_confirmed(world: World, two) -> None:
    link_id, manager = linked(world.here, *two), world.browser("administrator")
    manager.get(f"/links/{link_id}")
    assert manager.post(f"/links/{link_id}/end").status_code == 303
    assert manager.post(f"/links/{link_id}/end").status_code == 303
    page = manager.get(page_of(two[0])).text
    assert '<svg class="chart__sheet"' not in page
    assert "Links that ended" in page
    with pytest.raises(ChangedLink):
        confirmed(world.here, link_id)
    assert queries.to_check(world.here.actor("administrator")) == []


def test_a_link_ends_and_is_erased_on_its_days(world: World) -> None:
    with beginning():
        one, other = person(world.here, "Robin Doe"), person(world.here, "Ash Roe")
        link_id = together(world.here, one, other, months=3)
        assert (link(link_id).expires_on, link(link_id).erase_on) == (months(3), months(6))
    with at(months(3)):
        [found] = queries.links_of(world.here.actor("administrator"), [one])
        assert not found.is_live
        assert run_clocks().links_ended == 1
        assert link(link_id).state is AssociationState.EXPIRED
        key_id = link(link_id).data_key_id
    with at(months(6)):
        assert run_clocks().links == 1
        assert link(link_id) is None
        assert db.session.get(DataKey, key_id) is None


def test_no_link_outlives_the_day_of_a_record_nor_one_that_became_shorter(world: World) -> None:
    with beginning():
        unknown, known = person(world.here), person(world.here, "Ash Roe")
        link_id = linked(world.here, unknown, known)
        assert (link(link_id).expires_on, link(link_id).erase_on) == (months(6), months(6))
        manager = world.here.actor("administrator")
        with writing():
            take_care(manager, get_subject(manager, unknown), under_18=True, vulnerable=False)
    with at(months(2)):
        assert subject(unknown).erase_on == months(3)
        assert run_clocks().links_shortened == 1
        assert (link(link_id).expires_on, link(link_id).erase_on) == (months(3), months(3))
        assert run_clocks().links_shortened == 0


@pytest.mark.parametrize("which", [0, 1])
def test_erasing_either_person_takes_the_link_and_its_key(world: World, two, which: int) -> None:
    link_id = together(world.here, *two)
    stays = driven(world.here, two[1 - which], vehicle(world.here))
    key_id = link(link_id).data_key_id
    with writing():
        erase_subject(db.session.get_one(Subject, two[which]))
    drain()
    assert link(link_id) is None
    assert db.session.get(DataKey, key_id) is None
    assert link(stays) is not None


def test_a_joined_record_brings_its_links_and_takes_them_out_again(world: World, two) -> None:
    manager, (one, other), third = world.here.actor("administrator"), two, person(world.here)
    between, with_third = linked(world.here, one, other), linked(world.here, other, third)
    with writing():
        merging.merge(manager, other, one)
    found = queries.links_of(manager, [one])
    assert [(each.row.id, {each.one.id, each.other.id}) for each in found] == [
        (with_third, {one, third})
    ]
    assert [each.row.id for each in queries.links_of(manager, [third])] == [with_third]
    # What is added for the joined record is of the kept one.
    added = linked(world.here, other, third, kind=AssociationKind.OTHER)
    assert one in (link(added).subject_id, link(added).other_subject_id)
    with writing():
        merging.unmerge(manager, other)
    assert {each.row.id for each in queries.links_of(manager, [one])} == {between, added}
    with writing():
        merging.merge(manager, other, one)
        erase_subject(db.session.get_one(Subject, one))
    drain()
    assert count(Association) == 0


def test_a_record_past_its_day_of_hiding_is_not_named_on_others_pages(
    world: World, app: Flask
) -> None:
    with beginning():
        one = person(world.here, "Robin Doe")
    with at(months(2)):
        other = person(world.here, "Ash Roe")
        linked(world.here, one, other)
    with at(months(12)):
        page = world.browser("administrator").get(page_of(other)).text
        assert "Robin Doe" not in page
        assert reference(world.here, one) in page
        assert "Past its day" in page
        stale = sign_in(app, world.here.actor("administrator"), proved_long_ago)
        assert stale.get(page_of(one)).location.startswith("/prove")
        assert stale.get(page_of(other)).status_code == 200


@pytest.mark.parametrize(
    "who", ["member", "author", "investigator", "group_manager", "board", "spoc", "dpo"]
)
def test_nobody_but_managers_finds_links_or_vehicles(world: World, two, who: str) -> None:
    link_id, vehicle_id = together(world.here, *two), vehicle(world.here)
    browser = world.browser(who)
    for path in (
        "/links",
        "/vehicles",
        "/vehicles/new",
        f"/vehicles/{vehicle_id}",
        f"/links/{link_id}",
        page_of(two[0]),
        f"{page_of(two[0])}/new",
    ):
        assert browser.get(path).status_code == 404, path
    for path in (f"/links/{link_id}/end", f"/links/{link_id}/confirm", "/vehicles/find"):
        assert browser.post(path, {"mark": "AB12CDE"}).status_code == 404, path
    assert link(link_id).state is AssociationState.CONFIRMED


def test_another_scheme_finds_no_link_of_here(world: World, two) -> None:
    link_id = linked(world.here, *two)
    stranger = world.browser("administrator", world.there)
    stranger.get("/links")
    for path in (f"/links/{link_id}", page_of(two[0]), f"{page_of(two[0])}/new"):
        assert stranger.get(path).status_code == 404
    for path in (f"/links/{link_id}/end", f"/links/{link_id}/confirm"):
        assert stranger.post(path).status_code == 404
    own = person(world.there, "Kit Poe")
    stranger.get(f"{page_of(own)}/new")
    tried = stranger.post(f"{page_of(own)}/new", fields(reference(world.here, two[0])))
    assert tried.status_code == 422
    assert queries.links_of(world.there.actor("administrator"), [two[0]]) == []


def test_reading_is_journaled_for_everybody_named_and_changes_by_ids_alone(
    world: World, two
) -> None:
    from disc.core.audit import AuditSeen
    from disc.dataprotection.tracing import viewers

    link_id = linked(world.here, *two)
    second = world.browser("sub_administrator")
    second.get(page_of(two[0]))
    second.get(f"/links/{link_id}")
    second.post(f"/links/{link_id}/confirm")
    second.post(f"/links/{link_id}/end")
    db.session.rollback()
    acts = set(db.session.scalars(sa.select(AuditEvent.act).where(AuditEvent.target_id == link_id)))
    assert acts == {"link suggested", "link read", "link confirmed", "link ended"}
    both = sa.select(AuditSeen.target_id).join(
        AuditEvent,
        (AuditEvent.scheme_id == AuditSeen.scheme_id) & (AuditEvent.position == AuditSeen.position),
    )
    assert set(db.session.scalars(both.where(AuditEvent.act == "links read"))) == set(two)
    for detail in db.session.scalars(sa.select(AuditEvent.detail)):
        assert not any(word in detail for word in ("Robin", "Ash", EVIDENCE))
    readers = viewers(world.here.actor("dpo"), two[1])
    assert world.here.actor("sub_administrator").id in {one.member_id for one in readers}


def test_a_child_under_10_is_named_at_the_end_of_no_link_but_to_administrators(
    world: World,
) -> None:
    one, child = person(world.here, "Robin Doe"), person(world.here, "Ash Roe")
    link_id = linked(world.here, one, child)
    manager = world.here.actor("administrator")
    with writing():
        found = get_subject(manager, child)
        said = Correction(name="Ash Roe", looks=Looks(age_band="aged under 10"))
        correct_subject(manager, found, said)
        take_care(manager, found, under_18=False, vulnerable=False)
    number = reference(world.here, child)
    deputy = world.browser("sub_administrator")
    for path in ("/links", f"/people/{one}/links", f"/people/{one}"):
        page = deputy.get(path).text
        assert "Ash Roe" not in page, path
        assert number not in page, path
    assert deputy.get(f"/links/{link_id}").status_code == 404
    assert deputy.post(f"/links/{link_id}/confirm").status_code == 404
    assert queries.count_to_check(world.here.actor("sub_administrator")) == 0
    assert queries.count_to_check(manager) == 1
    assert "Ash Roe" in world.browser("administrator").get(f"/people/{one}/links").text
