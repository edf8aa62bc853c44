"""Groups of people, and the Group Managers who look after theirs and nobody else's."""

import uuid

import pytest
from sqlalchemy import select

from disc.access.actor import Role
from disc.core.audit import AuditEvent
from disc.core.database import db, new_id
from disc.core.transaction import writing
from disc.members.models import Member, MemberGroup, MemberState
from disc.members.rules import Suspension
from tests.members.test_people import belongs, path, person, seen
from tests.world import World

NEW = {"name": "Invented Newcomer", "email": "new@example.org", "role": "member"}


def other_group(world: World) -> uuid.UUID:
    """Make a second group, with the far member in it."""
    with writing() as opened:
        group = MemberGroup(id=new_id(), scheme_id=world.here.scheme_id, name="Market staff")
        opened.add(group)
        opened.get_one(Member, world.here.actor("far_member").id).groups = [group]
        return group.id


def test_groups_are_added_renamed_and_removed_once_empty(world: World) -> None:
    manager = world.browser("administrator")
    world.here.actor("group_manager")
    manager.get("/desk/members/groups")
    assert manager.post("/desk/members/groups", {"name": "Quay chemists"}).status_code == 303
    taken = manager.post("/desk/members/groups", {"name": "quay CHEMISTS"})
    assert taken.status_code == 422
    assert "There is a group of that name already." in taken.text
    page = manager.get("/desk/members/groups").text
    assert "Looked after by Pat Group_Manager" in page
    used = f"/desk/members/groups/{world.here.group_id}"
    assert manager.post(used, {"name": "Corner staff"}).status_code == 303
    assert manager.post(used, {"name": "Quay chemists"}).status_code == 422
    still = manager.post(f"{used}/removed")
    assert still.status_code == 409
    assert "still people in this group" in still.text
    db.session.rollback()
    empty = db.session.scalars(select(MemberGroup).filter_by(name="Quay chemists")).one().id
    assert manager.post(f"/desk/members/groups/{empty}/removed").status_code == 303
    page = manager.get("/desk/members/groups").text
    assert "Corner staff" in page
    assert "Quay chemists" not in page
    db.session.rollback()
    acts = set(db.session.scalars(select(AuditEvent.act)))
    assert {"group added", "group renamed", "group removed"} <= acts


def test_a_group_of_leavers_alone_can_be_removed(world: World) -> None:
    group = other_group(world)
    manager = world.browser("administrator")
    manager.get("/desk/members/groups")
    assert manager.post(path(world.here, "far_member", "/left")).status_code == 303
    assert manager.post(f"/desk/members/groups/{group}/removed").status_code == 303


def test_a_group_manager_sees_their_own_people_alone(world: World) -> None:
    other_group(world)
    looker = world.browser("group_manager")
    page = looker.get("/desk/members").text
    assert "Pat Second_Member" in page
    assert "Pat Far_Member" not in page
    assert "Pat Administrator" not in page
    assert looker.get(path(world.here, "second_member")).status_code == 200
    assert looker.get("/desk/members/groups").status_code == 404


@pytest.mark.parametrize("who", ["member", "far_member", "administrator"])
def test_people_of_other_groups_do_not_exist_for_a_group_manager(world: World, who: str) -> None:
    other_group(world)
    looker = world.browser("group_manager")
    assert looker.get(path(world.here, who)).status_code == 404
    for act in ("places", "suspended", "back", "left", "approved", "refused", "new-way-in"):
        sent = {"why": Suspension.AWAY.value}
        assert looker.post(path(world.here, who, f"/{act}"), sent).status_code == 404, act
    assert person(world.here, who).state is MemberState.ACTIVE


def test_a_group_manager_hands_on_only_what_is_theirs(world: World) -> None:
    foreign = other_group(world)
    looker = world.browser("group_manager")
    page = path(world.here, "second_member")
    own = {"groups": [str(world.here.group_id)]}
    for name, theirs in (
        ("areas", world.here.other_area_id),
        ("premises", world.here.other_premises_id),
        ("groups", foreign),
    ):
        sent = belongs(world.here, seen=seen(looker, page), **{**own, name: [str(theirs)]})
        assert looker.post(f"{page}/places", sent).status_code == 422, name
    good = belongs(world.here, seen=seen(looker, page), **own)
    assert looker.post(f"{page}/places", good).status_code == 303


def test_what_a_group_manager_cannot_reach_stays_as_it_is(world: World) -> None:
    foreign = other_group(world)
    looker = world.browser("group_manager")
    with writing() as opened:
        member = opened.get_one(Member, world.here.actor("second_member").id)
        far = opened.get_one(Member, world.here.actor("far_member").id)
        member.areas = [*member.areas, *far.areas]
        member.groups = [*member.groups, opened.get_one(MemberGroup, foreign)]
    page = path(world.here, "second_member")
    sent = belongs(world.here, seen=seen(looker, page), groups=[str(world.here.group_id)])
    assert looker.post(f"{page}/places", sent).status_code == 303
    row = person(world.here, "second_member")
    assert {one.id for one in row.areas} == {world.here.area_id, world.here.other_area_id}
    assert {one.id for one in row.groups} == {world.here.group_id, foreign}


def test_a_group_manager_invites_into_their_group_alone(world: World) -> None:
    foreign = other_group(world)
    looker = world.browser("group_manager")
    looker.get("/desk/members/invite")
    where = belongs(world.here, seen="")
    without = looker.post("/desk/members/people", {**NEW, **where})
    assert without.status_code == 422
    assert "Choose a group." in without.text
    for wrong in (
        {"groups": [str(foreign)]},
        {"groups": [str(world.here.group_id)], "role": Role.GROUP_MANAGER.value},
        {"groups": [str(world.here.group_id)], "role": Role.SPOC.value},
        {"groups": [str(world.here.group_id)], "areas": [str(world.here.other_area_id)]},
    ):
        assert looker.post("/desk/members/people", {**NEW, **where, **wrong}).status_code == 422
    good = {**NEW, **where, "groups": [str(world.here.group_id)]}
    assert "Invitation ready" in looker.post("/desk/members/people", good).text


def test_a_group_manager_changes_no_role_and_no_fellow_manager(world: World) -> None:
    looker = world.browser("group_manager")
    with writing() as opened:
        group = opened.get_one(MemberGroup, world.here.group_id)
        fellow = opened.get_one(Member, world.here.actor("member").id)
        fellow.role, fellow.groups = Role.GROUP_MANAGER, [group]
    looker.get("/desk/members")
    role = path(world.here, "second_member", "/role")
    assert looker.post(role, {"role": "author"}).status_code == 404
    assert looker.get(path(world.here, "member")).status_code == 200
    assert looker.post(path(world.here, "member", "/left")).status_code == 404


def test_another_schemes_group_cannot_be_given(world: World) -> None:
    world.there.actor("group_manager")
    manager, page = world.browser("administrator"), path(world.here, "member")
    sent = belongs(world.here, seen=seen(manager, page), groups=[str(world.there.group_id)])
    assert manager.post(f"{page}/places", sent).status_code == 422
