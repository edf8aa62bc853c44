"""Proving once more who one is, before a grave act (OWASP ASVS 5.0, 7.5.3)."""

import secrets
import uuid

from flask_login import login_user
from sqlalchemy import select

from disc.access.actor import Actor
from disc.core import audit, clock
from disc.core.database import db
from disc.core.transaction import writing
from disc.members.errors import NotOnTablet, StartAgain, WrongPasskey, WrongProof
from disc.members.models import Member, UserSession
from disc.members.passwords import is_right
from disc.members.proving import ceremonies
from disc.members.proving.ceremonies import Purpose
from disc.members.proving.entering import Typed, second_factor_is_right
from disc.members.proving.passkeys import Answer, check
from disc.members.queries import factors_of, locked_member
from disc.members.service import digest
from disc.members.signin import load

FAILED = "proof failed"


def prove_by_password(actor: Actor, password: str, typed: Typed) -> None:
    """Take a fresh proof: the password, and a code of those who have a second factor.

    Raises WrongProof, and NotOnTablet.
    """
    _refuse_tablet(actor)
    hashed = db.session.get_one(Member, actor.id).password_hash
    db.session.rollback()  # the check below yields; no transaction may stay open over it
    token = _proved(actor, typed) if is_right(hashed, password) else None
    if token is None:
        audit.journal(audit.by(actor, FAILED, "member", actor.id, "password or code"))
        raise WrongProof
    _go_on_as(token)


def prove_by_passkey(actor: Actor, answer: Answer) -> None:
    """Take a fresh proof by one of the actor's passkeys. Raises WrongPasskey, and NotOnTablet."""
    _refuse_tablet(actor)
    with writing():
        taken = ceremonies.take(answer.token, Purpose.PASSKEY_PROOF)
    if taken is None or taken.member_id != actor.id or check(answer, taken, FAILED) != actor.id:
        raise WrongPasskey
    with writing():
        token = _freshen(actor.session_id)
    _go_on_as(token)


def _proved(actor: Actor, typed: Typed) -> str | None:
    with writing():
        member = locked_member(actor.id)
        if member is None:
            return None
        if factors_of(member).any and not second_factor_is_right(member, typed):
            return None
        audit.record(audit.by(actor, "proved again", "session", actor.session_id, "password"))
        return _freshen(actor.session_id)


def _freshen(session_id: uuid.UUID) -> str:
    """Note the proof, and give the sign-in a new token (ASVS 5.0, 7.2.4)."""
    row = db.session.scalar(
        select(UserSession)
        .where(UserSession.id == session_id, UserSession.ended_at.is_(None))
        .with_for_update(of=UserSession)
    )
    if row is None:
        raise StartAgain
    token = secrets.token_urlsafe(32)
    row.token_digest, row.proved_at = digest(token), clock.now()
    return token


def _go_on_as(token: str) -> None:
    signed_in = load(token)
    if signed_in is None:
        raise StartAgain
    login_user(signed_in)


def _refuse_tablet(actor: Actor) -> None:
    if actor.tablet_id is not None:
        raise NotOnTablet
