"""THE table: which roles may do what, and what must be true of the thing itself."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from disc.access.actor import Actor, Role
from disc.access.permissions import Permission
from disc.access.predicates import (
    is_an_appeal_if_board,
    is_for_own_role,
    is_from_own_premises,
    is_in_own_area,
    is_of_own_scheme,
    is_own,
    is_own_or_moderated,
    is_shared_with_police_if_police,
    is_shown_in_own_area,
    is_somebody_elses_proposal,
)

Predicate = Callable[[Actor, Any], bool]

MEMBER, ADMINISTRATOR, BOARD, SPOC = Role.MEMBER, Role.ADMINISTRATOR, Role.BOARD, Role.SPOC


@dataclass(frozen=True, slots=True)
class Rule:
    """Who may, and of which things. A rule with no predicate is about no particular thing."""

    roles: frozenset[Role]
    when: tuple[Predicate, ...] = ()


def _rule(*roles: Role, when: tuple[Predicate, ...] = ()) -> Rule:
    return Rule(frozenset(roles), (is_of_own_scheme, *when) if when else (is_of_own_scheme,))


POLICY: dict[Permission, Rule] = {
    Permission.USE_OWN_ACCOUNT: _rule(*Role),
    Permission.SEE_GALLERY: _rule(*Role, when=(is_shared_with_police_if_police,)),
    Permission.SEE_SUBJECT: _rule(
        *Role, when=(is_shown_in_own_area, is_shared_with_police_if_police)
    ),
    Permission.SEE_PICTURE: _rule(*Role),
    Permission.IDENTIFY_SUBJECT: _rule(
        MEMBER, ADMINISTRATOR, SPOC, when=(is_shown_in_own_area, is_shared_with_police_if_police)
    ),
    Permission.REPORT_INCIDENT: _rule(MEMBER, ADMINISTRATOR, when=(is_from_own_premises,)),
    Permission.SEE_REPORT: _rule(MEMBER, ADMINISTRATOR, when=(is_own,)),
    Permission.RAISE_ALERT: _rule(MEMBER, ADMINISTRATOR, SPOC, when=(is_in_own_area,)),
    Permission.SEE_ALERT: _rule(*Role, when=(is_in_own_area,)),
    Permission.CANCEL_ALERT: _rule(
        MEMBER, ADMINISTRATOR, SPOC, when=(is_in_own_area, is_own_or_moderated)
    ),
    Permission.MODERATE: _rule(ADMINISTRATOR),
    Permission.HIDE_NOW: _rule(ADMINISTRATOR, BOARD),
    Permission.AGREE_PUBLICATION: _rule(BOARD),
    Permission.PROPOSE_NOTICE: _rule(ADMINISTRATOR),
    # Boyle v Haverhill Pub Watch (2009): police who decide bans invite judicial review.
    Permission.DECIDE_NOTICE: _rule(BOARD, when=(is_somebody_elses_proposal,)),
    Permission.SERVE_NOTICE: _rule(ADMINISTRATOR),
    Permission.SEE_NOTICE: _rule(ADMINISTRATOR, BOARD),
    Permission.ESCALATE: _rule(ADMINISTRATOR),
    Permission.SEE_ESCALATED: _rule(SPOC, ADMINISTRATOR, when=(is_in_own_area,)),
    Permission.RECORD_OUTCOME: _rule(SPOC, when=(is_in_own_area,)),
    Permission.HANDLE_REQUESTS: _rule(ADMINISTRATOR, BOARD, when=(is_an_appeal_if_board,)),
    Permission.DECIDE_REQUEST: _rule(ADMINISTRATOR, BOARD, when=(is_for_own_role,)),
    Permission.CHANGE_SETTINGS: _rule(ADMINISTRATOR),
    Permission.CORRECT_RECORD: _rule(ADMINISTRATOR),
    Permission.ERASE_RECORD: _rule(ADMINISTRATOR),
    Permission.MANAGE_MEMBERS: _rule(ADMINISTRATOR),
    Permission.GO_LIVE: _rule(ADMINISTRATOR),
}


def may_ever(actor: Actor, permission: Permission) -> bool:
    """Say whether the role may do this to anything at all: the lock on the route."""
    rule = POLICY.get(permission)
    return rule is not None and actor.role in rule.roles


def permits(actor: Actor, permission: Permission, target: Any) -> bool:
    """Say whether the actor may do this to this thing: the lock on the row."""
    rule = POLICY.get(permission)
    return (
        rule is not None
        and actor.role in rule.roles
        and all(holds(actor, target) for holds in rule.when)
    )
