"""Tables of boxes: what came of each, and which parts of its photos are here."""

import uuid
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from disc.core import clock
from disc.core.database import Base, new_id
from disc.core.keys import SealedRow, sealed_text


class Box(SealedRow, Base):
    """One report that came sealed. Its row goes with the report's own day.

    ``clock_off`` is by how many seconds the phone's clock was behind ours. ``unread`` counts
    photos that were no pictures, or did not come whole.
    """

    __tablename__ = "box"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    scheme_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("scheme.id"), index=True)
    member_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("member.id"))
    submission_id: Mapped[uuid.UUID]
    incident_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("incident.id", ondelete="CASCADE"), index=True
    )
    key_id: Mapped[uuid.UUID]
    parts: Mapped[int]
    clock_off: Mapped[int]
    unread: Mapped[int] = mapped_column(default=0)
    photos_sealed: Mapped[bytes | None]
    received_at: Mapped[datetime] = mapped_column(default=clock.now)
    closed_at: Mapped[datetime | None] = mapped_column(index=True)
    erase_on: Mapped[date] = mapped_column(index=True)

    photos = sealed_text()
    """The originals that are to come: JSON, none once the box is closed."""

    __table_args__ = (
        sa.UniqueConstraint("member_id", "submission_id"),
        sa.CheckConstraint("parts >= 0 AND unread >= 0", name="counts"),
        sa.CheckConstraint("closed_at IS NULL OR photos_sealed IS NULL", name="closed_is_empty"),
    )


class BoxPart(Base):
    """A part of a photo that is here, sealed as it came."""

    __tablename__ = "box_part"

    box_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("box.id", ondelete="CASCADE"), primary_key=True
    )
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)

    __table_args__ = (sa.CheckConstraint("number > 0", name="numbered_from_one"),)
