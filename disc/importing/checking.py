"""The lines of a file, each judged: good, there already, or refused with reasons."""

import hashlib
import hmac
from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from disc.access.actor import Actor
from disc.core.keys import keyring
from disc.core.offload import offload
from disc.core.sheets import write_sheet
from disc.importing import incident_lines, member_lines
from disc.importing.columns import Kind, Places, find_columns, is_known
from disc.importing.errors import FileTooLarge
from disc.importing.judging import Judged, NewMember, Problem, width_of
from disc.importing.queries import marks_there
from disc.importing.rules import LARGEST_FILE, MOST_LINES
from disc.importing.table import Table, read_table
from disc.members.queries import addresses_taken


class Fate(StrEnum):
    """What becomes of a line."""

    GOOD = "good"
    THERE = "there"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Line:
    """A judged line and its fate."""

    judged: Judged
    fate: Fate


@dataclass(frozen=True, slots=True)
class Checked:
    """A file's lines in order, and the columns that say nothing to us."""

    table: Table
    unknown: tuple[str, ...]
    lines: tuple[Line, ...]

    def of(self, fate: Fate) -> list[Judged]:
        """List the lines of a fate."""
        return [line.judged for line in self.lines if line.fate is fate]


def read(kind: Kind, data: bytes) -> tuple[Table, Places]:
    """Read a file and find its columns, away from the event loop. Raises BadFile, FileTooLarge."""
    if len(data) > LARGEST_FILE:
        raise FileTooLarge
    return offload(parse, kind, data)


def parse(kind: Kind, data: bytes) -> tuple[Table, Places]:
    """Read a file and find its columns. Raises BadFile."""
    table = read_table(data, lambda word: is_known(kind, word), MOST_LINES)
    return table, find_columns(kind, table.head)


def check(actor: Actor, kind: Kind, table: Table, places: Places) -> Checked:
    """Judge each line against the scheme as it is now. Nothing is changed."""
    module = incident_lines if kind is Kind.INCIDENTS else member_lines
    judged = _once(module.judge(actor, table.rows, places, width_of(table.head)))
    there = taken(actor, kind, judged)
    return Checked(table, places.unknown, tuple(Line(one, _fate(one, there)) for one in judged))


def taken(actor: Actor, kind: Kind, judged: Iterable[Judged]) -> set[bytes]:
    """Return the marks of those lines that came in before."""
    good = [one for one in judged if not one.problems]
    if kind is Kind.INCIDENTS:
        return marks_there(actor.scheme_id, [one.mark for one in good])
    return addresses_taken(one.what.email for one in good if isinstance(one.what, NewMember))


def refused_sheet(checked: Checked) -> bytes:
    """Return the refused lines as a CSV file, to mend and to send again."""
    wide = len(checked.table.head)
    rows = [
        [
            str(one.row.number),
            " ".join(f"{problem.column}: {problem.why}" for problem in one.problems),
            *(one.row.cells + ("",) * wide)[: max(wide, len(one.row.cells))],
        ]
        for one in checked.of(Fate.REFUSED)
    ]
    return write_sheet([["Line", "Why not", *checked.table.head], *rows])


def digest_of(data: bytes) -> bytes:
    """Return a keyed digest of a file: whoever holds a copy cannot look for it in our database."""
    return hmac.new(keyring().source.derive("import file"), data, hashlib.sha256).digest()


def _fate(one: Judged, there: set[bytes]) -> Fate:
    if one.problems:
        return Fate.REFUSED
    return Fate.THERE if one.mark in there else Fate.GOOD


def _once(judged: Iterable[Judged]) -> list[Judged]:
    """Refuse a good line that says what a good line before it says."""
    first: dict[bytes, int] = {}
    found = []
    for one in judged:
        number = one.row.number if one.problems else first.setdefault(one.mark, one.row.number)
        if number != one.row.number:
            same = Problem("Line", f"Line {number} says the same.")
            found.append(replace(one, problems=(same,)))
        else:
            found.append(one)
    return found
