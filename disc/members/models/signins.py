"""Tables of how people prove who they are, of their sign-ins, and of shared tablets."""

import uuid
from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from disc.core import clock
from disc.core.database import Base, new_id
from disc.members.models.people import Member
from disc.members.models.places import Premises


class Proof(StrEnum):
    """How a person proved who they are when they signed in."""

    PASSKEY = "passkey"
    PASSWORD = "password"  # noqa: S105 - a word, no secret
    PASSWORD_AND_CODE = "password and code"  # noqa: S105 - as above
    PIN = "pin"
    INVITATION = "invitation"


class Passkey(Base):
    """A public key whose private half a person's device keeps (WebAuthn level 3)."""

    __tablename__ = "passkey"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    member_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("member.id"), index=True)
    credential_id: Mapped[bytes] = mapped_column(unique=True)
    public_key: Mapped[bytes]
    sign_count: Mapped[int] = mapped_column(default=0)
    label: Mapped[str] = mapped_column(sa.String(60))
    made_at: Mapped[datetime] = mapped_column(default=clock.now)
    used_at: Mapped[datetime | None]


class RecoveryCode(Base):
    """A code on paper that stands once for the second factor; only its digest is kept."""

    __tablename__ = "recovery_code"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    member_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("member.id"), index=True)
    digest: Mapped[bytes] = mapped_column(unique=True)
    used_at: Mapped[datetime | None]


class Ceremony(Base):
    """Something begun and not yet ended: a passkey's challenge, or a password without its code.

    It is the server's, single-use and short-lived; the browser holds a token of which only the
    digest is kept.
    """

    __tablename__ = "ceremony"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    token_digest: Mapped[bytes] = mapped_column(unique=True)
    purpose: Mapped[str] = mapped_column(sa.String(40))
    member_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("member.id"), index=True)
    challenge: Mapped[bytes | None]
    tries_left: Mapped[int] = mapped_column(default=5)
    expires_at: Mapped[datetime] = mapped_column(index=True)

    __table_args__ = (sa.CheckConstraint("tries_left >= 0", name="so_many_tries"),)


class Tablet(Base):
    """A shared device of one premises, on which its staff sign in with a PIN."""

    __tablename__ = "tablet"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    scheme_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("scheme.id"), index=True)
    premises_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("premises.id"))
    name: Mapped[str] = mapped_column(sa.String(60))
    token_digest: Mapped[bytes] = mapped_column(unique=True)
    enrolled_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("member.id"))
    enrolled_at: Mapped[datetime] = mapped_column(default=clock.now)
    seen_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]

    premises: Mapped[Premises] = relationship(lazy="joined")


class UserSession(Base):
    """One sign-in; the cookie holds a token of which only the digest is kept.

    ``proved_at`` is when the person last proved who they are, for what asks for a fresh proof.
    ``device`` is a kind of browser and system, such as Chrome on Android, and no more.
    """

    __tablename__ = "user_session"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    member_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("member.id"), index=True)
    token_digest: Mapped[bytes] = mapped_column(unique=True)
    how: Mapped[Proof] = mapped_column(default=Proof.PASSWORD, server_default=Proof.PASSWORD.value)
    device: Mapped[str] = mapped_column(sa.String(80), default="", server_default="")
    tablet_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("tablet.id"))
    started_at: Mapped[datetime] = mapped_column(default=clock.now)
    proved_at: Mapped[datetime | None] = mapped_column(default=clock.now)
    last_seen_at: Mapped[datetime] = mapped_column(default=clock.now)
    ended_at: Mapped[datetime | None]

    member: Mapped[Member] = relationship(lazy="joined")

    __table_args__ = (
        sa.CheckConstraint("(how = 'pin') = (tablet_id IS NOT NULL)", name="pin_on_a_tablet"),
    )
