"""Lines about people: whom each asks in, or why it cannot."""

from collections.abc import Sequence

from disc.access.actor import TITLES, Actor, Role
from disc.core.mail import one_line
from disc.importing import rules
from disc.importing.columns import Places
from disc.importing.judging import Cells, Judged, NewMember, Shops, by_turns
from disc.importing.rules import Unclear, normal
from disc.importing.table import Row
from disc.members.queries import email_token
from disc.members.rules import is_address

LONGEST_NAME = 120
ROLES = {normal(title) for title in TITLES.values()} | {normal(role.value) for role in Role}


def judge(actor: Actor, rows: Sequence[Row], places: Places, wide: int) -> list[Judged]:
    """Judge each line; only reads."""
    shops = Shops(actor)
    return [_judged(shops, Cells(row, places), wide) for row in by_turns(rows)]


def _judged(shops: Shops, line: Cells, wide: int) -> Judged:
    line.check_length(wide)
    name = line.read("Name", _name)
    email = line.read("Email", _address)
    shop = line.read("Premises", lambda typed: shops.find(typed, line.text("Area")))
    line.read("Role", _role)
    if line.problems or name is None or email is None or shop is None:
        return Judged(line.row, tuple(line.problems), None, b"")
    return Judged(line.row, (), NewMember(name, email, shop.id, shop.name), email_token(email))


def _name(typed: str) -> str:
    name = one_line(typed)
    if not name:
        raise Unclear("The name is missing.")
    return rules.within(name, LONGEST_NAME)


def _address(typed: str) -> str:
    if not typed:
        raise Unclear("The e-mail address is missing.")
    if not is_address(typed):
        raise Unclear("This is no e-mail address.")
    return typed


def _role(typed: str) -> None:
    role = normal(typed)
    if role in {"", normal(TITLES[Role.MEMBER])}:
        return
    if role in ROLES:
        raise Unclear("A file gives the role Member only. Give this role by hand.")
    raise Unclear("There is no such role. Write Member, or leave it empty.")
