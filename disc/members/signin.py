"""Sign-ins, kept by the server: begun, loaded for each request, and ended."""

import hmac
import secrets
import uuid
from datetime import timedelta

from flask import Flask, Response, current_app, flash, g, request, session
from flask_login import (
    AnonymousUserMixin,
    LoginManager,
    UserMixin,
    current_user,
    login_user,
    logout_user,
)
from werkzeug.wrappers import Response as BaseResponse

from config import Settings
from disc.access.actor import SHOP_FLOOR, Actor
from disc.access.guard import is_in_background
from disc.core import audit, clock
from disc.core.database import db, in_write_transaction, new_id
from disc.core.offload import offload
from disc.core.outbox import publish
from disc.core.rows import enter_scheme, every_scheme
from disc.core.transaction import apart, writing
from disc.members.errors import WrongSignIn
from disc.members.events import RightsChanged, SessionEnded
from disc.members.models import Member, MemberState, Proof, Tablet, UserSession
from disc.members.queries import actor_of, find_session, lifetime_of_session, open_sessions
from disc.members.rules import Lifetime, seen_every, sign_in_lasts
from disc.members.service import carry_phones, digest, forget_phones_of

LONGEST_HEADER = 400
"""Characters of a browser's own description that are looked at."""
LONGEST_DEVICE = 80
WIPE_PAGES = '"cache"'
WIPE = '"cache", "storage"'
"""What a browser forgets of us: kept pages, the web app's own store and its service worker."""
WAITING, FORGET = "waiting", "forget"
"""Cookies without a secret: sealed reports wait in the browser; its scripts drop the draft."""
FORGET_SECONDS = 30 * 24 * 3600
ENDED = "Your sign-in has ended. Sign in again."


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
    app.extensions["longest sign-in"] = Lifetime(
        timedelta(minutes=settings.session_idle_minutes),
        timedelta(hours=settings.session_hours),
    )
    app.after_request(_wipe)


def start_session(
    member_id: uuid.UUID,
    how: Proof,
    *,
    tablet_id: uuid.UUID | None = None,
    by_hash: str | None = None,
) -> Actor:
    """Start a sign-in for a member who has proved who they are; one before it here ends.

    A PIN is proof enough for daily work, not for grave acts, which ask for more. ``by_hash`` is
    what a password or PIN was found right against: checking it took a while, in which another
    may have been chosen. Raises WrongSignIn then, and for somebody who is not active any more.
    """
    token, device, before = secrets.token_urlsafe(32), _device(), current_user.actor
    with every_scheme(), writing() as opened:
        member = opened.get_one(Member, member_id, with_for_update={"of": Member})
        _refuse_if_changed(member, how, by_hash)
        row = UserSession(
            id=new_id(),
            member=member,
            token_digest=digest(token),
            how=how,
            device=device,
            tablet_id=tablet_id,
        )
        opened.add(row)
        opened.flush()
        if how is Proof.PIN:
            row.proved_at = None  # given before the flush, it would be the column's own default
        if before is not None:
            _end_before(opened.get_one(UserSession, before.session_id), row)
        signed_in = _signed_in(row, token)
        audit.record(audit.by(signed_in.actor, "signed in", "session", row.id, detail=how.value))
    enter_scheme(signed_in.actor.scheme_id)
    session.clear()  # nothing set before sign-in may last
    g.pop("csrf_token", None)  # nor the form token that went with it
    login_user(signed_in)
    return signed_in.actor


def _refuse_if_changed(member: Member, how: Proof, by_hash: str | None) -> None:
    now = member.pin_hash if how is Proof.PIN else member.password_hash
    if member.state is not MemberState.ACTIVE or (by_hash is not None and by_hash != now):
        raise WrongSignIn


def _end_before(before: UserSession, after: UserSession) -> None:
    """End the sign-in that was here; who signs in once more goes on getting messages here."""
    if before.member_id == after.member_id and after.tablet_id is None:
        carry_phones(before, after)
    end_session(before)


def sign_out(actor: Actor) -> None:
    """End this sign-in here, on the server, and on its open pages."""
    with writing():
        end_here(actor)


def end_here(actor: Actor) -> None:
    """End this sign-in inside the transaction, and let this browser forget it."""
    end_session(db.session.get_one(UserSession, actor.session_id))
    audit.record(audit.by(actor, "signed out", "session", actor.session_id))
    logout_user()
    session.clear()
    g.pop("csrf_token", None)


def end_session(row: UserSession) -> None:
    """End one sign-in inside the transaction; its pages are told after it.

    Its phone gets no more messages: whoever has it now may be somebody else.
    """
    forget_phones_of(row)
    if row.ended_at is None:
        row.ended_at = clock.now()
        publish(SessionEnded(session_id=row.id))


