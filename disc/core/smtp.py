"""The mail server of the installation: its address, and one message handed over to it."""

import smtplib
import ssl
from dataclasses import dataclass, field
from email import policy
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from ipaddress import ip_address
from urllib.parse import parse_qs, unquote, urlsplit

from disc.core import clock
from disc.core.errors import BadSetting

SECONDS = 6.0
"""How long one answer of the server may take: an exchange has eight, and the next try of the
outbox comes after a minute at the earliest."""
FINAL = 500
"""From this reply on a server means no; below it, not now (RFC 5321, 4.2.1)."""
PORTS = {"smtp": 25, "smtps": 465}


class BadMailServer(BadSetting):
    """The setting does not name a mail server that may be used."""


class NeverAccepted(Exception):
    """The server will not take this message, however often it is tried."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MailServer:
    """Where to hand messages over, and as whom."""

    host: str
    port: int
    sender: str
    user: str = ""
    password: str = field(default="", repr=False)
    implicit_tls: bool = False
    starttls: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """One message as it goes out. ``token`` names it, the same each time that it is tried."""

    token: str
    address: str
    subject: str
    body: str = field(repr=False)


def mail_server(url: str | None, sender: str) -> MailServer | None:
    """Read ``smtp://user:password@host:587?starttls=1`` or ``smtps://host:465``; None is none.

    Raises BadMailServer, also where a password would travel in plain text.
    """
    if not url:
        return None
    parts = urlsplit(url)
    if parts.scheme not in PORTS or not parts.hostname:
        raise BadMailServer("DISC_SMTP_URL must begin with smtp:// or smtps:// and name a host.")
    server = MailServer(
        host=parts.hostname,
        port=parts.port or PORTS[parts.scheme],
        sender=sender,
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        implicit_tls=parts.scheme == "smtps",
        starttls=parse_qs(parts.query).get("starttls") == ["1"],
    )
    _check(server)
    return server


def hand_over(server: MailServer, letter: Letter) -> None:
    """Give a letter to the mail server. Raises NeverAccepted, or OSError to try again later.

    TLS is verified against the system's authorities, or those of ``SSL_CERT_FILE``.
    """
    message = compose(server.sender, letter)
    try:
        with _connect(server) as connection:
            if server.starttls:
                connection.starttls(context=ssl.create_default_context())
            if server.user:
                connection.login(server.user, server.password)
            connection.send_message(message)
    except smtplib.SMTPRecipientsRefused as refused:
        if all(_is_final(code) for code, _why in refused.recipients.values()):
            raise NeverAccepted from None
        raise
    except (smtplib.SMTPSenderRefused, smtplib.SMTPDataError) as refused:
        if _is_final(refused.smtp_code):
            raise NeverAccepted from None
        raise


def compose(sender: str, letter: Letter) -> EmailMessage:
    """Return a letter in plain text with its headers. Raises NeverAccepted for a bad address.

    The library refuses a line break in a header; an address is taken apart before it is one.
    """
    name, own = parseaddr(sender)
    message = EmailMessage(policy=policy.SMTP)
    try:
        message["From"] = Address(name, addr_spec=own)
        message["To"] = Address(addr_spec=letter.address)
        message["Subject"] = letter.subject
    except (ValueError, IndexError, MessageError) as error:
        raise NeverAccepted from error
    message["Date"] = format_datetime(clock.now())
    message["Message-ID"] = f"<{letter.token}@{own.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: nobody's absence answers it
    message.set_content(letter.body, cte="quoted-printable")
    return message


def _connect(server: MailServer) -> smtplib.SMTP:
    if server.implicit_tls:
        return smtplib.SMTP_SSL(
            server.host, server.port, timeout=SECONDS, context=ssl.create_default_context()
        )
    return smtplib.SMTP(server.host, server.port, timeout=SECONDS)


def _check(server: MailServer) -> None:
    if "@" not in parseaddr(server.sender)[1]:
        raise BadMailServer("DISC_MAIL_FROM must be an e-mail address.")
    sealed = server.implicit_tls or server.starttls
    if server.user and not sealed and not _is_here(server.host):
        raise BadMailServer("DISC_SMTP_URL has a password: use smtps:// or add ?starttls=1.")


def _is_here(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _is_final(code: int) -> bool:
    return code >= FINAL
