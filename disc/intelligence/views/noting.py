"""Writing down whom a page names, before it is sent."""

from collections.abc import Iterable

from disc.access.actor import Actor
from disc.access.guard import note_seen
from disc.core import audit
from disc.intelligence.queries import End


def note_ends(actor: Actor, act: str, ends: Iterable[End]) -> None:
    """Note that a page shows some people and vehicles; one that shows nobody is noted too."""
    for one in ends:
        note_seen(audit.by(actor, act, "vehicle" if one.is_vehicle else "subject", one.id))
