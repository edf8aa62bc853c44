"""Tables of what everybody must read, and of who accepted which words, and when."""

import uuid
from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy import ForeignKey, event
from sqlalchemy.orm import Mapped, mapped_column

from disc.core import clock
from disc.core.database import Base, new_id


class DocumentKind(StrEnum):
    """What a member must accept before they see a record."""

    RULES = "rules"
    DATA_AGREEMENT = "data agreement"
    PRIVACY = "privacy"


class RulesDocument(Base):
    """One version of a document that members must accept; its words never change."""

    __tablename__ = "rules_document"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    scheme_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("scheme.id"), index=True)
    kind: Mapped[DocumentKind]
    version: Mapped[int]
    title: Mapped[str] = mapped_column(sa.String(120))
    body: Mapped[str] = mapped_column(sa.Text)
    published_at: Mapped[datetime] = mapped_column(default=clock.now)
    published_by_id: Mapped[uuid.UUID | None]

    __table_args__ = (
        sa.UniqueConstraint("scheme_id", "kind", "version"),
        sa.CheckConstraint("version >= 1", name="counts_from_one"),
    )


@event.listens_for(RulesDocument, "before_update")
def _keep_the_words(_mapper: object, _connection: object, _row: RulesDocument) -> None:
    raise RuntimeError("a published document never changes: publish the next version")


class Acceptance(Base):
    """The proof that a member accepted these very words: when, in which sign-in, and a digest."""

    __tablename__ = "acceptance"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    member_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("member.id"), index=True)
    document_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("rules_document.id"))
    accepted_at: Mapped[datetime] = mapped_column(default=clock.now)
    session_id: Mapped[uuid.UUID]
    digest: Mapped[bytes]
    """SHA-256 of the title and the body as they were shown."""
