"""Premises and Areas: what is known of them, and what their owners allow."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from disc.core import clock
from disc.core.audit import AuditEvent
from disc.core.database import db
from disc.core.transaction import writing
from disc.members.models import Member, MemberState, Premises
from tests.browsers import Browser
from tests.members.test_people import belongs, path, seen
from tests.world import Place, World


def page_of(place: Place) -> str:
    return f"/desk/members/premises/{place.premises_id}"


def details(manager: Browser, place: Place, **more: object) -> dict[str, object]:
    plain = {"name": "Corner Foods", "area_id": str(place.area_id), "contact_id": ""}
    return {**plain, "seen": seen(manager, page_of(place)), **more}


def row(place: Place) -> Premises:
    db.session.rollback()
    return db.session.get_one(Premises, place.premises_id)


def test_the_details_of_premises_are_changed_and_written_down(world: World) -> None:
    manager = world.browser("administrator")
    sent = details(
        manager,
        world.here,
        sector="food",
        address="1 Invented Street",
        latitude="50.7192",
        longitude="-1.8808",
        others_may_report="y",
        contact_id=str(world.here.actor("member").id),
    )
    assert manager.post(page_of(world.here), sent).status_code == 303
    found = row(world.here)
    assert (found.latitude, found.longitude) == (50.7192, -1.8808)
    assert found.others_may_report
    assert found.contact_id == world.here.actor("member").id
    shown = manager.get(page_of(world.here)).text
    assert "1 Invented Street" in shown
    assert "Pat Second_Member" in shown
    told = select(AuditEvent.detail).where(AuditEvent.act == "premises changed")
    db.session.rollback()
    assert "Invented" not in db.session.scalars(told).one()


@pytest.mark.parametrize(
    ("latitude", "longitude", "sentence"),
    [
        ("50.7", "", "Type both numbers, or none."),
        ("north", "1", "Type a number such as 50.72."),
        ("91", "1", "between -90 and 90"),
        ("1", "-181", "between -180 and 180"),
        ("nan", "1", "between -90 and 90"),
        ("1", "inf", "between -180 and 180"),
    ],
)
def test_a_place_that_is_not_on_the_globe_is_refused(
    world: World, latitude: str, longitude: str, sentence: str
) -> None:
    manager = world.browser("administrator")
    sent = details(manager, world.here, latitude=latitude, longitude=longitude)
    answer = manager.post(page_of(world.here), sent)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert row(world.here).latitude is None


def test_the_contact_is_somebody_active_who_works_there(world: World) -> None:
    manager = world.browser("administrator")
    with writing() as opened:
        away = opened.get_one(Member, world.here.actor("second_member").id)
        away.state = MemberState.SUSPENDED
    for who in (
        world.here.actor("far_member").id,
        world.here.actor("second_member").id,
        world.there.actor("member").id,
    ):
        sent = details(manager, world.here, contact_id=str(who))
        assert manager.post(page_of(world.here), sent).status_code == 422


def test_who_works_elsewhere_now_is_no_contact_any_more(world: World) -> None:
    manager = world.browser("administrator")
    sent = details(manager, world.here, contact_id=str(world.here.actor("member").id))
    manager.post(page_of(world.here), sent)
    moved = path(world.here, "member")
    where = belongs(
        world.here,
        seen=seen(manager, moved),
        areas=[str(world.here.other_area_id)],
        premises=[str(world.here.other_premises_id)],
    )
    assert manager.post(f"{moved}/places", where).status_code == 303
    assert row(world.here).contact_id is None


def test_the_second_of_two_changes_is_told(world: World) -> None:
    manager, helper = world.browser("administrator"), world.browser("sub_administrator")
    late = details(manager, world.here, name="Corner Shop")
    assert (
        helper.post(
            page_of(world.here), details(helper, world.here, name="Corner Store")
        ).status_code
        == 303
    )
    answer = manager.post(page_of(world.here), late)
    assert answer.status_code == 409
    assert "a moment ago" in answer.text
    assert row(world.here).name == "Corner Store"


def test_an_owner_limits_what_is_shared_and_takes_it_back(world: World) -> None:
    manager = world.browser("administrator")
    manager.get(page_of(world.here))
    path_of = f"{page_of(world.here)}/authority"
    yesterday = clock.today() - timedelta(days=1)
    sent = {
        "authority_by": "The area manager",
        "limits": "This town alone.",
        "may_exclude": "y",
        "excludes_since": yesterday.isoformat(),
    }
    assert manager.post(path_of, sent).status_code == 303
    found = row(world.here)
    assert (found.authority_role, found.authority_on) == ("The area manager", clock.today())
    assert (found.authority_limits, found.excludes_since) == ("This town alone.", yesterday)
    future = {**sent, "excludes_since": (clock.today() + timedelta(days=1)).isoformat()}
    assert manager.post(path_of, future).status_code == 422
    assert manager.post(path_of, {"authority_by": ""}).status_code == 303
    assert (row(world.here).authority_on, row(world.here).excludes_since) == (None, None)


def test_saving_again_does_not_make_an_authority_younger(world: World) -> None:
    manager = world.browser("administrator")
    manager.get(page_of(world.here))
    before = row(world.here).authority_on
    sent = {"authority_by": "The owner", "may_exclude": "y"}
    assert manager.post(f"{page_of(world.here)}/authority", sent).status_code == 303
    assert row(world.here).authority_on == before


def test_an_area_is_renamed_unless_the_name_is_taken(world: World) -> None:
    manager = world.browser("administrator")
    manager.get("/desk/members/areas")
    area = f"/desk/members/areas/{world.here.area_id}"
    assert manager.post(area, {"name": "market"}).status_code == 422
    assert manager.post(area, {"name": "Old Quay"}).status_code == 303
    assert "Old Quay" in manager.get("/desk/members/areas").text


def test_premises_cannot_be_moved_to_another_schemes_area(world: World) -> None:
    manager = world.browser("administrator")
    sent = details(manager, world.here, area_id=str(world.there.area_id))
    assert manager.post(page_of(world.here), sent).status_code == 422
    assert row(world.here).area_id == world.here.area_id
