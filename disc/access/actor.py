"""Who asks: a frozen picture of a signed-in person's rights, loaded anew for each request."""

import uuid
from dataclasses import dataclass
from enum import StrEnum
from typing import NewType

SchemeId = NewType("SchemeId", uuid.UUID)
AreaId = NewType("AreaId", uuid.UUID)
PremisesId = NewType("PremisesId", uuid.UUID)
MemberId = NewType("MemberId", uuid.UUID)


class Role(StrEnum):
    """What a person is to the scheme; one role a person."""

    MEMBER = "member"
    ADMINISTRATOR = "administrator"
    BOARD = "board"
    SPOC = "spoc"


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """A signed-in person. ``police_may_see_gallery`` is what the scheme's agreement allows."""

    id: uuid.UUID
    session_id: uuid.UUID
    scheme_id: uuid.UUID
    role: Role
    area_ids: frozenset[uuid.UUID]
    premises_ids: frozenset[uuid.UUID]
    viewer_code: str
    police_may_see_gallery: bool = False
