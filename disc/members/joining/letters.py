"""What is written to people about joining: plain words, no name of anybody else."""

import uuid
from datetime import timedelta

from disc.access.actor import TITLES
from disc.core import clock, mail
from disc.core.web import day
from disc.members.models import Member
from disc.members.rules import INVITATION, INVITATION_DAYS, NOTICE

SAME_ANSWER = "joining"
"""The kind of a letter that follows a stranger's act; nobody else may read it."""


def write_invitation(member: Member, token: str, by_id: uuid.UUID | None) -> None:
    """Send somebody the link by which they join."""
    scheme, last = member.scheme.name, clock.today() + timedelta(days=INVITATION_DAYS)
    _write(
        member,
        INVITATION,
        f"Join {scheme}",
        f"Hello {mail.one_line(member.name)}",
        f"{scheme} asks you to join. Your role is: {TITLES[member.role]}.",
        f"Open this link to join:\n{mail.link_to('members.join', token=token)}",
        f"The link works once, until {day(last)}. Do not give it to anybody else.",
        "If you do not know this scheme, do nothing.",
        by_id=by_id,
    )


def write_let_in(member: Member, by_id: uuid.UUID | None, *, origin: str | None = None) -> None:
    """Tell somebody who waited that they can sign in, at ``origin`` where no request says it."""
    _write(
        member,
        NOTICE,
        f"You can sign in to {member.scheme.name}",
        "Hello",
        f"You were let in to {member.scheme.name}.",
        f"Sign in here:\n{mail.link_to('members.sign_in', origin=origin)}",
        by_id=by_id,
    )


def write_refused(member: Member, by_id: uuid.UUID | None) -> None:
    """Tell somebody who waited that they were not let in."""
    _write(
        member,
        NOTICE,
        f"You were not let in to {member.scheme.name}",
        "Hello",
        f"You asked to join {member.scheme.name}. A manager did not let you in.",
        "If you think that this is wrong, ask the manager of your shop.",
        by_id=by_id,
    )


def write_already_here(member: Member) -> None:
    """Tell the owner of an address that somebody typed it to join, and nothing they typed."""
    _write(
        member,
        SAME_ANSWER,
        "You already have an account",
        "Hello",
        "Somebody used your e-mail address to join a scheme with a QR code. "
        "There is an account with this address already, so no new one was made.",
        f"If it was you, sign in here:\n{mail.link_to('members.sign_in')}",
        "Were you asked to join by e-mail, and have not done so? Use the link in that e-mail.",
        "If it was not you, do nothing. Nobody got into your account.",
    )


def _write(
    member: Member, kind: str, subject: str, *parts: str, by_id: uuid.UUID | None = None
) -> None:
    body = "\n\n".join([*parts, member.scheme.name]) + "\n"
    mail.write(member.scheme_id, member.id, kind, member.email, subject, body, caused_by_id=by_id)
