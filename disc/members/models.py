"""Tables of schemes, Areas, premises, people and their sign-ins."""

import uuid
from datetime import date, datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from disc.access.actor import Role
from disc.core import clock
from disc.core.database import Base, new_id
from disc.core.keys import SealedRow, sealed_text


class MemberState(StrEnum):
    """Where a person stands with the scheme."""

    INVITED = "invited"
    ACTIVE = "active"
    LEFT = "left"


class Scheme(Base):
    """One partnership: the controller of everything in it. Its own facts are public."""

    __tablename__ = "scheme"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    slug: Mapped[str] = mapped_column(sa.String(60), unique=True)
    name: Mapped[str] = mapped_column(sa.String(120))
    controller: Mapped[str] = mapped_column(sa.String(200), default="")
    ico_number: Mapped[str] = mapped_column(sa.String(20), default="")
    contact: Mapped[str] = mapped_column(sa.String(400), default="")
    is_demo: Mapped[bool] = mapped_column(default=False)
    police_may_see_gallery: Mapped[bool] = mapped_column(default=False)
    id_sought_hide_months: Mapped[int] = mapped_column(default=3)
    id_sought_erase_months: Mapped[int] = mapped_column(default=6)
    known_hide_months: Mapped[int] = mapped_column(default=12)
    known_erase_months: Mapped[int] = mapped_column(default=24)
    report_erase_months: Mapped[int] = mapped_column(default=24)
    made_at: Mapped[datetime] = mapped_column(default=clock.now)

    __table_args__ = (
        sa.CheckConstraint(
            "id_sought_hide_months BETWEEN 1 AND id_sought_erase_months", name="id_sought_clocks"
        ),
        sa.CheckConstraint(
            "known_hide_months BETWEEN 1 AND known_erase_months", name="known_clocks"
        ),
        sa.CheckConstraint("report_erase_months BETWEEN 1 AND 84", name="report_clock"),
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
    """A shop or other place that belongs to the scheme."""

    __tablename__ = "premises"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    scheme_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("scheme.id"), index=True)
    area_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("area.id"))
    name: Mapped[str] = mapped_column(sa.String(120))
    sector: Mapped[str] = mapped_column(sa.String(60), default="")
    authority_on: Mapped[date | None]
    authority_role: Mapped[str] = mapped_column(sa.String(80), default="")
    authority_limits: Mapped[str] = mapped_column(sa.String(300), default="")
    excludes_since: Mapped[date | None]

    area: Mapped[Area] = relationship()


class Member(SealedRow, Base):
    """A person of the scheme, under a role."""

    __tablename__ = "member"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    scheme_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("scheme.id"), index=True)
    role: Mapped[Role]
    state: Mapped[MemberState] = mapped_column(default=MemberState.INVITED)
    name_sealed: Mapped[bytes | None]
    email_sealed: Mapped[bytes | None]
    email_token: Mapped[bytes | None] = mapped_column(unique=True)
    password_hash: Mapped[str | None] = mapped_column(sa.String(200))
    viewer_code: Mapped[str] = mapped_column(sa.String(12), unique=True)
    joined_at: Mapped[datetime] = mapped_column(default=clock.now)
    left_at: Mapped[datetime | None]

    name = sealed_text()
    email = sealed_text()

    scheme: Mapped[Scheme] = relationship(lazy="joined")
    areas: Mapped[list[Area]] = relationship(secondary="member_area", lazy="selectin")
    premises: Mapped[list[Premises]] = relationship(secondary="member_premises", lazy="selectin")


class MemberArea(Base):
    """A member's Area."""

    __tablename__ = "member_area"

    member_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("member.id"), primary_key=True)
    area_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("area.id"), primary_key=True)


class MemberPremises(Base):
    """Where a member works."""

    __tablename__ = "member_premises"

    member_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("member.id"), primary_key=True)
    premises_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("premises.id"), primary_key=True)


class Invitation(Base):
    """A single-use way in; only the digest of its token is kept."""

    __tablename__ = "invitation"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    member_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("member.id"), index=True)
    token_digest: Mapped[bytes] = mapped_column(unique=True)
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class UserSession(Base):
    """One sign-in; the cookie holds a token of which only the digest is kept."""

    __tablename__ = "user_session"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    member_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("member.id"), index=True)
    token_digest: Mapped[bytes] = mapped_column(unique=True)
    started_at: Mapped[datetime] = mapped_column(default=clock.now)
    last_seen_at: Mapped[datetime] = mapped_column(default=clock.now)
    ended_at: Mapped[datetime | None]

    member: Mapped[Member] = relationship(lazy="joined")
