"""What each kind of line is judged with: its cells by column, and the shops that it may name."""

import time
import uuid
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import TypeVar

from disc.access.actor import Actor
from disc.importing.columns import Places
from disc.importing.rules import Unclear, normal
from disc.importing.table import Row
from disc.incidents.history import Past
from disc.members.queries import scheme_premises

T = TypeVar("T")
AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a line cannot come in, in one sentence, and the column that it is about."""

    column: str
    why: str


@dataclass(frozen=True, slots=True)
class PastIncident:
    """The report that a line becomes."""

    past: Past
    premises_id: uuid.UUID
    premises: str
    erase_on: date
    reporter: str
    """The address of whoever reported it, or nothing where it is whoever imports."""


@dataclass(frozen=True, slots=True)
class NewMember:
    """The person whom a line asks in."""

    name: str
    email: str
    premises_id: uuid.UUID
    premises: str


@dataclass(frozen=True, slots=True)
class Judged:
    """A line, what it becomes or what is wrong with it, and the mark by which it is found again."""

    row: Row
    problems: tuple[Problem, ...]
    what: PastIncident | NewMember | None
    mark: bytes


@dataclass(slots=True)
class Cells:
    """One line's cells, read by column; what is wrong with them is gathered."""

    row: Row
    places: Places
    problems: list[Problem] = field(default_factory=list)

    def text(self, column: str) -> str:
        """Return a cell's text; a column that is not there is empty."""
        at = self.places.at.get(column)
        return self.row.cells[at] if at is not None and at < len(self.row.cells) else ""

    def read(self, column: str, meaning: Callable[[str], T]) -> T | None:
        """Return what a cell means, or None with its problem written down."""
        try:
            return meaning(self.text(column))
        except Unclear as why:
            self.problems.append(Problem(column, str(why)))
            return None

    def check_length(self, wide: int) -> None:
        """Refuse what stands beyond the last column that has a name."""
        if any(self.row.cells[wide:]):
            why = "There are more cells than columns. Look for a comma without quotation marks."
            self.problems.append(Problem("Line", why))


@dataclass(frozen=True, slots=True)
class Shop:
    """Premises that a line may name."""

    id: uuid.UUID
    name: str
    area: str


class Shops:
    """The premises of a scheme, found by name as people write it."""

    def __init__(self, actor: Actor) -> None:
        self._named: dict[str, list[Shop]] = {}
        self._areas: set[str] = set()
        for one in scheme_premises(actor):
            area = normal(one.area.name)
            self._areas.add(area)
            self._named.setdefault(normal(one.name), []).append(Shop(one.id, one.name, area))

    def find(self, name: str, area: str) -> Shop:
        """Return the one shop of a name, in an Area if one is named. Raises Unclear."""
        if not name:
            raise Unclear("The shop is missing.")
        named = self._named.get(normal(name), [])
        if not named:
            raise Unclear("There is no such shop in this scheme. Add it first, or mend the name.")
        found = [one for one in named if not area or one.area == normal(area)]
        if not found:
            raise Unclear("This shop is not in that Area.")
        if len(found) > 1:
            raise Unclear("Several shops have this name. Write the Area too.")
        return found[0]


def by_turns(rows: Iterable[Row]) -> Iterator[Row]:
    """Yield rows, and let others have their turn in between: thousands take a second."""
    for at, row in enumerate(rows):
        if at % AT_ONCE == 0:
            time.sleep(0)
        yield row


def width_of(head: Iterable[str]) -> int:
    """Return how many columns have a name."""
    return max((place for place, word in enumerate(head, 1) if word), default=0)
