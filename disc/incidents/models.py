"""Tables of incident reports and their steps."""

import uuid
from datetime import date, datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from disc.core import clock
from disc.core.database import Base, new_id
from disc.core.keys import SealedRow, sealed_text, sealed_words
from disc.members.models import Premises


class IncidentKind(StrEnum):
    """What kind of thing happened, in the field's words."""

    SHOP_THEFT = "shop-theft"
    VIOLENCE = "violence"
    ABUSE = "abuse"
    DAMAGE = "damage"
    FRAUD = "fraud"
    ANTISOCIAL = "antisocial"
    OTHER = "other"


class IncidentState(StrEnum):
    """Where a report stands."""

    SUBMITTED = "submitted"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    ESCALATED = "escalated"
    OUTCOME = "outcome"


class Incident(SealedRow, Base):
    """One report. ``submission_id`` comes from the page, so that a retry is not a second report."""

    __tablename__ = "incident"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    submission_id: Mapped[uuid.UUID]
    reference: Mapped[str] = mapped_column(sa.String(12))
    scheme_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("scheme.id"))
    area_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("area.id"))
    premises_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("premises.id"))
    reporter_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("member.id"))
    kind: Mapped[IncidentKind]
    occurred_at: Mapped[datetime]
    reported_at: Mapped[datetime] = mapped_column(default=clock.now)
    words_sealed: Mapped[bytes | None]
    goods_sealed: Mapped[bytes | None]
    description_sealed: Mapped[bytes | None]
    reason_sealed: Mapped[bytes | None]
    value_pence: Mapped[int | None]
    violence: Mapped[bool] = mapped_column(default=False)
    weapon: Mapped[bool] = mapped_column(default=False)
    injured: Mapped[bool] = mapped_column(default=False)
    on_behalf: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    """Whether an Investigator or the police reported it for premises that let them."""
    state: Mapped[IncidentState] = mapped_column(default=IncidentState.SUBMITTED)
    decided_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("member.id"))
    decided_at: Mapped[datetime | None]
    erase_on: Mapped[date] = mapped_column(index=True)
    erased_at: Mapped[datetime | None]

    words = sealed_text()
    goods = sealed_text()
    description = sealed_words()
    reason = sealed_text()

    @property
    def is_erased(self) -> bool:
        """Say whether only the row's number and dates are left."""
        return self.erased_at is not None

    premises: Mapped[Premises] = relationship(lazy="joined")

    __table_args__ = (
        sa.UniqueConstraint("reporter_id", "submission_id"),
        sa.UniqueConstraint("scheme_id", "reference"),
        sa.CheckConstraint("value_pence IS NULL OR value_pence >= 0", name="value"),
        sa.CheckConstraint(
            "(state = 'submitted') = (decided_by_id IS NULL)", name="a_person_decides"
        ),
        sa.Index("ix_incident_queue", "scheme_id", "state", "reported_at"),
    )


class IncidentStep(Base):
    """A change of a report's state, for the reporter to follow."""

    __tablename__ = "incident_step"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    incident_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("incident.id", ondelete="CASCADE"), index=True
    )
    state: Mapped[IncidentState]
    at: Mapped[datetime] = mapped_column(default=clock.now)


class IncidentStill(Base):
    """A picture sent with a report."""

    __tablename__ = "incident_still"

    incident_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("incident.id", ondelete="CASCADE"), primary_key=True
    )
    still_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("still.id", ondelete="CASCADE"), primary_key=True, index=True
    )


class IncidentSubject(Base):
    """A Subject whom a report is about."""

    __tablename__ = "incident_subject"

    incident_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("incident.id", ondelete="CASCADE"), primary_key=True
    )
    subject_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("subject.id", ondelete="CASCADE"), primary_key=True, index=True
    )
