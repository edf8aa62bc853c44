"""The text of a spreadsheet, read into lines about people; what they mean is judged elsewhere."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass

from disc.core.mail import one_line
from disc.members.errors import BadList
from disc.members.rules import LONGEST_LIST

COLUMNS = ("name", "email", "role", "premises", "area", "group")
CALLED = {
    "e-mail": "email",
    "e-mail address": "email",
    "email address": "email",
    "shop": "premises",
}
"""What spreadsheets call our columns besides their own names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of a list as it was typed, and what is wrong with it, if anything is."""

    number: int
    name: str = ""
    email: str = ""
    role: str = ""
    premises: str = ""
    area: str = ""
    group: str = ""
    problem: str = ""


def read_list(text: str) -> list[Line]:
    """Read a spreadsheet's text. Raises BadList where it has too many lines or none.

    Columns are set apart by a comma, a semicolon or a tab; a first line may name them, in any
    order.
    """
    rows = list(_rows(text))
    if not rows:
        raise BadList("There is nobody in this list.")
    columns = _columns(rows[0][1])
    people = rows[1:] if columns else rows
    if not people:
        raise BadList("There is nobody in this list.")
    if len(people) > LONGEST_LIST:
        raise BadList(f"This list has {len(people)} lines. Send at most {LONGEST_LIST} at once.")
    return [_line(number, cells, columns or list(COLUMNS)) for number, cells in people]


def decode(data: bytes) -> str:
    """Return the text of a file: UTF-8, or else what old spreadsheets of Windows write."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    """Yield each line that is not empty with its number, as spreadsheets count them."""
    lines = text.replace("\0", "").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    first = next((line for line in lines if line.strip()), "")
    reader = csv.reader([f"{line}\n" for line in lines], delimiter=_delimiter(first))
    while True:
        number = reader.line_num + 1
        try:
            cells = [one_line(cell) for cell in next(reader)]
        except StopIteration:
            return
        except csv.Error:
            raise BadList(f"We cannot read line {number}. Look for a quotation mark.") from None
        if any(cells):
            yield number, cells


def _delimiter(first: str) -> str:
    return max(",;\t", key=first.count)


def _columns(cells: list[str]) -> list[str] | None:
    """Return what each column holds if the first line says so."""
    named = [CALLED.get(cell.casefold(), cell.casefold()) for cell in cells]
    return named if "email" in named and "name" in named else None


def _line(number: int, cells: list[str], columns: list[str]) -> Line:
    values = {
        column: cell for column, cell in zip(columns, cells, strict=False) if column in COLUMNS
    }
    return Line(number=number, **values)
