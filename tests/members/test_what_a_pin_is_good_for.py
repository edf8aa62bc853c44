"""A PIN that a passer-by may have seen opens a shop's daily work, whatever its owner's role."""

from dataclasses import replace

import pytest

from disc.access.actor import Role
from disc.access.navigation import bar
from disc.access.permissions import Permission
from disc.access.policy import ON_A_TABLET, may_ever
from disc.core.database import new_id
from tests.world import World


@pytest.mark.parametrize("who", ["member", "author", "group_manager"])
def test_a_pin_gives_daily_work_and_no_power_over_people(world: World, who: str) -> None:
    actor = replace(world.here.actor(who), tablet_id=new_id())
    assert may_ever(actor, Permission.REPORT_INCIDENT)
    assert may_ever(actor, Permission.SEE_GALLERY)
    for permission in set(Permission) - ON_A_TABLET:
        assert not may_ever(actor, permission), permission


def test_a_group_managers_bar_on_a_tablet_leads_to_no_group(world: World) -> None:
    actor = world.here.actor("group_manager")
    assert actor.role is Role.GROUP_MANAGER
    assert "Group" in [place.label for place in bar(actor, "/")]
    assert "Group" not in [place.label for place in bar(replace(actor, tablet_id=new_id()), "/")]
