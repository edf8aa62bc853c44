"""Managers look after people: where they belong, their role, and whether they are let in."""

import re
import uuid
from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from sqlalchemy import select

from disc.access.actor import Role
from disc.core import clock
from disc.core.audit import AuditEvent
from disc.core.database import db, new_id
from disc.core.transaction import writing
from disc.members import managing
from disc.members.managing import Belonging
from disc.members.models import Invitation, Member, MemberState, Passkey, RecoveryCode
from disc.members.queries import get_area, get_member
from disc.members.rules import Suspension
from tests.at_once import at_once
from tests.browsers import Browser
from tests.world import PASSWORD, Place, World

SEEN = re.compile(r'name="seen" value="([0-9a-f]{64})"')


def person(place: Place, who: str) -> Member:
    db.session.rollback()
    return db.session.get_one(Member, place.actor(who).id)


def path(place: Place, who: str, act: str = "") -> str:
    return f"/desk/members/people/{place.actor(who).id}{act}"


def belongs(place: Place, *, seen: str, **more: object) -> dict[str, object]:
    where = {"areas": [str(place.area_id)], "premises": [str(place.premises_id)], "seen": seen}
    return {**where, **more}


def seen(browser: Browser, page: str) -> str:
    found = SEEN.search(browser.get(page).text)
    assert found
    return found[1]


def give_role(manager: Browser, place: Place, who: str, role: Role, **more: object) -> int:
    page = path(place, who, "/role")
    sent = belongs(place, seen=seen(manager, page), role=role.value, **more)
    return manager.post(page, sent).status_code


def acts_on(place: Place, who: str) -> list[tuple[str, str]]:
    db.session.rollback()
    rows = select(AuditEvent.act, AuditEvent.detail).where(
        AuditEvent.target_id == place.actor(who).id
    )
    return [(act, detail) for act, detail in db.session.execute(rows)]


def test_a_manager_sees_everybody_and_each_one_without_any_secret(world: World) -> None:
    manager = world.browser("administrator")
    listed = manager.get("/desk/members").text
    assert "Pat Member" in listed
    assert "Pat Far_Member" in listed
    member = person(world.here, "member")
    secrets = [member.password_hash, member.viewer_code]
    page = manager.get(path(world.here, "member")).text
    assert "Last signed in" in page
    assert "Quayside" in page
    assert not any(secret and secret in page for secret in secrets)
    assert ("member seen", "") in acts_on(world.here, "member")


def test_new_areas_count_at_once(world: World) -> None:
    manager, member = world.browser("administrator"), world.browser("member")
    page = path(world.here, "member")
    areas = [str(world.here.area_id), str(world.here.other_area_id)]
    sent = belongs(world.here, seen=seen(manager, page), areas=areas)
    assert manager.post(f"{page}/places", sent).status_code == 303
    assert "Market" in member.get("/me").text
    assert ("places changed", "") in acts_on(world.here, "member")


def test_a_role_keeps_the_places_that_it_needs(world: World) -> None:
    manager = world.browser("administrator")
    page = path(world.here, "member")
    stamp = seen(manager, page)
    nowhere = manager.post(f"{page}/places", {"seen": stamp})
    assert nowhere.status_code == 422
    assert "Choose at least one Area." in nowhere.text
    assert "Choose where this person works." in nowhere.text
    elsewhere = belongs(world.here, seen=stamp, areas=[str(world.here.other_area_id)])
    assert "Choose Quayside too" in manager.post(f"{page}/places", elsewhere).text
    assert give_role(manager, world.here, "member", Role.GROUP_MANAGER) == 422
    assert give_role(manager, world.here, "member", Role.INVESTIGATOR, premises=[]) == 303


def test_another_schemes_places_cannot_be_given(world: World) -> None:
    manager, page = world.browser("administrator"), path(world.here, "member")
    stamp = seen(manager, page)
    for name, theirs in (("areas", world.there.area_id), ("premises", world.there.premises_id)):
        sent = belongs(world.here, seen=stamp, **{name: [str(theirs)]})
        assert manager.post(f"{page}/places", sent).status_code == 422
    assert {one.id for one in person(world.here, "member").areas} == {world.here.area_id}


def test_who_was_given_another_role_signs_in_anew(world: World) -> None:
    manager, member = world.browser("administrator"), world.browser("member")
    assert give_role(manager, world.here, "member", Role.AUTHOR) == 303
    assert member.get("/me").status_code == 302
    assert "Author" in world.browser("member").get("/me").text
    assert ("role changed", "member to author") in acts_on(world.here, "member")


