"""What was begun and not yet ended: kept by the server, single-use, gone after minutes."""

import secrets
import uuid
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from sqlalchemy import delete, select

from disc.core import clock
from disc.core.database import db, new_id
from disc.members.models import Ceremony
from disc.members.service import digest

LASTS = timedelta(minutes=5)
TRIES = 5


class Purpose(StrEnum):
    """What a ceremony is for; one that was begun for another purpose is no good."""

    PASSKEY_SIGN_IN = "passkey sign-in"
    PASSKEY_NEW = "new passkey"
    PASSKEY_PROOF = "passkey proof"
    SECOND_FACTOR = "second factor"
    CODE_NEW = "new one-time codes"
    RESET = "reset asked"


@dataclass(frozen=True, slots=True)
class Taken:
    """A ceremony that was ended: what it was begun with."""

    member_id: uuid.UUID | None
    challenge: bytes


def begin(
    purpose: Purpose, member_id: uuid.UUID | None = None, challenge: bytes | None = None
) -> str:
    """Begin a ceremony inside the transaction and return its token, which is kept nowhere else."""
    token = secrets.token_urlsafe(32)
    _add(token, purpose, member_id, challenge, LASTS)
    return token


def begin_for_later(purpose: Purpose, member_id: uuid.UUID | None, lasts: timedelta) -> uuid.UUID:
    """Begin what the server itself goes on with, inside the transaction; return its id."""
    return _add(secrets.token_urlsafe(32), purpose, member_id, None, lasts).id


def take(token: str, purpose: Purpose) -> Taken | None:
    """End a ceremony inside the transaction; of two who do so at once, one gets it."""
    row = db.session.execute(
        delete(Ceremony)
        .where(
            Ceremony.token_digest == digest(token),
            Ceremony.purpose == purpose.value,
            Ceremony.expires_at > clock.now(),
        )
        .returning(Ceremony.member_id, Ceremony.challenge)
    ).first()
    return Taken(row[0], row[1] or b"") if row else None


def take_begun(ceremony_id: uuid.UUID, purpose: Purpose) -> uuid.UUID | None:
    """End what was begun for later, once, and return whom it is about, if anybody."""
    ended = delete(Ceremony).where(
        Ceremony.id == ceremony_id,
        Ceremony.purpose == purpose.value,
        Ceremony.expires_at > clock.now(),
    )
    return db.session.scalar(ended.returning(Ceremony.member_id))


def lock(token: str, purpose: Purpose) -> Ceremony | None:
    """Return a ceremony that can still be ended; nobody else tries at it meanwhile."""
    return db.session.scalar(
        select(Ceremony)
        .where(
            Ceremony.token_digest == digest(token),
            Ceremony.purpose == purpose.value,
            Ceremony.expires_at > clock.now(),
            Ceremony.tries_left > 0,
        )
        .with_for_update()
        .execution_options(populate_existing=True)
    )


def end_all_of(member_id: uuid.UUID) -> None:
    """End whatever a person began, because what it rested on has changed."""
    db.session.execute(delete(Ceremony).where(Ceremony.member_id == member_id))


def _add(
    token: str,
    purpose: Purpose,
    member_id: uuid.UUID | None,
    challenge: bytes | None,
    lasts: timedelta,
) -> Ceremony:
    _forget_old()
    row = Ceremony(
        id=new_id(),
        token_digest=digest(token),
        purpose=purpose.value,
        member_id=member_id,
        challenge=challenge,
        tries_left=TRIES,
        expires_at=clock.now() + lasts,
    )
    db.session.add(row)
    return row


def _forget_old() -> None:
    """Delete what ran out; rows that somebody else deletes at this moment are left to them."""
    old = select(Ceremony.id).where(Ceremony.expires_at <= clock.now())
    gone = db.session.scalars(old.with_for_update(skip_locked=True)).all()
    if gone:
        db.session.execute(delete(Ceremony).where(Ceremony.id.in_(gone)))
