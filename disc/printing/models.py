"""Tables of pictures on paper: what was printed, in which copies, and who is on it."""

import uuid
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from disc.core import clock
from disc.core.database import Base, new_id
from disc.core.keys import SealedRow, sealed_text
from disc.printing.rules import CalledBack


class Printout(SealedRow, Base):
    """Somebody had pictures printed: of a gallery, or of one person.

    No paper is kept. ``called_back_on`` is the first day on which somebody or something on it was
    taken out. A copy is to be destroyed by the end of ``destroy_by``.
    """

    __tablename__ = "printout"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    scheme_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("scheme.id"), index=True)
    reference: Mapped[str] = mapped_column(sa.String(12))
    of_gallery: Mapped[bool]
    gallery_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("gallery.id", ondelete="SET NULL")
    )
    people: Mapped[int]
    reason_sealed: Mapped[bytes | None]
    for_whom_sealed: Mapped[bytes | None]
    asked_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("member.id"))
    asked_at: Mapped[datetime] = mapped_column(default=clock.now)
    destroy_by: Mapped[date]
    called_back_on: Mapped[date | None]
    called_back_for: Mapped[CalledBack | None]
    erase_on: Mapped[date] = mapped_column(index=True)

    reason = sealed_text()
    for_whom = sealed_text()

    copies: Mapped[list["PrintCopy"]] = relationship(
        lazy="selectin", order_by="PrintCopy.number", viewonly=True
    )

    __table_args__ = (
        sa.UniqueConstraint("scheme_id", "reference"),
        sa.CheckConstraint("people BETWEEN 1 AND 60", name="so_many_people"),
        sa.CheckConstraint("destroy_by <= erase_on", name="destroyed_before_forgotten"),
        sa.CheckConstraint("of_gallery OR gallery_id IS NULL", name="of_a_gallery_or_a_person"),
        sa.CheckConstraint(
            "(called_back_on IS NULL) = (called_back_for IS NULL)", name="called_back_for_something"
        ),
    )


class PrintCopy(Base):
    """One numbered copy, with the code that its pictures carry."""

    __tablename__ = "print_copy"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    printout_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("printout.id", ondelete="CASCADE"), index=True
    )
    number: Mapped[int]
    code: Mapped[str] = mapped_column(sa.String(12), unique=True)
    destroyed_on: Mapped[date | None]
    destroyed_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("member.id"))

    __table_args__ = (
        sa.UniqueConstraint("printout_id", "number"),
        sa.CheckConstraint("number BETWEEN 1 AND 10", name="so_many_copies"),
        sa.CheckConstraint(
            "(destroyed_on IS NULL) = (destroyed_by_id IS NULL)", name="somebody_said_destroyed"
        ),
    )


class PrintedPicture(Base):
    """A picture of somebody on a print, while both are held."""

    __tablename__ = "printed_picture"

    printout_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("printout.id", ondelete="CASCADE"), primary_key=True
    )
    subject_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("subject.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    still_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("still.id", ondelete="CASCADE"), primary_key=True, index=True
    )
