"""The table of reports shared with the police."""

import uuid
from datetime import date, datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from disc.core import clock
from disc.core.database import Base, new_id
from disc.core.keys import SealedRow, sealed_text


class Outcome(StrEnum):
    """What became of a report with the police."""

    INVESTIGATING = "investigating"
    CHARGED = "charged"
    COMMUNITY_RESOLUTION = "community-resolution"
    CAUTION = "caution"
    CIVIL_ORDER = "civil-order"
    NO_FURTHER_ACTION = "no-further-action"


class Escalation(SealedRow, Base):
    """A report that an Administrator shared with the police, with the reason."""

    __tablename__ = "escalation"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    scheme_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("scheme.id"), index=True)
    area_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("area.id"))
    incident_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("incident.id"), unique=True)
    reason_sealed: Mapped[bytes | None]
    crime_number_sealed: Mapped[bytes | None]
    escalated_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("member.id"))
    escalated_at: Mapped[datetime] = mapped_column(default=clock.now)
    outcome: Mapped[Outcome | None]
    answered_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("member.id"))
    answered_at: Mapped[datetime | None]
    erase_on: Mapped[date] = mapped_column(index=True)

    reason = sealed_text()
    crime_number = sealed_text()

    __table_args__ = (
        sa.CheckConstraint(
            "outcome IS NULL OR answered_by_id IS NOT NULL", name="someone_answered"
        ),
    )
