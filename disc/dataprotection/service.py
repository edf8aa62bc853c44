"""Changes to what the public ask: received, answered, erased."""

import hashlib
import hmac
import uuid
from dataclasses import dataclass

from disc.access.actor import Actor
from disc.core import audit, clock
from disc.core.database import db, new_id
from disc.core.errors import Stale
from disc.core.keys import erase_key, keyring
from disc.dataprotection.errors import NoSuchNotice, OwnDecision
from disc.dataprotection.models import Asked, LeakSearch, PublicRequest
from disc.dataprotection.queries import find_submission, get_request
from disc.dataprotection.rules import KEPT_MONTHS, due_on
from disc.exclusions.queries import find_by_number
from disc.gallery.service import reference

NO_NOTICE = "none"
"""What is typed in place of a number where an appeal turns out to be about no notice."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRequest:
    """What a person asks, and how the scheme can reach them."""

    submission_id: uuid.UUID
    asked: Asked
    name: str
    contact: str
    words: str


def ask(scheme_id: uuid.UUID, new: NewRequest) -> PublicRequest:
    """Store what a person asks; a retry returns the request that was stored first."""
    sent = find_submission(scheme_id, new.submission_id)
    if sent is not None:
        return sent
    due = due_on(clock.today(), is_complaint=new.asked is Asked.COMPLAIN)
    row = PublicRequest(
        id=new_id(),
        scheme_id=scheme_id,
        submission_id=new.submission_id,
        reference=reference("Q"),
        asked=new.asked,
        due_on=due,
        erase_on=clock.add_months(due, KEPT_MONTHS),
    )
    row.name, row.contact, row.words = new.name, new.contact, new.words
    db.session.add(row)
    db.session.flush()
    _record("public request received", row, None, detail=new.asked.value)
    return row


def decide(actor: Actor, request_id: uuid.UUID, decision: str, notice: str = "") -> PublicRequest:
    """Close a request with what was decided and told; an appeal with its notice's number.

    Raises Missing, Stale if it is closed, NoSuchNotice, and OwnDecision: the panel that hears an
    appeal is not who decided.
    """
    row = get_request(actor, request_id)
    about = _appealed(actor, notice) if row.asked is Asked.APPEAL else ""
    db.session.refresh(row, with_for_update={"of": PublicRequest})
    if row.decided_at is not None:
        raise Stale
    row.decision, row.decided_by_id, row.decided_at = decision, actor.id, clock.now()
    row.erase_on = clock.add_months(clock.today(), KEPT_MONTHS)
    db.session.flush()
    _record("public request decided", row, actor.id, detail=about)
    return row


def _appealed(actor: Actor, typed: str) -> str:
    """Return the id of the notice that an appeal is about, for the audit; empty for none."""
    if typed.strip().casefold() == NO_NOTICE:
        return ""
    notice = find_by_number(actor, typed)
    if notice is None:
        raise NoSuchNotice
    if notice.decided_by_id == actor.id:
        raise OwnDecision
    return f"notice {notice.id}"


def erase_request(row: PublicRequest) -> None:
    """Erase a request: its words, and who asked."""
    _record("public request erased", row, None)
    erase_key(row)
    db.session.delete(row)
    db.session.flush()


def erase_search(search: LeakSearch) -> None:
    """Erase a leaked picture that nobody looked at, or what was found in one."""
    erase_key(search)
    db.session.delete(search)
    db.session.flush()


def receipt_key(scheme_id: uuid.UUID, its_reference: str) -> str:
    """Return what a receipt's address carries, so that a guessed reference opens nothing."""
    secret = keyring().source.derive("public receipt")
    return hmac.new(secret, f"{scheme_id}|{its_reference}".encode(), hashlib.sha256).hexdigest()[
        :32
    ]


def is_receipt_key(scheme_id: uuid.UUID, its_reference: str, key: str) -> bool:
    """Say whether an address was made by us."""
    return hmac.compare_digest(receipt_key(scheme_id, its_reference).encode(), key.encode())


def _record(act: str, row: PublicRequest, actor_id: uuid.UUID | None, detail: str = "") -> None:
    audit.record(
        audit.Entry(
            act=act,
            scheme_id=row.scheme_id,
            actor_id=actor_id,
            target="public request",
            target_id=row.id,
            detail=detail,
        )
    )
