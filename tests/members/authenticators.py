"""A passkey's device in software: its registrations and answers are real, and it can lie."""

import base64
import hashlib
import json
import secrets
import struct
from dataclasses import dataclass, field
from typing import Any

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

from tests.browsers import Browser

ORIGIN = "http://localhost"
USER_PRESENT, USER_VERIFIED, ATTESTED = 0x01, 0x04, 0x40


def b64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def unb64(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


@dataclass
class Authenticator:
    """One credential of one person, kept in a phone."""

    origin: str = ORIGIN
    rp_id: str | None = None
    """Another name than the one it was asked for, if set."""
    verifies: bool = True
    count: int = 1
    step: int = 1
    """How far its counter goes with each answer; one that is synced counts nothing."""
    key: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )
    credential_id: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    user_handle: bytes = b""

    def create(self, options: dict[str, Any]) -> dict[str, Any]:
        """Make a new credential, as ``navigator.credentials.create`` does."""
        self.user_handle = unb64(options["user"]["id"])
        numbers = self.key.public_key().public_numbers()
        public = cbor2.dumps(
            {
                1: 2,
                3: -7,
                -1: 1,
                -2: numbers.x.to_bytes(32, "big"),
                -3: numbers.y.to_bytes(32, "big"),
            }
        )
        held = bytes(16) + struct.pack(">H", len(self.credential_id)) + self.credential_id + public
        data = self._data(options["rp"]["id"], held)
        attestation = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        client = self._client("webauthn.create", options["challenge"])
        return self._credential(clientDataJSON=client, attestationObject=attestation)

    def get(self, options: dict[str, Any]) -> dict[str, Any]:
        """Answer a challenge, as ``navigator.credentials.get`` does."""
        self.count += self.step
        client = self._client("webauthn.get", options["challenge"])
        data = self._data(options["rpId"])
        signature = self.key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(SHA256()))
        return self._credential(
            clientDataJSON=client,
            authenticatorData=data,
            signature=signature,
            userHandle=self.user_handle,
        )

    def _data(self, rp_id: str, held: bytes = b"") -> bytes:
        flags = USER_PRESENT | (USER_VERIFIED if self.verifies else 0) | (ATTESTED if held else 0)
        named = hashlib.sha256((self.rp_id or rp_id).encode()).digest()
        return named + struct.pack(">BI", flags, self.count) + held

    def _client(self, kind: str, challenge: str) -> bytes:
        told = {"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": False}
        return json.dumps(told).encode()

    def _credential(self, **response: bytes) -> dict[str, Any]:
        return {
            "id": b64(self.credential_id),
            "rawId": b64(self.credential_id),
            "type": "public-key",
            "response": {name: b64(value) for name, value in response.items() if value},
        }


def register(browser: Browser, device: Authenticator, label: str = "My phone") -> Any:
    """Add a passkey on the page of somebody who is signed in; return the answer."""
    browser.get("/me/security")
    begun = browser.post_json("/me/security/passkeys/options", {})
    assert begun.status_code == 200, begun.text
    told = begun.get_json()
    made = {"token": told["token"], "credential": device.create(told["options"]), "label": label}
    return browser.post_json("/me/security/passkeys", made)


def challenge(browser: Browser) -> dict[str, Any]:
    """Ask for a challenge on the page to sign in."""
    browser.get("/sign-in")
    begun = browser.post_json("/sign-in/passkey/options", {})
    assert begun.status_code == 200, begun.text
    told: dict[str, Any] = begun.get_json()
    return told


def enter(browser: Browser, device: Authenticator) -> Any:
    """Sign in by passkey; return the answer."""
    told = challenge(browser)
    answer = {"token": told["token"], "credential": device.get(told["options"])}
    return browser.post_json("/sign-in/passkey", answer)
