"""A push service on this machine, and browsers that take its messages and open them."""

import base64
import contextlib
import json
import os
import threading
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from flask import Flask

from disc.core import clock
from disc.core.push import Pusher
from disc.core.vault import PushKey
from tests.browsers import Browser

CONTACT = "https://watch.example.org"


@dataclass
class Phone:
    """A browser's own half of a subscription."""

    endpoint: str
    private: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )
    secret: bytes = field(default_factory=lambda: os.urandom(16))

    def told(self, **more: Any) -> dict[str, Any]:
        """Return what PushSubscription.toJSON() gives a page."""
        point = self.private.public_key().public_bytes(
            Encoding.X962, PublicFormat.UncompressedPoint
        )
        keys = {"p256dh": text(point), "auth": text(self.secret)}
        return {"endpoint": self.endpoint, "expirationTime": None, "keys": keys, **more}

    def open(self, body: bytes) -> bytes:
        """Open a message as browsers do (RFC 8291, 3.4), without its padding."""
        salt, record, length = body[:16], int.from_bytes(body[16:20], "big"), body[20]
        assert record >= len(body) - 21 - length
        sender, sealed = body[21 : 21 + length], body[21 + length :]
        theirs = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), sender)
        own = self.private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        shared = self.private.exchange(ec.ECDH(), theirs)
        agreed = derived(shared, self.secret, b"WebPush: info\0" + own + sender, 32)
        key = derived(agreed, salt, b"Content-Encoding: aes128gcm\0", 16)
        nonce = derived(agreed, salt, b"Content-Encoding: nonce\0", 12)
        plain = AESGCM(key).decrypt(nonce, sealed, None).rstrip(b"\0")
        assert plain.endswith(b"\x02")
        return plain[:-1]


@dataclass
class Taken:
    """One message that the service took."""

    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Service:
    """A push service: what it took, and what it answers next."""

    port: int = 0
    taken: list[Taken] = field(default_factory=list)
    status: int = 201
    headers: dict[str, str] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    key: str = ""
    """The public key under which its browsers subscribed."""

    def phone(self) -> Phone:
        return Phone(f"http://127.0.0.1:{self.port}/push/{uuid.uuid4().hex}")

    def take(self, path: str, headers: dict[str, str], body: bytes) -> None:
        """Take a message, or note why a real service would not."""
        self.taken.append(Taken(path, headers, body))
        try:
            self._check(headers)
        except Exception as error:  # noqa: BLE001 - the test's own thread tells it
            self.problems.append(repr(error))

    def _check(self, headers: dict[str, str]) -> None:
        kind, _, parts = headers["authorization"].partition(" ")
        given = dict(part.strip().split("=", 1) for part in parts.split(","))
        assert (kind, given["k"]) == ("vapid", self.key)
        stated, _, signature = given["t"].rpartition(".")
        head, claims = (json.loads(raw(part)) for part in stated.split("."))
        assert head == {"typ": "JWT", "alg": "ES256"}
        assert claims["aud"] == f"http://127.0.0.1:{self.port}"
        assert claims["sub"] == CONTACT
        assert 0 < claims["exp"] - clock.now().timestamp() <= 24 * 3600
        public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), raw(given["k"]))
        halves = raw(signature)
        der = encode_dss_signature(
            int.from_bytes(halves[:32], "big"), int.from_bytes(halves[32:], "big")
        )
        public.verify(der, stated.encode(), ec.ECDSA(hashes.SHA256()))
        assert headers["content-encoding"] == "aes128gcm"
        assert int(headers["ttl"]) > 0


@contextlib.contextmanager
def push_service(app: Flask) -> Iterator[Service]:
    """Let the application send to phones of a service on this machine."""
    service = Service()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            service.take(self.path, {k.lower(): v for k, v in self.headers.items()}, body)
            self.send_response(service.status)
            for name, value in {"Content-Length": "0", **service.headers}.items():
                self.send_header(name, value)
            self.end_headers()

        def log_message(self, *_args: object) -> None:
            """Keep the tests' output clean."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    service.port = server.server_port
    source = app.extensions["keyring"].source
    key = PushKey(source.derive("push, first half") + source.derive("push, second half"))
    service.key = key.public()
    before = app.extensions["pusher"]
    app.extensions["pusher"] = Pusher(key=key, contact=CONTACT, loopback=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield service
    finally:
        app.extensions["pusher"] = before
        server.shutdown()
        server.server_close()
        thread.join()


def turn_on(browser: Browser, phone: Phone) -> str:
    """Turn messages on in a browser, and return what it keeps of that."""
    answer = browser.post_json("/me/messages", phone.told())
    assert answer.status_code == 200, answer.text
    return answer.get_json()["phone"]


def text(plain: bytes) -> str:
    return base64.urlsafe_b64encode(plain).rstrip(b"=").decode()


def raw(written: str) -> bytes:
    return base64.urlsafe_b64decode(written + "=" * (-len(written) % 4))


def derived(key: bytes, salt: bytes, info: bytes, length: int) -> bytes:
    return HKDF(algorithm=hashes.SHA256(), length=length, salt=salt, info=info).derive(key)
