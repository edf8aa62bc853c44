"""One-time codes of an app beside the password (TOTP, RFC 6238)."""

import base64
import hashlib
import hmac

import pyotp
import segno
from markupsafe import Markup

from disc.access.actor import Actor
from disc.core import audit, clock
from disc.core.database import db
from disc.core.keys import keyring
from disc.members.errors import StartAgain, WrongCode
from disc.members.models import Member
from disc.members.proving import ceremonies
from disc.members.proving.ceremonies import Purpose
from disc.members.proving.recovery import drop_codes_without_factor
from disc.members.queries import find_ceremony, locked_member
from disc.members.rules import CODE_DRIFT, step_of_code
from disc.members.service import digest
from disc.members.service.notices import product, tell

SECRET_BYTES = 20
"""As many as the HMAC's own digest (RFC 4226, 4, R6)."""


def begin_codes(actor: Actor) -> str:
    """Begin setting up an app, inside the transaction, and return the token of it."""
    return ceremonies.begin(Purpose.CODE_NEW, actor.id)


def new_secret(actor: Actor, token: str) -> str:
    """Return the secret that an app is being set up with. Raises StartAgain.

    It follows from the token and a key of the server: until one code of it was typed it is kept
    nowhere, and so not in plain text either.
    """
    begun = find_ceremony(digest(token), Purpose.CODE_NEW)
    if begun is None or begun.member_id != actor.id:
        raise StartAgain
    key = keyring().source.derive("new one-time codes")
    made = hmac.new(key, token.encode(), hashlib.sha256).digest()[:SECRET_BYTES]
    return base64.b32encode(made).decode()


def picture_of(secret: str, email: str) -> Markup:
    """Draw the code that an app reads off the screen; black on white in dark rooms as well."""
    address = pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name=product())
    drawn = segno.make(address, micro=False).svg_inline(
        scale=5, border=4, light="#fff", title="QR code for your app", omitsize=True
    )
    return Markup(drawn)  # noqa: S704 # nosec B704 - numbers of a path; no text of ours is in it


def keep_codes(actor: Actor, token: str, typed: str) -> None:
    """Keep a new app's secret inside the transaction, once it made a right code.

    Raises WrongCode, and StartAgain.
    """
    secret, member = new_secret(actor, token), locked_member(actor.id)
    step = _step(secret, typed, after=None)
    if member is None or step is None:
        raise WrongCode
    ceremonies.take(token, Purpose.CODE_NEW)
    member.totp, member.totp_step = secret, step
    audit.record(audit.by(actor, "one-time codes set up", "member", actor.id))
    tell(member, "An app for one-time codes was added to your account.")


def remove_codes(actor: Actor) -> None:
    """Forget the app of the actor, inside the transaction."""
    member = db.session.get_one(Member, actor.id)
    if member.totp_sealed is None:
        return
    member.totp_sealed = member.totp_step = None
    db.session.flush()
    drop_codes_without_factor(member)
    audit.record(audit.by(actor, "one-time codes removed", "member", actor.id))
    tell(member, "The app for one-time codes was removed from your account.")


def take_code(member: Member, typed: str) -> bool:
    """Say whether a code is right and new; it is then used up. The member's row is locked."""
    if member.totp_sealed is None:
        return False
    step = _step(member.totp, typed, after=member.totp_step)
    if step is None:
        return False
    member.totp_step = step
    return True


def _step(secret: str, typed: str, *, after: int | None) -> int | None:
    """Return the half minute that a code is of, if it is later than the last one taken."""
    otp, now = pyotp.TOTP(secret), step_of_code(clock.now())
    digits = "".join(typed.split())
    for step in range(now - CODE_DRIFT, now + CODE_DRIFT + 1):
        right = hmac.compare_digest(otp.generate_otp(step).encode(), digits.encode())
        if right and (after is None or step > after):
            return step
    return None
