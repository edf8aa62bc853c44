"""Tables of Subjects, galleries and what members say they know."""

import uuid
from datetime import date, datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from disc.core import clock
from disc.core.database import Base, new_id
from disc.core.keys import SealedRow, sealed_text, sealed_words


class SubjectKind(StrEnum):
    """Whether the scheme knows who the person is."""

    KNOWN = "known"
    ID_SOUGHT = "id-sought"


class SubjectState(StrEnum):
    """Where a Subject's record stands."""

    AWAITING_BOARD = "awaiting board"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"
    ERASED = "erased"


class Subject(SealedRow, Base):
    """A person reported to the scheme, hidden on one day and erased on another."""

    __tablename__ = "subject"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    scheme_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("scheme.id"))
    reference: Mapped[str] = mapped_column(sa.String(12))
    kind: Mapped[SubjectKind] = mapped_column(default=SubjectKind.ID_SOUGHT)
    state: Mapped[SubjectState]
    name_sealed: Mapped[bytes | None]
    aliases_sealed: Mapped[bytes | None]
    description_sealed: Mapped[bytes | None]
    caption_sealed: Mapped[bytes | None]
    under_18: Mapped[bool] = mapped_column(default=False)
    vulnerable: Mapped[bool] = mapped_column(default=False)
    agreed_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("member.id"))
    agreed_at: Mapped[datetime | None]
    made_at: Mapped[datetime] = mapped_column(default=clock.now)
    made_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("member.id"))
    last_reported_at: Mapped[datetime] = mapped_column(default=clock.now)
    hidden_at: Mapped[datetime | None]
    hidden_by_board: Mapped[bool] = mapped_column(default=False)
    hide_on: Mapped[date]
    erase_on: Mapped[date] = mapped_column(index=True)
    merged_into_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("subject.id"), index=True)

    name = sealed_text()
    aliases = sealed_words()
    description = sealed_words()
    caption = sealed_text()

    @property
    def is_erased(self) -> bool:
        """Say whether only the row's number and dates are left."""
        return self.state is SubjectState.ERASED

    __table_args__ = (
        sa.UniqueConstraint("scheme_id", "reference"),
        sa.CheckConstraint(
            "state <> 'published' OR NOT (under_18 OR vulnerable) OR agreed_by_id IS NOT NULL",
            name="board_agreed_first",
        ),
        sa.CheckConstraint(
            "agreed_by_id IS NULL OR agreed_by_id <> made_by_id", name="two_people_agree"
        ),
        sa.CheckConstraint("hide_on <= erase_on", name="hidden_before_erased"),
        sa.CheckConstraint(
            "merged_into_id IS NULL OR merged_into_id <> id", name="merged_elsewhere"
        ),
        sa.CheckConstraint(
            "state <> 'erased' OR (data_key_id IS NULL AND name_sealed IS NULL)",
            name="erased_is_gone",
        ),
        sa.Index("ix_subject_shown", "scheme_id", "state", "last_reported_at", "id"),
    )


class SubjectArea(Base):
    """An Area in which a Subject is shown."""

    __tablename__ = "subject_area"

    subject_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("subject.id", ondelete="CASCADE"), primary_key=True
    )
    area_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("area.id"), primary_key=True)
    via_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("subject.id", ondelete="CASCADE"))
    """The merged record that brought the Area, so that taking it out takes the Area out too."""


class SubjectStill(Base):
    """A picture of a Subject."""

    __tablename__ = "subject_still"

    subject_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("subject.id", ondelete="CASCADE"), primary_key=True
    )
    still_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("still.id", ondelete="CASCADE"), primary_key=True, index=True
    )


class Gallery(Base):
    """A named list in which Known Subjects are shown for a time."""

    __tablename__ = "gallery"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    scheme_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("scheme.id"))
    name: Mapped[str] = mapped_column(sa.String(80))
    description: Mapped[str] = mapped_column(sa.String(300), default="")
    expiry_months: Mapped[int] = mapped_column(default=12)

    __table_args__ = (
        sa.UniqueConstraint("scheme_id", "name"),
        sa.CheckConstraint("expiry_months BETWEEN 1 AND 36", name="expiry"),
    )


class GalleryEntry(Base):
    """A Subject in a gallery, until a day."""

    __tablename__ = "gallery_entry"

    gallery_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("gallery.id"), primary_key=True)
    subject_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("subject.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    added_on: Mapped[date]
    expires_on: Mapped[date]


class Sureness(StrEnum):
    """How sure a member is of who somebody is."""

    SURE = "sure"
    FAIRLY_SURE = "fairly sure"
    NOT_SURE = "not sure"


class Identification(SealedRow, Base):
    """A member's "I know this person", for the manager only."""

    __tablename__ = "identification"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    scheme_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("scheme.id"), index=True)
    subject_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("subject.id"), index=True)
    by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("member.id"))
    sureness: Mapped[Sureness]
    answer_sealed: Mapped[bytes | None]
    how_sealed: Mapped[bytes | None]
    at: Mapped[datetime] = mapped_column(default=clock.now)
    handled_at: Mapped[datetime | None]
    erase_on: Mapped[date] = mapped_column(index=True)

    answer = sealed_text()
    how = sealed_text()
