"""A stranger's bytes, read into a table of texts, whichever spreadsheet wrote them."""

import codecs
import csv
import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from disc.core.sheets import meant_cell
from disc.importing.errors import BadFile

MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
"""What a text begins with when it says how its letters are stored."""
SHEETS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
"""How workbooks of spreadsheets begin, new and old."""
SEPARATORS = ",;\t"
MOST_COLUMNS = 60
_UNSEEN = re.compile(r"[\x01-\x08\x0b-\x1f\x7f-\x9f]")
_SAID = re.compile(r"sep=([,;\t])\r?\n?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table, with its number as spreadsheets count."""

    number: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A table: what its first line calls the columns, and the lines that say something."""

    head: tuple[str, ...]
    rows: tuple[Row, ...]


def read_table(data: bytes, known: Callable[[str], bool], most: int) -> Table:
    """Read a file of text cells. Raises BadFile.

    ``known`` says whether a word names a column: the separator under which the first line names
    the most is taken. ``most`` is how many lines there may be.
    """
    text = decode(data)
    said = _SAID.match(text)
    first = 2 if said else 1
    text = text[said.end() :] if said else text
    separator = said[1] if said else _separator(text, known)
    lines = _lines(text, separator, first)
    head = next(lines, None)
    rows = []
    for row in lines:
        rows.append(row)
        if len(rows) > most:
            raise BadFile(f"This file has more than {most:,} lines. Send it in parts.")
    if head is None or not rows:
        raise BadFile("There are no lines in this file.")
    return Table(head.cells, tuple(rows))


def decode(data: bytes) -> str:
    """Return the text of a file: UTF-8, UTF-16 with its mark, or Windows-1252. Raises BadFile."""
    if data.startswith(SHEETS):
        raise BadFile(
            "This is a workbook. Save it as CSV UTF-8 in your spreadsheet, then send that."
        )
    for mark, name in MARKS:
        if data.startswith(mark):
            return _text(data[len(mark) :], name)
    try:
        return _text(data, "utf-8")
    except BadFile:
        return _text(data, "cp1252")


def _text(data: bytes, name: str) -> str:
    try:
        text = data.decode(name)
    except UnicodeDecodeError as error:
        raise BadFile from error
    if "\0" in text:
        raise BadFile
    return text


def _separator(text: str, known: Callable[[str], bool]) -> str:
    """Return the separator under which the first line names the most columns."""

    def named(separator: str) -> tuple[int, int]:
        try:
            first = next(_lines(text, separator, 1), Row(1, ()))
        except BadFile:
            return 0, 0
        return sum(known(cell) for cell in first.cells), len(first.cells)

    return max(SEPARATORS, key=named)


def _lines(text: str, separator: str, first: int) -> Iterator[Row]:
    """Yield each line that says something; a line within quotation marks does not end it."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    number = first - 1
    while True:
        number += 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise BadFile(
                f"We cannot read line {number}. Look for a quotation mark, or a very long text."
            ) from error
        if len(cells) > MOST_COLUMNS and any(cells[MOST_COLUMNS:]):
            raise BadFile(f"Line {number} has more than {MOST_COLUMNS} columns.")
        row = Row(number, tuple(_cell(cell) for cell in cells[:MOST_COLUMNS]))
        if any(row.cells):
            yield row


def _cell(text: str) -> str:
    """Return what a cell says, without what cannot be seen; line breaks within it stay."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return meant_cell(_UNSEEN.sub("", lines))
