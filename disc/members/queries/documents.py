"""Reads of what everybody must accept, and of who accepted which words, and when."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from disc.access.actor import Actor
from disc.core import clock
from disc.core.database import db
from disc.core.errors import Missing
from disc.core.rows import every_scheme
from disc.members.models import (
    Acceptance,
    DocumentKind,
    Member,
    MemberState,
    RulesDocument,
    Scheme,
    UserSession,
)
from disc.members.queries.signins import live_sessions
from disc.members.rules import accepted_in_time, words_digest


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """One acceptance; ``unchanged`` says that the words still have the digest of what was shown."""

    document_id: uuid.UUID
    title: str
    version: int
    accepted_at: datetime
    unchanged: bool


def lock_scheme(scheme_id: uuid.UUID) -> Scheme:
    """Return a scheme as it is now, and let one at a time publish or accept. Raises Missing."""
    found = select(Scheme).where(Scheme.id == scheme_id).with_for_update()
    scheme = db.session.scalar(found.execution_options(populate_existing=True))
    if scheme is None:
        raise Missing
    return scheme


def current_documents(scheme_id: uuid.UUID) -> list[RulesDocument]:
    """List the newest version of each document: rules, data agreement, privacy."""
    newest = {row.kind: row for row in reversed(document_history(scheme_id))}
    return [newest[kind] for kind in DocumentKind if kind in newest]


def document_history(scheme_id: uuid.UUID) -> list[RulesDocument]:
    """List every version of every document, newest first."""
    found = select(RulesDocument).where(RulesDocument.scheme_id == scheme_id)
    order = (RulesDocument.published_at.desc(), RulesDocument.version.desc(), RulesDocument.kind)
    return list(db.session.scalars(found.order_by(*order)))


def find_current(scheme_id: uuid.UUID, kind: DocumentKind) -> RulesDocument | None:
    """Return the newest version of one document."""
    return next((row for row in current_documents(scheme_id) if row.kind is kind), None)


def get_document(actor: Actor, document_id: uuid.UUID) -> RulesDocument:
    """Return one version of one of the scheme's documents. Raises Missing."""
    row = db.session.get(RulesDocument, document_id)
    if row is None or row.scheme_id != actor.scheme_id:
        raise Missing
    return row


def rules_are_due(member: Member) -> bool:
    """Say whether a member must accept the scheme's documents, or accept them anew."""
    return not accepted_in_time(
        clock.now(),
        accepted=member.rules_accepted_at,
        changed=member.scheme.rules_changed_at,
        months=member.scheme.rules_renew_months,
    )


def acceptances_of(member_id: uuid.UUID) -> list[Accepted]:
    """List what a member accepted, newest first: the proof, checked against the words."""
    found = (
        select(Acceptance, RulesDocument)
        .join(RulesDocument, RulesDocument.id == Acceptance.document_id)
        .where(Acceptance.member_id == member_id)
        .order_by(Acceptance.accepted_at.desc(), RulesDocument.title)
    )
    return [
        Accepted(
            document_id=document.id,
            title=document.title,
            version=document.version,
            accepted_at=row.accepted_at,
            unchanged=row.digest == words_digest(document.title, document.body),
        )
        for row, document in db.session.execute(found)
    ]


def acceptances_by_document(scheme_id: uuid.UUID) -> dict[uuid.UUID, int]:
    """Count how many people ever accepted each version."""
    found = (
        select(Acceptance.document_id, func.count(Acceptance.member_id.distinct()))
        .join(RulesDocument, RulesDocument.id == Acceptance.document_id)
        .where(RulesDocument.scheme_id == scheme_id)
        .group_by(Acceptance.document_id)
    )
    return {row[0]: row[1] for row in db.session.execute(found)}


def who_accepted(actor: Actor) -> tuple[list[Member], list[Member]]:
    """Return the active people whose acceptance counts now, and those who still must accept."""
    found = select(Member).where(
        Member.scheme_id == actor.scheme_id, Member.state == MemberState.ACTIVE
    )
    people = sorted(db.session.scalars(found), key=lambda member: member.name.casefold())
    due = [member for member in people if rules_are_due(member)]
    return [member for member in people if member not in due], due


def signed_in_people(scheme_id: uuid.UUID) -> list[uuid.UUID]:
    """List the people of a scheme who have a sign-in that was not ended."""
    found = (
        select(UserSession.member_id)
        .join(Member)
        .where(Member.scheme_id == scheme_id, UserSession.ended_at.is_(None))
    )
    return list(db.session.scalars(found.distinct()))


@every_scheme()
def listening_sessions(session_ids: set[uuid.UUID]) -> set[uuid.UUID]:
    """Return which sign-ins may go on listening: they live, and their acceptance still counts.

    Of every scheme: who sweeps sockets is nobody, and would else end all of them.
    """
    found = (
        select(
            UserSession.id,
            Member.rules_accepted_at,
            Scheme.rules_changed_at,
            Scheme.rules_renew_months,
        )
        .join(Member, Member.id == UserSession.member_id)
        .join(Scheme, Scheme.id == Member.scheme_id)
        .where(UserSession.id.in_(live_sessions(session_ids)))
    )
    now = clock.now()
    return {
        session_id
        for session_id, accepted, changed, months in db.session.execute(found)
        if accepted_in_time(now, accepted=accepted, changed=changed, months=months)
    }
