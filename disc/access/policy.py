"""THE table: which roles may do what, and what must be true of the thing itself."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from disc.access.actor import MANAGERS, SHOP_FLOOR, Actor, Role
from disc.access.permissions import Permission
from disc.access.predicates import (
    is_an_appeal_if_board,
    is_at_own_premises_unless_manager,
    is_contact_of,
    is_for_own_role,
    is_from_own_premises,
    is_in_own_area,
    is_in_own_group_if_group_manager,
    is_let_in_by_somebody_else,
    is_made_by_somebody_else,
    is_not_above,
    is_of_own_scheme,
    is_own,
    is_own_or_moderated,
    is_own_or_of_own_group,
    is_shared_report_if_police,
    is_shared_with_police_if_police,
    is_shown_in_own_area,
    is_somebody_elses_proposal,
    is_where_pictures_print,
    owns_picture,
)

Predicate = Callable[[Actor, Any], bool]

ADMINISTRATOR, BOARD, SPOC, DPO = Role.ADMINISTRATOR, Role.BOARD, Role.SPOC, Role.DPO
GROUP_MANAGER = Role.GROUP_MANAGER
MEMBERS = tuple(sorted(SHOP_FLOOR))
RUNS_IT = tuple(sorted(MANAGERS))
SEES_RECORDS = (*MEMBERS, *RUNS_IT, BOARD, SPOC)


@dataclass(frozen=True, slots=True)
class Rule:
    """Who may, and of which things. A rule with no predicate is about no particular thing."""

    roles: frozenset[Role]
    when: tuple[Predicate, ...] = ()


def _rule(*roles: Role, when: tuple[Predicate, ...] = ()) -> Rule:
    return Rule(frozenset(roles), (is_of_own_scheme, *when) if when else (is_of_own_scheme,))


POLICY: dict[Permission, Rule] = {
    Permission.USE_OWN_ACCOUNT: _rule(*Role),
    Permission.SEE_GALLERY: _rule(*SEES_RECORDS, when=(is_shared_with_police_if_police,)),
    Permission.SEE_SUBJECT: _rule(
        *SEES_RECORDS, when=(is_shown_in_own_area, is_shared_with_police_if_police)
    ),
    Permission.SEE_RESTRICTED: _rule(*RUNS_IT, GROUP_MANAGER, BOARD),
    Permission.SEE_UNDER_10: _rule(ADMINISTRATOR),
    Permission.SEE_PICTURE: _rule(*SEES_RECORDS),
    Permission.PRINT_PICTURES: _rule(*RUNS_IT, when=(is_where_pictures_print,)),
    Permission.KEEP_COPIES: _rule(ADMINISTRATOR, DPO),
    Permission.WITHDRAW_PICTURE: _rule(*MEMBERS, *RUNS_IT, SPOC, when=(owns_picture,)),
    Permission.IDENTIFY_SUBJECT: _rule(
        *MEMBERS, *RUNS_IT, SPOC, when=(is_shown_in_own_area, is_shared_with_police_if_police)
    ),
    Permission.SAY_SEEN: _rule(
        *MEMBERS, *RUNS_IT, SPOC, when=(is_shown_in_own_area, is_shared_with_police_if_police)
    ),
    Permission.REPORT_INCIDENT: _rule(*MEMBERS, *RUNS_IT, SPOC, when=(is_from_own_premises,)),
    Permission.SET_GOODS: _rule(*MEMBERS, *RUNS_IT, when=(is_contact_of,)),
    Permission.SEE_REPORT: _rule(*MEMBERS, *RUNS_IT, SPOC, when=(is_own_or_of_own_group,)),
    Permission.ADD_TO_REPORT: _rule(*MEMBERS, *RUNS_IT, SPOC, when=(is_own,)),
    Permission.RAISE_ALERT: _rule(*MEMBERS, *RUNS_IT, SPOC, when=(is_in_own_area,)),
    Permission.SEE_ALERT: _rule(*SEES_RECORDS, when=(is_in_own_area,)),
    Permission.CANCEL_ALERT: _rule(
        *MEMBERS, *RUNS_IT, SPOC, when=(is_in_own_area, is_own_or_moderated)
    ),
    Permission.MODERATE: _rule(*RUNS_IT),
    Permission.HIDE_NOW: _rule(*RUNS_IT, BOARD, DPO),
    Permission.AGREE_PUBLICATION: _rule(BOARD),
    Permission.PROPOSE_NOTICE: _rule(*RUNS_IT),
    # Boyle v Haverhill Pub Watch (2009): police who decide bans invite judicial review.
    Permission.DECIDE_NOTICE: _rule(BOARD, when=(is_somebody_elses_proposal,)),
    Permission.SERVE_NOTICE: _rule(*RUNS_IT),
    Permission.SEE_NOTICE: _rule(*RUNS_IT, BOARD),
    Permission.SEE_LINKS: _rule(*RUNS_IT),
    Permission.MAKE_LINK: _rule(*RUNS_IT),
    Permission.CONFIRM_LINK: _rule(*RUNS_IT, when=(is_made_by_somebody_else,)),
    Permission.SEE_COMPANY: _rule(*MEMBERS, *RUNS_IT),
    Permission.ESCALATE: _rule(*RUNS_IT),
    Permission.SEE_ESCALATED: _rule(SPOC, *RUNS_IT, when=(is_in_own_area,)),
    Permission.RECORD_OUTCOME: _rule(SPOC, when=(is_in_own_area,)),
    Permission.SEE_EVIDENCE: _rule(
        SPOC, *RUNS_IT, when=(is_in_own_area, is_shared_report_if_police)
    ),
    Permission.SEE_ANSWERS_TO_POLICE: _rule(SPOC, when=(is_shown_in_own_area,)),
    Permission.HANDLE_REQUESTS: _rule(*RUNS_IT, BOARD, DPO, when=(is_an_appeal_if_board,)),
    Permission.DECIDE_REQUEST: _rule(*RUNS_IT, BOARD, DPO, when=(is_for_own_role,)),
    Permission.MANAGE_PLACES: _rule(*RUNS_IT),
    Permission.SEE_MEMBERS: _rule(
        *RUNS_IT, GROUP_MANAGER, DPO, when=(is_in_own_group_if_group_manager,)
    ),
    Permission.MANAGE_MEMBERS: _rule(
        *RUNS_IT, GROUP_MANAGER, when=(is_in_own_group_if_group_manager, is_not_above)
    ),
    Permission.CHANGE_ROLE: _rule(ADMINISTRATOR),
    Permission.CONFIRM_LEADER: _rule(BOARD, when=(is_let_in_by_somebody_else,)),
    Permission.CERTIFY_PREMISES: _rule(*MEMBERS, *RUNS_IT, when=(is_contact_of,)),
    Permission.ENROL_TABLET: _rule(
        *RUNS_IT, GROUP_MANAGER, when=(is_at_own_premises_unless_manager,)
    ),
    Permission.PUBLISH_RULES: _rule(ADMINISTRATOR),
    Permission.SEE_MAIL: _rule(ADMINISTRATOR),
    Permission.READ_AUDIT: _rule(ADMINISTRATOR, DPO),
    Permission.FIND_VIEWER: _rule(DPO),
    Permission.RESTORE_VIEWING: _rule(ADMINISTRATOR, DPO),
    Permission.IMPORT_RECORDS: _rule(ADMINISTRATOR),
    Permission.SEE_SETTINGS: _rule(ADMINISTRATOR, DPO),
    Permission.CHANGE_SETTINGS: _rule(ADMINISTRATOR),
    Permission.CORRECT_RECORD: _rule(*RUNS_IT),
    Permission.ERASE_RECORD: _rule(ADMINISTRATOR),
    Permission.MANAGE_KEYS: _rule(ADMINISTRATOR),
    Permission.GO_LIVE: _rule(ADMINISTRATOR),
}


ON_A_TABLET = frozenset(
    {
        Permission.USE_OWN_ACCOUNT,
        Permission.SEE_GALLERY,
        Permission.SEE_SUBJECT,
        Permission.SEE_PICTURE,
        Permission.IDENTIFY_SUBJECT,
        Permission.SEE_COMPANY,
        Permission.SAY_SEEN,
        Permission.REPORT_INCIDENT,
        Permission.SEE_REPORT,
        Permission.ADD_TO_REPORT,
        Permission.RAISE_ALERT,
        Permission.SEE_ALERT,
        Permission.CANCEL_ALERT,
    }
)
"""The daily work of a shop: all that a PIN on a shared tablet is good for, whoever typed it."""


BY_KEY = frozenset({Permission.REPORT_INCIDENT, Permission.SEE_REPORT})
"""All that the key of a retailer's own system is good for: to report, and to follow its reports."""


def may_ever(actor: Actor, permission: Permission) -> bool:
    """Say whether the role may do this to anything at all: the lock on the route."""
    rule = POLICY.get(permission)
    here = actor.tablet_id is None or permission in ON_A_TABLET
    by_key = actor.key_id is None or permission in BY_KEY
    return rule is not None and here and by_key and actor.role in rule.roles


def permits(actor: Actor, permission: Permission, target: Any) -> bool:
    """Say whether the actor may do this to this thing: the lock on the row."""
    return may_ever(actor, permission) and all(
        holds(actor, target) for holds in POLICY[permission].when
    )
