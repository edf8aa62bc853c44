"""Tables of videos, their pieces, and of who had which original."""

import uuid
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from disc.core import clock
from disc.core.database import Base, new_id
from disc.core.keys import SealedRow, sealed_text
from disc.core.locks import GRANTED
from disc.core.web import LARGEST_PIECE
from disc.stills.ports import Handled


class Video(SealedRow, Base):
    """One video, from the moment that a phone began to send it.

    ``upload_id`` comes from the phone, which makes it of the file: chosen again, the file goes on
    where it stopped. ``submission_id`` is the report's page; ``incident_id`` is its report, once
    that is here. ``piece_bytes`` is how long each piece is but the last.
    """

    __tablename__ = "video"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    scheme_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("scheme.id"), index=True)
    uploader_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("member.id"))
    upload_id: Mapped[uuid.UUID]
    submission_id: Mapped[uuid.UUID]
    incident_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("incident.id"), index=True)
    size: Mapped[int] = mapped_column(sa.BigInteger)
    piece_bytes: Mapped[int] = mapped_column(sa.BigInteger)
    pieces_kept: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    kind: Mapped[str] = mapped_column(sa.String(8), default="")
    name_sealed: Mapped[bytes | None]
    sha256_sealed: Mapped[bytes | None]
    said_sha256_sealed: Mapped[bytes | None]
    device_time_sealed: Mapped[bytes | None]
    captured_sealed: Mapped[bytes | None]
    begun_at: Mapped[datetime] = mapped_column(default=clock.now)
    touched_at: Mapped[datetime] = mapped_column(default=clock.now)
    finished_at: Mapped[datetime | None]
    erase_on: Mapped[date] = mapped_column(index=True)
    erased_at: Mapped[datetime | None]

    name = sealed_text()
    sha256 = sealed_text()
    said_sha256 = sealed_text()
    device_time = sealed_text()
    captured = sealed_text()

    @property
    def is_erased(self) -> bool:
        """Say whether only the row's number and dates are left."""
        return self.erased_at is not None

    __table_args__ = (
        sa.UniqueConstraint("uploader_id", "upload_id", "submission_id"),
        sa.CheckConstraint("size > 0", name="holds_something"),
        sa.CheckConstraint(f"piece_bytes BETWEEN 1 AND {LARGEST_PIECE}", name="in_pieces"),
        sa.CheckConstraint(
            "pieces_kept >= 0 AND (pieces_kept - 1) * piece_bytes < size", name="no_more_pieces"
        ),
        sa.CheckConstraint(
            "finished_at IS NULL OR (pieces_kept * piece_bytes >= size AND kind <> '')",
            name="finished_is_whole",
        ),
        sa.CheckConstraint("erased_at IS NULL OR data_key_id IS NULL", name="erased_is_gone"),
    )


class VideoPiece(Base):
    """One piece of a video; ``mark`` is that of its sealed file."""

    __tablename__ = "video_piece"

    video_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("video.id", ondelete="CASCADE"), primary_key=True
    )
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    mark: Mapped[str] = mapped_column(sa.String(32))

    __table_args__ = (sa.CheckConstraint("number >= 0", name="counted_from_nought"),)


class CustodyEntry(Base):
    """One link in the chain of an original: what was done with it, when and by whom.

    ``said_sealed`` is under the original's own key; once that is gone, the chain still holds.
    """

    __tablename__ = "custody_entry"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    scheme_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("scheme.id"), index=True)
    still_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("still.id"))
    video_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("video.id"))
    position: Mapped[int]
    at: Mapped[datetime]
    act: Mapped[Handled]
    by_id: Mapped[uuid.UUID | None]
    size: Mapped[int | None] = mapped_column(sa.BigInteger)
    said_sealed: Mapped[bytes | None]
    link: Mapped[bytes]

    __table_args__ = (
        sa.UniqueConstraint("still_id", "position"),
        sa.UniqueConstraint("video_id", "position"),
        sa.CheckConstraint("(still_id IS NULL) <> (video_id IS NULL)", name="of_one_original"),
        sa.CheckConstraint("position >= 1", name="counted_from_one"),
        {"info": {GRANTED: "SELECT, INSERT, DELETE"}},
    )
