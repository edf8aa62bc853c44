"""Passkeys: added, used and removed (WebAuthn level 3, sections 7.1 and 7.2)."""

import secrets
import uuid
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.authentication.verify_authentication_response import VerifiedAuthentication
from webauthn.helpers import base64url_to_bytes, options_to_json_dict
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AttestationConveyancePreference,
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from disc.access.actor import Actor
from disc.core import audit, clock
from disc.core.database import db, new_id
from disc.core.errors import Missing
from disc.core.transaction import writing
from disc.members.errors import WrongPasskey
from disc.members.models import Member, Passkey, Proof
from disc.members.proving import ceremonies
from disc.members.proving.ceremonies import Purpose
from disc.members.proving.recovery import drop_codes_without_factor
from disc.members.proving.site import origin, passkey_name
from disc.members.queries import find_passkey, passkeys_of
from disc.members.service.notices import product, tell
from disc.members.signin import start_session

UNREADABLE = (WebAuthnException, ValueError, KeyError, TypeError, AttributeError, IndexError)
"""What the library raises for an answer that does not hold, or is none at all."""
WAIT_MS = int(ceremonies.LASTS.total_seconds() * 1000)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a browser sends back: the token of the ceremony, and its credential."""

    token: str
    credential: dict[str, Any]


def options_to_add(actor: Actor) -> dict[str, Any]:
    """Begin adding a passkey, inside the transaction, and return what the browser needs."""
    challenge, member = secrets.token_bytes(32), db.session.get_one(Member, actor.id)
    token = ceremonies.begin(Purpose.PASSKEY_NEW, actor.id, challenge)
    options = generate_registration_options(
        rp_id=passkey_name(),
        rp_name=product(),
        user_id=actor.id.bytes,
        user_name=member.email,
        user_display_name=member.name,
        challenge=challenge,
        timeout=WAIT_MS,
        attestation=AttestationConveyancePreference.NONE,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED,
            user_verification=UserVerificationRequirement.REQUIRED,
        ),
        exclude_credentials=_described(actor.id),
    )
    return {"token": token, "options": options_to_json_dict(options)}


def add_passkey(actor: Actor, answer: Answer, label: str) -> Passkey:
    """Keep a new passkey of the actor's. Raises WrongPasskey."""
    with writing():
        taken = ceremonies.take(answer.token, Purpose.PASSKEY_NEW)
    if taken is None or taken.member_id != actor.id:
        raise WrongPasskey
    try:
        made = verify_registration_response(
            credential=answer.credential,
            expected_challenge=taken.challenge,
            expected_rp_id=passkey_name(),
            expected_origin=origin(),
            require_user_verification=True,
        )
    except UNREADABLE as wrong:
        raise WrongPasskey from wrong
    with writing() as opened:
        row = Passkey(
            id=new_id(),
            member_id=actor.id,
            credential_id=made.credential_id,
            public_key=made.credential_public_key,
            sign_count=made.sign_count,
            label=label,
        )
        opened.add(row)
        audit.record(audit.by(actor, "passkey added", "passkey", row.id))
        tell(opened.get_one(Member, actor.id), "A passkey was added to your account.")
    return row


def remove_passkey(actor: Actor, passkey_id: uuid.UUID) -> None:
    """Remove one of the actor's passkeys inside the transaction. Raises Missing."""
    row = db.session.get(Passkey, passkey_id)
    if row is None or row.member_id != actor.id:
        raise Missing
    db.session.delete(row)
    db.session.flush()
    member = db.session.get_one(Member, actor.id)
    drop_codes_without_factor(member)
    audit.record(audit.by(actor, "passkey removed", "passkey", passkey_id))
    tell(member, "A passkey was removed from your account.")


def options_to_sign_in() -> dict[str, Any]:
    """Begin a sign-in, inside the transaction; the browser finds whose passkeys it has."""
    return _options(Purpose.PASSKEY_SIGN_IN, None)


def options_to_prove(actor: Actor) -> dict[str, Any]:
    """Begin a fresh proof by one of the actor's own passkeys, inside the transaction."""
    return _options(Purpose.PASSKEY_PROOF, actor.id)


