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
class StillViewChanged(Event):
    """Whoever sees a still may see it otherwise now, or not at all: open pages ask again."""

    still_id: uuid.UUID
    scheme_id: uuid.UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class StillEdited(StillViewChanged):
    """A still is shown by new files; ``before`` marks those that nobody may see any more."""

    before: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ManyViewsChanged(Event):
    """So many stills may be seen by others now that open pages ask about all that they show."""

    scheme_id: uuid.UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class StillGone(Event):
    """Nobody may see a still any more: it leaves open pages at once."""

    still_id: uuid.UUID
    scheme_id: uuid.UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class StillHidden(StillGone):
    """A still was hidden; it may be shown again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StillWithdrawn(StillGone):
    """A still was taken back by its owner: nothing of it may be left that recognises it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StillErased(StillGone):
    """A still's key is gone; its sealed files may go too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OriginalCame(StillViewChanged):
    """The untouched original of a still took the place of its small copy."""
