"""One request to a stranger's server: only over TLS, only to a public address, never further.

An address that somebody typed could lead into our own network (SSRF). So the name is looked up
once, every address that it has must be public, and the connection goes to the very address that
was looked at. A redirect is an answer like any other: nobody follows it.
"""

import http.client
import socket
import ssl
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from threading import Timer
from urllib.parse import urlsplit

from disc.core.errors import BadSetting

SECONDS = 5.0
"""How long a server may take over one step of the exchange."""
SECONDS_IN_ALL = 12.0
"""After this the connection is cut: a server may not hold us by sending a byte now and then."""
HTTPS = 443
LONGEST = 400
TRANSLATED = ip_network("64:ff9b::/96")
"""Behind such an address is another one, in its last 32 bits (NAT64, RFC 6052)."""


class NotCalled(Exception):
    """The server was not reached, or may not be; the sentence says why, without its words."""


class BadAddress(BadSetting):
    """The address is none that we call."""


@dataclass(frozen=True, slots=True)
class Target:
    """A server that may be called: its name, and the address that was looked at."""

    host: str
    address: str
    port: int
    path: str
    tls: bool


def look_up(url: str, *, loopback: bool = False) -> Target:
    """Return the server that an address names. Raises BadAddress; it asks the network for names.

    ``loopback`` lets this machine be called too, on any port and without TLS: for tests.
    """
    if len(url) > LONGEST or not url.isascii() or any(one <= " " for one in url):
        raise BadAddress(f"Use plain letters and at most {LONGEST} characters.")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise BadAddress("That is no web address.") from error
    if not parts.hostname or parts.username is not None or parts.fragment:
        raise BadAddress("Type the whole address, without a name or password in it.")
    tls = parts.scheme == "https"
    if not (tls and port in (None, HTTPS)) and not loopback:
        raise BadAddress("The address must begin with https:// and use port 443.")
    port = port or (HTTPS if tls else http.client.HTTP_PORT)
    found = _addresses(parts.hostname, port)
    if not all(is_public(one) or (loopback and ip_address(one).is_loopback) for one in found):
        raise BadAddress("That server is not on the public internet.")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(parts.hostname, found[0], port, path, tls)


def is_public(address: str) -> bool:
    """Say whether an address belongs to the public internet, and so does any other inside it."""
    ip = ip_address(address.partition("%")[0])
    if isinstance(ip, IPv6Address):
        return _is_public_6(ip)
    return ip.is_global and not ip.is_multicast


def post(url: str, body: bytes, headers: Mapping[str, str], *, loopback: bool = False) -> int:
    """Post to a server and return the status that it answered. Raises NotCalled.

    What it says besides is not read.
    """
    try:
        target = look_up(url, loopback=loopback)
        return _exchange(target, body, headers)
    except BadAddress as refused:
        raise NotCalled(str(refused)) from None
    except ssl.SSLError:
        raise NotCalled("The certificate of the server does not hold.") from None
    except TimeoutError:
        raise NotCalled("The server did not answer in time.") from None
    except (OSError, http.client.HTTPException):
        raise NotCalled("The server could not be reached.") from None


def _is_public_6(ip: IPv6Address) -> bool:
    if ip.teredo:
        return False
    inner: IPv4Address | None = ip.ipv4_mapped or ip.sixtofour
    if ip in TRANSLATED:
        inner = IPv4Address(int(ip) & 0xFFFFFFFF)
    if inner is not None:
        return is_public(str(inner))
    return ip.is_global and not (ip.is_multicast or ip.is_site_local)


def _addresses(host: str, port: int) -> list[str]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise BadAddress("We cannot find that server.") from error
    return [str(one[4][0]) for one in found]


class _Pinned(http.client.HTTPConnection):
    """A connection to an address that was looked at, under the name that its certificate has."""

    def __init__(self, target: Target) -> None:
        super().__init__(target.host, target.port, timeout=SECONDS)
        self._target = target

    def connect(self) -> None:
        """Connect without looking the name up again."""
        target = self._target
        self.sock = socket.create_connection((target.address, target.port), SECONDS)
        if target.tls:
            context = ssl.create_default_context()
            wrapped = context.wrap_socket(
                self.sock, server_hostname=target.host, do_handshake_on_connect=False
            )
            self.sock = wrapped  # from here the cut-off finds it, also in its handshake
            wrapped.do_handshake()


def _exchange(target: Target, body: bytes, headers: Mapping[str, str]) -> int:
    connection = _Pinned(target)
    cut = Timer(SECONDS_IN_ALL, _cut, (connection,))
    cut.daemon = True
    cut.start()
    try:
        connection.request("POST", target.path, body, dict(headers))
        return connection.getresponse().status
    finally:
        cut.cancel()
        connection.close()


def _cut(connection: http.client.HTTPConnection) -> None:
    """End an exchange under the one who waits for it: closing alone would not wake them."""
    if connection.sock is not None:
        with suppress(OSError):
            connection.sock.shutdown(socket.SHUT_RDWR)
