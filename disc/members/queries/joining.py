"""Reads of QR codes, of who waits to be let in, and of the scheme's messages."""

import uuid
from collections.abc import Iterable

import sqlalchemy as sa
from sqlalchemy import and_, exists, or_, select

from disc.access.actor import MANAGERS, Actor, Role
from disc.core import clock
from disc.core.database import db
from disc.core.errors import Missing
from disc.core.mail import Message
from disc.core.rows import narrow_to
from disc.members.models import JoinCode, Member, MemberPremises, MemberState, Premises
from disc.members.queries.people import email_token

AT_ONCE = 100
NEWEST = 200
"""How many messages the outbox page lists."""


def find_join_code(digest: bytes, *, hold: bool = False) -> JoinCode | None:
    """Return the QR code that a link stands for, while it still lets somebody in.

    It dies with its day, its uses, and with the right of whoever made it. It is held where it is
    about to be used, so that no use counts for two.
    """
    good = (
        select(JoinCode)
        .join(Member, Member.id == JoinCode.made_by_id)
        .where(JoinCode.token_digest == digest, *_still_good())
        .execution_options(populate_existing=True)
    )
    code = db.session.scalar(good.with_for_update(of=JoinCode) if hold else good)
    if code is not None:
        narrow_to(code.scheme_id)
    return code


def live_join_codes(place: Premises) -> list[JoinCode]:
    """List the QR codes of premises that still let people in, the one that ends first first."""
    found = (
        select(JoinCode)
        .join(Member, Member.id == JoinCode.made_by_id)
        .where(JoinCode.premises_id == place.id, *_still_good())
    )
    return list(db.session.scalars(found.order_by(JoinCode.expires_at)))


def _still_good() -> tuple[sa.ColumnElement[bool], ...]:
    """Say in SQL that a code has uses and days left, and that its maker still might make it."""
    works_there = exists().where(
        MemberPremises.member_id == Member.id, MemberPremises.premises_id == JoinCode.premises_id
    )
    return (
        JoinCode.uses_left > 0,
        JoinCode.expires_at > clock.now(),
        Member.state == MemberState.ACTIVE,
        or_(Member.role.in_(MANAGERS), and_(Member.role == Role.GROUP_MANAGER, works_there)),
    )


def get_join_code(actor: Actor, code_id: uuid.UUID) -> JoinCode:
    """Return one of the scheme's QR codes. Raises Missing."""
    code = db.session.get(JoinCode, code_id)
    if code is None or code.scheme_id != actor.scheme_id:
        raise Missing
    return code


def addresses_taken(emails: Iterable[str]) -> set[bytes]:
    """Return the tokens of those addresses that have an account."""
    tokens = [email_token(email) for email in emails]
    found: set[bytes] = set()
    for start in range(0, len(tokens), AT_ONCE):
        some = tokens[start : start + AT_ONCE]
        asked = select(Member.email_token).where(Member.email_token.in_(some))
        found.update(token for token in db.session.scalars(asked) if token)
    return found


def has_others_on_board(member: Member) -> bool:
    """Say whether somebody else of the scheme's Board can sign in."""
    others = select(Member.id).where(
        Member.scheme_id == member.scheme_id,
        Member.role == Role.BOARD,
        Member.state == MemberState.ACTIVE,
        Member.id != member.id,
    )
    return db.session.scalar(others.limit(1)) is not None


def scheme_messages(actor: Actor) -> list[Message]:
    """List the scheme's newest messages."""
    found = select(Message).where(Message.scheme_id == actor.scheme_id)
    return list(db.session.scalars(found.order_by(Message.id.desc()).limit(NEWEST)))


def get_message(actor: Actor, message_id: uuid.UUID) -> Message:
    """Return one of the scheme's messages. Raises Missing."""
    message = db.session.get(Message, message_id)
    if message is None or message.scheme_id != actor.scheme_id:
        raise Missing
    return message
