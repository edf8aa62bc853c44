"""QR codes of premises: made for a few people and a few days, and used at the counter."""

import secrets
import uuid
from dataclasses import dataclass, field
from datetime import timedelta

from sqlalchemy import delete

from disc.access.actor import Actor, Role
from disc.access.guard import authorise
from disc.access.permissions import Permission
from disc.core import audit, clock
from disc.core.database import db, new_id
from disc.core.rows import every_scheme
from disc.members import service
from disc.members.errors import DeadInvitation
from disc.members.joining.inviting import ToBeAdded
from disc.members.joining.letters import write_already_here
from disc.members.models import (
    Invitation,
    JoinCode,
    Member,
    MemberGroup,
    MemberState,
    Premises,
    Scheme,
)
from disc.members.queries import (
    find_join_code,
    find_member_by_email,
    get_scheme,
)


@dataclass(frozen=True, slots=True)
class NewCode:
    """A QR code that was just made, and the token it holds: known here and never again."""

    code: JoinCode
    token: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Newcomer:
    """What somebody typed who came by a QR code."""

    name: str
    email: str
    password_hash: str = field(repr=False)


def require_may_add_at(actor: Actor, place: Premises) -> None:
    """Raise Missing unless the actor may let people in at premises.

    A Group Manager does so at their own premises, and for their own groups.
    """
    own = actor.role is not Role.GROUP_MANAGER or place.id in actor.premises_ids
    groups = actor.group_ids if own else frozenset()
    target = ToBeAdded(scheme_id=place.scheme_id, role=Role.MEMBER, group_ids=groups)
    authorise(actor, Permission.MANAGE_MEMBERS, target)


def make_code(actor: Actor, place: Premises, *, uses: int, days: int) -> NewCode:
    """Make a QR code of premises for so many people and days. Raises Missing."""
    require_may_add_at(actor, place)
    token = secrets.token_urlsafe(32)
    code = JoinCode(
        id=new_id(),
        scheme_id=place.scheme_id,
        premises_id=place.id,
        token_digest=service.digest(token),
        made_by_id=actor.id,
        expires_at=clock.now() + timedelta(days=days),
        uses=uses,
        uses_left=uses,
    )
    code.premises = place
    db.session.add(code)
    audit.record(
        audit.by(
            actor, "QR code made", "premises", place.id, detail=f"for {uses} people, {days} days"
        )
    )
    return NewCode(code, token)


def end_code(actor: Actor, code: JoinCode) -> None:
    """Let a QR code let nobody in any more. Raises Missing."""
    require_may_add_at(actor, code.premises)
    code.uses_left = 0
    audit.record(audit.by(actor, "QR code ended", "premises", code.premises_id))


def join_at(token: str, newcomer: Newcomer) -> Member | None:
    """Use a QR code once; return who is let in at once, or None for somebody who waits.

    An address that has an account uses the code up as well, gets the answer of somebody who
    waits, and its owner a letter: who stands at the counter does not learn whose it is.
    Raises DeadInvitation.
    """
    code = find_join_code(service.digest(token), hold=True)
    if code is None:
        raise DeadInvitation
    code.uses_left -= 1
    known = find_member_by_email(newcomer.email)
    if known is not None:
        _note_known(code, known)
        return None
    member = _add(code, get_scheme(code.scheme_id), newcomer)
    return member if member.state is MemberState.ACTIVE else None


def waits(code: JoinCode, scheme: Scheme) -> bool:
    """Say whether people who come by a code wait: a code for many may be passed on."""
    return scheme.approve_joiners or code.uses > 1


def _add(code: JoinCode, scheme: Scheme, newcomer: Newcomer) -> Member:
    member, _link = service.invite(
        scheme,
        newcomer.name,
        newcomer.email,
        Role.MEMBER,
        areas=[code.premises.area],
        premises=[code.premises],
        groups=_groups_of_maker(code),
    )
    db.session.execute(delete(Invitation).where(Invitation.member_id == member.id))
    member.invited_by_id = code.made_by_id
    member.password_hash = newcomer.password_hash
    member.state = MemberState.WAITING if waits(code, scheme) else MemberState.ACTIVE
    service.tell_of_joiner(member)
    _record(code, member.id)
    return member


def _groups_of_maker(code: JoinCode) -> list[MemberGroup]:
    """A Group Manager's newcomers are in their groups, or nobody could look after them."""
    maker = db.session.get_one(Member, code.made_by_id)
    return list(maker.groups) if maker.role is Role.GROUP_MANAGER else []


def _note_known(code: JoinCode, known: Member) -> None:
    with every_scheme():  # the account may be another scheme's, whose letter it then is
        if known.email:
            write_already_here(known)
            db.session.flush()
    _record(code, None)


def _record(code: JoinCode, member_id: uuid.UUID | None) -> None:
    audit.record(
        audit.Entry(
            act="member joined" if member_id else "known address at a QR code",
            scheme_id=code.scheme_id,
            actor_id=member_id,
            target="member" if member_id else "premises",
            target_id=member_id or code.premises_id,
            detail=f"by a QR code, {code.uses_left} uses left",
        )
    )
