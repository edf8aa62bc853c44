"""Tables of imports: the file while it is kept, and which line became which report."""

import uuid
from datetime import date, datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from disc.core import clock
from disc.core.database import Base, new_id
from disc.core.keys import SealedRow
from disc.importing.columns import Kind


class FileState(StrEnum):
    """How far an import is."""

    CHECKED = "checked"
    """The file was read, and nothing else was done."""
    RUNNING = "running"
    DONE = "done"
    GOING_BACK = "going back"
    TAKEN_BACK = "taken back"


class ImportFile(SealedRow, Base):
    """A file that was brought, and what became of it.

    ``kept_sealed`` is the file until the import is done, then the lines that were refused, and
    after ``forget_at`` nothing. The numbers say how many lines there are, how many were good and
    how many were there already when the file was checked, how far the import is, and how many
    came in.
    """

    __tablename__ = "import_file"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    scheme_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("scheme.id"))
    kind: Mapped[Kind]
    state: Mapped[FileState] = mapped_column(default=FileState.CHECKED)
    brought_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("member.id"))
    brought_at: Mapped[datetime] = mapped_column(default=clock.now)
    digest: Mapped[bytes]
    """A keyed digest of the file, by which the page that confirms names what it showed."""
    kept_sealed: Mapped[bytes | None] = mapped_column(deferred=True)
    lines: Mapped[int]
    good: Mapped[int]
    there: Mapped[int]
    walked: Mapped[int] = mapped_column(default=0)
    made: Mapped[int] = mapped_column(default=0)
    moved_at: Mapped[datetime] = mapped_column(default=clock.now)
    """When the import last went on."""
    forget_at: Mapped[datetime]
    erase_on: Mapped[date] = mapped_column(index=True)

    __table_args__ = (
        sa.CheckConstraint(
            "0 <= made AND made <= walked AND walked <= lines", name="as_far_as_it_is"
        ),
        sa.CheckConstraint(
            "state NOT IN ('going back', 'taken back') OR kind = 'incidents'",
            name="only_reports_go_back",
        ),
        sa.Index("ix_import_file_newest", "scheme_id", "brought_at"),
    )


class ImportLine(Base):
    """A line that became a report: found again by its mark, a keyed digest of what it says.

    It goes on the day of its report, so that nothing is left that recognises its words.
    """

    __tablename__ = "import_line"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    scheme_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("scheme.id"))
    mark: Mapped[bytes]
    file_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("import_file.id", ondelete="SET NULL"), index=True
    )
    incident_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("incident.id", ondelete="CASCADE"), index=True
    )
    erase_on: Mapped[date] = mapped_column(index=True)

    __table_args__ = (sa.UniqueConstraint("scheme_id", "mark"),)
