"""Boxes that a phone seals to the server's public key, so that nobody opens them on the phone.

X25519 with a key that the phone makes for one part of one box and forgets, HKDF-SHA256 (RFC 5869)
and AES-256-GCM: what HPKE does (RFC 9180), in steps that browsers offer (``static/js/boxes.js``).
"""

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from disc.core.vault.sealing import KEY_BYTES, NONCE_BYTES, TAG_BYTES, DoesNotOpen

BOX_VERSION = 1
POINT_BYTES = 32
BOX_OVERHEAD = 1 + POINT_BYTES + TAG_BYTES
"""Bytes by which a sealed part is longer than what is in it."""


def new_box_pair() -> tuple[bytes, bytes]:
    """Return a new private key and its public half, 32 bytes each."""
    private = X25519PrivateKey.generate()
    raw = serialization.Encoding.Raw
    plain = private.private_bytes(
        raw, serialization.PrivateFormat.Raw, serialization.NoEncryption()
    )
    return plain, private.public_key().public_bytes(raw, serialization.PublicFormat.Raw)


def open_box(private: bytes, sealed: bytes, context: str) -> bytes:
    """Open one part of a box: a version, the phone's point, and what AES-GCM made.

    Raises DoesNotOpen for another key, another context, or a part that was changed.
    """
    point, body = sealed[1 : 1 + POINT_BYTES], sealed[1 + POINT_BYTES :]
    if sealed[:1] != bytes([BOX_VERSION]) or len(body) < TAG_BYTES:
        raise DoesNotOpen
    ours = X25519PrivateKey.from_private_bytes(private)
    public = ours.public_key().public_bytes(
        serialization.Encoding.Raw, serialization.PublicFormat.Raw
    )
    bound = f"box|{BOX_VERSION}|{context}".encode()
    try:
        shared = ours.exchange(X25519PublicKey.from_public_bytes(point))
        made = HKDF(hashes.SHA256(), KEY_BYTES + NONCE_BYTES, point + public, bound).derive(shared)
        return AESGCM(made[:KEY_BYTES]).decrypt(made[KEY_BYTES:], body, bound)
    except (InvalidTag, ValueError) as error:  # a point of small order is a ValueError
        raise DoesNotOpen from error
