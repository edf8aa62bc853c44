"""The bar by which each role moves about."""

from dataclasses import dataclass

from disc.access.actor import Actor, Role
from disc.access.permissions import Permission
from disc.access.policy import may_ever, permits


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
GROUP = ("/desk/members", "Group", "people")
AUDIT = ("/audit", "Audit", "audit")
REQUESTS = ("/desk/requests", "Requests", "document")

SHOP = (HOME, GALLERY, REPORT, ME)
RUNNING = (HOME, GALLERY, REPORT, DESK, ME)
BARS: dict[Role, tuple[tuple[str, str, str], ...]] = {
    Role.MEMBER: SHOP,
    Role.AUTHOR: SHOP,
    Role.INVESTIGATOR: SHOP,
    Role.GROUP_MANAGER: (HOME, GALLERY, REPORT, GROUP, ME),
    Role.SUB_ADMINISTRATOR: RUNNING,
    Role.ADMINISTRATOR: RUNNING,
    Role.BOARD: (HOME, GALLERY, BOARD, ME),
    Role.SPOC: (HOME, GALLERY, REPORT, POLICE, ME),
    Role.DPO: (HOME, AUDIT, REQUESTS, ME),
}
"""At most five: more do not fit on a phone."""


LEADS_TO = {
    DESK[0]: (
        "/people",
        "/vehicles",
        "/notices",
        "/links",
        "/prints",
        "/certify",
        "/police",
        "/evidence",
    ),
    BOARD[0]: ("/notices", "/desk/requests"),
}
"""Pages that an entry leads to, and whose addresses begin otherwise."""


def bar(actor: Actor | None, path: str) -> list[Place]:
    """Return the entries for a role, with the one marked where the reader is.

    Nobody is led anywhere while a gate holds them.
    """
    if actor is None or actor.gate is not None:
        return []
    return [
        Place(href, label, icon, primary=label == "Report", current=_within(path, href))
        for href, label, icon in BARS[actor.role]
        if _opens(actor, href)
    ]


def may_report(actor: Actor) -> bool:
    """Say whether somebody has anywhere to report from: the police only where shops let them."""
    return may_ever(actor, Permission.REPORT_INCIDENT) and (
        actor.role is not Role.SPOC or bool(actor.premises_ids)
    )


def _opens(actor: Actor, href: str) -> bool:
    if href == GALLERY[0]:
        return permits(actor, Permission.SEE_GALLERY, actor)
    if href == GROUP[0]:
        return may_ever(actor, Permission.SEE_MEMBERS)
    return href != REPORT[0] or may_report(actor)


def _within(path: str, href: str) -> bool:
    places = (href, *LEADS_TO.get(href, ()))
    return any(path == one or (one != "/" and path.startswith(one + "/")) for one in places)
