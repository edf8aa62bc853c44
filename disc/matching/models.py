"""Tables of fingerprints and of pairs that may be the same picture."""

import uuid
from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from disc.core import clock
from disc.core.database import Base, new_id


class Band(StrEnum):
    """How alike two pictures are, in words a manager can act on."""

    SAME_FILE = "same file"
    CLOSE = "close"
    ALIKE = "alike"


class Verdict(StrEnum):
    """What a person decided about a pair."""

    OPEN = "open"
    SAME = "same"
    DIFFERENT = "different"


class Fingerprint(Base):
    """A still's codes, sealed under the still's own key, so that they go when it goes."""

    __tablename__ = "fingerprint"

    still_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("still.id", ondelete="CASCADE"), primary_key=True
    )
    scheme_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("scheme.id"), index=True)
    codes: Mapped[bytes]


class PossibleDuplicate(Base):
    """Two stills that look alike: a suggestion, never a merge."""

    __tablename__ = "possible_duplicate"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    scheme_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("scheme.id"), index=True)
    earlier_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("still.id", ondelete="CASCADE"), index=True
    )
    later_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("still.id", ondelete="CASCADE"), index=True
    )
    distance: Mapped[int]
    band: Mapped[Band]
    found_at: Mapped[datetime] = mapped_column(default=clock.now)
    verdict: Mapped[Verdict] = mapped_column(default=Verdict.OPEN)
    decided_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("member.id"))
    decided_at: Mapped[datetime | None]

    __table_args__ = (
        sa.UniqueConstraint("earlier_id", "later_id"),
        sa.CheckConstraint("earlier_id <> later_id", name="two_stills"),
        sa.CheckConstraint("(verdict = 'open') = (decided_by_id IS NULL)", name="a_person_decides"),
    )
