"""A phone in Python: it packs and seals boxes as ``static/js/boxes.js`` does."""

import base64
import hashlib
import json
import re
import struct
import uuid
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from werkzeug.test import TestResponse

from disc.boxes.rules import CHUNK
from disc.core import clock
from tests.browsers import Browser, _as_server

OFFERED = re.compile(r'data-(scheme|key-id|public|stamp|now)="([^"]*)"')


def seal_part(public: bytes, plain: bytes, context: str, private: bytes | None = None) -> bytes:
    """Seal a part as a phone does; ``private`` is the phone's own key, for known answers."""
    raw = serialization.Encoding.Raw, serialization.PublicFormat.Raw
    ours = X25519PrivateKey.from_private_bytes(private) if private else X25519PrivateKey.generate()
    point = ours.public_key().public_bytes(*raw)
    bound = f"box|1|{context}".encode()
    shared = ours.exchange(X25519PublicKey.from_public_bytes(public))
    made = HKDF(hashes.SHA256(), 44, point + public, bound).derive(shared)
    return b"\x01" + point + AESGCM(made[:32]).encrypt(made[32:], plain, bound)


@dataclass
class Phone:
    """One phone, with what the report page gave it."""

    browser: Browser
    offer: dict[str, str]

    def seal(self, box: "Packed", number: int, plain: bytes) -> bytes:
        context = f"{self.offer['scheme']}|{self.offer['key-id']}|{box.id}|{number}"
        return seal_part(base64.b64decode(self.offer["public"]), plain, context)

    def send(self, box: "Packed", browser: Browser | None = None, **headers: str) -> TestResponse:
        """Send the report of a box."""
        sealed = self.seal(box, 0, box.first(self.offer["stamp"]))
        return self.put(f"/report/boxes/{box.id}", sealed, browser, **headers)

    def send_part(self, box: "Packed", number: int) -> TestResponse:
        sealed = self.seal(box, number, box.parts()[number - 1])
        return self.put(f"/report/boxes/{box.id}/{number}", sealed)

    def put(
        self, path: str, sealed: bytes, browser: Browser | None = None, **headers: str
    ) -> TestResponse:
        told = {
            "X-Stamp": self.offer["stamp"],
            "X-Box-Key": self.offer["key-id"],
            "Accept": "application/json",
            **{name.replace("_", "-"): value for name, value in headers.items()},
        }
        client = (browser or self.browser).client
        return _as_server(client.put, path, data=sealed, headers=told)


@dataclass
class Packed:
    """One report as a phone keeps it; ``photos`` are (small copy, original)."""

    fields: dict[str, Any]
    photos: list[tuple[bytes, bytes]] = field(default_factory=list)
    id: uuid.UUID = field(default_factory=uuid.uuid4)
    clock_off: int = 0
    saved_at: int = field(default_factory=lambda: int(clock.now().timestamp() * 1000))

    def first(self, stamp: str) -> bytes:
        told = {
            "stamp": stamp,
            "fields": [
                [name, str(one)]
                for name, value in self.fields.items()
                for one in (value if isinstance(value, list) else [value])
            ],
            "saved_at": self.saved_at,
            "clock_off": self.clock_off,
            "photos": [
                {
                    "field": "pictures",
                    "name": "a.jpg",
                    "size": len(original),
                    "sha256": hashlib.sha256(original).hexdigest(),
                    "small": len(small),
                    "whole": small == original,
                }
                for small, original in self.photos
            ],
        }
        head = json.dumps(told).encode()
        return struct.pack(">I", len(head)) + head + b"".join(one for one, _ in self.photos)

    def parts(self) -> list[bytes]:
        """Return the parts of the originals, in order."""
        return [
            original[start : start + CHUNK]
            for small, original in self.photos
            if small != original
            for start in range(0, len(original), CHUNK)
        ]


def phone_of(browser: Browser) -> Phone:
    """Load the report page, as somebody who is signed in, and keep what it offers."""
    page = browser.get("/report").text
    return Phone(browser, dict(OFFERED.findall(page)))
