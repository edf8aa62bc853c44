"""What is kept of the secret tokens that are given out."""

import hashlib


def digest(token: str) -> bytes:
    """Return what is kept of a secret token; it is random, so a plain digest will do."""
    return hashlib.sha256(token.encode()).digest()
