"""The columns of each kind of file: what they are called, what they mean, and an example."""

import re
from dataclasses import dataclass
from enum import StrEnum

from disc.importing.errors import BadFile


class Kind(StrEnum):
    """What a file brings."""

    INCIDENTS = "incidents"
    MEMBERS = "members"


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column: its own name first, then what else spreadsheets call it."""

    name: str
    names: tuple[str, ...] = ()
    needed: bool = False
    says: str
    example: str


COLUMNS: dict[Kind, tuple[Column, ...]] = {
    Kind.INCIDENTS: (
        Column(
            name="Date",
            names=("day", "when", "date time", "date and time", "incident date", "occurred"),
            needed=True,
            says="When it happened: day first, or as 2025-12-31. The time may follow.",
            example="31/12/2025 14:30",
        ),
        Column(
            name="Time",
            names=("hour", "incident time"),
            says="The time, if it is not in the first column. Without one we write midday.",
            example="",
        ),
        Column(
            name="Kind",
            names=("type", "what", "category", "offence", "incident type", "crime type"),
            needed=True,
            says="What it was, such as shop theft, violence, abuse, damage or fraud.",
            example="Shop theft",
        ),
        Column(
            name="Premises",
            names=("shop", "store", "site", "business", "location", "place", "where"),
            needed=True,
            says="The name of the shop, as it is in this scheme.",
            example="Corner Foods",
        ),
        Column(
            name="Area",
            names=("zone", "town", "district"),
            says="The Area, where several shops have that name.",
            example="",
        ),
        Column(
            name="Words",
            names=("what happened", "description", "details", "narrative", "notes", "comments"),
            says="What happened. It may have several lines, and 10,000 letters.",
            example="Took two bottles and ran.",
        ),
        Column(
            name="Goods",
            names=("items", "product", "products", "stolen", "property"),
            says="What was taken or damaged.",
            example="Two bottles of spirits",
        ),
        Column(
            name="Value",
            names=("amount", "loss", "cost", "value £", "value gbp", "total value"),
            says="The value in pounds, such as 1,234.50.",
            example="£48.00",
        ),
        Column(
            name="Violence",
            names=("violent", "violence used", "force"),
            says="Yes, if somebody used or threatened violence.",
            example="no",
        ),
        Column(name="Weapon", names=("weapons",), says="Yes, if there was one.", example="no"),
        Column(
            name="Injured",
            names=("injury", "hurt"),
            says="Yes, if somebody was hurt.",
            example="no",
        ),
        Column(
            name="Reporter",
            names=("reported by", "reporter email", "member", "member email"),
            says="The e-mail address of the member who reported it. Without one it is yours.",
            example="",
        ),
    ),
    Kind.MEMBERS: (
        Column(
            name="Name",
            names=("full name", "member", "member name", "contact name"),
            needed=True,
            says="The person's name.",
            example="Ann Example",
        ),
        Column(
            name="Email",
            names=("email address", "mail"),
            needed=True,
            says="Where the invitation goes.",
            example="ann@shop.example",
        ),
        Column(
            name="Premises",
            names=("shop", "store", "site", "business", "company", "works at"),
            needed=True,
            says="The name of the shop where the person works, as it is in this scheme.",
            example="Corner Foods",
        ),
        Column(
            name="Area",
            names=("zone", "town", "district"),
            says="The Area, where several shops have that name.",
            example="",
        ),
        Column(
            name="Role",
            names=("type", "level"),
            says="Member, or nothing. Every other role is given by hand.",
            example="Member",
        ),
    ),
}
_SIGNS = re.compile(r"[\W_]+")


def called(word: str) -> str:
    """Return a column's name as we compare it: without signs, and in any case."""
    plain = " ".join(_SIGNS.sub(" ", word).casefold().split())
    return plain.replace("e mail", "email")


_NAMED = {
    kind: {called(name): column for column in columns for name in (column.name, *column.names)}
    for kind, columns in COLUMNS.items()
}


def is_known(kind: Kind, word: str) -> bool:
    """Say whether a word names a column of a kind of file."""
    return called(word) in _NAMED[kind]


@dataclass(frozen=True, slots=True)
class Places:
    """Where the columns of a file stand, and which of its columns say nothing to us."""

    at: dict[str, int]
    unknown: tuple[str, ...]


def find_columns(kind: Kind, head: tuple[str, ...]) -> Places:
    """Find the columns by their first line. Raises BadFile where a needed one is not there."""
    at: dict[str, int] = {}
    for place, word in enumerate(head):
        column = _NAMED[kind].get(called(word))
        if column is None:
            continue
        if column.name in at:
            both = f"{head[at[column.name]]}” and “{word}"
            raise BadFile(f"Two columns mean the same: “{both}”. Take one of them out.")
        at[column.name] = place
    missing = [one.name for one in COLUMNS[kind] if one.needed and one.name not in at]
    if missing:
        raise BadFile(
            f"The first line must name these columns: {', '.join(missing)}. Look at the example."
        )
    known = set(at.values())
    return Places(at, tuple(word for place, word in enumerate(head) if word and place not in known))


def example(kind: Kind) -> list[list[str]]:
    """Return a table to begin from: the names, and one invented line."""
    columns = COLUMNS[kind]
    return [[one.name for one in columns], [one.example for one in columns]]
