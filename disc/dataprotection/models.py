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
