"""A mail server on this machine that keeps what it is given."""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from flask import Flask

from disc.core.smtp import mail_server
from tests.whole_app.servers import free_port

SENDER = "no-reply@watch.example.org"
PASSWORD = "p@ss word"


class Post:
    """What a mail server took in, and what it answers."""

    def __init__(self) -> None:
        self.taken: list[EmailMessage] = []
        self.readers: list[list[str]] = []
        self.sealed: list[bool] = []
        self.answer = "250 OK"

    def words(self) -> str:
        """Return what the newest letter says."""
        words: str = self.taken[-1].get_content()
        return words

    async def handle_RCPT(  # noqa: N802 - the library's name
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: Any
    ) -> str:
        if self.answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.answer

    async def handle_DATA(  # noqa: N802 - as above
        self, _server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        assert isinstance(envelope.content, bytes)
        self.taken.append(message_from_bytes(envelope.content, policy=policy.default))
        self.readers.append(envelope.rcpt_tos)
        self.sealed.append(session.ssl is not None)
        return "250 OK"


@contextmanager
def post_office(
    app: Flask, sender: str = SENDER, context: ssl.SSLContext | None = None
) -> Iterator[Post]:
    """Tell the application of a mail server; with a context it asks for TLS and a password."""
    taken, port = Post(), free_port()
    sealed = {
        "tls_context": context,
        "require_starttls": True,
        "auth_required": True,
        "authenticator": _only_one_password,
    }
    more = sealed if context else {}
    server = Controller(taken, hostname="127.0.0.1", port=port, **more)
    server.start()
    who, how = ("us%40example.org:p%40ss%20word@", "?starttls=1") if context else ("", "")
    app.extensions["smtp"] = mail_server(f"smtp://{who}127.0.0.1:{port}{how}", sender)
    try:
        yield taken
    finally:
        app.extensions["smtp"] = None
        server.stop()


def _only_one_password(
    _server: SMTP, _session: Session, _envelope: Envelope, _way: str, given: Any
) -> AuthResult:
    right = isinstance(given, LoginPassword) and given.password == PASSWORD.encode()
    return AuthResult(success=right)
