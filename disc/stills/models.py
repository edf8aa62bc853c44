"""The table of stills; their bytes are sealed files named after the row."""

import uuid
from datetime import date, datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from disc.core import clock
from disc.core.database import Base, new_id
from disc.core.keys import SealedRow, sealed_text


class Source(StrEnum):
    """Who the picture came from."""

    MEMBER = "member"
    POLICE = "police"
    PUBLIC = "public"


class Still(SealedRow, Base):
    """One picture, the premises that own it, and its two clocks.

    ``steps`` say how it is shown otherwise than it was sent; ``edit_version`` counts how often
    that was changed. ``shown_as`` marks the files that are shown: those of the last edit, or,
    where it is empty, those made when the picture came in.

    ``authority_by`` and ``authority_on`` say who allowed this one picture to be shared, where it
    was not the owner of the premises for all of them; ``conditions`` is what the police ask of
    whoever sees it. From ``hide_on`` nobody sees it. Who withdrew it alone gives it back.
    """

    __tablename__ = "still"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    scheme_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("scheme.id"), index=True)
    premises_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("premises.id"))
    source: Mapped[Source] = mapped_column(default=Source.MEMBER)
    taken_in_at: Mapped[datetime] = mapped_column(default=clock.now)
    captured_sealed: Mapped[bytes | None]
    sha256_sealed: Mapped[bytes | None]
    hint_sealed: Mapped[bytes | None]
    file_token: Mapped[bytes | None] = mapped_column(index=True)
    pixel_token: Mapped[bytes | None] = mapped_column(index=True)
    width: Mapped[int]
    height: Mapped[int]
    steps_sealed: Mapped[bytes | None]
    edit_version: Mapped[int] = mapped_column(default=0, server_default="0")
    shown_as: Mapped[str] = mapped_column(sa.String(32), default="", server_default="")
    edited_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("member.id"))
    edited_at: Mapped[datetime | None]
    authority_by_sealed: Mapped[bytes | None]
    authority_on: Mapped[date | None]
    authority_limits_sealed: Mapped[bytes | None]
    conditions_sealed: Mapped[bytes | None]
    hidden_at: Mapped[datetime | None]
    hide_on: Mapped[date | None] = mapped_column(index=True)
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("member.id"))
    withdrawn_why_sealed: Mapped[bytes | None]
    erase_on: Mapped[date] = mapped_column(index=True)
    erased_at: Mapped[datetime | None]

    captured = sealed_text()
    sha256 = sealed_text()
    hint = sealed_text()
    """What stands in the picture's place while it loads (``disc.core.pictures.hint``), base64."""
    steps = sealed_text()
    authority_by = sealed_text()
    authority_limits = sealed_text()
    conditions = sealed_text()
    withdrawn_why = sealed_text()

    @property
    def is_erased(self) -> bool:
        """Say whether only the row's number and dates are left."""
        return self.erased_at is not None

    __table_args__ = (
        sa.CheckConstraint(
            "erased_at IS NULL OR (data_key_id IS NULL AND file_token IS NULL)",
            name="erased_is_gone",
        ),
        sa.CheckConstraint(
            "(edit_version = 0) = (shown_as = '')"
            " AND (edit_version = 0) = (edited_by_id IS NULL)"
            " AND (edit_version = 0) = (edited_at IS NULL)",
            name="somebody_edited",
        ),
        sa.CheckConstraint(
            "erased_at IS NULL OR (steps_sealed IS NULL AND authority_by_sealed IS NULL"
            " AND authority_limits_sealed IS NULL AND conditions_sealed IS NULL"
            " AND withdrawn_why_sealed IS NULL)",
            name="words_are_gone",
        ),
        sa.CheckConstraint(
            "conditions_sealed IS NULL OR source = 'police'", name="police_set_conditions"
        ),
        sa.CheckConstraint("hide_on <= erase_on", name="hidden_before_erased"),
        sa.CheckConstraint(
            "(withdrawn_at IS NULL) = (withdrawn_by_id IS NULL)", name="somebody_withdrew"
        ),
        sa.CheckConstraint(
            "withdrawn_at IS NULL OR hidden_at IS NOT NULL", name="withdrawn_is_hidden"
        ),
        sa.Index("ix_still_erased", "scheme_id", "erased_at"),
    )
