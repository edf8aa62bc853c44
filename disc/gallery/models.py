"""Tables of Subjects, galleries and what members say they know."""

import uuid
from datetime import date, datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from disc.core import clock
from disc.core.database import Base, new_id
from disc.core.keys import SealedRow, sealed_day, sealed_text, sealed_words
from disc.gallery.looks import VOCABULARY, Looks, age_band, sort_words


class SubjectKind(StrEnum):
    """Whether the scheme knows who the person is."""

    KNOWN = "known"
    ID_SOUGHT = "id-sought"


class SubjectState(StrEnum):
    """Where a Subject's record stands."""

    AWAITING_BOARD = "awaiting board"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"
    ERASED = "erased"


class Subject(SealedRow, Base):
    """A person reported to the scheme, hidden on one day and erased on another."""

    __tablename__ = "subject"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    scheme_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("scheme.id"))
    reference: Mapped[str] = mapped_column(sa.String(12))
    kind: Mapped[SubjectKind] = mapped_column(default=SubjectKind.ID_SOUGHT)
    state: Mapped[SubjectState]
    name_sealed: Mapped[bytes | None]
    aliases_sealed: Mapped[bytes | None]
    description_sealed: Mapped[bytes | None]
    caption_sealed: Mapped[bytes | None]
    born_sealed: Mapped[bytes | None]
    age_band_sealed: Mapped[bytes | None]
    sex_sealed: Mapped[bytes | None]
    height_sealed: Mapped[bytes | None]
    build_sealed: Mapped[bytes | None]
    hair_sealed: Mapped[bytes | None]
    clothing_sealed: Mapped[bytes | None]
    marks_sealed: Mapped[bytes | None]
    modus_sealed: Mapped[bytes | None]
    warnings_sealed: Mapped[bytes | None]
    welfare_sealed: Mapped[bytes | None]
    police_reference_sealed: Mapped[bytes | None]
    under_18: Mapped[bool] = mapped_column(default=False)
    vulnerable: Mapped[bool] = mapped_column(default=False)
    under_10: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    """A child below the age of criminal responsibility: for Administrators alone."""
    restricted_only: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    """Whether the Board agreed to show the person to those alone who see restricted galleries."""
    agreed_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("member.id"))
    agreed_at: Mapped[datetime | None]
    made_at: Mapped[datetime] = mapped_column(default=clock.now)
    made_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("member.id"))
    last_reported_at: Mapped[datetime] = mapped_column(default=clock.now)
    hidden_at: Mapped[datetime | None]
    hidden_by_board: Mapped[bool] = mapped_column(default=False)
    hide_on: Mapped[date]
    erase_on: Mapped[date] = mapped_column(index=True)
    merged_into_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("subject.id"))
    lead_still_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("still.id", ondelete="SET NULL")
    )
    """The picture that a manager chose to stand first, if any; a joined record may lend it."""
    changed_at: Mapped[datetime] = mapped_column(default=clock.now, onupdate=clock.now)
    """When anything of the row was last written; what is kept in memory asks by it for news."""
    marked_on: Mapped[date | None]
    """The day on which the digests of its looks were made; ages grow, so they are made anew."""

    name = sealed_text()
    aliases = sealed_words()
    description = sealed_words()
    """What a record of before version 5 of the tables says of the looks, all in one list.

    A migration has no keys to open it with, so it is sorted whenever it is read. It is written
    no more, and emptied when the record is corrected.
    """
    caption = sealed_text()
    born = sealed_day()
    age_band = sealed_text()
    """A guess of the age; empty where the date of birth is known, which is better."""
    sex = sealed_text()
    height = sealed_text()
    build = sealed_text()
    hair = sealed_words()
    clothing = sealed_words()
    marks = sealed_words()
    """Tattoos, scars and the like, in free words."""
    modus = sealed_text()
    """How the person works."""
    warnings = sealed_words()
    welfare = sealed_text()
    """How staff can help somebody who is vulnerable or under 18."""
    police_reference = sealed_text()

    @property
    def looks(self) -> Looks:
        """Return what the person looks like; the age band is of today where the birth is known."""
        if self.description:
            return sort_words(self.description)
        return Looks(
            sex=self.sex,
            age_band=age_band(self.born, clock.today()) if self.born else self.age_band,
            build=self.build,
            height=self.height,
            hair=self.hair,
            clothing=self.clothing,
        )

    @looks.setter
    def looks(self, looks: Looks) -> None:
        for name in VOCABULARY:
            setattr(self, name, getattr(looks, name))
        self.description = ()

    @property
    def hidden_since(self) -> date | None:
        """Return the first day on which members saw nothing of the record, if that has come."""
        pressed = self.hidden_at.astimezone(clock.UK).date() if self.hidden_at else self.hide_on
        first = min(pressed, self.hide_on)
        return first if self.hidden_at or first <= clock.today() else None

    @property
    def is_erased(self) -> bool:
        """Say whether only the row's number and dates are left."""
        return self.state is SubjectState.ERASED

    __table_args__ = (
        sa.UniqueConstraint("scheme_id", "reference"),
        sa.CheckConstraint(
            "state <> 'published' OR NOT (under_18 OR vulnerable) OR agreed_by_id IS NOT NULL",
            name="board_agreed_first",
        ),
        sa.CheckConstraint(
            "agreed_by_id IS NULL OR agreed_by_id <> made_by_id", name="two_people_agree"
        ),
        sa.CheckConstraint(
            "NOT under_10 OR (under_18 AND state = 'withdrawn')", name="under_10_is_shown_to_nobody"
        ),
        sa.CheckConstraint("hide_on <= erase_on", name="hidden_before_erased"),
        sa.CheckConstraint(
            "merged_into_id IS NULL OR merged_into_id <> id", name="merged_elsewhere"
        ),
        sa.CheckConstraint(
            "state <> 'erased' OR (data_key_id IS NULL AND name_sealed IS NULL)",
            name="erased_is_gone",
        ),
        sa.Index("ix_subject_shown", "scheme_id", "state", "last_reported_at", "id"),
        sa.Index("ix_subject_changed", "scheme_id", "changed_at"),
        # Few are merged. An index with a place for each that is not would lead to all of them,
        # as SQLite counts, and it would read the whole table instead.
        sa.Index(
            "ix_subject_merged_into_id",
            "merged_into_id",
            sqlite_where=sa.text("merged_into_id IS NOT NULL"),
            postgresql_where=sa.text("merged_into_id IS NOT NULL"),
        ),
    )


