"""How each kind of what waits is decided about."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from disc.access.actor import Actor
from disc.access.permissions import Permission
from disc.desk.deciding import joiners, names, pairs, reports
from disc.desk.models import Act, ItemKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """What is done about one kind, now and ten seconds later.

    ``check`` holds the thing until the transaction ends, refuses what could not take effect, and
    returns what to write down. ``carry_out`` lets that take effect, or refuses. ``permission`` is
    what whoever decided still needs then, and ``target`` what the audit calls the thing.
    """

    target: str
    permission: Permission
    check: Callable[[Actor, uuid.UUID, Act, dict[str, Any]], dict[str, Any]]
    carry_out: Callable[[Actor, uuid.UUID, Act, dict[str, Any]], None]


WAYS = {
    ItemKind.REPORT: Way(
        target="incident",
        permission=Permission.MODERATE,
        check=reports.check,
        carry_out=reports.carry_out,
    ),
    ItemKind.PAIR: Way(
        target="possible_duplicate",
        permission=Permission.MODERATE,
        check=pairs.check,
        carry_out=pairs.carry_out,
    ),
    ItemKind.NAMES: Way(
        target="subject",
        permission=Permission.MODERATE,
        check=names.check,
        carry_out=names.carry_out,
    ),
    ItemKind.JOINER: Way(
        target="member",
        permission=Permission.MANAGE_MEMBERS,
        check=joiners.check,
        carry_out=joiners.carry_out,
    ),
}