def test_an_old_proof_does_not_change_a_role(world: World) -> None:
    with time_machine.travel(clock.now(), tick=False) as clockwork:
        manager = world.browser("administrator")
        page = path(world.here, "member", "/role")
        stamp = seen(manager, page)
        clockwork.shift(timedelta(minutes=11))
        assert manager.get(page).status_code == 302
        sent = belongs(world.here, seen=stamp, role=Role.AUTHOR.value)
        assert manager.post(page, sent).status_code == 401
        assert manager.get(path(world.here, "member", "/new-way-in")).status_code == 302
    assert person(world.here, "member").role is Role.MEMBER


def test_suspending_signs_out_everywhere_and_letting_back_in_lets_in(world: World) -> None:
    manager, member = world.browser("administrator"), world.browser("member")
    manager.get("/desk/members")
    without_reason = manager.post(path(world.here, "member", "/suspended"), {"why": "a long story"})
    assert without_reason.status_code == 422
    sent = {"why": Suspension.DEVICE_LOST.value}
    assert manager.post(path(world.here, "member", "/suspended"), sent).status_code == 303
    assert member.get("/me").status_code == 302
    assert member.sign_in(world.here.emails["member"], PASSWORD).status_code == 401
    assert ("member suspended", "device lost") in acts_on(world.here, "member")
    assert manager.post(path(world.here, "member", "/suspended"), sent).status_code == 409
    assert manager.post(path(world.here, "member", "/back")).status_code == 303
    assert world.browser("member").get("/me").status_code == 200


def test_a_new_way_in_takes_the_old_ones_away(world: World, browser: Browser) -> None:
    manager, member = world.browser("administrator"), world.browser("member")
    with writing() as opened:
        row = opened.get_one(Member, world.here.actor("member").id)
        row.pin_hash, row.totp, row.totp_step = "hash", "JBSWY3DPEHPK3PXP", 1
        ids = {"id": new_id(), "member_id": row.id}
        opened.add(Passkey(**ids, credential_id=b"c", public_key=b"k", label="Phone"))
        opened.add(RecoveryCode(**ids, digest=b"d"))
    manager.get("/desk/members")
    page = manager.post(path(world.here, "member", "/new-way-in"))
    link = re.search(r"/join/[\w-]+", page.text)
    assert link
    row = person(world.here, "member")
    assert row.state is MemberState.INVITED
    assert (row.password_hash, row.pin_hash, row.totp_sealed, row.totp_step) == (None,) * 4
    for table in (Passkey, RecoveryCode):
        assert db.session.scalar(select(sa.func.count()).select_from(table)) == 0
    assert member.get("/me").status_code == 302
    assert member.sign_in(world.here.emails["member"], PASSWORD).status_code == 401
    assert browser.get(link[0]).status_code == 200
    again = manager.post(path(world.here, "member", "/new-way-in"))
    assert "Invitation ready" in again.text
    assert browser.get(link[0]).status_code == 404


def test_nobody_manages_themselves(world: World) -> None:
    manager = world.browser("administrator")
    own = path(world.here, "administrator")
    manager.get(own)
    for act in ("suspended", "left", "new-way-in", "role"):
        sent = {"why": Suspension.AWAY.value, "role": Role.BOARD.value}
        assert manager.post(f"{own}/{act}", sent).status_code == 409, act
    stamp = managing.seen_of(person(world.here, "administrator"))
    sent = belongs(world.here, seen=stamp)
    assert manager.post(f"{own}/places", sent).status_code == 409
    assert person(world.here, "administrator").role is Role.ADMINISTRATOR


@pytest.mark.parametrize("above", ["administrator", "board", "dpo"])
def test_a_sub_administrator_cannot_touch_those_above(world: World, above: str) -> None:
    helper = world.browser("sub_administrator")
    page = path(world.here, above)
    assert helper.get(page).status_code == 200
    assert "Has left" not in helper.get(page).text
    for act in ("suspended", "back", "left", "approved", "refused", "new-way-in", "places"):
        sent = {"why": Suspension.AWAY.value}
        assert helper.post(f"{page}/{act}", sent).status_code == 404, act
    assert helper.post(path(world.here, "member", "/role"), {"role": "author"}).status_code == 404
    assert person(world.here, above).state is MemberState.ACTIVE


def test_a_sub_administrator_gives_no_managing_role(world: World) -> None:
    helper = world.browser("sub_administrator")
    page = helper.get("/desk/members/invite").text
    assert 'value="group manager"' in page
    for role in (Role.ADMINISTRATOR, Role.SUB_ADMINISTRATOR, Role.BOARD, Role.DPO):
        assert f'value="{role.value}"' not in page
        sent = {"name": "Invented", "email": "new@example.org", "role": role.value}
        assert helper.post("/desk/members/people", sent).status_code == 422


