"""The table of what the public ask."""

import uuid
from datetime import date, datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from disc.core import clock
from disc.core.database import Base, new_id
from disc.core.keys import SealedRow, sealed_text


class Asked(StrEnum):
    """What a person asks of the scheme."""

    ACCESS = "access"
    OBJECT = "object"
    APPEAL = "appeal"
    COMPLAIN = "complain"


class PublicRequest(SealedRow, Base):
    """A person's question, objection, appeal or complaint, and the answer."""

    __tablename__ = "public_request"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    scheme_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("scheme.id"), index=True)
    submission_id: Mapped[uuid.UUID] = mapped_column(unique=True)
    reference: Mapped[str] = mapped_column(sa.String(12))
    asked: Mapped[Asked]
    name_sealed: Mapped[bytes | None]
    contact_sealed: Mapped[bytes | None]
    words_sealed: Mapped[bytes | None]
    decision_sealed: Mapped[bytes | None]
    received_at: Mapped[datetime] = mapped_column(default=clock.now)
    due_on: Mapped[date]
    decided_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("member.id"))
    decided_at: Mapped[datetime | None]
    erase_on: Mapped[date] = mapped_column(index=True)

    name = sealed_text()
    contact = sealed_text()
    words = sealed_text()
    decision = sealed_text()

    __table_args__ = (sa.UniqueConstraint("scheme_id", "reference"),)


class LeakState(StrEnum):
    """How far the search for a leaked picture's mark is."""

    LOOKING = "looking"
    DONE = "done"


class LeakSearch(SealedRow, Base):
    """A leaked picture that the DPO brought, and whose mark it carries.

    The picture is there until the worker has looked, and no longer; what was found, until its day.
    """

    __tablename__ = "leak_search"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    scheme_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("scheme.id"), index=True)
    asked_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("member.id"))
    asked_at: Mapped[datetime] = mapped_column(default=clock.now)
    subject_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("subject.id", ondelete="SET NULL")
    )
    state: Mapped[LeakState] = mapped_column(default=LeakState.LOOKING)
    picture_sealed: Mapped[bytes | None]
    found_sealed: Mapped[bytes | None]
    erase_on: Mapped[date] = mapped_column(index=True)

    found = sealed_text()

    __table_args__ = (
        sa.CheckConstraint(
            "state = 'looking' OR picture_sealed IS NULL", name="looked_at_is_erased"
        ),
    )
