"""Cells of spreadsheets: written so that none is taken for a formula, and read back as meant."""

import csv
import io
from collections.abc import Iterable

FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")  # noqa: RUF001 - some read the wide ones too
"""What a spreadsheet takes for the beginning of a formula."""
AS_TEXT = "'"
"""What makes text of it."""


def plain_cell(text: str) -> str:
    """Return a cell that no spreadsheet takes for a formula (CWE-1236)."""
    return f"{AS_TEXT}{text}" if text.startswith(FORMULA) else text


def meant_cell(text: str) -> str:
    """Return what a cell says that ``plain_cell`` may have written, without spaces around it."""
    said = text.strip()
    while said.startswith(AS_TEXT) and said[1:].startswith(FORMULA):
        said = said[1:].strip()
    return said


def write_sheet(rows: Iterable[Iterable[str]]) -> bytes:
    """Return rows as a CSV file that spreadsheets open as UTF-8, with no formula in it."""
    text = io.StringIO()
    writer = csv.writer(text)
    for row in rows:
        writer.writerow([plain_cell(cell) for cell in row])
    return text.getvalue().encode("utf-8-sig")
