"""Tables of incident reports and their steps."""

import uuid
from datetime import date, datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from disc.core import clock
from disc.core.database import Base, new_id
from disc.core.keys import Sealed, SealedRow, sealed_text, sealed_words
from disc.incidents.kinds import (
    WELFARE,
    Ending,
    Force,
    GoodsLine,
    Hurt,
    IncidentKind,
    Recovered,
    WeaponKind,
    WeaponUse,
    WelfareNow,
    read_lines,
    written,
)
from disc.members.models import Premises


class IncidentState(StrEnum):
    """Where a report stands."""

    SUBMITTED = "submitted"
    RETURNED = "returned"
    """A manager asked the reporter something, and waits for the answer."""
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    ESCALATED = "escalated"
    RECORDED = "recorded"
    """The police wrote it down and look into it."""
    OUTCOME = "outcome"
    CLOSED = "closed"
    """A manager said that nothing more follows."""


UNDECIDED = (IncidentState.SUBMITTED, IncidentState.RETURNED)
"""States in which the reporter may change the report, and a manager has yet to decide."""
STANDS = (
    IncidentState.ACCEPTED,
    IncidentState.ESCALATED,
    IncidentState.RECORDED,
    IncidentState.OUTCOME,
    IncidentState.CLOSED,
)
"""States of a report that a manager accepted."""
WAITS = (
    *UNDECIDED,
    IncidentState.ACCEPTED,
    IncidentState.ESCALATED,
    IncidentState.RECORDED,
)
"""States in which something should follow; in the others the report is at rest."""


class NoteKind(StrEnum):
    """What was written about a report after it was sent."""

    QUESTION = "question"
    ANSWER = "answer"
    SUPPLEMENT = "supplement"


_WELFARE = ", ".join(f"'{kind}'" for kind in sorted(WELFARE))


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
    weapon_kind: Mapped[WeaponKind | None]
    weapon_use: Mapped[WeaponUse | None]
    hurt: Mapped[Hurt | None]
    force: Mapped[Force | None]
    recovered: Mapped[Recovered | None]
    ending: Mapped[Ending | None]
    welfare_now: Mapped[WelfareNow | None]
    goods_lines_sealed: Mapped[bytes | None]
    vehicle_sealed: Mapped[bytes | None]
    vehicle_token: Mapped[bytes | None]
    """By which an exact mark is found, as that of a vehicle on record is."""
    forensic_code_sealed: Mapped[bytes | None]
    forensic_code_token: Mapped[bytes | None]
    on_behalf: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    """Whether an Investigator or the police reported it for premises that let them."""
    state: Mapped[IncidentState] = mapped_column(default=IncidentState.SUBMITTED)
    decided_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("member.id"))
    decided_at: Mapped[datetime | None]
    changed_at: Mapped[datetime] = mapped_column(default=clock.now)
    """When its state changed last, or somebody wrote about it."""
    amended: Mapped[int] = mapped_column(default=0, server_default="0")
    """How often its reporter changed it before a manager decided."""
    erase_on: Mapped[date] = mapped_column(index=True)
    erased_at: Mapped[datetime | None]

    words = sealed_text()
    goods = sealed_text()
    description = sealed_words()
    reason = sealed_text()
    goods_lines: Sealed[tuple[GoodsLine, ...]] = Sealed(written, read_lines, ())
    vehicle = sealed_text()
    forensic_code = sealed_text()

    @property
    def goods_told(self) -> str:
        """Return the goods in words: those that were tapped, then those that were typed."""
        lines = [str(one) for one in self.goods_lines]
        return ", ".join([*lines, self.goods] if self.goods else lines)

    @property
    def is_erased(self) -> bool:
        """Say whether only the row's number and dates are left."""
        return self.erased_at is not None

    @property
    def is_accepted(self) -> bool:
        """Say whether a manager accepted it and it is not with the police yet."""
        return self.state is IncidentState.ACCEPTED

    premises: Mapped[Premises] = relationship(lazy="joined")

    __table_args__ = (
        sa.UniqueConstraint("reporter_id", "submission_id"),
        sa.UniqueConstraint("scheme_id", "reference"),
        sa.CheckConstraint("value_pence IS NULL OR value_pence >= 0", name="value"),
        sa.CheckConstraint(
            "(state IN ('submitted', 'returned')) = (decided_by_id IS NULL)",
            name="a_person_decides",
        ),
        sa.CheckConstraint("weapon OR weapon_kind IS NULL AND weapon_use IS NULL", name="weapon"),
        sa.CheckConstraint("injured OR hurt IS NULL", name="somebody_hurt"),
        sa.CheckConstraint(
            f"welfare_now IS NULL OR kind IN ({_WELFARE})", name="only_welfare_says_where"
        ),
        # Who needs help is described to nobody, and looked for by nothing.
        sa.CheckConstraint(
            f"kind NOT IN ({_WELFARE}) OR (NOT weapon AND NOT violence"
            " AND description_sealed IS NULL AND vehicle_sealed IS NULL)",
            name="welfare_accuses_nobody",
        ),
        sa.Index("ix_incident_vehicle", "scheme_id", "vehicle_token"),
        sa.Index("ix_incident_forensic_code", "scheme_id", "forensic_code_token"),
        sa.Index("ix_incident_queue", "scheme_id", "state", "reported_at"),
        sa.Index("ix_incident_changed", "scheme_id", "state", "changed_at"),
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


class IncidentNote(SealedRow, Base):
    """A manager's question, its answer, or what the reporter added; it goes with the report.

    ``submission_id`` comes from the page, so that a second tap writes nothing twice.
    """

    __tablename__ = "incident_note"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    scheme_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("scheme.id"), index=True)
    incident_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("incident.id", ondelete="CASCADE"), index=True
    )
    submission_id: Mapped[uuid.UUID]
    kind: Mapped[NoteKind]
    by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("member.id"))
    at: Mapped[datetime] = mapped_column(default=clock.now)
    pictures: Mapped[int] = mapped_column(default=0)
    """How many pictures came with it."""
    read_at: Mapped[datetime | None]
    """When a manager said that they read it; a question needs no reader."""
    words_sealed: Mapped[bytes | None]

    words = sealed_text()

    __table_args__ = (
        sa.UniqueConstraint("by_id", "submission_id"),
        sa.CheckConstraint(
            "kind <> 'question' OR (read_at IS NULL AND pictures = 0)", name="asks_with_words"
        ),
        sa.CheckConstraint("pictures >= 0", name="pictures"),
    )


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


class IncidentKnown(Base):
    """A Subject whom the reporter believes to have seen: nothing but a hint to the manager."""

    __tablename__ = "incident_known"

    incident_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("incident.id", ondelete="CASCADE"), primary_key=True
    )
    subject_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("subject.id", ondelete="CASCADE"), primary_key=True, index=True
    )


class GoodsPreset(Base):
    """Goods that premises often lose, and what one of them is usually worth, in pence."""

    __tablename__ = "goods_preset"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    premises_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("premises.id", ondelete="CASCADE"), index=True
    )
    position: Mapped[int]
    """Its place in the list, from 0."""
    what: Mapped[str] = mapped_column(sa.String(60))
    pence: Mapped[int]

    __table_args__ = (
        sa.UniqueConstraint("premises_id", "position"),
        sa.CheckConstraint("position BETWEEN 0 AND 11", name="so_many_goods"),
        sa.CheckConstraint("pence BETWEEN 0 AND 100000000", name="worth"),
    )
