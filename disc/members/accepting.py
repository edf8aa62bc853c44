"""The documents of a scheme: published once, never changed, and accepted by everybody."""

import uuid
from dataclasses import dataclass
from pathlib import Path

from disc.access.actor import Actor
from disc.core import audit, clock
from disc.core.database import db, new_id
from disc.core.errors import Stale
from disc.core.outbox import publish as tell
from disc.members.errors import NewerRules
from disc.members.events import RulesChanged
from disc.members.models import Acceptance, DocumentKind, Member, RulesDocument, Scheme
from disc.members.queries import current_documents, find_current, get_member, lock_scheme
from disc.members.rules import words_digest

FOLDER = Path(__file__).parent / "documents"


@dataclass(frozen=True, slots=True)
class Words:
    """What a document says: a title, and plain text whose paragraphs stand apart by an empty
    line.
    """

    title: str
    body: str


def template(kind: DocumentKind) -> Words:
    """Return the words that a new scheme begins with; its own adviser must check them."""
    text = (FOLDER / f"{kind.value.replace(' ', '-')}.txt").read_text(encoding="utf-8")
    title, _, body = text.partition("\n\n")
    return Words(title.strip(), body.strip())


def publish_first(scheme: Scheme) -> None:
    """Publish version 1 of every document from the templates, for a scheme that has none."""
    db.session.flush()
    for kind in DocumentKind:
        _add(scheme, kind, template(kind), 1, None)
    scheme.rules_changed_at = clock.now()
    db.session.flush()


def publish(actor: Actor, kind: DocumentKind, words: Words, *, after: int) -> RulesDocument:
    """Publish the next version of a document: everybody must accept anew.

    ``after`` is the version that the author had before them, 0 for none. Raises Stale where
    somebody else published meanwhile.
    """
    scheme = lock_scheme(actor.scheme_id)
    current = find_current(scheme.id, kind)
    version = current.version if current else 0
    if version != after:
        raise Stale
    row = _add(scheme, kind, words, version + 1, actor)
    scheme.rules_changed_at = row.published_at
    tell(RulesChanged(scheme_id=scheme.id))
    return row


def renew_every(actor: Actor, months: int) -> None:
    """Set after how many months everybody must accept anew."""
    scheme = lock_scheme(actor.scheme_id)
    scheme.rules_renew_months = months
    audit.record(audit.by(actor, "rules renewal set", detail=f"every {months} months"))
    tell(RulesChanged(scheme_id=scheme.id))


def accept(actor: Actor, shown: set[str]) -> None:
    """Record that a person accepted the documents whose ids their page showed.

    Raises NewerRules where these are not the current ones: then nothing is accepted.
    """
    scheme = lock_scheme(actor.scheme_id)
    if shown != {str(row.id) for row in current_documents(scheme.id)}:
        raise NewerRules
    accept_all(get_member(actor, actor.id), actor.session_id)


def accept_all(member: Member, session_id: uuid.UUID) -> None:
    """Record that a person accepted every current document, in a sign-in, with what it said."""
    now = clock.now()
    documents = current_documents(member.scheme_id)
    for row in documents:
        db.session.add(
            Acceptance(
                id=new_id(),
                member_id=member.id,
                document_id=row.id,
                accepted_at=now,
                session_id=session_id,
                digest=words_digest(row.title, row.body),
            )
        )
    # Clocks of two hosts may differ: who accepts what was just published has accepted it.
    member.rules_accepted_at = max(now, member.scheme.rules_changed_at or now)
    audit.record(
        audit.Entry(
            act="rules accepted",
            scheme_id=member.scheme_id,
            actor_id=member.id,
            session_id=session_id,
            target="member",
            target_id=member.id,
            detail=", ".join(f"{row.kind.value} version {row.version}" for row in documents),
        )
    )


def _add(
    scheme: Scheme, kind: DocumentKind, words: Words, version: int, author: Actor | None
) -> RulesDocument:
    row = RulesDocument(
        id=new_id(),
        scheme_id=scheme.id,
        kind=kind,
        version=version,
        title=words.title,
        body=words.body,
        published_at=clock.now(),
        published_by_id=author.id if author else None,
    )
    db.session.add(row)
    audit.record(
        audit.Entry(
            act="rules published",
            scheme_id=scheme.id,
            actor_id=author.id if author else None,
            session_id=author.session_id if author else None,
            target="document",
            target_id=row.id,
            detail=f"{kind.value} version {version}",
        )
    )
    return row
