"""Reads of schemes, Areas, premises and people."""

import uuid
from collections.abc import Iterable

from sqlalchemy import select

from disc.access.actor import Actor, Role
from disc.core.database import db
from disc.core.errors import Missing
from disc.core.keys import keyring
from disc.core.vault import token
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
from disc.members.rules import missing_steps, normal_email


def get_scheme(scheme_id: uuid.UUID) -> Scheme:
    """Return a scheme. Raises Missing."""
    scheme = db.session.get(Scheme, scheme_id)
    if scheme is None:
        raise Missing
    return scheme


def get_scheme_by_slug(slug: str) -> Scheme:
    """Return the scheme of a public page's address. Raises Missing."""
    scheme = db.session.scalar(select(Scheme).where(Scheme.slug == slug))
    if scheme is None:
        raise Missing
    return scheme


def areas_of(actor: Actor) -> list[Area]:
    """List the actor's Areas by name."""
    found = select(Area).where(Area.scheme_id == actor.scheme_id, Area.id.in_(actor.area_ids))
    return list(db.session.scalars(found.order_by(Area.name)))


def premises_of(actor: Actor) -> list[Premises]:
    """List the premises from which the actor may report."""
    return [place for place in scheme_premises(actor) if place.id in actor.premises_ids]


def scheme_premises(actor: Actor) -> list[Premises]:
    """List the scheme's premises by name."""
    found = select(Premises).where(Premises.scheme_id == actor.scheme_id)
    return list(db.session.scalars(found.order_by(Premises.name)))


def get_premises(actor: Actor, premises_id: uuid.UUID) -> Premises:
    """Return one of the scheme's premises. Raises Missing."""
    place = db.session.get(Premises, premises_id)
    if place is None or place.scheme_id != actor.scheme_id:
        raise Missing
    return place


def member_names(actor: Actor, member_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, str]:
    """Return names of the scheme's people by id, for those who may read them."""
    found = select(Member).where(
        Member.scheme_id == actor.scheme_id, Member.id.in_(set(member_ids))
    )
    return {
        member.id: member.name or "Someone who has left" for member in db.session.scalars(found)
    }


def get_member(actor: Actor, member_id: uuid.UUID) -> Member:
    """Return one of the scheme's people. Raises Missing."""
    member = db.session.get(Member, member_id)
    if member is None or member.scheme_id != actor.scheme_id:
        raise Missing
    return member


def get_area(actor: Actor, area_id: uuid.UUID) -> Area:
    """Return one of the scheme's Areas. Raises Missing."""
    area = db.session.get(Area, area_id)
    if area is None or area.scheme_id != actor.scheme_id:
        raise Missing
    return area


def scheme_members(actor: Actor) -> list[Member]:
    """List the scheme's people by name, those who left last."""
    found = select(Member).where(Member.scheme_id == actor.scheme_id)
    return sorted(
        db.session.scalars(found),
        key=lambda member: (member.state is MemberState.LEFT, member.name.casefold()),
    )


def open_sessions(member_id: uuid.UUID) -> list[UserSession]:
    """List a member's sign-ins that were not ended."""
    found = select(UserSession).where(
        UserSession.member_id == member_id, UserSession.ended_at.is_(None)
    )
    return list(db.session.scalars(found))


def email_token(email: str) -> bytes:
    """Return the digest by which an address is found."""
    return token(keyring().source.derive("member e-mail"), "email", normal_email(email))


def find_member_by_email(email: str) -> Member | None:
    """Return the member with an address."""
    return db.session.scalar(select(Member).where(Member.email_token == email_token(email)))


def find_member_by_code(code: str) -> Member | None:
    """Return the member whose mark is on a picture."""
    return db.session.scalar(select(Member).where(Member.viewer_code == code.strip().upper()))


def find_invitation(digest: bytes) -> tuple[Invitation, Member] | None:
    """Return an unused invitation and whom it is for."""
    row = db.session.execute(
        select(Invitation, Member)
        .join(Member, Member.id == Invitation.member_id)
        .where(
            Invitation.token_digest == digest,
            Invitation.used_at.is_(None),
            Member.state == MemberState.INVITED,
        )
        .with_for_update(of=Invitation)
    ).first()
    return (row[0], row[1]) if row else None


def find_session(digest: bytes) -> UserSession | None:
    """Return a sign-in that was not ended, of a member who is active."""
    return db.session.scalar(
        select(UserSession)
        .join(Member)
        .where(
            UserSession.token_digest == digest,
            UserSession.ended_at.is_(None),
            Member.state == MemberState.ACTIVE,
        )
    )


def live_sessions(session_ids: set[uuid.UUID]) -> set[uuid.UUID]:
    """Return which of these sign-ins have not ended."""
    if not session_ids:
        return set()
    found = (
        select(UserSession.id)
        .join(Member)
        .where(
            UserSession.id.in_(session_ids),
            UserSession.ended_at.is_(None),
            Member.state == MemberState.ACTIVE,
        )
    )
    return set(db.session.scalars(found))


def area_ids_of(member: Member) -> frozenset[uuid.UUID]:
    """Return a member's Areas; the Administrator and the Board serve all of them."""
    if member.role in (Role.ADMINISTRATOR, Role.BOARD):
        every = select(Area.id).where(Area.scheme_id == member.scheme_id)
        return frozenset(db.session.scalars(every))
    return frozenset(area.id for area in member.areas)


def go_live_steps(scheme_id: uuid.UUID) -> dict[str, GoLiveStep]:
    """Return the steps done, by name."""
    rows = db.session.scalars(select(GoLiveStep).where(GoLiveStep.scheme_id == scheme_id))
    return {row.step: row for row in rows}


def is_live(scheme: Scheme) -> bool:
    """Say whether a scheme may hold records about people: the demo's are invented."""
    return scheme.is_demo or not missing_steps(go_live_steps(scheme.id))
