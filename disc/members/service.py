"""Changes to schemes and people."""

import hashlib
import secrets
import uuid
from datetime import date, timedelta
from typing import Any, cast

from sqlalchemy import CursorResult, delete, select

from disc.access.actor import Actor, Role
from disc.core import audit, clock
from disc.core.database import db, new_id
from disc.core.keys import erase_key, keyring, place_canary
from disc.members.errors import AlreadyMember, DeadInvitation, NotLive, OwnAccount
from disc.members.models import (
    Area,
    GoLiveStep,
    Invitation,
    Member,
    MemberState,
    Premises,
    Scheme,
    UserSession,
)
from disc.members.queries import (
    email_token,
    find_invitation,
    find_member_by_email,
    get_scheme,
    is_live,
)
from disc.members.rules import (
    GO_LIVE_STEPS,
    INVITATION_DAYS,
    LEAVERS_KEPT_DAYS,
    SIGN_INS_KEPT_DAYS,
)

CODE_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""No I, O, 0 or 1: a code is read off a photograph of a screen."""


def create_scheme(slug: str, name: str, *, is_demo: bool = False) -> Scheme:
    """Make a scheme with its key."""
    place_canary()
    scheme = Scheme(id=new_id(), slug=slug, name=name, is_demo=is_demo)
    db.session.add(scheme)
    keyring().make_scheme_key(scheme.id)
    audit.record(audit.Entry(act="scheme created", scheme_id=scheme.id, target_id=scheme.id))
    return scheme


def add_area(scheme: Scheme, name: str) -> Area:
    """Add an Area to a scheme."""
    area = Area(id=new_id(), scheme_id=scheme.id, name=name)
    db.session.add(area)
    return area


def add_premises(
    area: Area,
    name: str,
    *,
    sector: str = "",
    authority_on: date | None = None,
    by: str = "",
    excludes: bool = True,
) -> Premises:
    """Add premises to an Area. ``by`` is the post of who gave authority to share pictures."""
    place = Premises(
        id=new_id(),
        scheme_id=area.scheme_id,
        area_id=area.id,
        name=name,
        sector=sector,
        authority_on=authority_on,
        authority_role=by,
        authority_limits="Members of this scheme and the police, to prevent and report crime.",
        excludes_since=(authority_on or clock.today()) if excludes else None,
    )
    db.session.add(place)
    return place


def set_authority(actor: Actor, place: Premises, by: str, *, excludes: bool) -> None:
    """Record what the owner of premises allows from today, or that they took it back."""
    place.authority_role = by
    place.authority_on = clock.today() if by else None
    place.excludes_since = (place.excludes_since or clock.today()) if excludes else None
    audit.record(
        audit.by(
            actor,
            "authority given" if by else "authority withdrawn",
            "premises",
            place.id,
            detail="may exclude" if excludes else "may not exclude",
        )
    )


def invite(
    scheme: Scheme,
    name: str,
    email: str,
    role: Role,
    *,
    areas: list[Area] | None = None,
    premises: list[Premises] | None = None,
    inviter: Actor | None = None,
) -> tuple[Member, str]:
    """Add a person and return them with the token of their invitation. Raises AlreadyMember."""
    if find_member_by_email(email) is not None:
        raise AlreadyMember
    member = Member(
        id=new_id(),
        scheme_id=scheme.id,
        role=role,
        email_token=email_token(email),
        viewer_code="".join(secrets.choice(CODE_LETTERS) for _ in range(7)),
        areas=areas or [],
        premises=premises or [],
    )
    member.scheme = scheme
    member.name, member.email = name, email.strip()
    db.session.add(member)
    db.session.flush()
    audit.record(
        audit.Entry(
            act="member invited",
            scheme_id=scheme.id,
            actor_id=inviter.id if inviter else None,
            target="member",
            target_id=member.id,
            detail=role.value,
        )
    )
    return member, _invitation(member)


def accept_invitation(token: str, password_hash: str) -> Member:
    """Let an invited person in with their password. Raises DeadInvitation."""
    found = find_invitation(digest(token))
    if found is None or found[0].expires_at < clock.now():
        raise DeadInvitation
    invitation, member = found
    invitation.used_at = clock.now()
    member.password_hash, member.state = password_hash, MemberState.ACTIVE
    audit.record(
        audit.Entry(
            act="member joined",
            scheme_id=member.scheme_id,
            actor_id=member.id,
            target="member",
            target_id=member.id,
        )
    )
    return member


def leave(actor: Actor, member: Member) -> None:
    """Record that a person left; an Administrator cannot shut themselves out. Raises OwnAccount."""
    if member.id == actor.id:
        raise OwnAccount
    member.state, member.password_hash = MemberState.LEFT, None
    db.session.execute(delete(Invitation).where(Invitation.member_id == member.id))
    member.email_token, member.left_at = None, clock.now()  # the address may be invited again
    audit.record(audit.by(actor, "member left", "member", member.id))


def complete_step(actor: Actor, step: str, proof: str) -> None:
    """Record a step of the go-live checklist with where its proof is."""
    done = db.session.get(GoLiveStep, (actor.scheme_id, step))
    if step not in GO_LIVE_STEPS or done is not None:
        return
    db.session.add(
        GoLiveStep(scheme_id=actor.scheme_id, step=step, done_by_id=actor.id, proof=proof)
    )
    _apply(get_scheme(actor.scheme_id), step, proof)
    audit.record(audit.by(actor, "go-live step done", detail=step))


def change_settings(actor: Actor, scheme: Scheme, changed: dict[str, Any]) -> None:
    """Set a scheme's own choices; what was changed is written down, by name."""
    names = [name for name, value in changed.items() if getattr(scheme, name) != value]
    for name in names:
        setattr(scheme, name, changed[name])
    audit.record(
        audit.Entry(
            act="settings changed",
            scheme_id=scheme.id,
            actor_id=actor.id,
            detail=" ".join(names)[:400],
        )
    )


def require_live(scheme_id: uuid.UUID) -> None:
    """Raise NotLive unless the scheme may hold records about people."""
    if not is_live(get_scheme(scheme_id)):
        raise NotLive


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
    """Delete sign-ins and invitations long past their use and return how many."""
    before = clock.now() - timedelta(days=SIGN_INS_KEPT_DAYS)
    old_sessions = delete(UserSession).where(UserSession.last_seen_at < before)
    old_invitations = delete(Invitation).where(Invitation.expires_at < before)
    return sum(
        cast("CursorResult[Any]", db.session.execute(old)).rowcount
        for old in (old_sessions, old_invitations)
    )


def digest(token: str) -> bytes:
    """Return what is kept of a secret token; it is random, so a plain digest will do."""
    return hashlib.sha256(token.encode()).digest()


def _apply(scheme: Scheme, step: str, proof: str) -> None:
    if step == "controller":
        scheme.controller = proof[:200]
    elif step == "ico":
        scheme.ico_number = proof[:20]


def _invitation(member: Member) -> str:
    token = secrets.token_urlsafe(32)
    db.session.add(
        Invitation(
            id=new_id(),
            member_id=member.id,
            token_digest=digest(token),
            expires_at=clock.now() + timedelta(days=INVITATION_DAYS),
        )
    )
    return token
