"""Tables of fingerprints, of pairs that may be the same picture, of groups and of cameras."""

import uuid
from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from disc.core import clock
from disc.core.database import Base, new_id
from disc.core.keys import SealedRow, sealed_text
from disc.members.models import Premises


class Finding(StrEnum):
    """What the machine found two pictures to be, likeliest first; only ever a suggestion.

    But for the first, they are the findings of ``likeness.evidence``.
    """

    SAME_FILE = "same file"
    SAME_STILL = "same still"
    PROBABLY = "probably same"
    SAME_MOMENT = "same moment"
    SAME_CAMERA = "same camera"


class Verdict(StrEnum):
    """What a person decided about a pair."""

    OPEN = "open"
    SAME = "same"
    DIFFERENT = "different"
    SAME_CAMERA = "same camera"


class Fingerprint(Base):
    """What stays in the worker's memory of a still, sealed under the still's own key.

    ``version`` is that of the sketch's packed form: of another than the code's it is not read.
    ``again`` marks one that a rebuild has still to make; it is read meanwhile. The larger part,
    the features, is a sealed file beside the still's others.
    """

    __tablename__ = "fingerprint"

    still_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("still.id", ondelete="CASCADE"), primary_key=True
    )
    scheme_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("scheme.id"))
    sketch: Mapped[bytes]
    version: Mapped[int]
    made_at: Mapped[datetime] = mapped_column(default=clock.now)
    again: Mapped[bool] = mapped_column(default=False, server_default=sa.false())

    __table_args__ = (sa.Index("ix_fingerprint_made", "scheme_id", "made_at"),)


class PossibleDuplicate(Base):
    """Two stills that look alike: a suggestion, never a merge.

    ``distance`` is in how many of 256 bits their codes differ. ``evidence`` is a packed
    ``Likeness``, sealed under the later still's key; a same file has none.
    """

    __tablename__ = "possible_duplicate"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    scheme_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("scheme.id"), index=True)
    earlier_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("still.id", ondelete="CASCADE"), index=True
    )
    later_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("still.id", ondelete="CASCADE"), index=True
    )
    finding: Mapped[Finding]
    distance: Mapped[int | None]
    evidence: Mapped[bytes | None]
    found_at: Mapped[datetime] = mapped_column(default=clock.now)
    verdict: Mapped[Verdict] = mapped_column(default=Verdict.OPEN)
    decided_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("member.id"))
    decided_at: Mapped[datetime | None]

    __table_args__ = (
        sa.UniqueConstraint("earlier_id", "later_id"),
        sa.CheckConstraint("earlier_id <> later_id", name="two_stills"),
        sa.CheckConstraint("(verdict = 'open') = (decided_by_id IS NULL)", name="a_person_decides"),
        sa.CheckConstraint("finding <> 'same file' OR evidence IS NULL", name="nothing_to_align"),
    )


class PictureGroup(Base):
    """Stills that a person called the same picture; each keeps its own owner and its own day."""

    __tablename__ = "picture_group"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    scheme_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("scheme.id"), index=True)
    made_at: Mapped[datetime] = mapped_column(default=clock.now)


class GroupedStill(Base):
    """A still in its one group."""

    __tablename__ = "picture_group_still"

    still_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("still.id", ondelete="CASCADE"), primary_key=True
    )
    scheme_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("scheme.id"))
    group_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("picture_group.id", ondelete="CASCADE"), index=True
    )


class Camera(SealedRow, Base):
    """A fixed camera of some premises, known by its pictures; a manager may name it.

    A name says where it looks ("Tills"), and should say nothing about a person; it is free text,
    so it is sealed. The empty name means none, also where a backup was restored without the
    camera's key: the camera is then called by its number, which counts within the premises.
    """

    __tablename__ = "camera"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    scheme_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("scheme.id"), index=True)
    premises_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("premises.id"))
    number: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    name_sealed: Mapped[bytes | None]

    name = sealed_text()
    premises: Mapped[Premises] = relationship(lazy="joined")

    @property
    def title(self) -> str:
        """What the camera is called on pages."""
        return self.name or f"Camera {self.number}"

    __table_args__ = (
        sa.UniqueConstraint("premises_id", "number"),
        sa.CheckConstraint("number >= 1", name="counts_from_one"),
    )


class CameraStill(Base):
    """A still and the one camera it is of."""

    __tablename__ = "camera_still"

    still_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("still.id", ondelete="CASCADE"), primary_key=True
    )
    scheme_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("scheme.id"))
    camera_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("camera.id", ondelete="CASCADE"), index=True
    )
