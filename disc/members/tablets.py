"""Shared tablets of shops: made one by a manager, and signed in on with a PIN of one's own."""

import secrets
import uuid
from dataclasses import dataclass

from disc.access.actor import SHOP_FLOOR, Actor
from disc.core import audit, clock
from disc.core.database import db, new_id
from disc.core.keys import keyring
from disc.core.transaction import writing
from disc.core.vault import token
from disc.members.errors import NoPinForYou, WeakPin, WrongPin
from disc.members.models import Member, Premises, Proof, Tablet
from disc.members.passwords import hash_unjudged, is_right
from disc.members.queries import get_tablet, people_of_tablet, sessions_on_tablet
from disc.members.rules import pin_problem
from disc.members.service import digest
from disc.members.service.notices import tell
from disc.members.signin import end_session, start_session


@dataclass(frozen=True, slots=True)
class At:
    """Premises as a target of the policy: a device is to be their tablet."""

    scheme_id: uuid.UUID
    premises_id: uuid.UUID


def enrol(actor: Actor, place: Premises, name: str, *, before: Tablet | None) -> str:
    """Make a device the tablet of premises; return the token that its browser keeps.

    What the same browser was until then (``before``) ends.
    """
    if before is not None and before.scheme_id == actor.scheme_id:
        end_tablet(actor, before)
    secret = secrets.token_urlsafe(32)
    tablet = Tablet(
        id=new_id(),
        scheme_id=actor.scheme_id,
        premises_id=place.id,
        name=name,
        token_digest=digest(secret),
        enrolled_by_id=actor.id,
    )
    db.session.add(tablet)
    db.session.flush()
    audit.record(audit.by(actor, "tablet enrolled", "tablet", tablet.id, f"premises {place.id}"))
    return secret


def end_tablet(actor: Actor, tablet: Tablet) -> None:
    """Take a tablet out of use inside the transaction; whoever is signed in on it is out."""
    tablet.ended_at = tablet.ended_at or clock.now()
    for row in sessions_on_tablet(tablet.id):
        end_session(row)
    audit.record(audit.by(actor, "tablet ended", "tablet", tablet.id))


def may_have_pin(actor: Actor) -> bool:
    """Say whether somebody may choose a PIN now: who leads signs in on a device of their own."""
    return actor.role in SHOP_FLOOR and actor.tablet_id is None


def choose_pin(actor: Actor, pin: str) -> None:
    """Keep somebody's PIN as a hash. Raises NoPinForYou and WeakPin.

    It yields: no transaction may stay open over it.
    """
    if not may_have_pin(actor):
        raise NoPinForYou
    problem = pin_problem(pin)
    if problem:
        raise WeakPin(problem)
    db.session.rollback()
    hashed = hash_unjudged(_peppered(actor.id, pin))
    with writing() as opened:
        member = opened.get_one(Member, actor.id)
        member.pin_hash = hashed
        audit.record(audit.by(actor, "PIN chosen", "member", actor.id))
        tell(member, "A PIN for shared tablets was chosen for your account.")


def drop_pin(actor: Actor) -> None:
    """Take somebody's PIN away inside the transaction: their name leaves every tablet."""
    db.session.get_one(Member, actor.id).pin_hash = None
    audit.record(audit.by(actor, "PIN dropped", "member", actor.id))


def sign_in_with_pin(tablet: Tablet, member_id: uuid.UUID, pin: str) -> Actor:
    """Start a sign-in on a tablet. Raises WrongPin; a wrong PIN is written down.

    Whether the person still works there is asked anew each time. It yields, as above.
    """
    tablet_id, scheme_id = tablet.id, tablet.scheme_id
    hashed = next((one.pin_hash for one in people_of_tablet(tablet) if one.id == member_id), None)
    db.session.rollback()
    if not is_right(hashed, _peppered(member_id, pin)):
        wrong = audit.Entry(
            act="PIN refused",
            scheme_id=scheme_id,
            target="member",
            target_id=member_id,
            detail=f"tablet {tablet_id}",
        )
        audit.journal(wrong)
        raise WrongPin
    actor = start_session(member_id, Proof.PIN, tablet_id=tablet_id, by_hash=hashed)
    with writing():
        get_tablet(actor, tablet_id).seen_at = clock.now()
    return actor


def _peppered(member_id: uuid.UUID, pin: str) -> str:
    """Mix a PIN with a key: a million hashes are tried quickly by whoever stole the database."""
    return token(keyring().source.derive("pins"), str(member_id), pin).hex()
