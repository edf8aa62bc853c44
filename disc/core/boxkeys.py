"""A scheme's keys for boxes: phones seal to the newest, and older ones still open for a while."""

import uuid
from datetime import datetime, timedelta
from itertools import pairwise

from sqlalchemy import Select, select
from sqlalchemy.orm import Mapped, mapped_column

from disc.core import clock
from disc.core.database import ERASED, Base, db, new_id
from disc.core.keys import SchemeKey, keyring
from disc.core.vault import DoesNotOpen, new_box_pair, open_box, open_sealed, seal

NEW_EVERY = timedelta(days=30)
OPENS_FOR = timedelta(days=8)
"""How long a key opens boxes after a newer one took its place: longer than a phone keeps a box."""


class BoxKey(Base):
    """A pair of keys: the public half for phones, the private one sealed by the scheme's key."""

    __tablename__ = "box_key"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    scheme_id: Mapped[uuid.UUID] = mapped_column(index=True)
    public: Mapped[bytes]
    wrapped: Mapped[bytes]
    made_at: Mapped[datetime] = mapped_column(default=clock.now)


def make_box_key(scheme_id: uuid.UUID) -> BoxKey:
    """Make a pair inside the transaction; phones seal to it from the next page that they load."""
    private, public = new_box_pair()
    row = BoxKey(id=new_id(), scheme_id=scheme_id, public=public)
    row.wrapped = seal(keyring().scheme_key(scheme_id), private, _context(row.id))
    db.session.add(row)
    db.session.flush()
    return row


def find_box_key(scheme_id: uuid.UUID) -> BoxKey | None:
    """Return the key to which phones seal now."""
    return db.session.scalars(_newest_first(scheme_id)).first()


def open_part(
    scheme_id: uuid.UUID, key_id: uuid.UUID, sealed: bytes, box_id: uuid.UUID, number: int
) -> bytes:
    """Open a part of a box. Raises DoesNotOpen, also where its key is gone."""
    row = db.session.get(BoxKey, key_id)
    if row is None or row.scheme_id != scheme_id:
        raise DoesNotOpen
    private = open_sealed(keyring().scheme_key(scheme_id), row.wrapped, _context(row.id))
    return open_box(private, sealed, f"{scheme_id}|{key_id}|{box_id}|{number}")


def renew_box_keys() -> None:
    """Give each scheme a new key every month, and delete those that need not open any more."""
    now = clock.now()
    for scheme_id in db.session.scalars(select(SchemeKey.scheme_id)).all():
        rows = list(db.session.scalars(_newest_first(scheme_id)))
        for newer, older in pairwise(rows):
            if now - newer.made_at > OPENS_FOR:
                db.session.info[ERASED] = True
                db.session.delete(older)
        if not rows or now - rows[0].made_at > NEW_EVERY:
            make_box_key(scheme_id)


def _newest_first(scheme_id: uuid.UUID) -> Select[BoxKey]:
    found = select(BoxKey).where(BoxKey.scheme_id == scheme_id)
    return found.order_by(BoxKey.made_at.desc(), BoxKey.id.desc())


def _context(key_id: uuid.UUID) -> str:
    return f"box|{key_id}"
