"""What managers do with people, and the Board with those who lead: one transaction each."""

from disc.members.managing.held import seen_of
from disc.members.managing.leaders import confirm, refuse
from disc.members.managing.rights import Belonging, change_role, move
from disc.members.managing.standing import (
    let_back_in,
    shut_out,
    start_over,
    start_over_by_operator,
    suspend,
)

__all__ = [
    "Belonging",
    "change_role",
    "confirm",
    "let_back_in",
    "move",
    "refuse",
    "seen_of",
    "shut_out",
    "start_over",
    "start_over_by_operator",
    "suspend",
]
