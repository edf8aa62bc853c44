"""The name and the origin under which a page was opened: passkeys belong to them."""

import ipaddress
from urllib.parse import urlsplit

from flask import request

from disc.members.errors import NoPasskeysHere


def passkey_name() -> str:
    """Return the name that passkeys belong to here. Raises NoPasskeysHere for an IP address."""
    name = urlsplit(request.host_url).hostname or ""
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return name
    raise NoPasskeysHere


def page_with_name() -> str | None:
    """Say where this page has a name, if it was opened by number on the machine itself.

    It is an empty string where nobody can say so, and None where the page has a name.
    """
    try:
        passkey_name()
    except NoPasskeysHere:
        parts = urlsplit(request.host_url)
        if not ipaddress.ip_address(parts.hostname or "").is_loopback:
            return ""
        port = f":{parts.port}" if parts.port else ""
        return f"{parts.scheme}://localhost{port}{request.path}"
    return None


def origin() -> str:
    """Return the origin of our own pages, as browsers write it."""
    return request.host_url.rstrip("/")
