"""The table decides, and what it does not mention is denied."""

import uuid
from dataclasses import dataclass, replace

import pytest

from disc.access.actor import Actor, Role
from disc.access.permissions import Permission
from disc.access.policy import POLICY, may_ever, permits

AREA, SHOP, SOMEBODY, GROUP = (uuid.uuid4() for _ in range(4))


@dataclass
class Thing:
    """Something with everything that a predicate may ask for."""

    scheme_id: uuid.UUID
    owner_id: uuid.UUID
    area_id: uuid.UUID = AREA
    premises_id: uuid.UUID = SHOP
    area_ids: frozenset[uuid.UUID] = frozenset({AREA})
    proposed_by_id: uuid.UUID = SOMEBODY
    made_by_id: uuid.UUID = SOMEBODY
    asked: str = "object"
    role: Role = Role.MEMBER
    id: uuid.UUID = SOMEBODY
    invited_by_id: uuid.UUID | None = None
    group_ids: frozenset[uuid.UUID] = frozenset({GROUP})
    is_from_police: bool = True
    is_shared: bool = True

    @property
    def contact_id(self) -> uuid.UUID:
        return self.owner_id


def actor(role: Role) -> Actor:
    return Actor(
        id=uuid.uuid4(),
        session_id=uuid.uuid4(),
        scheme_id=uuid.uuid4(),
        role=role,
        area_ids=frozenset({AREA}),
        premises_ids=frozenset({SHOP}),
        viewer_code="ABC",
        police_may_see_gallery=True,
        prints_pictures=True,
        group_ids=frozenset({GROUP}),
    )


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("permission", Permission)
def test_nothing_is_permitted_in_another_scheme(role: Role, permission: Permission) -> None:
    who = actor(role)
    own = Thing(who.scheme_id, who.id, asked="appeal" if role is Role.BOARD else "object")
    assert permits(who, permission, own) == may_ever(who, permission)
    assert not permits(who, permission, replace(own, scheme_id=uuid.uuid4()))


def test_an_act_that_the_table_does_not_mention_is_denied(monkeypatch: pytest.MonkeyPatch) -> None:
    who = actor(Role.ADMINISTRATOR)
    monkeypatch.delitem(POLICY, Permission.MODERATE)
    assert not may_ever(who, Permission.MODERATE)
    assert not permits(who, Permission.MODERATE, Thing(who.scheme_id, who.id))


@pytest.mark.parametrize("role", [Role.MEMBER, Role.SPOC])
def test_another_area_is_out_of_sight(role: Role) -> None:
    who = actor(role)
    far = Thing(who.scheme_id, who.id, area_id=uuid.uuid4(), area_ids=frozenset({uuid.uuid4()}))
    for permission in (Permission.SEE_SUBJECT, Permission.SEE_ALERT, Permission.SEE_ESCALATED):
        assert not permits(who, permission, far)


def test_nobody_decides_their_own_proposal() -> None:
    who = actor(Role.BOARD)
    notice = Thing(who.scheme_id, who.id)
    assert permits(who, Permission.DECIDE_NOTICE, notice)
    assert not permits(who, Permission.DECIDE_NOTICE, replace(notice, proposed_by_id=who.id))


def test_nothing_is_printed_where_the_scheme_does_not_print() -> None:
    for role in POLICY[Permission.PRINT_PICTURES].roles:
        who = actor(role)
        thing = Thing(who.scheme_id, who.id)
        assert permits(who, Permission.PRINT_PICTURES, thing)
        without = replace(who, prints_pictures=False)
        assert not permits(without, Permission.PRINT_PICTURES, thing)


def test_police_see_the_gallery_by_agreement_and_never_decide() -> None:
    who = actor(Role.SPOC)
    thing = Thing(who.scheme_id, who.id)
    assert permits(who, Permission.SEE_SUBJECT, thing)
    without = replace(who, police_may_see_gallery=False)
    assert not permits(without, Permission.SEE_SUBJECT, thing)
    for permission in (Permission.DECIDE_NOTICE, Permission.PROPOSE_NOTICE, Permission.SEE_NOTICE):
        assert not may_ever(who, permission)
