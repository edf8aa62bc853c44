"""How people come in: by a link of their own, by a QR code, by a list; and who lets them in."""

from disc.members.joining.approving import approve, refuse, require_waiting, tell_let_in
from disc.members.joining.codes import (
    NewCode,
    Newcomer,
    end_code,
    join_at,
    make_code,
    require_may_add_at,
    waits,
)
from disc.members.joining.inviting import (
    Invited,
    NewPerson,
    accept,
    invite_again,
    invite_by_mail,
)
from disc.members.joining.lists import apply_list, check_list
from disc.members.joining.spreadsheets import Line, decode, read_list

__all__ = [
    "Invited",
    "Line",
    "NewCode",
    "NewPerson",
    "Newcomer",
    "accept",
    "apply_list",
    "approve",
    "check_list",
    "decode",
    "end_code",
    "invite_again",
    "invite_by_mail",
    "join_at",
    "make_code",
    "read_list",
    "refuse",
    "require_may_add_at",
    "require_waiting",
    "tell_let_in",
    "waits",
]
