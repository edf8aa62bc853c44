"""Tables of exclusion notices."""

import uuid
from datetime import date, datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from disc.access.actor import Role
from disc.core import clock
from disc.core.database import Base, new_id
from disc.core.keys import SealedRow, sealed_text


class NoticeState(StrEnum):
    """Where a notice stands; whether it has expired follows from its dates."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    REFUSED = "refused"
    SERVED = "served"
    LIFTED = "lifted"


class ServedHow(StrEnum):
    """How the person was told."""

    IN_PERSON = "in person"
    REFUSED = "refused to take it"
    POST = "post"


class ExclusionNotice(SealedRow, Base):
    """Permission to enter some premises withdrawn from a person for a time."""

    __tablename__ = "exclusion_notice"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    scheme_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("scheme.id"), index=True)
    subject_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("subject.id"), index=True)
    reference: Mapped[str] = mapped_column(sa.String(12))
    state: Mapped[NoticeState] = mapped_column(default=NoticeState.PROPOSED)
    reasons_sealed: Mapped[bytes | None]
    decision_sealed: Mapped[bytes | None]
    served_by_sealed: Mapped[bytes | None]
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    proposed_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("member.id"))
    proposed_by_role: Mapped[Role]
    proposed_at: Mapped[datetime] = mapped_column(default=clock.now)
    decided_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("member.id"))
    decided_by_role: Mapped[Role | None]
    decided_at: Mapped[datetime | None]
    served_how: Mapped[ServedHow | None]
    served_at: Mapped[datetime | None]
    lifted_at: Mapped[datetime | None]
    erase_on: Mapped[date] = mapped_column(index=True)

    reasons = sealed_text()
    decision = sealed_text()
    served_by = sealed_text()

    __table_args__ = (
        sa.UniqueConstraint("scheme_id", "reference"),
        sa.CheckConstraint("starts_on < ends_on", name="has_an_end"),
        # Boyle v Haverhill Pub Watch: no one but the scheme itself decides.
        sa.CheckConstraint(
            "proposed_by_role IN ('administrator', 'sub-administrator')",
            name="proposed_by_the_scheme",
        ),
        sa.CheckConstraint(
            "decided_by_role IS NULL OR decided_by_role = 'board'", name="board_decides"
        ),
        sa.CheckConstraint(
            "decided_by_id IS NULL OR decided_by_id <> proposed_by_id", name="two_people"
        ),
        sa.CheckConstraint(
            "(state = 'proposed') = (decided_by_id IS NULL)", name="decided_before_more"
        ),
        sa.CheckConstraint(
            "(decided_by_id IS NULL) = (decided_by_role IS NULL)"
            " AND (decided_by_id IS NULL) = (decided_at IS NULL)",
            name="a_decision_is_whole",
        ),
        sa.CheckConstraint(
            "state NOT IN ('served') OR (served_at IS NOT NULL AND served_how IS NOT NULL)",
            name="served_is_recorded",
        ),
    )


class NoticePremises(Base):
    """Premises that a notice covers."""

    __tablename__ = "notice_premises"

    notice_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("exclusion_notice.id", ondelete="CASCADE"), primary_key=True
    )
    premises_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("premises.id"), primary_key=True)


class NoticeEvidence(Base):
    """A report on which a notice rests."""

    __tablename__ = "notice_evidence"

    notice_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("exclusion_notice.id", ondelete="CASCADE"), primary_key=True
    )
    incident_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("incident.id"), primary_key=True)