class SubjectMerge(SealedRow, Base):
    """What joining changed of the kept record, until it cannot be undone any more."""

    __tablename__ = "subject_merge"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    scheme_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("scheme.id"))
    kept_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("subject.id"), index=True)
    absorbed_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("subject.id"), unique=True)
    before_sealed: Mapped[bytes | None]
    erase_on: Mapped[date] = mapped_column(index=True)

    before = sealed_text()
    """For each thing that changed, what it was and what it became, as JSON."""


class SubjectArea(Base):
    """An Area in which a Subject is shown."""

    __tablename__ = "subject_area"

    subject_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("subject.id", ondelete="CASCADE"), primary_key=True
    )
    area_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("area.id"), primary_key=True)
    via_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("subject.id", ondelete="CASCADE"))
    """The merged record that brought the Area, so that taking it out takes the Area out too."""


class SubjectStill(Base):
    """A picture of a Subject."""

    __tablename__ = "subject_still"

    subject_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("subject.id", ondelete="CASCADE"), primary_key=True
    )
    still_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("still.id", ondelete="CASCADE"), primary_key=True, index=True
    )


class SubjectToken(Base):
    """A keyed digest of one word of what a record says, by which the gallery is filtered."""

    __tablename__ = "subject_token"

    subject_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("subject.id", ondelete="CASCADE"), primary_key=True
    )
    token: Mapped[bytes] = mapped_column(primary_key=True)
    scheme_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("scheme.id"))

    __table_args__ = (
        sa.Index("ix_subject_token_found", "scheme_id", "token"),
        {"sqlite_with_rowid": False},
    )


