"""What happens to stills, told to those above."""

import uuid
from dataclasses import dataclass

from disc.core.outbox import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class StillTakenIn(Event):
    """A still was stored, sealed, with its renditions."""

    still_id: uuid.UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class StillShownAgain(Event):
    """A still that was hidden may be seen again."""

    still_id: uuid.UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class StillEdited(Event):
    """A still is shown by new files; ``before`` marks those that nobody may see any more."""

    still_id: uuid.UUID
    scheme_id: uuid.UUID
    before: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StillErased(Event):
    """A still's key is gone; its sealed files may go too."""

    still_id: uuid.UUID
    scheme_id: uuid.UUID
