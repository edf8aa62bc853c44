"""Tables of alerts and answers; an alert holds no word that a person typed."""

import uuid
from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from disc.core import clock
from disc.core.database import Base, new_id
from disc.members.models import Area, Premises


class AlertTemplate(StrEnum):
    """What an alert may say."""

    VIOLENT_PERSON = "violent-person"
    THEFT_TEAM = "theft-team"
    FAKE_NOTES = "fake-notes"
    MISSING_CHILD = "missing-child"


class Answer(StrEnum):
    """What a member says to an alert."""

    SEEN = "seen"
    HERE = "here"


class Alert(Base):
    """A warning to one Area for an hour."""

    __tablename__ = "alert"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    scheme_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("scheme.id"))
    area_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("area.id"))
    premises_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("premises.id"))
    template: Mapped[AlertTemplate]
    submission_id: Mapped[uuid.UUID]
    owner_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("member.id"))
    raised_at: Mapped[datetime] = mapped_column(default=clock.now)
    closes_at: Mapped[datetime]
    cancelled_at: Mapped[datetime | None]

    area: Mapped[Area] = relationship(lazy="joined")
    premises: Mapped[Premises | None] = relationship(lazy="joined")

    __table_args__ = (
        sa.UniqueConstraint("owner_id", "submission_id"),
        sa.CheckConstraint("closes_at > raised_at", name="closes"),
        sa.Index("ix_alert_open", "scheme_id", "area_id", "closes_at"),
    )


class Acknowledgement(Base):
    """One member's answer to one alert; the later answer counts."""

    __tablename__ = "acknowledgement"

    alert_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("alert.id", ondelete="CASCADE"), primary_key=True
    )
    member_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("member.id"), primary_key=True)
    answer: Mapped[Answer]
    premises_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("premises.id"))
    at: Mapped[datetime] = mapped_column(default=clock.now)
