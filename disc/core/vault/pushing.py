"""Web push: a message sealed for one browser (RFC 8291), and the proof of who sends it (RFC 8292).

Both are short and never change, and their vectors are in the tests; decision 59 says why no
library does this.
"""

import base64
import json
import os

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

CURVE = ec.SECP256R1()
ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
"""Of the curve's group (SEC 2, 2.4.2)."""
HALF = 32
"""Bytes of a private key, and of each half of a signature."""
SECRET_BYTES = 2 * HALF
AUTH_BYTES = 16
SALT_BYTES = 16
RECORD_BYTES = 4096
PADDED_BYTES = 1024
"""Every message is this long before it is sealed, so that its length tells nothing."""
LAST = b"\x02"
"""What ends the words in the last record; nought bytes follow (RFC 8188, 2)."""


class PushKey:
    """The installation's own key at every push service (VAPID)."""

    def __init__(self, secret: bytes) -> None:
        """Make the key of 64 secret bytes: so many that no private key is likelier than another.

        That is the way of FIPS 186-5, A.2.1.
        """
        if len(secret) < SECRET_BYTES:
            raise ValueError("the secret of a push key is too short")
        number = int.from_bytes(secret, "big") % (ORDER - 1) + 1
        self._private = ec.derive_private_key(number, CURVE)

    def public(self) -> str:
        """Return the public half as browsers and push services take it."""
        return to_text(_point(self._private))

    def token(self, audience: str, contact: str, expires: int) -> str:
        """Return a signed statement of who sends to a push service's origin.

        ``contact`` is a mailto: or https: address; ``expires`` is in seconds since 1970.
        """
        claims = {"aud": audience, "exp": expires, "sub": contact}
        stated = f"{_json({'typ': 'JWT', 'alg': 'ES256'})}.{_json(claims)}"
        signature = self._private.sign(stated.encode(), ec.ECDSA(hashes.SHA256()))
        first, second = decode_dss_signature(signature)
        halves = first.to_bytes(HALF, "big") + second.to_bytes(HALF, "big")
        return f"{stated}.{to_text(halves)}"


def seal_push(plain: bytes, public: bytes, secret: bytes) -> bytes:
    """Seal a message for the browser whose public key and shared secret these are.

    Raises ValueError for a key that is no point of the curve, or too many bytes.
    """
    if len(plain) >= PADDED_BYTES:
        raise ValueError("a message to a phone is a short one")
    padded = plain + LAST + bytes(PADDED_BYTES - len(plain) - 1)
    own = ec.generate_private_key(CURVE)
    return sealed_record(padded, public, secret, own=own, salt=os.urandom(SALT_BYTES))


def sealed_record(
    padded: bytes,
    public: bytes,
    secret: bytes,
    *,
    own: ec.EllipticCurvePrivateKey,
    salt: bytes,
) -> bytes:
    """Seal one padded record with a key and a salt that are used this once (RFC 8291, 3)."""
    theirs = ec.EllipticCurvePublicKey.from_encoded_point(CURVE, public)
    shared, here = own.exchange(ec.ECDH(), theirs), _point(own)
    agreed = _derived(shared, secret, b"WebPush: info\0" + public + here, HALF)
    key = _derived(agreed, salt, b"Content-Encoding: aes128gcm\0", 16)
    nonce = _derived(agreed, salt, b"Content-Encoding: nonce\0", 12)
    header = salt + RECORD_BYTES.to_bytes(4, "big") + bytes([len(here)]) + here
    return header + AESGCM(key).encrypt(nonce, padded, None)


def are_browser_keys(public: bytes, secret: bytes) -> bool:
    """Say whether a browser could have made these: a point of the curve, and 16 bytes."""
    try:
        ec.EllipticCurvePublicKey.from_encoded_point(CURVE, public)
    except ValueError:
        return False
    return len(secret) == AUTH_BYTES


def to_text(raw: bytes) -> str:
    """Write bytes in base64url without padding."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def from_text(text: str) -> bytes:
    """Read base64url with or without padding. Raises ValueError."""
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)


def _json(value: dict[str, object]) -> str:
    return to_text(json.dumps(value, separators=(",", ":")).encode())


def _point(private: ec.EllipticCurvePrivateKey) -> bytes:
    return private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def _derived(key: bytes, salt: bytes, info: bytes, length: int) -> bytes:
    return HKDF(algorithm=hashes.SHA256(), length=length, salt=salt, info=info).derive(key)
