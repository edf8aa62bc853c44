"""Statements about an actor and a target, each either true or false."""

import uuid
from typing import Any, Protocol

from disc.access.actor import Actor, Role


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
    """Members belong to Areas; the Administrator's and the Board's actors carry all of them."""
    return target.area_id in actor.area_ids


def is_shown_in_own_area(actor: Actor, target: OfAreas) -> bool:
    """One shared Area is enough."""
    return bool(target.area_ids & actor.area_ids)


def is_from_own_premises(actor: Actor, target: Any) -> bool:
    """A report comes from premises that the reporter belongs to."""
    return target.premises_id in actor.premises_ids


def is_own(actor: Actor, target: Any) -> bool:
    """The person made it."""
    return bool(target.owner_id == actor.id)


def is_own_or_moderated(actor: Actor, target: Any) -> bool:
    """The person made it, or moderates the scheme."""
    return actor.role is Role.ADMINISTRATOR or is_own(actor, target)


def is_somebody_elses_proposal(actor: Actor, target: Any) -> bool:
    """A decision needs two people."""
    return bool(target.proposed_by_id != actor.id)


def is_an_appeal_if_board(actor: Actor, target: Any) -> bool:
    """The Board hears appeals and nothing else that the public ask."""
    return actor.role is not Role.BOARD or target.asked == "appeal"


def is_for_own_role(actor: Actor, target: Any) -> bool:
    """Whoever proposes bans does not decide the appeals against them."""
    return bool((target.asked == "appeal") == (actor.role is Role.BOARD))


def is_shared_with_police_if_police(actor: Actor, _target: Any) -> bool:
    """Police see the gallery only where the scheme's sharing agreement says so."""
    return actor.role is not Role.SPOC or actor.police_may_see_gallery
