"""Passwords: judged, hashed and checked off the event loop, at most two at once."""

import hashlib
import secrets
from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from flask import Flask, current_app

from config import Settings
from disc.core.errors import BadSetting
from disc.core.offload import offload
from disc.members.errors import WeakPassword
from disc.members.rules import password_problem
from disc.members.service.notices import product

AT_ONCE = BoundedSemaphore(2)
"""argon2 takes 64 MiB a check: twenty at once would take 1.3 GB."""
BREACHED_FILE = "breached-passwords.bin"
"""The operator's own list, in the instance's folder (``tools/breached_passwords.py``)."""
DIGEST_BYTES = 8
"""Of each password's SHA-1: among ten million, one other in a trillion is taken for one."""


@dataclass(frozen=True, slots=True)
class Breached:
    """A file of sorted digests of passwords that thieves have; empty where there is none."""

    digests: bytes = b""

    def __len__(self) -> int:
        """Return how many passwords it holds."""
        return len(self.digests) // DIGEST_BYTES

    def __getitem__(self, place: int) -> bytes:
        """Return one digest."""
        if not 0 <= place < len(self):
            raise IndexError(place)
        return self.digests[place * DIGEST_BYTES : (place + 1) * DIGEST_BYTES]

    def __contains__(self, password: str) -> bool:
        """Say whether the list holds a password."""
        sought = breached_digest(password)
        place = bisect_left(self, sought)
        return place < len(self) and self[place] == sought


def breached_digest(password: str) -> bytes:
    """Return what a list of breached passwords holds of one."""
    return hashlib.sha1(password.encode(), usedforsecurity=False).digest()[:DIGEST_BYTES]


def read_breached(file: Path) -> Breached:
    """Read the operator's list, if there is one. Raises BadSetting where it is no such list."""
    digests = file.read_bytes() if file.exists() else b""
    if len(digests) % DIGEST_BYTES:
        raise BadSetting(f"{file} is no list of breached passwords. Make it again.")
    return Breached(digests)


def install_passwords(app: Flask, settings: Settings) -> None:
    """Choose the cost of a hash."""
    hasher = (
        PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
        if settings.testing
        # RFC 9106's choice for little memory, 64 MiB and three passes, but in one thread: its four
        # would take both processors from the event loop, and make no sign-in quicker.
        else PasswordHasher(parallelism=1)
    )
    app.extensions["passwords"] = hasher
    app.extensions["nobody's password"] = hasher.hash(secrets.token_hex(16))
    app.extensions["breached passwords"] = read_breached(settings.instance / BREACHED_FILE)


def hash_password(password: str, words: Iterable[str] = ()) -> str:
    """Return a password's argon2id hash. Raises WeakPassword with what to do instead.

    ``words`` are what a thief who knows the person would try first. It yields: no transaction
    may stay open over it.
    """
    known = [word for word in words if word]
    score = offload(_score, password, known)
    breached = password in current_app.extensions["breached passwords"]
    breached = breached or offload(_is_common, password)
    problem = password_problem(password, score, breached=breached)
    if problem:
        raise WeakPassword(problem)
    return hash_unjudged(password)


def own_words(name: str, email: str, scheme: str) -> list[str]:
    """Return what a thief would try first: a person's name and its parts, their scheme, ours."""
    return [name, email, *name.split(), scheme, product()]


def hash_unjudged(secret: str) -> str:
    """Return the argon2id hash of a secret that has rules of its own, such as a PIN.

    It yields: no transaction may stay open over it.
    """
    with AT_ONCE:
        hashed: str = offload(current_app.extensions["passwords"].hash, secret)
    return hashed


def is_right(hashed: str | None, password: str) -> bool:
    """Say whether a password is the one that was hashed; as slowly where there is no hash.

    It yields: no transaction may stay open over it.
    """
    known = hashed or current_app.extensions["nobody's password"]
    with AT_ONCE:
        right: bool = offload(_matches, current_app.extensions["passwords"], known, password)
    return right and hashed is not None


def _score(password: str, words: list[str]) -> int:
    from zxcvbn import zxcvbn

    score: int = zxcvbn(password[:72], user_inputs=words)["score"]
    return score


def _is_common(password: str) -> bool:
    """Say whether a password is one of the 30,000 that breaches held most often."""
    return password.casefold() in _common()


@lru_cache(maxsize=1)
def _common() -> frozenset[str]:
    from zxcvbn.frequency_lists import FREQUENCY_LISTS

    return frozenset(FREQUENCY_LISTS["passwords"])


def _matches(hasher: PasswordHasher, hashed: str, password: str) -> bool:
    try:
        return hasher.verify(hashed, password)
    except (VerifyMismatchError, InvalidHashError):
        return False
