"""A picture taken back by whoever it belongs to, and given back by them alone."""

import uuid

from sqlalchemy import select

from disc.access.actor import Actor
from disc.core import audit, clock, mail
from disc.core.database import db
from disc.core.errors import Stale
from disc.core.keys import keyring
from disc.core.outbox import publish
from disc.core.vault import token
from disc.core.web import day
from disc.members.models import Member, Premises
from disc.members.rules import NOTICE
from disc.stills.events import StillWithdrawn
from disc.stills.models import Still
from disc.stills.queries import hold_still


def withdraw(actor: Actor, still_id: uuid.UUID, why: str) -> None:
    """Take a picture out of every view at once, for as long as its owner wants; say so to them.

    Nothing is left by which it would be recognised. Raises Missing, or Stale where it was
    withdrawn before.
    """
    still = hold_still(actor, still_id)
    if still.withdrawn_at is not None:
        raise Stale
    still.withdrawn_at, still.withdrawn_by_id = clock.now(), actor.id
    still.hidden_at = still.hidden_at or clock.now()
    still.withdrawn_why = why
    still.file_token = still.pixel_token = None
    db.session.flush()
    publish(StillWithdrawn(still_id=still.id, scheme_id=still.scheme_id))
    audit.record(audit.by(actor, "picture withdrawn", "still", still.id))
    _confirm(actor, still)


def give_back(actor: Actor, still_id: uuid.UUID) -> None:
    """Let a picture be shown again; it stays hidden until a manager shows it.

    Raises Missing, or Stale where it is not withdrawn.
    """
    still = hold_still(actor, still_id)
    if still.withdrawn_at is None:
        raise Stale
    still.withdrawn_at = still.withdrawn_by_id = None
    still.withdrawn_why = ""
    still.file_token = token(keyring().scheme_key(still.scheme_id), "file", still.sha256)
    db.session.flush()
    audit.record(audit.by(actor, "picture given back", "still", still.id))


def _confirm(actor: Actor, still: Still) -> None:
    """Write to whoever withdrew a picture, and to the contact of its premises."""
    place = db.session.get_one(Premises, still.premises_id)
    readers = select(Member).where(Member.id.in_({actor.id, place.contact_id} - {None}))
    for reader in db.session.scalars(readers.order_by(Member.id)):
        mail.write(
            still.scheme_id,
            reader.id,
            NOTICE,
            reader.email,
            "A picture was withdrawn",
            f"Hello\n\nA picture from {place.name} was withdrawn. It came on "
            f"{day(still.taken_in_at)}.\n\nNobody sees it now. It is erased on "
            f"{day(still.erase_on)}. Until then you can give it back under Me, Pictures.\n\n"
            f"{reader.scheme.name}\n",
            caused_by_id=None if reader.id == actor.id else actor.id,
        )