def test_the_dpo_looks_and_changes_nothing(world: World) -> None:
    dpo = world.browser("dpo")
    assert "Pat Member" in dpo.get("/desk/members").text
    assert "Invite a person" not in dpo.get("/desk/members").text
    page = dpo.get(path(world.here, "member"))
    assert page.status_code == 200
    assert "<form" not in page.text.split("<main")[1]
    assert dpo.post(path(world.here, "member", "/left")).status_code == 404


def test_the_last_administrator_and_the_last_of_the_board_stay(world: World) -> None:
    second = _second_administrator(world)
    manager = world.browser("administrator")
    manager.get("/desk/members")
    why = {"why": Suspension.AWAY.value}
    for act in ("suspended", "left", "new-way-in"):
        answer = manager.post(path(world.here, "board", f"/{act}"), why)
        assert answer.status_code == 409, act
        assert "last person in this role" in answer.text
    assert give_role(manager, world.here, "board", Role.MEMBER) == 409
    assert manager.post(f"/desk/members/people/{second}/suspended", why).status_code == 303
    assert person(world.here, "board").state is MemberState.ACTIVE


def test_two_administrators_cannot_shut_each_other_out_at_once(world: World, app: Flask) -> None:
    second = _second_administrator(world)
    first, other = world.here.actor("administrator"), world.here.actor("second_administrator")
    refused = at_once(
        app,
        lambda: managing.suspend(first, second, Suspension.CHECKING),
        lambda: managing.suspend(other, first.id, Suspension.CHECKING),
    )
    assert len(refused) == 1
    states = [person(world.here, one).state for one in ("administrator", "second_administrator")]
    assert sorted(states) == [MemberState.ACTIVE, MemberState.SUSPENDED]


def test_the_second_of_two_managers_at_once_is_told(world: World, app: Flask) -> None:
    actor, who = world.here.actor("administrator"), world.here.actor("member").id
    other = world.here.actor("sub_administrator")
    refused = at_once(
        app,
        lambda: managing.suspend(actor, who, Suspension.CHECKING),
        lambda: managing.shut_out(other, who),
        lambda: managing.suspend(other, who, Suspension.AWAY),
    )
    assert set(refused) == {"stale"}
    stamp = managing.seen_of(person(world.here, "far_member"))
    far = world.here.actor("far_member").id

    def moved(area: uuid.UUID) -> Member:
        areas = [get_area(actor, area)]
        premises = get_member(actor, far).premises
        return managing.move(
            actor, far, Belonging(areas=areas, premises=premises, groups=[], seen=stamp)
        )

    refused = at_once(
        app,
        lambda: moved(world.here.area_id),
        lambda: managing.suspend(other, far, Suspension.AWAY),
    )
    assert refused in (["stale"], [])


def test_a_page_that_is_out_of_date_changes_nothing(world: World) -> None:
    manager, helper = world.browser("administrator"), world.browser("sub_administrator")
    page = path(world.here, "member")
    stamp = seen(manager, page)
    both = [str(world.here.area_id), str(world.here.other_area_id)]
    sent = belongs(world.here, seen=seen(helper, page), areas=both)
    assert helper.post(f"{page}/places", sent).status_code == 303
    late = manager.post(f"{page}/places", belongs(world.here, seen=stamp))
    assert late.status_code == 409
    assert "Somebody changed this person a moment ago" in late.text
    assert len(person(world.here, "member").areas) == 2


def test_a_leaver_is_the_contact_of_nothing_and_keeps_no_way_in(world: World) -> None:
    from disc.members.models import Premises

    manager = world.browser("administrator")
    with writing() as opened:
        place = opened.get_one(Premises, world.here.premises_id)
        place.contact_id = world.here.actor("member").id
    manager.get("/desk/members")
    assert manager.post(path(world.here, "member", "/left")).status_code == 303
    db.session.rollback()
    assert db.session.get_one(Premises, world.here.premises_id).contact_id is None
    row = person(world.here, "member")
    assert row.password_hash is None
    left = select(Invitation).where(Invitation.member_id == row.id)
    assert db.session.scalars(left).all() == []
    assert manager.post(path(world.here, "member", "/back")).status_code == 409


def test_two_hundred_people_are_one_page_without_a_name_in_its_address(world: World) -> None:
    manager = world.browser("administrator")
    page = manager.get("/desk/members").text
    assert "data-people-filter hidden" in page
    assert "<form" not in page.split("data-people-filter")[1].split("</ul>")[0]


def _second_administrator(world: World) -> uuid.UUID:
    from disc.members.models import Scheme
    from tests.world import person as add

    with writing() as opened:
        scheme = opened.get_one(Scheme, world.here.scheme_id)
        row = add(world.here, scheme, "second_administrator", Role.ADMINISTRATOR, ([], []))
        return row.id
