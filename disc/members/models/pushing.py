"""Tables of phones that get messages, and of what was sent to them: never a word about anybody."""

import uuid
from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from disc.core import clock
from disc.core.database import Base, new_id
from disc.core.keys import SealedRow, sealed_text
from disc.core.push import Urgency
from disc.members.models.signins import UserSession


class PushKind(StrEnum):
    """What a message to a phone tells."""

    REPORT = "report"
    ALERT = "alert"
    URGENT_ALERT = "urgent alert"
    """One about violence: no limit of a day holds it back."""
    TEST = "test"


PUSH_WORDS = {
    PushKind.REPORT: "There is news of your report",
    PushKind.ALERT: "New alert",
    PushKind.URGENT_ALERT: "New alert",
    PushKind.TEST: "This phone gets messages",
}
"""All that a phone ever shows: whoever looks at a locked screen learns nothing of anybody."""
PUSH_URGENCY = {
    PushKind.REPORT: Urgency.NORMAL,
    PushKind.ALERT: Urgency.HIGH,
    PushKind.URGENT_ALERT: Urgency.HIGH,
    PushKind.TEST: Urgency.HIGH,
}


class PushPhone(SealedRow, Base):
    """One browser in which its person turned messages on, under the sign-in that it is used with.

    Its address at a push service is sealed; a push service that says that it is gone leaves the
    row without it, until the app is opened there again. ``seen_at`` is when the app was last
    opened on it, ``accepted_at`` when a push service last took a message, ``failures`` how often
    in a row none did since.
    """

    __tablename__ = "push_phone"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    scheme_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("scheme.id"), index=True)
    member_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("member.id"), index=True)
    session_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("user_session.id", ondelete="CASCADE"), index=True
    )
    origin: Mapped[str] = mapped_column(sa.String(200))
    endpoint_token: Mapped[bytes | None] = mapped_column(unique=True)
    endpoint_sealed: Mapped[bytes | None]
    public_sealed: Mapped[bytes | None]
    secret_sealed: Mapped[bytes | None]
    made_at: Mapped[datetime] = mapped_column(default=clock.now)
    seen_at: Mapped[datetime] = mapped_column(default=clock.now)
    accepted_at: Mapped[datetime | None]
    failures: Mapped[int] = mapped_column(default=0)

    endpoint = sealed_text()
    public = sealed_text()
    secret = sealed_text()

    session: Mapped[UserSession] = relationship(lazy="joined")

    __table_args__ = (sa.CheckConstraint("failures >= 0", name="so_many_failures"),)

    @property
    def is_erased(self) -> bool:
        """Say whether its address is gone: such a row gets no key before it has one again."""
        return self.endpoint_token is None


class PushMessage(Base):
    """One message to one phone. ``path`` is the page of ours that it opens; it names ids alone.

    ``batch_id`` is shared by what was sent at once; ``seen_at`` is when the page was opened.
    """

    __tablename__ = "push_message"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    scheme_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("scheme.id"))
    batch_id: Mapped[uuid.UUID] = mapped_column(index=True)
    phone_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("push_phone.id", ondelete="CASCADE"), index=True
    )
    member_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("member.id"), index=True)
    kind: Mapped[PushKind]
    path: Mapped[str] = mapped_column(sa.String(200))
    made_at: Mapped[datetime] = mapped_column(default=clock.now, index=True)
    expires_at: Mapped[datetime]
    due_at: Mapped[datetime] = mapped_column(default=clock.now)
    tries: Mapped[int] = mapped_column(default=0)
    accepted_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    seen_at: Mapped[datetime | None]

    phone: Mapped[PushPhone] = relationship(lazy="joined")

    __table_args__ = (
        sa.CheckConstraint("expires_at > made_at", name="ends"),
        sa.CheckConstraint("path LIKE '/%' AND path NOT LIKE '//%'", name="own_page"),
    )
