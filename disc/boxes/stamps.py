"""Stamps: by what the server knows later whose box it gets, when nobody is signed in.

A stamp is sealed under the scheme's key and says who asked for the report page, and when. It
travels with a box and lies inside it. It files reports as that member for eight days, no more.
"""

import base64
import binascii
import json
import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.exc import NoResultFound

from disc.access.actor import Actor
from disc.boxes.errors import BadStamp
from disc.boxes.rules import STAMP_LASTS
from disc.core import clock
from disc.core.keys import keyring
from disc.core.vault import DoesNotOpen, open_sealed, seal, token

ID_BYTES = 16


@dataclass(frozen=True, slots=True)
class Sender:
    """Whom a stamp names."""

    scheme_id: uuid.UUID
    member_id: uuid.UUID


def make_stamp(actor: Actor) -> str:
    """Return a stamp for the page that a member loads."""
    told = json.dumps({"member": str(actor.id), "at": clock.now().isoformat()}).encode()
    sealed = seal(keyring().scheme_key(actor.scheme_id), told, _context(actor.scheme_id))
    return base64.urlsafe_b64encode(actor.scheme_id.bytes + sealed).decode()


def read_stamp(stamp: str) -> Sender:
    """Return whom a stamp names. Raises BadStamp for one that is not ours, or is too old."""
    try:
        raw = base64.urlsafe_b64decode(stamp.encode())
        scheme_id = uuid.UUID(bytes=raw[:ID_BYTES])
        key = keyring().scheme_key(scheme_id)
        told = json.loads(open_sealed(key, raw[ID_BYTES:], _context(scheme_id)))
    except (ValueError, binascii.Error, NoResultFound, DoesNotOpen) as error:
        raise BadStamp from error
    if clock.now() - datetime.fromisoformat(told["at"]) > STAMP_LASTS:
        raise BadStamp
    return Sender(scheme_id, uuid.UUID(told["member"]))


def half_of_draft_key(actor: Actor) -> str:
    """Return what a member's page adds to the phone's own key, so that no other opens a draft."""
    key = keyring().scheme_key(actor.scheme_id)
    return base64.b64encode(token(key, "draft", str(actor.id))).decode()


def _context(scheme_id: uuid.UUID) -> str:
    return f"{scheme_id}|stamp"
