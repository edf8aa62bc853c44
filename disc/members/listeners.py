"""A sign-in that was ended closes its sockets in every server process."""

from disc.core.live import live
from disc.core.outbox import Lane, hears
from disc.members.events import SessionEnded


@hears(SessionEnded, Lane.LIVE)
def close_sockets(ended: SessionEnded) -> None:
    """Tell every process to drop the sockets of a sign-in."""
    live().tell("dropped", session_id=ended.session_id)
