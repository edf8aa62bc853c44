"""Greets a new socket with the alerts that it missed."""

from typing import Any

from flask_socketio import emit

from disc.access.actor import Actor
from disc.access.permissions import Permission
from disc.access.policy import permits
from disc.alerts.queries import audience, missed, news
from disc.core.live import welcomes


@welcomes
def replay(actor: Actor, auth: dict[str, Any]) -> None:
    """Send the open alerts raised since the newest that the client says it has."""
    for alert in missed(actor, auth.get("after")):
        if permits(actor, Permission.SEE_ALERT, audience(alert)):
            emit("alert", news(alert))
