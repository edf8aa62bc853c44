"""Signing in by password, and then by the second factor of those who have one."""

import uuid
from dataclasses import dataclass

from disc.access.actor import Actor
from disc.core import audit
from disc.core.database import db
from disc.core.transaction import writing
from disc.members.errors import StartAgain, WrongCode, WrongSignIn
from disc.members.models import Member, MemberState, Proof
from disc.members.passwords import is_right
from disc.members.proving import ceremonies
from disc.members.proving.ceremonies import Purpose
from disc.members.proving.codes import take_code
from disc.members.proving.recovery import take_recovery_code
from disc.members.queries import (
    Factors,
    factors_of,
    find_ceremony,
    find_member_by_email,
    locked_member,
)
from disc.members.service import digest
from disc.members.service.notices import tell
from disc.members.signin import start_session


@dataclass(frozen=True, slots=True)
class Waiting:
    """The password was right, and the second factor is asked for under this token."""

    token: str


@dataclass(frozen=True, slots=True)
class Typed:
    """A one-time code, or else a recovery code."""

    otp: str = ""
    recovery_code: str = ""


@dataclass(frozen=True, slots=True)
class _Tried:
    member_id: uuid.UUID
    scheme_id: uuid.UUID
    right: bool
    tries_left: int


def sign_in(email: str, password: str) -> Actor | Waiting:
    """Start a sign-in, or ask for the second factor of somebody who has one.

    Raises WrongSignIn, as slowly for an unknown address as for a known one.
    """
    member = find_member_by_email(email)
    known = member is not None and member.state is MemberState.ACTIVE
    hashed = member.password_hash if member and known else None
    db.session.rollback()  # the check below yields; no transaction may stay open over it
    if not is_right(hashed, password) or member is None:
        _journal_failure(member, "password")
        raise WrongSignIn
    return _begin(member.id, hashed)


def _begin(member_id: uuid.UUID, hashed: str | None) -> Actor | Waiting:
    """Go on with what is there now: a second factor may have been added during the check."""
    second = factors_of(db.session.get_one(Member, member_id)).any
    db.session.rollback()
    if second:
        return ask_for_second(member_id)
    return start_session(member_id, Proof.PASSWORD, by_hash=hashed)


def ask_for_second(member_id: uuid.UUID) -> Waiting:
    """Begin to ask somebody, whose password was right, for their second factor."""
    with writing() as opened:
        asked = audit.Entry(
            act="second factor asked",
            scheme_id=opened.get_one(Member, member_id).scheme_id,
            target="member",
            target_id=member_id,
        )
        audit.record(asked)
        return Waiting(ceremonies.begin(Purpose.SECOND_FACTOR, member_id))


def who_waits(token: str) -> tuple[Member, Factors]:
    """Return whose second factor is awaited, and what they have. Raises StartAgain."""
    begun = find_ceremony(digest(token), Purpose.SECOND_FACTOR)
    member = db.session.get(Member, begun.member_id) if begun else None
    if member is None:
        raise StartAgain
    return member, factors_of(member)


def second_step(token: str, typed: Typed) -> Actor:
    """Start the sign-in of somebody who typed a right code. Raises WrongCode and StartAgain."""
    with writing():
        tried = _try(token, typed)
    if tried is None:
        raise StartAgain
    if tried.right:
        return start_session(tried.member_id, Proof.PASSWORD_AND_CODE)
    audit.journal(
        audit.Entry(
            act="sign-in failed",
            scheme_id=tried.scheme_id,
            target="member",
            target_id=tried.member_id,
            detail="recovery code" if typed.recovery_code else "one-time code",
        )
    )
    raise WrongCode if tried.tries_left else StartAgain


def second_factor_is_right(member: Member, typed: Typed) -> bool:
    """Say whether a code of somebody whose row is locked is right; it is then used up."""
    if typed.recovery_code:
        return take_recovery_code(member, typed.recovery_code)
    return take_code(member, typed.otp)


def _try(token: str, typed: Typed) -> _Tried | None:
    begun = ceremonies.lock(token, Purpose.SECOND_FACTOR)
    member = locked_member(begun.member_id) if begun and begun.member_id else None
    if begun is None or member is None:
        return None
    right = second_factor_is_right(member, typed)
    begun.tries_left = 0 if right else begun.tries_left - 1
    if not right and not begun.tries_left:
        tell(member, "Somebody who knows your password typed 5 wrong codes.")
    return _Tried(member.id, member.scheme_id, right, begun.tries_left)


def _journal_failure(member: Member | None, detail: str) -> None:
    audit.journal(
        audit.Entry(
            act="sign-in failed",
            scheme_id=member.scheme_id if member else None,
            target="member" if member else "",
            target_id=member.id if member else None,
            detail=detail,
        )
    )
