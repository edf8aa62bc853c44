"""Tables of keys, of what a retry is known by, and of news on its way.

A key belongs to the scheme whose Administrator made it. What a sandbox key sends is in a scheme
beside that one, whose rows the database keeps apart: so neither points at the other by a foreign
key.
"""

import uuid
from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from disc.api.rules import DELIVERIES_KEPT_DAYS, News, Scope
from disc.core import clock
from disc.core.database import Base, new_id
from disc.core.keys import SealedRow, sealed_text
from disc.incidents.kinds import IncidentKind


class ApiKey(SealedRow, Base):
    """A key of a retailer's own system; of its secret only a keyed digest is kept.

    ``member_id`` is the system as whom it reports. While the secret is changed over, the one
    before counts until ``old_until``.
    """

    __tablename__ = "api_key"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    scheme_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("scheme.id"), index=True)
    member_id: Mapped[uuid.UUID] = mapped_column(unique=True)
    name_sealed: Mapped[bytes | None]
    prefix: Mapped[str] = mapped_column(sa.String(20))
    digest: Mapped[bytes] = mapped_column(unique=True)
    old_digest: Mapped[bytes | None] = mapped_column(unique=True)
    old_until: Mapped[datetime | None]
    scopes: Mapped[str] = mapped_column(sa.String(200))
    is_sandbox: Mapped[bool]
    made_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("member.id"))
    made_at: Mapped[datetime] = mapped_column(default=clock.now)
    expires_at: Mapped[datetime]
    last_used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    revoked_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("member.id"))

    name = sealed_text()

    @property
    def scope_set(self) -> frozenset[Scope]:
        """Return what the key may be used for."""
        return frozenset(map(Scope, self.scopes.split()))

    @property
    def is_over(self) -> bool:
        """Say whether the key opens nothing any more."""
        return self.revoked_at is not None or self.expires_at <= clock.now()

    __table_args__ = (
        sa.CheckConstraint("(revoked_at IS NULL) = (revoked_by_id IS NULL)", name="who_revoked"),
        sa.CheckConstraint("(old_digest IS NULL) = (old_until IS NULL)", name="old_secret_ends"),
        sa.CheckConstraint("expires_at > made_at", name="ends_after_it_began"),
        sa.CheckConstraint("scopes <> ''", name="good_for_something"),
    )


class ApiCode(Base):
    """What one of a retailer's own codes means here."""

    __tablename__ = "api_code"

    key_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("api_key.id", ondelete="CASCADE"), primary_key=True
    )
    code: Mapped[str] = mapped_column(sa.String(40), primary_key=True)
    kind: Mapped[IncidentKind]


class ApiSandbox(Base):
    """The scheme beside a live one, into which its sandbox keys report.

    ``desk_id`` is who decides there, at a system's own word.
    """

    __tablename__ = "api_sandbox"

    scheme_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("scheme.id"), primary_key=True)
    sandbox_id: Mapped[uuid.UUID] = mapped_column(unique=True)
    desk_id: Mapped[uuid.UUID]

    __table_args__ = (sa.CheckConstraint("sandbox_id <> scheme_id", name="beside_the_live_one"),)


class ApiSubmission(Base):
    """What a report's body was, as a keyed digest: a retry must say the same."""

    __tablename__ = "api_submission"

    incident_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("incident.id", ondelete="CASCADE"), primary_key=True
    )
    body_token: Mapped[bytes]


class ApiAttachment(Base):
    """A picture that was sent for a report, by the sender's own name for it and by its bytes."""

    __tablename__ = "api_attachment"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    incident_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("incident.id", ondelete="CASCADE"))
    still_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("still.id", ondelete="CASCADE"))
    client_token: Mapped[bytes]
    file_token: Mapped[bytes]

    __table_args__ = (
        sa.UniqueConstraint("incident_id", "client_token"),
        sa.UniqueConstraint("incident_id", "file_token"),
        sa.Index("ix_api_attachment_still_id", "still_id"),
    )


class ApiWebhook(SealedRow, Base):
    """Where news for a key goes, and the secret by which it is signed."""

    __tablename__ = "api_webhook"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    scheme_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("scheme.id"), index=True)
    key_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("api_key.id", ondelete="CASCADE"), unique=True
    )
    url_sealed: Mapped[bytes | None]
    secret_sealed: Mapped[bytes | None]
    old_secret_sealed: Mapped[bytes | None]
    old_until: Mapped[datetime | None]
    rest_until: Mapped[datetime | None]

    url = sealed_text()
    secret = sealed_text()
    old_secret = sealed_text()

    __table_args__ = (
        sa.CheckConstraint(
            "old_secret_sealed IS NULL OR old_until IS NOT NULL", name="old_secret_ends"
        ),
    )


class ApiDelivery(Base):
    """One piece of news on its way; its id is the event's, the same each time it is tried."""

    __tablename__ = "api_delivery"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    scheme_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("scheme.id"))
    key_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("api_key.id", ondelete="CASCADE"))
    kind: Mapped[News]
    incident_id: Mapped[uuid.UUID]
    status: Mapped[str] = mapped_column(sa.String(40))
    made_at: Mapped[datetime] = mapped_column(default=clock.now)
    failures: Mapped[int] = mapped_column(default=0)
    failure: Mapped[str] = mapped_column(sa.String(200), default="")
    tried_at: Mapped[datetime | None]
    next_at: Mapped[datetime | None]
    delivered_at: Mapped[datetime | None]
    given_up_at: Mapped[datetime | None]
    erase_on: Mapped[date] = mapped_column(
        index=True, default=lambda: clock.today() + timedelta(days=DELIVERIES_KEPT_DAYS)
    )

    __table_args__ = (
        sa.CheckConstraint(
            "delivered_at IS NULL OR given_up_at IS NULL", name="arrived_or_given_up"
        ),
        sa.Index("ix_api_delivery_of_key", "key_id", "id"),
    )
