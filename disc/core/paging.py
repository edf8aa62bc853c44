"""Pages of a list that may be long: it never ends without saying that more follows."""

from dataclasses import dataclass
from typing import Generic, TypeVar

from flask import request
from sqlalchemy import GenerativeSelect

SIZE = 100
"""Rows on a page."""
LAST = 10_000
"""A page of a higher number is nowhere: what asks for it asks for the first."""

T = TypeVar("T")
S = TypeVar("S", bound=GenerativeSelect)


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some rows of a list, from the first page on, and whether more follow."""

    rows: list[T]
    number: int = 1
    more: bool = False


def asked(name: str = "page") -> int:
    """Return which page an address asks for; the first where it says nothing that makes sense."""
    said = request.args.get(name, "")
    number = int(said) if said.isascii() and said.isdigit() and len(said) <= len(str(LAST)) else 1
    return number if 1 <= number <= LAST else 1


def window(found: S, number: int) -> S:
    """Select the rows of a page, and one more, which tells whether another page follows.

    The rows need an order in which each has one place.
    """
    return found.offset((number - 1) * SIZE).limit(SIZE + 1)


def cut(rows: list[T], number: int) -> Page[T]:
    """Return the page of the rows that ``window`` selected."""
    return Page(rows[:SIZE], number, more=len(rows) > SIZE)
