"""Tables of the desk's queue: who looks at what, and decisions that have not taken effect yet."""

import uuid
from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from disc.core import clock
from disc.core.database import Base, new_id
from disc.core.keys import SealedRow, sealed_text


class ItemKind(StrEnum):
    """What waits in the queue."""

    REPORT = "report"
    PAIR = "pair"
    NAMES = "names"
    JOINER = "joiner"


class Act(StrEnum):
    """What a manager decides: about a report or a joiner, about a pair, about names.

    The answers are called as their own packages call them.
    """

    APPROVE = "approve"
    REJECT = "reject"
    SAME = "same"
    DIFFERENT = "different"
    SAME_CAMERA = "same camera"
    USED = "used"
    NOT_USED = "not used"
    LOOKING = "still looking"


class Lease(Base):
    """Somebody looks at something, and nobody else decides about it until ``expires_at``.

    ``page_id`` is the open page on which they do, and with whose socket the lease ends.
    """

    __tablename__ = "desk_lease"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    scheme_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("scheme.id"))
    kind: Mapped[ItemKind]
    item_id: Mapped[uuid.UUID]
    member_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"))
    page_id: Mapped[uuid.UUID | None] = mapped_column(index=True)
    expires_at: Mapped[datetime]

    __table_args__ = (
        sa.UniqueConstraint("kind", "item_id"),
        sa.Index("ix_desk_lease_scheme", "scheme_id"),
    )


class PendingDecision(SealedRow, Base):
    """A decision on its way: it takes effect at ``effective_at`` unless it is undone before.

    The row goes with its effect, in one transaction. Where it could not take effect the row stays
    for a week to say why. ``batch_id`` is shared by what was decided with one press.
    """

    __tablename__ = "pending_decision"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    scheme_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("scheme.id"))
    batch_id: Mapped[uuid.UUID] = mapped_column(index=True)
    kind: Mapped[ItemKind]
    item_id: Mapped[uuid.UUID]
    act: Mapped[Act]
    member_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"))
    session_id: Mapped[uuid.UUID]
    made_at: Mapped[datetime] = mapped_column(default=clock.now)
    effective_at: Mapped[datetime]
    failed_at: Mapped[datetime | None]
    payload_sealed: Mapped[bytes | None]
    problem_sealed: Mapped[bytes | None]

    payload = sealed_text()
    problem = sealed_text()

    __table_args__ = (
        sa.CheckConstraint("effective_at > made_at", name="can_be_undone"),
        sa.Index("ix_pending_decision_scheme", "scheme_id"),
        sa.Index(
            "ix_pending_decision_one_waits",
            "kind",
            "item_id",
            unique=True,
            sqlite_where=sa.text("failed_at IS NULL"),
            postgresql_where=sa.text("failed_at IS NULL"),
        ),
    )


class DeskChoice(Base):
    """How one manager likes the desk."""

    __tablename__ = "desk_choice"

    member_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("member.id", ondelete="CASCADE"), primary_key=True
    )
    single_keys: Mapped[bool] = mapped_column(default=True)
