"""Reads of how people can prove who they are."""

import uuid
from dataclasses import dataclass

from sqlalchemy import func, select

from disc.core import clock
from disc.core.database import db
from disc.core.rows import narrow_to
from disc.members.models import (
    Ceremony,
    Member,
    MemberState,
    Passkey,
    RecoveryCode,
)


@dataclass(frozen=True, slots=True)
class Factors:
    """What somebody has beside a password."""

    passkey: bool
    code: bool

    @property
    def any(self) -> bool:
        """Say whether there is a second factor at all."""
        return self.passkey or self.code


def factors_of(member: Member) -> Factors:
    """Return what a person has set up to prove who they are."""
    return Factors(passkey=has_passkey(member.id), code=member.totp_sealed is not None)


def has_passkey(member_id: uuid.UUID) -> bool:
    """Say whether a person has a passkey."""
    found = select(Passkey.id).where(Passkey.member_id == member_id).limit(1)
    return db.session.scalar(found) is not None


def passkeys_of(member_id: uuid.UUID) -> list[Passkey]:
    """List a person's passkeys, oldest first."""
    found = select(Passkey).where(Passkey.member_id == member_id).order_by(Passkey.id)
    return list(db.session.scalars(found))


def find_passkey(credential_id: bytes) -> tuple[Passkey, Member] | None:
    """Return a passkey and its owner, who is active."""
    row = db.session.execute(
        select(Passkey, Member)
        .join(Member, Member.id == Passkey.member_id)
        .where(Passkey.credential_id == credential_id, Member.state == MemberState.ACTIVE)
    ).first()
    if row is None:
        return None
    narrow_to(row[1].scheme_id)
    return row[0], row[1]


def recovery_codes_left(member_id: uuid.UUID) -> int:
    """Count the recovery codes that a person has not used."""
    left = select(func.count()).where(
        RecoveryCode.member_id == member_id, RecoveryCode.used_at.is_(None)
    )
    return db.session.scalar(left) or 0


def find_ceremony(digest: bytes, purpose: str) -> Ceremony | None:
    """Return what was begun for a purpose and can still be ended."""
    return db.session.scalar(
        select(Ceremony).where(
            Ceremony.token_digest == digest,
            Ceremony.purpose == purpose,
            Ceremony.expires_at > clock.now(),
            Ceremony.tries_left > 0,
        )
    )


def locked_member(member_id: uuid.UUID) -> Member | None:
    """Return an active member whose row nobody else changes until the transaction ends."""
    return db.session.scalar(
        select(Member)
        .where(Member.id == member_id, Member.state == MemberState.ACTIVE)
        .with_for_update(of=Member)
        .execution_options(populate_existing=True)
    )
