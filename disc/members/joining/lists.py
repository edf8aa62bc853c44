"""Lists of people: checked line by line, and asked in."""

import time
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from disc.access.actor import TITLES, Actor, Role
from disc.access.permissions import Permission
from disc.access.policy import permits
from disc.core.transaction import writing
from disc.members.errors import AlreadyMember
from disc.members.joining.inviting import NewPerson, ToBeAdded, invite_by_mail
from disc.members.joining.spreadsheets import Line
from disc.members.queries import (
    addresses_taken,
    areas_of,
    email_token,
    get_area,
    get_group,
    get_premises,
    groups_of,
    scheme_premises,
)
from disc.members.rules import BY_LIST, is_address, normal_email

ROLES = {title.casefold(): role for role, title in TITLES.items()} | {
    role.value: role for role in Role
}
"""What lists call the roles: their titles on pages, or their own names."""
LONGEST_NAME = 120
BATCH = 5
"""People a transaction, between which others go on: each takes some milliseconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Person:
    """What a line means, by ids."""

    role: Role
    premises_id: uuid.UUID | None = None
    area_id: uuid.UUID | None = None
    group_id: uuid.UUID | None = None


@dataclass(slots=True)
class _Known:
    """The names that lines may use, and the addresses of good lines so far."""

    actor: Actor
    areas: list[tuple[str, uuid.UUID]]
    premises: list[tuple[str, uuid.UUID, uuid.UUID]]
    groups: list[tuple[str, uuid.UUID]]
    taken: set[bytes]
    seen: dict[str, int] = field(default_factory=dict)


class _Problem(Exception):
    """A sentence on why a line cannot be taken."""


def check_list(actor: Actor, lines: Iterable[Line]) -> list[Line]:
    """Return the lines, each with its problem if it has one. Nothing is changed."""
    asked = list(lines)
    known = _known(actor, asked)
    return [_checked(known, line)[0] for line in asked]


def apply_list(actor: Actor, lines: Iterable[Line]) -> list[Line]:
    """Ask in everybody whose line is good and return all lines, in transactions of its own.

    Sent twice, it finds everybody there already, and writes to nobody again.
    """
    asked = list(lines)
    known, done = _known(actor, asked), list[Line]()
    for start in range(0, len(asked), BATCH):
        with writing():
            done += [_apply(actor, known, line) for line in asked[start : start + BATCH]]
        time.sleep(0)  # other requests wait for their turn
    return done


def _apply(actor: Actor, known: _Known, line: Line) -> Line:
    checked, person = _checked(known, line)
    if person is None:
        return checked
    try:
        invite_by_mail(actor, _new_person(actor, line, person))
    except AlreadyMember as there:
        return replace(line, problem=there.sentence)
    return checked


def _new_person(actor: Actor, line: Line, person: _Person) -> NewPerson:
    return NewPerson(
        name=line.name,
        email=line.email,
        role=person.role,
        areas=[get_area(actor, person.area_id)] if person.area_id else [],
        premises=[get_premises(actor, person.premises_id)] if person.premises_id else [],
        groups=[get_group(actor, person.group_id)] if person.group_id else [],
    )


def _known(actor: Actor, lines: list[Line]) -> _Known:
    return _Known(
        actor=actor,
        areas=[(one.name.casefold(), one.id) for one in areas_of(actor)],
        premises=[(one.name.casefold(), one.id, one.area_id) for one in scheme_premises(actor)],
        groups=[(one.name.casefold(), one.id) for one in groups_of(actor)],
        taken=addresses_taken(line.email for line in lines),
    )


def _checked(known: _Known, line: Line) -> tuple[Line, _Person | None]:
    try:
        _check_person(known, line)
        person = _meant(known, line)
        _check_allowed(known.actor, person)
        _check_first(known, line)
    except _Problem as problem:
        return replace(line, problem=str(problem)), None
    return line, person


def _check_person(known: _Known, line: Line) -> None:
    if not line.name or len(line.name) > LONGEST_NAME:
        raise _Problem("The name is missing, or longer than 120 letters.")
    if not is_address(line.email):
        raise _Problem("This is no e-mail address.")
    if email_token(line.email) in known.taken:
        raise _Problem(AlreadyMember.sentence)


def _check_first(known: _Known, line: Line) -> None:
    """Refuse an address that a good line before has; one that is refused itself takes none."""
    first = known.seen.setdefault(normal_email(line.email), line.number)
    if first != line.number:
        raise _Problem(f"Line {first} has the same e-mail address.")


def _meant(known: _Known, line: Line) -> _Person:
    role = _role(line.role)
    area_id = _one(known.areas, line.area, "Area") if line.area else None
    premises_id, of_premises = (
        _place(known, line.premises, area_id) if line.premises else (None,) * 2
    )
    if premises_id is None and role is not Role.SPOC:
        raise _Problem("Say at which premises this person works.")
    if area_id is None and of_premises is None:
        raise _Problem("Say for which Area.")
    return _Person(
        role=role,
        premises_id=premises_id,
        area_id=area_id or of_premises,
        group_id=_one(known.groups, line.group, "group") if line.group else None,
    )


def _role(name: str) -> Role:
    role = ROLES.get(name.casefold()) if name else Role.MEMBER
    if role is None:
        raise _Problem("There is no such role.")
    if role not in BY_LIST:
        raise _Problem("Give this role by hand, not by a list.")
    return role


def _place(known: _Known, name: str, area_id: uuid.UUID | None) -> tuple[uuid.UUID, uuid.UUID]:
    named = [one for one in known.premises if one[0] == name.casefold()]
    found = [one for one in named if area_id in (None, one[2])]
    if not named:
        raise _Problem("There are no such premises.")
    if not found:
        raise _Problem("These premises are in another Area.")
    if len(found) > 1:
        raise _Problem("Several premises have this name. Add the Area.")
    return found[0][1], found[0][2]


def _one(named: list[tuple[str, uuid.UUID]], name: str, what: str) -> uuid.UUID | None:
    if not name:
        return None
    found = [one_id for one, one_id in named if one == name.casefold()]
    if not found:
        raise _Problem(f"There is no such {what}.")
    return found[0]


def _check_allowed(actor: Actor, person: _Person) -> None:
    groups = frozenset({person.group_id} if person.group_id else ())
    target = ToBeAdded(scheme_id=actor.scheme_id, role=person.role, group_ids=groups)
    own = actor.role is not Role.GROUP_MANAGER or {person.area_id, person.premises_id} <= (
        actor.area_ids | actor.premises_ids
    )
    if not (own and permits(actor, Permission.MANAGE_MEMBERS, target)):
        raise _Problem("You may not add this person. Ask an Administrator.")
