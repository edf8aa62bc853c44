"""Signing in and out: passwords checked off the loop, sign-ins kept by the server."""

import secrets
import uuid
from datetime import timedelta
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from flask import Flask, current_app, g, session
from flask_login import AnonymousUserMixin, LoginManager, UserMixin, login_user, logout_user

from config import Settings
from disc.access.actor import Actor
from disc.access.guard import is_in_background
from disc.core import audit, clock
from disc.core.database import db, in_write_transaction, new_id
from disc.core.live import live
from disc.core.offload import offload
from disc.core.outbox import publish
from disc.core.transaction import apart, writing
from disc.members.errors import WeakPassword, WrongSignIn
from disc.members.events import SessionEnded
from disc.members.models import Member, MemberState, UserSession
from disc.members.queries import area_ids_of, find_member_by_email, find_session, open_sessions
from disc.members.rules import password_problem, sign_in_lasts
from disc.members.service import digest

SEEN_EVERY = timedelta(minutes=1)
AT_ONCE = BoundedSemaphore(2)
"""argon2 takes 64 MiB a check: twenty at once would take 1.3 GB."""


class SignedIn(UserMixin):
    """Flask-Login's user: the actor, and the token by which the cookie names the sign-in."""

    def __init__(self, actor: Actor, token: str, name: str, scheme_name: str) -> None:
        self.actor, self.name, self.scheme_name = actor, name, scheme_name
        self._token = token

    def get_id(self) -> str:
        """Return what the cookie holds."""
        return self._token


class Nobody(AnonymousUserMixin):
    """Somebody who is not signed in."""

    actor: None = None


def install_signin(app: Flask, settings: Settings) -> None:
    """Let Flask-Login load who is signed in from our own table."""
    login = LoginManager()
    login.session_protection = None  # the server's own record decides
    login.anonymous_user = Nobody
    login.user_loader(load)
    login.init_app(app)
    hasher = (
        PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
        if settings.testing
        else PasswordHasher()  # RFC 9106's choice for little memory: 64 MiB, three passes
    )
    app.extensions["passwords"] = hasher
    app.extensions["nobody's password"] = hasher.hash(secrets.token_hex(16))
    app.extensions["lifetimes"] = (
        timedelta(minutes=settings.session_idle_minutes),
        timedelta(hours=settings.session_hours),
    )


def hash_password(password: str) -> str:
    """Return a password's argon2id hash. Raises WeakPassword with what to do instead."""
    problem = password_problem(password, offload(_score, password))
    if problem:
        raise WeakPassword(problem)
    with AT_ONCE:
        hashed: str = offload(current_app.extensions["passwords"].hash, password)
    return hashed


def sign_in(email: str, password: str) -> Actor:
    """Start a sign-in. Raises WrongSignIn, as slowly for an unknown address as for a known one."""
    member = find_member_by_email(email)
    known = member is not None and member.state is MemberState.ACTIVE
    hashed = (member.password_hash if member and known else None) or (
        current_app.extensions["nobody's password"]
    )
    db.session.rollback()  # the check below yields; no transaction may stay open over it
    with AT_ONCE:
        right = offload(_matches, current_app.extensions["passwords"], hashed, password)
    if member is None or not known or not right:
        audit.journal(
            audit.Entry(
                act="sign-in failed",
                scheme_id=member.scheme_id if member else None,
                target="member" if member else "",
                target_id=member.id if member else None,
            )
        )
        raise WrongSignIn
    return start_session(member.id)


def start_session(member_id: uuid.UUID) -> Actor:
    """Start a sign-in for a member who has proved who they are."""
    token = secrets.token_urlsafe(32)
    with writing() as opened:
        member = opened.get_one(Member, member_id)
        row = UserSession(id=new_id(), member=member, token_digest=digest(token))
        opened.add(row)
        opened.flush()
        signed_in = _signed_in(row, token)
        _record("signed in", signed_in.actor)
    session.clear()  # nothing set before sign-in may last
    g.pop("csrf_token", None)  # nor the form token that went with it
    login_user(signed_in)
    return signed_in.actor


def sign_out(actor: Actor) -> None:
    """End this sign-in here, on the server, and on its open pages."""
    with writing() as opened:
        row = opened.get(UserSession, actor.session_id)
        if row is not None:
            row.ended_at = clock.now()
        _record("signed out", actor)
    logout_user()
    session.clear()
    live().tell("dropped", session_id=actor.session_id)


def end_sessions_of(member: Member) -> None:
    """End every sign-in of a member inside the transaction; their pages are told after it."""
    for row in open_sessions(member.id):
        row.ended_at = clock.now()
        publish(SessionEnded(session_id=row.id))


def load(token: str) -> SignedIn | None:
    """Return who a cookie's token belongs to, or None when that sign-in has ended."""
    row = find_session(digest(token))
    if row is None:
        return None
    now, (idle, longest) = clock.now(), current_app.extensions["lifetimes"]
    if not sign_in_lasts(
        now, started=row.started_at, seen=row.last_seen_at, idle=idle, longest=longest
    ):
        return None
    signed_in = _signed_in(row, token)
    quiet = is_in_background() or in_write_transaction()
    if now - row.last_seen_at > SEEN_EVERY and not quiet:
        with apart() as other:
            other.get_one(UserSession, row.id).last_seen_at = now
    return signed_in


def _signed_in(row: UserSession, token: str) -> SignedIn:
    member = row.member
    actor = Actor(
        id=member.id,
        session_id=row.id,
        scheme_id=member.scheme_id,
        role=member.role,
        area_ids=area_ids_of(member),
        premises_ids=frozenset(place.id for place in member.premises),
        viewer_code=member.viewer_code,
        police_may_see_gallery=member.scheme.police_may_see_gallery,
    )
    return SignedIn(actor, token, member.name, member.scheme.name)


def _record(act: str, actor: Actor) -> None:
    audit.record(audit.by(actor, act, "session", actor.session_id))


def _score(password: str) -> int:
    from zxcvbn import zxcvbn

    score: int = zxcvbn(password[:72])["score"]
    return score


def _matches(hasher: PasswordHasher, hashed: str, password: str) -> bool:
    try:
        return hasher.verify(hashed, password)
    except (VerifyMismatchError, InvalidHashError):
        return False
