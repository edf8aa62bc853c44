"""The paper of a copy: how a sheet of pictures becomes a PDF."""

import base64
import dataclasses
import json
import sys
from pathlib import Path
from typing import Any

from disc.core import papers
from disc.printing.rules import Marked, Sheet

TEMPLATE = Path(__file__).parent / "copy.typ"
# Typst takes pictures from files, which nothing here shall be, or from what it is told as text: a
# drawing that holds a picture. The picture's own bytes stand in the PDF, with its mark.
DRAWING = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}">'
    '<image width="{width}" height="{height}" href="data:image/jpeg;base64,{data}"/></svg>'
)


def print_apart(sheet: Sheet) -> bytes:
    """Make the PDF of a copy in a process of its own. Raises what ``papers.print_apart`` raises."""
    return papers.print_apart(__name__, json.dumps(words_of(sheet)).encode())


def words_of(sheet: Sheet) -> dict[str, Any]:
    """Return a sheet as the template reads it: text alone."""
    told = {field.name: getattr(sheet, field.name) for field in dataclasses.fields(sheet)}
    return told | {
        "faces": [
            {
                "name": face.name,
                "reference": face.reference,
                "notes": face.notes,
                "pictures": [_drawing(one) for one in face.pictures],
            }
            for face in sheet.faces
        ]
    }


def render_pages(sheet: Sheet, pixels_per_inch: int = 96) -> list[bytes]:
    """Return the pages of a copy as PNG pictures, to be looked at."""
    return papers.compiled(TEMPLATE, words_of(sheet), "png", pixels_per_inch)


def _drawing(one: Marked) -> str:
    data = base64.b64encode(one.jpeg).decode()
    return DRAWING.format(width=one.width, height=one.height, data=data)


def _made(words: dict[str, Any]) -> bytes:
    return papers.compiled(TEMPLATE, words, "pdf")[0]


if __name__ == "__main__":
    sys.exit(papers.answer(_made))
