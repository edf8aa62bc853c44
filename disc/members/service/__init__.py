"""Changes to schemes and people."""

from disc.members.service.forgetting import (
    forget_old_sign_ins,
    forget_who_left,
    forget_who_waits,
)
from disc.members.service.going_live import change_settings, complete_step, require_live
from disc.members.service.people import (
    accept_invitation,
    invite,
    issue_invitation,
    leave,
    new_code,
    take_ways_in,
)
from disc.members.service.places import (
    Authority,
    Details,
    add_area,
    add_group,
    add_premises,
    change_premises,
    create_scheme,
    details_of,
    may_speak_for,
    remove_group,
    rename_area,
    rename_group,
    seen_of_details,
    set_authority,
)
from disc.members.service.tokens import digest

__all__ = [
    "Authority",
    "Details",
    "accept_invitation",
    "add_area",
    "add_group",
    "add_premises",
    "change_premises",
    "change_settings",
    "complete_step",
    "create_scheme",
    "details_of",
    "digest",
    "forget_old_sign_ins",
    "forget_who_left",
    "forget_who_waits",
    "invite",
    "issue_invitation",
    "leave",
    "may_speak_for",
    "new_code",
    "remove_group",
    "rename_area",
    "rename_group",
    "require_live",
    "seen_of_details",
    "set_authority",
    "take_ways_in",
]