def end_sessions_of(member: Member, *, but: uuid.UUID | None = None) -> int:
    """End a member's sign-ins inside the transaction, ``but`` one, and return how many."""
    ending = [row for row in open_sessions(member.id) if row.id != but]
    for row in ending:
        end_session(row)
    return len(ending)


def rights_changed(member_id: uuid.UUID) -> None:
    """Tell a person's open pages, after this transaction, to ask anew what they may see."""
    publish(RightsChanged(member_id=member_id))


@every_scheme()
def load(token: str) -> SignedIn | None:
    """Return who a cookie's token belongs to, or None when that sign-in has ended."""
    row = find_session(digest(token))
    if row is None or not _is_good(row):
        _forget(row)
        return None
    if not _is_on_its_tablet(row):
        return None  # not forgotten: a link from another site brings no tablet's cookie along
    now, lifetime = clock.now(), lifetime_of_session(row)
    if not sign_in_lasts(now, started=row.started_at, seen=row.last_seen_at, lifetime=lifetime):
        _forget(row)
        return None
    signed_in = _signed_in(row, token)
    g.sign_in = row  # held, so that whoever asks for the member or the scheme needs no statement
    quiet = is_in_background() or in_write_transaction()
    if now - row.last_seen_at > seen_every(lifetime) and not quiet:
        with apart() as other:
            other.get_one(UserSession, row.id).last_seen_at = now
    return signed_in


def tablet_cookie() -> str:
    """Return the name of the cookie that holds a tablet's secret."""
    return "__Host-tablet" if current_app.config["SESSION_COOKIE_SECURE"] else "tablet"


def _is_on_its_tablet(row: UserSession) -> bool:
    """Say whether a sign-in by PIN comes from the tablet that it began on.

    A PIN is good there alone, and so is what it opened: its cookie, copied elsewhere, is not.
    """
    if row.tablet_id is None:
        return True
    known = db.session.get_one(Tablet, row.tablet_id).token_digest
    return hmac.compare_digest(known, digest(request.cookies.get(tablet_cookie(), "")))


def _is_good(row: UserSession) -> bool:
    """Say whether nobody has ended a sign-in, by ending it, its person's stay, or its tablet."""
    if row.ended_at is not None or row.member.state is not MemberState.ACTIVE:
        return False
    return row.tablet_id is None or may_use(db.session.get_one(Tablet, row.tablet_id), row.member)


def may_use(tablet: Tablet, member: Member) -> bool:
    """Say whether a tablet is in use, and a member works on the shop floor of its premises."""
    works_there = tablet.premises_id in {place.id for place in member.premises}
    return tablet.ended_at is None and works_there and member.role in SHOP_FLOOR


def _forget(row: UserSession | None) -> None:
    """Let this browser forget a sign-in that does not count, and say so once.

    Forms keep their token, so that typed words can be sent again. Where somebody has ended the
    sign-in, as on a lost phone, the browser also forgets everything that it keeps of us.
    """
    for name in ("_user_id", "_fresh", "_id", "_flashes"):
        session.pop(name, None)
    if row is None:
        return
    g.wipe = not _is_good(row)
    if row.tablet_id is None:  # a lock screen needs no such words
        flash(ENDED, "warn")


def _wipe(response: Response) -> Response:
    if g.get("wipe", False):
        wipe(response)
    return response


def wipe(response: BaseResponse) -> None:
    """Let the browser forget everything that it keeps of us, but for reports that wait sealed.

    Nobody can open those on the phone, and a browser cannot be told to forget all the rest: its
    scripts then drop the draft by themselves.
    """
    if request.cookies.get(WAITING, "0") == "0":
        response.headers["Clear-Site-Data"] = WIPE
        return
    response.headers["Clear-Site-Data"] = WIPE_PAGES
    response.set_cookie(
        FORGET,
        "yes",
        max_age=FORGET_SECONDS,
        secure=current_app.config["SESSION_COOKIE_SECURE"],
        samesite="Strict",
    )


def _signed_in(row: UserSession, token: str) -> SignedIn:
    member = row.member
    return SignedIn(actor_of(member, row), token, member.name, member.scheme.name)


def _device() -> str:
    """Return the kind of the browser and system that ask, such as Chrome on Android."""
    told = request.headers.get("User-Agent", "")[:LONGEST_HEADER]
    return offload(_kind_of_device, told)[:LONGEST_DEVICE]


def _kind_of_device(told: str) -> str:
    from ua_parser import parse_os, parse_user_agent  # loaded late: 6 MB, and 130 ms once

    browser, system = parse_user_agent(told), parse_os(told)
    kinds = [
        browser.family.removesuffix(" Mobile").removeprefix("Mobile ") if browser else "",
        system.family if system else "",
    ]
    return " on ".join(filter(None, kinds))
