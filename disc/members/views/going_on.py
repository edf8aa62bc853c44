"""What pages of sign-in share: where a person goes on to, and what a script sent."""

from typing import Any
from urllib.parse import urlsplit

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from disc.core.typed import carried


def go_on(address: str | None) -> ResponseReturnValue:
    """Lead to where the person was going; words that they typed can be sent from a page."""
    if typed := carried():
        path = own_page(address)
        return render_template("members/send_typed.html", path=path, typed=typed)
    return redirect(own_page(address))


def own_page(address: str | None) -> str:
    """Return an address on this site only: a link in an e-mail must not lead elsewhere."""
    try:
        parts = urlsplit(address or "")
    except ValueError:  # such as one whose bracket is never closed
        return url_for("desk.home")
    own = parts.path.startswith("/") and not parts.path.startswith("//")
    if parts.scheme or parts.netloc or not own or "\\" in parts.path:
        return url_for("desk.home")
    return parts.path + (f"?{parts.query}" if parts.query else "")


def told() -> dict[str, Any]:
    """Return what a script of ours sent; nothing, where it is no record at all."""
    sent = request.get_json(silent=True)
    return sent if isinstance(sent, dict) else {}
