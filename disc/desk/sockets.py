"""Which open page of the queue is behind which socket: what it looked at is let go with it."""

import uuid
from typing import Any

from flask import current_app

from disc.access.actor import Actor
from disc.access.permissions import Permission
from disc.access.policy import may_ever
from disc.core.live import parts, this_socket, welcomes
from disc.core.rows import one_scheme
from disc.core.transaction import writing
from disc.desk.leases import let_go_of_page

Pages = dict[str, tuple[uuid.UUID, uuid.UUID]]
"""By socket: the scheme, and the page."""


@welcomes
def remember_page(actor: Actor, auth: dict[str, Any]) -> None:
    """Remember which page a socket says that it belongs to."""
    try:
        page_id = uuid.UUID(str(auth.get("page")))
    except ValueError:
        return
    if may_ever(actor, Permission.MODERATE):
        _pages()[this_socket()] = (actor.scheme_id, page_id)


@parts
def let_go(socket: str) -> None:
    """Let go of what was looked at on the page of a socket that closed."""
    scheme_id, page_id = _pages().pop(socket, (None, None))
    if scheme_id is None or page_id is None or (scheme_id, page_id) in _pages().values():
        return
    with one_scheme(scheme_id), writing():
        let_go_of_page(scheme_id, page_id)


def _pages() -> Pages:
    pages: Pages = current_app.extensions.setdefault("pages of the queue", {})
    return pages
