"""Who asks: a frozen picture of a signed-in person's rights, loaded anew for each request."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NewType

SchemeId = NewType("SchemeId", uuid.UUID)
AreaId = NewType("AreaId", uuid.UUID)
PremisesId = NewType("PremisesId", uuid.UUID)
MemberId = NewType("MemberId", uuid.UUID)


class Role(StrEnum):
    """What a person is to the scheme; one role a person."""

    MEMBER = "member"
    AUTHOR = "author"
    INVESTIGATOR = "investigator"
    GROUP_MANAGER = "group manager"
    SUB_ADMINISTRATOR = "sub-administrator"
    ADMINISTRATOR = "administrator"
    BOARD = "board"
    SPOC = "spoc"
    DPO = "dpo"


TITLES = {
    Role.MEMBER: "Member",
    Role.AUTHOR: "Author",
    Role.INVESTIGATOR: "Investigator",
    Role.GROUP_MANAGER: "Group Manager",
    Role.SUB_ADMINISTRATOR: "Sub-Administrator",
    Role.ADMINISTRATOR: "Administrator",
    Role.BOARD: "Board",
    Role.SPOC: "Police SPOC",
    Role.DPO: "DPO",
}
"""What each role is called on pages."""
SHOP_FLOOR = frozenset({Role.MEMBER, Role.AUTHOR, Role.INVESTIGATOR, Role.GROUP_MANAGER})
"""Who works in shops: they belong to Areas and premises."""
FOR_OTHERS = frozenset({Role.INVESTIGATOR, Role.SPOC})
"""Who also reports for premises that let others report for them."""
MANAGERS = frozenset({Role.ADMINISTRATOR, Role.SUB_ADMINISTRATOR})
"""Who runs the scheme from day to day."""
LEADING = frozenset({Role.ADMINISTRATOR, Role.BOARD, Role.DPO, Role.SPOC})
"""Roles that watch over each other: a second person, of the Board, lets somebody into one."""
EVERYWHERE = frozenset({*MANAGERS, Role.BOARD, Role.DPO})
"""Who serves every Area of the scheme."""


class Gate(StrEnum):
    """What still stands between somebody who is signed in and everything but their own account."""

    SECOND_FACTOR = "second factor"
    """They must add a passkey, or a code beside their password."""
    RULES = "rules"
    """They must accept the scheme's documents."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """A signed-in person. ``police_may_see_gallery`` is what the scheme's agreement allows.

    ``prints_pictures`` is whether their scheme lets anybody print.
    ``proved_at`` is when they last proved who they are; None asks for a proof before grave acts.
    ``tablet_id`` is the shared device that they use, if it is one. ``key_id`` is the key of a
    retailer's own system, which is no person, and ``scopes`` what that key was made for.
    """

    id: uuid.UUID
    session_id: uuid.UUID
    scheme_id: uuid.UUID
    role: Role
    area_ids: frozenset[uuid.UUID]
    premises_ids: frozenset[uuid.UUID]
    viewer_code: str
    police_may_see_gallery: bool = False
    prints_pictures: bool = False
    group_ids: frozenset[uuid.UUID] = frozenset()
    gate: Gate | None = None
    proved_at: datetime | None = None
    tablet_id: uuid.UUID | None = None
    key_id: uuid.UUID | None = None
    scopes: frozenset[str] = frozenset()
