"""A new password: chosen by somebody signed in, or by a link in a letter."""

import secrets
from datetime import timedelta

from sqlalchemy import update

from disc.access.actor import Actor
from disc.core import audit, clock, mail
from disc.core.database import db, new_id
from disc.core.outbox import publish
from disc.core.transaction import writing
from disc.members.errors import DeadReset, WrongProof
from disc.members.events import ResetAsked
from disc.members.models import Invitation, LinkPurpose, Member, MemberState
from disc.members.passwords import hash_password, is_right, own_words
from disc.members.proving import ceremonies
from disc.members.proving.ceremonies import Purpose
from disc.members.queries import find_member_by_email, find_reset
from disc.members.service import digest
from disc.members.service.notices import product, tell
from disc.members.signin import end_sessions_of

LINK_LASTS = timedelta(hours=1)
SENTENCE = (
    "You asked for a new password. Open this link and choose one. It works once, for one hour."
)
CHANGED_BY_LINK = "The password of your account was changed by a link that we sent you."
NO_PIN = " Your PIN for shared tablets was removed. You can choose a new one."
NOT_ASKED = "If you did not ask for it, do nothing. Your password stays as it is."


def ask_for_reset(email: str, origin: str) -> None:
    """Take a request for a link to choose a new password.

    What is done here is the same for every address, so that its time and its answer say nothing:
    the link is made and sent after it, where there is somebody to send it to.
    """
    member = find_member_by_email(email)
    known = member is not None and member.state is MemberState.ACTIVE
    member_id = member.id if member and known else None
    with writing():
        begun = ceremonies.begin_for_later(Purpose.RESET, member_id, LINK_LASTS)
        publish(ResetAsked(ceremony_id=begun, origin=origin))


def send_reset(asked: ResetAsked) -> None:
    """Send the link for a request, once, if it named somebody who may sign in."""
    with writing():
        member_id = ceremonies.take_begun(asked.ceremony_id, Purpose.RESET)
        member = db.session.get(Member, member_id) if member_id else None
        if member is None or member.state is not MemberState.ACTIVE:
            return
        token = _link_for(member)
        body = f"Hello\n\n{SENTENCE}\n\n{asked.origin}/reset/{token}\n\n{NOT_ASKED}\n"
        mail.write(
            member.scheme_id,
            member.id,
            "reset",
            member.email,
            f"{product()}: choose a new password",
            body,
        )
        audit.record(
            audit.Entry(
                act="reset link sent",
                scheme_id=member.scheme_id,
                target="member",
                target_id=member.id,
            )
        )


def reset_password(token: str, password: str) -> Member:
    """Give whoever has a link a new password; every sign-in of theirs ends.

    It signs nobody in, and takes the place of no second factor. Raises DeadReset, WeakPassword.
    """
    found = find_reset(digest(token))
    if found is None:
        raise DeadReset
    words = words_of(found[1])
    db.session.rollback()  # hashing yields; no transaction may stay open over it
    hashed = hash_password(password, words)
    with writing():
        found = find_reset(digest(token), hold=True)
        if found is None:
            raise DeadReset
        invitation, member = found
        invitation.used_at = clock.now()
        also = _change(member, hashed)
        end_sessions_of(member)
        audit.record(
            audit.Entry(
                act="password reset",
                scheme_id=member.scheme_id,
                actor_id=member.id,
                target="member",
                target_id=member.id,
            )
        )
        tell(member, f"{CHANGED_BY_LINK}{also}")
    return member


def change_password(actor: Actor, old: str, password: str) -> None:
    """Give the actor a new password; their other sign-ins end.

    Whoever has one types it, however fresh their proof (ASVS 5.0, 6.2.3). Raises WrongProof,
    WeakPassword.
    """
    member = db.session.get_one(Member, actor.id)
    words, before = words_of(member), member.password_hash
    db.session.rollback()  # hashing yields; no transaction may stay open over it
    if before is not None and not is_right(before, old):
        audit.journal(audit.by(actor, "proof failed", "member", actor.id, "old password"))
        raise WrongProof
    hashed = hash_password(password, words)
    with writing():
        member = db.session.get_one(Member, actor.id)
        also = _change(member, hashed)
        end_sessions_of(member, but=actor.session_id)
        audit.record(audit.by(actor, "password changed", "member", actor.id))
        tell(member, f"The password of your account was changed.{also}")


def words_of(member: Member) -> list[str]:
    """Return what a thief would try first: words of a person's own name and scheme."""
    return own_words(member.name, member.email, member.scheme.name)


def _change(member: Member, hashed: str) -> str:
    """Keep a new password; what rested on the old one ends, such as links not yet used.

    So does a PIN: whoever knew the old password may have chosen it. Return what to tell of that.
    """
    had_pin = member.pin_hash is not None
    member.password_hash, member.pin_hash = hashed, None
    ceremonies.end_all_of(member.id)
    _end_links(member)
    return NO_PIN if had_pin else ""


def _link_for(member: Member) -> str:
    """Make a link; an older one of the same person dies."""
    _end_links(member)
    token = secrets.token_urlsafe(32)
    db.session.add(
        Invitation(
            id=new_id(),
            member_id=member.id,
            purpose=LinkPurpose.RESET,
            token_digest=digest(token),
            expires_at=clock.now() + LINK_LASTS,
        )
    )
    return token


def _end_links(member: Member) -> None:
    links = update(Invitation).where(
        Invitation.member_id == member.id,
        Invitation.purpose == LinkPurpose.RESET,
        Invitation.used_at.is_(None),
    )
    db.session.execute(links.values(used_at=clock.now()))
