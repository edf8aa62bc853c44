"""Forgetting people who left, and sign-ins long past their use."""

from datetime import timedelta
from typing import Any, cast

from sqlalchemy import CursorResult, delete, select

from disc.core import clock
from disc.core.database import db
from disc.core.keys import erase_key
from disc.members.models import Invitation, JoinCode, Member, MemberState, UserSession
from disc.members.rules import LEAVERS_KEPT_DAYS, SIGN_INS_KEPT_DAYS, WAITING_KEPT_DAYS
from disc.members.service.people import tell_of_joiner


def forget_who_left() -> int:
    """Erase the names and addresses of people who left long ago and return how many."""
    before = clock.now() - timedelta(days=LEAVERS_KEPT_DAYS)
    gone = db.session.scalars(
        select(Member).where(Member.left_at < before, Member.data_key_id.is_not(None))
    ).all()
    for member in gone:
        erase_key(member)
        member.name_sealed = member.email_sealed = None
    return len(gone)


def forget_old_sign_ins() -> int:
    """Delete sign-ins, invitations and QR codes long past their use and return how many."""
    before = clock.now() - timedelta(days=SIGN_INS_KEPT_DAYS)
    old_sessions = delete(UserSession).where(UserSession.last_seen_at < before)
    old_invitations = delete(Invitation).where(Invitation.expires_at < before)
    old_codes = delete(JoinCode).where(JoinCode.expires_at < before)
    return sum(
        cast("CursorResult[Any]", db.session.execute(old)).rowcount
        for old in (old_sessions, old_invitations, old_codes)
    )


def forget_who_waits() -> int:
    """Give up on newcomers whom nobody let in and return how many; they may join anew."""
    before = clock.now() - timedelta(days=WAITING_KEPT_DAYS)
    waiting = select(Member).where(
        Member.state == MemberState.WAITING,
        Member.joined_at < before,
        Member.role_before.is_(None),
    )
    given_up = db.session.scalars(waiting).all()
    for member in given_up:
        tell_of_joiner(member)
        member.state, member.email_token, member.left_at = MemberState.LEFT, None, clock.now()
        member.password_hash = member.pin_hash = member.totp_sealed = None
    return len(given_up)
