"""Lines about past incidents: what each means, or why it cannot come in."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from disc.access.actor import Actor
from disc.core import clock
from disc.core.database import new_id
from disc.core.keys import keyring
from disc.core.vault import token
from disc.core.web import day as in_words
from disc.importing import rules
from disc.importing.columns import Places
from disc.importing.judging import Cells, Judged, PastIncident, Problem, Shop, Shops, by_turns
from disc.importing.queries import members_by_address
from disc.importing.rules import Unclear
from disc.importing.table import Row
from disc.incidents.history import Past, last_day
from disc.incidents.kinds import IncidentKind
from disc.incidents.rules import LONGEST_WORDS
from disc.incidents.service import NewReport
from disc.members.queries import email_token, get_scheme
from disc.members.rules import is_address

LONGEST_GOODS = 300


@dataclass(frozen=True, slots=True)
class _Known:
    """What lines are judged by."""

    actor: Actor
    now: datetime
    months: int
    shops: Shops
    reporters: dict[bytes, uuid.UUID]


def judge(actor: Actor, rows: Sequence[Row], places: Places, wide: int) -> list[Judged]:
    """Judge each line; only reads."""
    addresses = {one for row in rows if is_address(one := Cells(row, places).text("Reporter"))}
    known = _Known(
        actor=actor,
        now=clock.now(),
        months=get_scheme(actor.scheme_id).report_erase_months,
        shops=Shops(actor),
        reporters=members_by_address(actor.scheme_id, addresses),
    )
    return [_judged(known, Cells(row, places), wide) for row in by_turns(rows)]


def _judged(known: _Known, line: Cells, wide: int) -> Judged:
    line.check_length(wide)
    at = line.read("Date", lambda day: rules.moment(day, line.text("Time"), known.now))
    kind = line.read("Kind", rules.kind)
    shop = line.read("Premises", lambda name: known.shops.find(name, line.text("Area")))
    reporter = line.read("Reporter", lambda typed: _reporter(known, typed))
    new = _report(line, at, kind)
    erase_on = _last_day(known, line, at)
    if line.problems or new is None or shop is None or reporter is None or erase_on is None:
        return Judged(line.row, tuple(line.problems), None, b"")
    what = PastIncident(Past(new, reporter), shop.id, shop.name, erase_on, line.text("Reporter"))
    return Judged(line.row, (), what, _mark(known, shop, what.past))


def _report(line: Cells, at: datetime | None, kind: tuple[str, bool] | None) -> NewReport | None:
    words = line.read("Words", lambda text: rules.within(text, LONGEST_WORDS))
    goods = line.read("Goods", lambda text: rules.within(text, LONGEST_GOODS))
    value = line.read("Value", rules.money)
    flags = {flag: line.read(flag, rules.yes) for flag in ("Violence", "Weapon", "Injured")}
    if at is None or kind is None:
        return None
    return NewReport(
        submission_id=new_id(),
        kind=IncidentKind(kind[0]),
        occurred_at=at,
        words=words or "",
        goods=goods or "",
        value_pence=value,
        violence=bool(flags["Violence"]) or kind[1],
        weapon=bool(flags["Weapon"]),
        injured=bool(flags["Injured"]),
    )


def _reporter(known: _Known, typed: str) -> uuid.UUID:
    """Return who reported it: a member, or whoever imports where nobody is named."""
    if not typed:
        return known.actor.id
    if not is_address(typed):
        raise Unclear("This is no e-mail address. Leave it empty if you do not know it.")
    found = known.reporters.get(email_token(typed))
    if found is None:
        raise Unclear("No member has this e-mail address. Leave it empty, or add the member first.")
    return found


def _last_day(known: _Known, line: Cells, at: datetime | None) -> date | None:
    """Return the day of erasure; a report that is past it may not come in."""
    if at is None:
        return None
    erase_on = last_day(at, known.months)
    if erase_on <= clock.today():
        why = f"This scheme keeps reports for {known.months} months. It was to go on "
        line.problems.append(Problem("Date", f"{why}{in_words(erase_on)}."))
    return erase_on


def _mark(known: _Known, shop: Shop, past: Past) -> bytes:
    """Return a keyed digest of what a line says, however it is written."""
    new = past.new
    told = (
        *(new.occurred_at.astimezone(clock.UK).isoformat(), new.kind.value, shop.id),
        *(new.words, new.goods, new.value_pence, new.violence, new.weapon, new.injured),
    )
    key = keyring().scheme_key(known.actor.scheme_id)
    return token(key, "import line", "\0".join(map(str, told)))