class Sighting(Base):
    """A member saw somebody again. It keeps nobody longer, and is erased with their record."""

    __tablename__ = "sighting"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    scheme_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("scheme.id"))
    subject_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("subject.id", ondelete="CASCADE"), index=True
    )
    premises_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("premises.id"))
    by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("member.id"))
    at: Mapped[datetime] = mapped_column(default=clock.now)


class GalleryOrder(StrEnum):
    """In which order a gallery shows its people."""

    NEWEST = "newest"
    BY_NAME = "by name"


class Audience(StrEnum):
    """Who sees a gallery. Restricted ones are for those who run the scheme or lead a group."""

    EVERYBODY = "everybody"
    RESTRICTED = "restricted"


class Gallery(Base):
    """A named list in which Subjects are shown for a time; Known ones nowhere else."""

    __tablename__ = "gallery"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    scheme_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("scheme.id"))
    name: Mapped[str] = mapped_column(sa.String(80))
    description: Mapped[str] = mapped_column(sa.String(300), default="")
    expiry_months: Mapped[int] = mapped_column(default=12)
    sorted_by: Mapped[GalleryOrder] = mapped_column(
        default=GalleryOrder.NEWEST, server_default=GalleryOrder.NEWEST.value
    )
    seen_by: Mapped[Audience] = mapped_column(
        default=Audience.EVERYBODY, server_default=Audience.EVERYBODY.value
    )

    __table_args__ = (
        sa.UniqueConstraint("scheme_id", "name"),
        sa.CheckConstraint("expiry_months BETWEEN 1 AND 36", name="expiry"),
    )


class GalleryArea(Base):
    """An Area that sees a gallery; one without any is seen in all of them."""

    __tablename__ = "gallery_area"

    gallery_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("gallery.id", ondelete="CASCADE"), primary_key=True
    )
    area_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("area.id"), primary_key=True)


class GalleryEntry(Base):
    """A Subject in a gallery, until a day."""

    __tablename__ = "gallery_entry"

    gallery_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("gallery.id"), primary_key=True)
    subject_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("subject.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    added_on: Mapped[date]
    expires_on: Mapped[date]


class Sureness(StrEnum):
    """How sure a member is of who somebody is."""

    SURE = "sure"
    FAIRLY_SURE = "fairly sure"
    NOT_SURE = "not sure"


class AnswerOutcome(StrEnum):
    """What the manager did with a member's answer."""

    USED = "used"
    NOT_USED = "not used"
    LOOKING = "still looking"


class PoliceNote(StrEnum):
    """What the police did with a member's answer."""

    PASSED_ON = "passed on"
    KNOWN_ALREADY = "known already"
    NO_HELP = "no help"


class Identification(SealedRow, Base):
    """A member's "I know this person", for the manager; and for the police if the member knew.

    ``handled_at`` is when the manager last decided. An answer is open until it was used or not
    used; one without an outcome that was handled is of before outcomes were kept.
    ``for_police`` says that the member was told that the police see it too.
    """

    __tablename__ = "identification"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    scheme_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("scheme.id"), index=True)
    subject_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("subject.id"), index=True)
    by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("member.id"))
    sureness: Mapped[Sureness]
    answer_sealed: Mapped[bytes | None]
    how_sealed: Mapped[bytes | None]
    at: Mapped[datetime] = mapped_column(default=clock.now)
    outcome: Mapped[AnswerOutcome | None]
    handled_at: Mapped[datetime | None]
    for_police: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    police_note: Mapped[PoliceNote | None]
    police_noted_at: Mapped[datetime | None]
    erase_on: Mapped[date] = mapped_column(index=True)

    answer = sealed_text()
    how = sealed_text()

    __table_args__ = (
        sa.CheckConstraint("outcome IS NULL OR handled_at IS NOT NULL", name="decided_once"),
        sa.CheckConstraint(
            "police_noted_at IS NULL OR for_police", name="police_note_what_they_see"
        ),
        sa.CheckConstraint(
            "(police_note IS NULL) = (police_noted_at IS NULL)", name="a_note_has_its_time"
        ),
    )
