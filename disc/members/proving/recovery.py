"""Recovery codes: on paper, each of 120 bits, each good once in place of the second factor."""

import secrets
import uuid
from typing import Any, cast

from sqlalchemy import CursorResult, delete, update

from disc.access.actor import Actor
from disc.core import audit, clock
from disc.core.database import db, new_id
from disc.members.models import Member, RecoveryCode
from disc.members.queries import factors_of
from disc.members.rules import (
    RECOVERY_CODES,
    RECOVERY_GROUPS,
    RECOVERY_LETTERS,
    normal_recovery_code,
)
from disc.members.service import digest
from disc.members.service.notices import tell


def make_codes(actor: Actor) -> list[str]:
    """Give the actor new recovery codes inside the transaction; the old ones die.

    They are returned this once: only their digests are kept.
    """
    _delete_codes(actor.id)
    codes = [_new_code() for _ in range(RECOVERY_CODES)]
    db.session.add_all(
        RecoveryCode(id=new_id(), member_id=actor.id, digest=digest(normal_recovery_code(code)))
        for code in codes
    )
    audit.record(audit.by(actor, "recovery codes made", "member", actor.id))
    tell(db.session.get_one(Member, actor.id), "New recovery codes were made for your account.")
    return codes


def take_recovery_code(member: Member, typed: str) -> bool:
    """Use a recovery code up, inside the transaction, and say whether there was one."""
    used = db.session.execute(
        update(RecoveryCode)
        .where(
            RecoveryCode.member_id == member.id,
            RecoveryCode.digest == digest(normal_recovery_code(typed)),
            RecoveryCode.used_at.is_(None),
        )
        .values(used_at=clock.now())
    )
    if not cast("CursorResult[Any]", used).rowcount:
        return False
    audit.record(
        audit.Entry(
            act="recovery code used",
            scheme_id=member.scheme_id,
            actor_id=member.id,
            target="member",
            target_id=member.id,
        )
    )
    tell(member, "A recovery code was used to sign in to your account.")
    return True


def drop_codes_without_factor(member: Member) -> None:
    """Delete codes that stand for no second factor any more."""
    if not factors_of(member).any:
        _delete_codes(member.id)


def _delete_codes(member_id: uuid.UUID) -> None:
    db.session.execute(delete(RecoveryCode).where(RecoveryCode.member_id == member_id))


def _new_code() -> str:
    return "-".join(
        "".join(secrets.choice(RECOVERY_LETTERS) for _ in range(4)) for _ in range(RECOVERY_GROUPS)
    )
