"""Statements about an actor and a target, each either true or false."""

import uuid
from typing import Any, Protocol

from disc.access.actor import LEADING, MANAGERS, Actor, Role


class OfScheme(Protocol):
    """Something that belongs to a scheme."""

    scheme_id: Any


class OfArea(OfScheme, Protocol):
    """Something that belongs to one Area."""

    area_id: Any


class OfAreas(OfScheme, Protocol):
    """Something shown in several Areas."""

    @property
    def area_ids(self) -> frozenset[uuid.UUID]:
        """The Areas in which it is shown."""


def is_of_own_scheme(actor: Actor, target: OfScheme) -> bool:
    """Other schemes' rows do not exist."""
    return bool(target.scheme_id == actor.scheme_id)


def is_in_own_area(actor: Actor, target: OfArea) -> bool:
    """Members belong to Areas; those who serve the whole scheme carry all of them."""
    return target.area_id in actor.area_ids


def is_shown_in_own_area(actor: Actor, target: OfAreas) -> bool:
    """One shared Area is enough."""
    return bool(target.area_ids & actor.area_ids)


def is_from_own_premises(actor: Actor, target: Any) -> bool:
    """A report comes from premises that the reporter belongs to, or may report for."""
    return target.premises_id in actor.premises_ids


def is_at_own_premises_unless_manager(actor: Actor, target: Any) -> bool:
    """Managers look after all premises, everybody else after their own."""
    return actor.role in MANAGERS or is_from_own_premises(actor, target)


def is_own(actor: Actor, target: Any) -> bool:
    """The person made it."""
    return bool(target.owner_id == actor.id)


def is_own_or_moderated(actor: Actor, target: Any) -> bool:
    """The person made it, or moderates the scheme."""
    return actor.role in MANAGERS or is_own(actor, target)


def is_somebody_elses_proposal(actor: Actor, target: Any) -> bool:
    """A decision needs two people."""
    return bool(target.proposed_by_id != actor.id)


def is_made_by_somebody_else(actor: Actor, target: Any) -> bool:
    """Two people, or the computer and a person, stand behind what is confirmed."""
    return bool(target.made_by_id != actor.id)


def is_an_appeal_if_board(actor: Actor, target: Any) -> bool:
    """The Board hears appeals and nothing else that the public ask."""
    return actor.role is not Role.BOARD or target.asked == "appeal"


def is_for_own_role(actor: Actor, target: Any) -> bool:
    """Whoever proposes bans does not decide the appeals against them."""
    return bool((target.asked == "appeal") == (actor.role is Role.BOARD))


def is_shared_with_police_if_police(actor: Actor, _target: Any) -> bool:
    """Police see the gallery only where the scheme's sharing agreement says so."""
    return actor.role is not Role.SPOC or actor.police_may_see_gallery


def is_shared_report_if_police(actor: Actor, target: Any) -> bool:
    """Police read what belongs to a report once a manager shared it with them."""
    return actor.role is not Role.SPOC or bool(target.is_shared)


def is_where_pictures_print(actor: Actor, _target: Any) -> bool:
    """Nothing is printed unless the scheme's settings say so."""
    return actor.prints_pictures


def is_own_or_of_own_group(actor: Actor, target: Any) -> bool:
    """The person made it, or looks after a group of whoever did."""
    return is_own(actor, target) or (
        actor.role is Role.GROUP_MANAGER and bool(actor.group_ids & target.group_ids)
    )


def is_in_own_group_if_group_manager(actor: Actor, target: Any) -> bool:
    """A Group Manager looks after people of their own groups alone."""
    return actor.role is not Role.GROUP_MANAGER or bool(actor.group_ids & target.group_ids)


def is_not_above(actor: Actor, target: Any) -> bool:
    """Nobody manages people above them: only an Administrator touches leading and managing roles.

    ``target.role`` is the role of whoever is managed. A Group Manager manages the shop floor.
    """
    if actor.role is Role.ADMINISTRATOR:
        return True
    if target.role in LEADING or target.role in MANAGERS:
        return False
    return actor.role is not Role.GROUP_MANAGER or target.role not in (
        Role.SPOC,
        Role.GROUP_MANAGER,
    )


def is_let_in_by_somebody_else(actor: Actor, target: Any) -> bool:
    """Whoever invited a leader does not confirm them, and nobody confirms themselves."""
    return actor.id not in (target.id, target.invited_by_id)


def is_contact_of(actor: Actor, target: Any) -> bool:
    """The contact of premises knows who works there; a manager may answer for them."""
    return actor.role in MANAGERS or target.contact_id == actor.id


def owns_picture(actor: Actor, target: Any) -> bool:
    """A picture belongs to the contact of its premises, and one from the police to theirs too.

    No manager owns a picture by managing.
    """
    if target.is_from_police and actor.role is Role.SPOC and is_in_own_area(actor, target):
        return True
    return bool(target.contact_id == actor.id)
