"""Tables of schemes, their Areas and premises, and the groups of people in them."""

import uuid
from datetime import date, datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from disc.core import clock
from disc.core.database import Base, new_id
from disc.members.rules import certification_with_new_contact, first_certification


class Reoffending(StrEnum):
    """What becomes of the days of somebody who is reported again."""

    RESTART = "restart"
    AT_LEAST = "at least"
    NEVER = "never"


class Scheme(Base):
    """One partnership: the controller of everything in it. Its own facts are public.

    ``pictures_slow`` and ``pictures_stop`` count the pictures that one person may open in ten
    minutes before they are slowed, and before they are stopped.
    """

    __tablename__ = "scheme"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    slug: Mapped[str] = mapped_column(sa.String(60), unique=True)
    name: Mapped[str] = mapped_column(sa.String(120))
    controller: Mapped[str] = mapped_column(sa.String(200), default="")
    ico_number: Mapped[str] = mapped_column(sa.String(20), default="")
    contact: Mapped[str] = mapped_column(sa.String(400), default="")
    is_demo: Mapped[bool] = mapped_column(default=False)
    police_may_see_gallery: Mapped[bool] = mapped_column(default=False)
    prints_pictures: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    """Whether managers may have pictures printed."""
    show_birth_dates: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    """Whether members read a date of birth, and not only how old somebody is about."""
    id_sought_by_themselves: Mapped[bool] = mapped_column(default=True, server_default=sa.true())
    """Whether unknown people are shown outside galleries too."""
    approve_joiners: Mapped[bool] = mapped_column(default=True, server_default=sa.true())
    rules_changed_at: Mapped[datetime | None]
    rules_renew_months: Mapped[int] = mapped_column(default=12, server_default="12")
    pictures_slow: Mapped[int] = mapped_column(default=600, server_default="600")
    pictures_stop: Mapped[int] = mapped_column(default=1200, server_default="1200")
    id_sought_hide_months: Mapped[int] = mapped_column(default=3)
    id_sought_erase_months: Mapped[int] = mapped_column(default=6)
    known_hide_months: Mapped[int] = mapped_column(default=12)
    known_erase_months: Mapped[int] = mapped_column(default=24)
    report_erase_months: Mapped[int] = mapped_column(default=24)
    reoffending: Mapped[Reoffending] = mapped_column(
        default=Reoffending.RESTART, server_default=Reoffending.RESTART.value
    )
    reoffending_months: Mapped[int] = mapped_column(default=3, server_default="3")
    """How long somebody who is reported again is shown at least, where that is the policy."""
    made_at: Mapped[datetime] = mapped_column(default=clock.now)

    __table_args__ = (
        sa.CheckConstraint(
            "id_sought_hide_months BETWEEN 1 AND id_sought_erase_months", name="id_sought_clocks"
        ),
        sa.CheckConstraint(
            "known_hide_months BETWEEN 1 AND known_erase_months", name="known_clocks"
        ),
        sa.CheckConstraint("report_erase_months BETWEEN 1 AND 84", name="report_clock"),
        sa.CheckConstraint("reoffending_months BETWEEN 1 AND 36", name="reoffending_clock"),
        sa.CheckConstraint("rules_renew_months BETWEEN 1 AND 36", name="rules_clock"),
        sa.CheckConstraint("pictures_slow BETWEEN 1 AND pictures_stop", name="slowed_first"),
    )


class GoLiveStep(Base):
    """One step of the go-live checklist, done: who said so, and where the proof is."""

    __tablename__ = "go_live_step"

    scheme_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("scheme.id"), primary_key=True)
    step: Mapped[str] = mapped_column(sa.String(40), primary_key=True)
    done_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("member.id"))
    done_at: Mapped[datetime] = mapped_column(default=clock.now)
    proof: Mapped[str] = mapped_column(sa.String(300))


class Area(Base):
    """A part of the town whose members see the same Subjects and alerts."""

    __tablename__ = "area"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    scheme_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("scheme.id"), index=True)
    name: Mapped[str] = mapped_column(sa.String(120))

    __table_args__ = (sa.UniqueConstraint("scheme_id", "name"),)


class Premises(Base):
    """A shop or other place that belongs to the scheme.

    ``others_may_report`` lets Investigators and the police contact report on its behalf. Its
    contact says once a year who still works there: ``certified_on`` was the last time,
    ``certify_by`` is the next, and ``certify_asked_on`` when the contact was last asked.
    """

    __tablename__ = "premises"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    scheme_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("scheme.id"), index=True)
    area_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("area.id"))
    name: Mapped[str] = mapped_column(sa.String(120))
    sector: Mapped[str] = mapped_column(sa.String(60), default="")
    address: Mapped[str] = mapped_column(sa.String(200), default="", server_default="")
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    authority_on: Mapped[date | None]
    authority_role: Mapped[str] = mapped_column(sa.String(80), default="")
    authority_limits: Mapped[str] = mapped_column(sa.String(300), default="")
    excludes_since: Mapped[date | None]
    others_may_report: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    contact_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("member.id", ondelete="SET NULL")
    )
    certified_on: Mapped[date | None]
    certify_by: Mapped[date] = mapped_column(default=lambda: first_certification(clock.today()))
    certify_asked_on: Mapped[date | None]

    area: Mapped[Area] = relationship()

    __table_args__ = (
        sa.CheckConstraint(
            "(latitude IS NULL) = (longitude IS NULL)", name="place_has_both_numbers"
        ),
        sa.CheckConstraint(
            "latitude BETWEEN -90 AND 90 AND longitude BETWEEN -180 AND 180", name="on_the_globe"
        ),
    )

    @validates("contact_id")
    def _ask_a_new_contact(self, _name: str, contact_id: uuid.UUID | None) -> uuid.UUID | None:
        """Ask somebody who is made the contact soon, and anew: another may have been asked."""
        if contact_id is not None and contact_id != self.contact_id:
            self.certify_asked_on = None
            self.certify_by = certification_with_new_contact(
                clock.today(), due=self.certify_by, certified=self.certified_on
            )
        return contact_id


class MemberGroup(Base):
    """People who belong together, such as a chain's staff; a Group Manager looks after them."""

    __tablename__ = "member_group"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    scheme_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("scheme.id"), index=True)
    name: Mapped[str] = mapped_column(sa.String(120))

    __table_args__ = (sa.UniqueConstraint("scheme_id", "name"),)
