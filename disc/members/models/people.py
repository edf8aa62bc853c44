"""Tables of people, where they belong, and how they were let in."""

import uuid
from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from disc.access.actor import Role
from disc.core import clock
from disc.core.database import Base, new_id
from disc.core.keys import SealedRow, sealed_text
from disc.members.models.places import Area, MemberGroup, Premises, Scheme


class MemberState(StrEnum):
    """Where a person stands with the scheme; only the active are let in."""

    INVITED = "invited"
    WAITING = "waiting"
    """Joined, and not yet approved: by a manager, or for a leading role by the Board."""
    ACTIVE = "active"
    SUSPENDED = "suspended"
    LEFT = "left"
    SYSTEM = "system"
    """No person, but a retailer's own system, which reports by a key and never signs in."""


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
    totp_sealed: Mapped[bytes | None]
    totp_step: Mapped[int | None]
    """The time step of the last one-time code taken: none is taken twice (RFC 6238, 5.2)."""
    pin_hash: Mapped[str | None] = mapped_column(sa.String(200))
    viewer_code: Mapped[str] = mapped_column(sa.String(12), unique=True)
    joined_at: Mapped[datetime] = mapped_column(default=clock.now)
    left_at: Mapped[datetime | None]
    rules_accepted_at: Mapped[datetime | None]
    viewing_stopped_at: Mapped[datetime | None]
    invited_by_id: Mapped[uuid.UUID | None]
    approved_by_id: Mapped[uuid.UUID | None]
    role_before: Mapped[Role | None]
    """What they were, while the Board has yet to agree to what they shall be."""

    name = sealed_text()
    email = sealed_text()
    totp = sealed_text()
    """The shared secret of one-time codes, in base 32."""

    scheme: Mapped[Scheme] = relationship(lazy="joined")
    areas: Mapped[list[Area]] = relationship(secondary="member_area", lazy="selectin")
    premises: Mapped[list[Premises]] = relationship(secondary="member_premises", lazy="selectin")
    groups: Mapped[list[MemberGroup]] = relationship(
        secondary="member_group_member", lazy="selectin"
    )

    @property
    def group_ids(self) -> frozenset[uuid.UUID]:
        """Return the groups that they are in, as the policy table asks for them."""
        return frozenset(group.id for group in self.groups)

    __table_args__ = (
        sa.CheckConstraint("approved_by_id <> id", name="approved_by_somebody_else"),
        sa.CheckConstraint(
            "role NOT IN ('administrator', 'board', 'dpo', 'spoc')"
            " OR approved_by_id <> invited_by_id",
            name="two_people_let_leaders_in",
        ),
    )


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


class MemberGroupMember(Base):
    """A member's group; a Group Manager manages the groups that they are in."""

    __tablename__ = "member_group_member"

    member_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("member.id"), primary_key=True)
    group_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("member_group.id"), primary_key=True)


class LinkPurpose(StrEnum):
    """What a link that was sent to somebody lets them do."""

    JOIN = "join"
    RESET = "reset"
    """Choose a new password. It never stands for the second factor."""


class Invitation(Base):
    """A single-use link sent to one person; only the digest of its token is kept."""

    __tablename__ = "invitation"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    member_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("member.id"), index=True)
    purpose: Mapped[LinkPurpose] = mapped_column(
        default=LinkPurpose.JOIN, server_default=LinkPurpose.JOIN.value
    )
    token_digest: Mapped[bytes] = mapped_column(unique=True)
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class JoinCode(Base):
    """What a premises' QR code holds: a way in for its staff, so many times and no longer."""

    __tablename__ = "join_code"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    scheme_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("scheme.id"), index=True)
    premises_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("premises.id"))
    token_digest: Mapped[bytes] = mapped_column(unique=True)
    made_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("member.id"))
    expires_at: Mapped[datetime]
    uses: Mapped[int] = mapped_column(default=1)
    """How many people it was made for."""
    uses_left: Mapped[int] = mapped_column(default=1)

    premises: Mapped[Premises] = relationship(lazy="joined")

    __table_args__ = (sa.CheckConstraint("uses_left BETWEEN 0 AND 30", name="so_many_times"),)