def sign_in_by_passkey(answer: Answer) -> Actor:
    """Start a sign-in. Raises WrongPasskey, for whatever was wrong."""
    with writing():
        taken = ceremonies.take(answer.token, Purpose.PASSKEY_SIGN_IN)
    return start_session(check(answer, taken, "sign-in failed"), Proof.PASSKEY)


def check(answer: Answer, taken: ceremonies.Taken | None, failed: str) -> uuid.UUID:
    """Return whose passkey answered a ceremony. Raises WrongPasskey, and writes down why.

    ``failed`` is the act under which a refusal is written down.
    """
    known = _known(answer)
    why = _why_not(known, answer, taken) if known else "passkey not known"
    if known is not None and not why:
        return known.member_id
    audit.journal(
        audit.Entry(
            act=failed,
            scheme_id=known.scheme_id if known else None,
            target="member" if known else "",
            target_id=known.member_id if known else None,
            detail=why,
        )
    )
    raise WrongPasskey


@dataclass(frozen=True, slots=True)
class _Known:
    passkey_id: uuid.UUID
    public_key: bytes
    member_id: uuid.UUID
    scheme_id: uuid.UUID


def _known(answer: Answer) -> _Known | None:
    try:
        found = find_passkey(base64url_to_bytes(answer.credential["rawId"]))
    except UNREADABLE:
        return None
    if found is None:
        return None
    passkey, member = found
    return _Known(passkey.id, passkey.public_key, member.id, member.scheme_id)


def _why_not(known: _Known, answer: Answer, taken: ceremonies.Taken | None) -> str:
    """Say in plain words why an answer is refused, or nothing where it holds."""
    if taken is None:
        return "passkey answer too late or sent twice"
    if taken.member_id not in (None, known.member_id):
        return "passkey of another person"
    try:
        if not _names_owner(known, answer, needed=taken.member_id is None):
            return "passkey names another person"
        verified = _verified(known, answer, taken.challenge)
    except UNREADABLE:
        return "passkey answer does not hold"
    return "" if _counts_on(known.passkey_id, verified.new_sign_count) else "passkey counter back"


def _names_owner(known: _Known, answer: Answer, *, needed: bool) -> bool:
    """Say whether the answer names the passkey's owner (7.2, step 6)."""
    handle = answer.credential["response"].get("userHandle")
    if not handle:
        return not needed
    return base64url_to_bytes(handle) == known.member_id.bytes


def _verified(known: _Known, answer: Answer, challenge: bytes) -> VerifiedAuthentication:
    return verify_authentication_response(
        credential=answer.credential,
        expected_challenge=challenge,
        expected_rp_id=passkey_name(),
        expected_origin=origin(),
        credential_public_key=known.public_key,
        credential_current_sign_count=0,  # compared below, under the row's lock
        require_user_verification=True,
    )


def _counts_on(passkey_id: uuid.UUID, count: int) -> bool:
    """Keep a passkey's counter, if it went on: one that goes back was copied (7.2, step 22).

    Passkeys that are synced between devices count nothing and always say 0.
    """
    with writing() as opened:
        row = opened.scalar(select(Passkey).where(Passkey.id == passkey_id).with_for_update())
        if row is None or (count <= row.sign_count and (count or row.sign_count)):
            return False
        row.sign_count, row.used_at = count, clock.now()
    return True


def _options(purpose: Purpose, member_id: uuid.UUID | None) -> dict[str, Any]:
    challenge = secrets.token_bytes(32)
    token = ceremonies.begin(purpose, member_id, challenge)
    options = generate_authentication_options(
        rp_id=passkey_name(),
        challenge=challenge,
        timeout=WAIT_MS,
        allow_credentials=_described(member_id) if member_id else [],
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return {"token": token, "options": options_to_json_dict(options)}


def _described(member_id: uuid.UUID) -> list[PublicKeyCredentialDescriptor]:
    return [PublicKeyCredentialDescriptor(id=row.credential_id) for row in passkeys_of(member_id)]
