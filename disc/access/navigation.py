"""The bar by which each role moves about."""

from dataclasses import dataclass

from disc.access.actor import Actor, Role
from disc.access.permissions import Permission
from disc.access.policy import permits


@dataclass(frozen=True, slots=True)
class Place:
    """One entry of the bar."""

    href: str
    label: str
    icon: str
    primary: bool = False
    current: bool = False


HOME = ("/", "Home", "home")
GALLERY = ("/gallery", "Gallery", "gallery")
REPORT = ("/report", "Report", "report")
ME = ("/me", "Me", "me")
DESK = ("/desk", "Desk", "desk")
BOARD = ("/board", "Board", "board")
POLICE = ("/police", "Police", "police")

BARS: dict[Role, tuple[tuple[str, str, str], ...]] = {
    Role.MEMBER: (HOME, GALLERY, REPORT, ME),
    Role.ADMINISTRATOR: (HOME, GALLERY, REPORT, DESK, ME),
    Role.BOARD: (HOME, GALLERY, BOARD, ME),
    Role.SPOC: (HOME, GALLERY, POLICE, ME),
}


def bar(actor: Actor | None, path: str) -> list[Place]:
    """Return the entries for a role, with the one marked where the reader is."""
    if actor is None:
        return []
    return [
        Place(href, label, icon, primary=label == "Report", current=_within(path, href))
        for href, label, icon in BARS[actor.role]
        if label != "Gallery" or permits(actor, Permission.SEE_GALLERY, actor)
    ]


def _within(path: str, href: str) -> bool:
    return path == href or (href != "/" and path.startswith(href + "/"))
