"""Sealing with AES-256-GCM: short values whole, files in chunks that cannot be cut or reordered."""

import hashlib
import hmac
import os
import struct

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_BYTES = 32
NONCE_BYTES = 12
TAG_BYTES = 16
CHUNK = 1024 * 1024
"""Plain bytes in one chunk of a sealed file."""
PREFIX_BYTES = 7
MAGIC = b"DSC1"


class DoesNotOpen(Exception):
    """A sealed value was changed, moved to another row, or belongs to another key."""


def new_key() -> bytes:
    """Return 32 random bytes."""
    return os.urandom(KEY_BYTES)


def seal(key: bytes, plain: bytes, context: str) -> bytes:
    """Seal a short value; it opens only with the same key and the same context."""
    nonce = os.urandom(NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, plain, context.encode())


def open_sealed(key: bytes, sealed: bytes, context: str) -> bytes:
    """Open a short value. Raises DoesNotOpen when it is not what was sealed here."""
    try:
        return AESGCM(key).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], context.encode())
    except (InvalidTag, ValueError) as error:
        raise DoesNotOpen from error


def seal_stream(key: bytes, plain: bytes, context: str) -> bytes:
    """Seal a file in chunks of 1 MiB (the STREAM construction of Hoang and others, 2015).

    Each nonce is a random prefix, the chunk's number and whether it is the last, so that a
    file cut short, reordered or mixed with another does not open.
    """
    prefix = os.urandom(PREFIX_BYTES)
    cipher, aad = AESGCM(key), context.encode()
    parts = [MAGIC, prefix]
    pieces = [plain[start : start + CHUNK] for start in range(0, max(len(plain), 1), CHUNK)]
    for number, piece in enumerate(pieces):
        nonce = _nonce(prefix, number, last=number == len(pieces) - 1)
        parts.append(cipher.encrypt(nonce, piece, aad))
    return b"".join(parts)


def open_stream(key: bytes, sealed: bytes, context: str) -> bytes:
    """Open a sealed file whole. Raises DoesNotOpen when any part of it is not as it was sealed."""
    header = len(MAGIC) + PREFIX_BYTES
    if sealed[: len(MAGIC)] != MAGIC or len(sealed) < header + TAG_BYTES:
        raise DoesNotOpen
    prefix, body = sealed[len(MAGIC) : header], memoryview(sealed)[header:]
    cipher, aad, size = AESGCM(key), context.encode(), CHUNK + TAG_BYTES
    count = -(-len(body) // size)
    try:
        return b"".join(
            cipher.decrypt(
                _nonce(prefix, number, last=number == count - 1),
                body[number * size : (number + 1) * size],
                aad,
            )
            for number in range(count)
        )
    except (InvalidTag, ValueError) as error:
        raise DoesNotOpen from error


def _nonce(prefix: bytes, number: int, *, last: bool) -> bytes:
    return prefix + struct.pack(">I?", number, last)


def token(key: bytes, kind: str, value: str) -> bytes:
    """Return a keyed digest by which an exact value can be found without being stored."""
    return hmac.new(key, f"{kind}\0{value}".encode(), hashlib.sha256).digest()
