"""Tables of vehicles and associations."""

import uuid
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from disc.core import clock
from disc.core.database import Base, new_id
from disc.core.keys import SealedRow, sealed_text
from disc.intelligence.rules import (
    BETWEEN_PEOPLE,
    WITH_A_VEHICLE,
    Assessment,
    AssociationKind,
    AssociationState,
    Grading,
    Handling,
    Source,
)


def _among(kinds: tuple[AssociationKind, ...]) -> str:
    return ", ".join(f"'{kind}'" for kind in kinds)


class Vehicle(SealedRow, Base):
    """A vehicle by its registration mark, hidden on one day and erased on another."""

    __tablename__ = "vehicle"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    scheme_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("scheme.id"))
    reference: Mapped[str] = mapped_column(sa.String(12))
    mark_sealed: Mapped[bytes | None]
    mark_token: Mapped[bytes | None]
    """By which an exact mark is found; none once the row has no key."""
    make_sealed: Mapped[bytes | None]
    colour_sealed: Mapped[bytes | None]
    notes_sealed: Mapped[bytes | None]
    made_at: Mapped[datetime] = mapped_column(default=clock.now)
    made_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("member.id"))
    hide_on: Mapped[date]
    erase_on: Mapped[date] = mapped_column(index=True)

    mark = sealed_text()
    make = sealed_text()
    colour = sealed_text()
    notes = sealed_text()

    __table_args__ = (
        sa.UniqueConstraint("scheme_id", "reference"),
        sa.UniqueConstraint("scheme_id", "mark_token"),
        sa.CheckConstraint("hide_on <= erase_on", name="hidden_before_erased"),
    )


class Association(SealedRow, Base):
    """What connects a Subject to another Subject or to a vehicle, until a day."""

    __tablename__ = "association"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    scheme_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("scheme.id"))
    subject_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("subject.id"), index=True)
    other_subject_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("subject.id"), index=True)
    vehicle_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("vehicle.id"), index=True)
    kind: Mapped[AssociationKind]
    state: Mapped[AssociationState] = mapped_column(default=AssociationState.SUGGESTED)
    evidence_sealed: Mapped[bytes | None]
    source: Mapped[Source | None]
    assessment: Mapped[Assessment | None]
    handling: Mapped[Handling | None]
    conditions_sealed: Mapped[bytes | None]
    made_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("member.id"))
    """None where the computer suggested it."""
    made_at: Mapped[datetime] = mapped_column(default=clock.now)
    confirmed_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("member.id"))
    confirmed_at: Mapped[datetime | None]
    expires_on: Mapped[date] = mapped_column(index=True)
    erase_on: Mapped[date] = mapped_column(index=True)

    evidence = sealed_text()
    conditions = sealed_text()

    @property
    def grading(self) -> Grading | None:
        """Return the 3x5x2 grade, where somebody has given one."""
        if self.source is None or self.assessment is None or self.handling is None:
            return None
        return Grading(self.source, self.assessment, self.handling, self.conditions)

    def grade(self, grading: Grading) -> None:
        """Give the 3x5x2 grade; conditions are kept only where handling asks for them."""
        self.source, self.assessment = grading.source, grading.assessment
        self.handling = grading.handling
        asks = grading.handling is Handling.CONDITIONS
        self.conditions = grading.conditions.strip() if asks else ""

    __table_args__ = (
        sa.CheckConstraint("(other_subject_id IS NULL) <> (vehicle_id IS NULL)", name="two_ends"),
        # Each pair stands in one order, and nobody is linked to themselves.
        sa.CheckConstraint(
            "other_subject_id IS NULL OR subject_id < other_subject_id", name="in_order"
        ),
        sa.CheckConstraint(
            f"(vehicle_id IS NULL AND kind IN ({_among(BETWEEN_PEOPLE)}))"
            f" OR (vehicle_id IS NOT NULL AND kind IN ({_among(WITH_A_VEHICLE)}))",
            name="kind_fits",
        ),
        sa.CheckConstraint(
            "made_by_id IS NOT NULL OR kind = 'seen together'", name="computer_suggests_little"
        ),
        sa.CheckConstraint(
            "(source IS NULL) = (assessment IS NULL) AND (source IS NULL) = (handling IS NULL)",
            name="a_grade_is_whole",
        ),
        sa.CheckConstraint(
            "source IS NOT NULL OR (made_by_id IS NULL AND state <> 'confirmed')",
            name="a_person_grades",
        ),
        # A row without its key is what a restored backup holds of an erased one, until the sweep.
        sa.CheckConstraint(
            "handling IS NULL OR handling <> 'C' OR conditions_sealed IS NOT NULL"
            " OR data_key_id IS NULL",
            name="conditions_are_told",
        ),
        sa.CheckConstraint(
            "(confirmed_by_id IS NULL) = (confirmed_at IS NULL)"
            " AND (state <> 'confirmed' OR confirmed_by_id IS NOT NULL)"
            " AND (state <> 'suggested' OR confirmed_by_id IS NULL)",
            name="a_person_confirms",
        ),
        sa.CheckConstraint(
            "confirmed_by_id IS NULL OR made_by_id IS NULL OR confirmed_by_id <> made_by_id",
            name="two_people",
        ),
        sa.CheckConstraint("expires_on <= erase_on", name="ends_before_erased"),
        sa.Index("ix_association_queue", "scheme_id", "state", "made_at"),
    )
