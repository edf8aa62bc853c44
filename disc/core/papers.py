"""How words become a PDF: by typst, in a process of its own, so that the server never loads it.

What a paper says travels as data, so that none of it is read as markup, and by a pipe, so that
nothing of it is left on a disk.
"""

import json
import os
import re
import subprocess  # nosec B404 - one fixed command, our own modules
import sys
import unicodedata
from collections.abc import Callable
from pathlib import Path
from threading import BoundedSemaphore
from typing import Any, Literal, cast

from disc.core.database import in_write_transaction
from disc.core.errors import DiscError
from disc.core.logs import log_fault, note

ROOT = Path(__file__).parents[2]
# Control, surrogate, private and unassigned characters print as nothing or as boxes. Format
# characters could turn a line's direction, so that a paper reads otherwise than was approved.
UNPRINTABLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
JOINERS = frozenset("\n\u200c\u200d")  # line breaks, and what joins letters in some scripts
PRINT_SECONDS = 20
"""How long the making of one paper may take before it is given up."""
MOST_AT_ONCE = 2
"""Papers made at the same time: each takes a process of about 100 MB."""
UNPRINTABLE_STATUS = 3
"""The exit status by which the printing process says that a letter cannot be drawn."""
PASSED_ON = ("PATH", "HOME", "LANG", "TMPDIR", "SYSTEMROOT")
"""What the printing process may know of our surroundings: no key and no address of a store."""
NO_LETTER = re.compile(r'the text `"(.+?)"`')

_printers = BoundedSemaphore(MOST_AT_ONCE)


class CannotBePrinted(DiscError):
    """The words hold a character that no font here can draw: leaving it out would change them."""

    code = "cannot-be-printed"
    status = 422
    sentence = "There is a letter that we cannot print. Write that word another way."


class CannotPrintNow(DiscError):
    """The paper could not be made in time."""

    code, status = "cannot-print-now", 503
    sentence = "We cannot make the paper now. Wait a minute, then try again."


def print_apart(module: str, words: bytes) -> bytes:
    """Have a module's ``main`` make a PDF of what it reads, in a process of its own.

    Takes about half a second, at most PRINT_SECONDS. Raises CannotBePrinted, CannotPrintNow, and
    RuntimeError inside a write transaction, which must not yield.
    """
    if in_write_transaction():
        raise RuntimeError("a paper made inside a write transaction would freeze the server")
    if not _printers.acquire(timeout=PRINT_SECONDS):
        raise CannotPrintNow
    try:
        made = _run(module, words)
    finally:
        _printers.release()
    if made.returncode == UNPRINTABLE_STATUS:
        raise CannotBePrinted(made.stdout.decode())
    if made.returncode != 0 or not made.stdout.startswith(b"%PDF-"):
        note("paper not made", status=made.returncode)
        raise CannotPrintNow
    return made.stdout


def answer(make: Callable[[dict[str, Any]], bytes]) -> int:
    """Read what a paper says as JSON on standard input and write its PDF to standard output."""
    try:
        told, status = make(json.load(sys.stdin.buffer)), 0
    except CannotBePrinted as refusal:
        told, status = refusal.sentence.encode(), UNPRINTABLE_STATUS
    sys.stdout.buffer.write(told)
    return status


def compiled(
    template: Path, words: dict[str, Any], form: Literal["pdf", "png"], ppi: int | None = None
) -> list[bytes]:
    """Return a paper as one accessible PDF (PDF/UA-1), or its pages as PNG pictures.

    The template reads the words as JSON under its own name. Takes about 15 ms, and 70 ms at a
    process's first. Raises CannotBePrinted, and RuntimeError for what no writer can mend.
    """
    import typst

    try:
        made = typst.compile(
            str(template),
            root=str(template.parent),
            format=form,
            ppi=ppi,
            sys_inputs={template.stem: json.dumps(_clean(words))},
            pdf_standards="ua-1" if form == "pdf" else [],
        )
    except typst.TypstError as error:
        raise _refusal(str(error)) from error
    pages = cast("bytes | list[bytes]", made)  # one page of PNG comes bare, several in a list
    return pages if isinstance(pages, list) else [pages]


def _run(module: str, words: bytes) -> subprocess.CompletedProcess[bytes]:
    try:
        return subprocess.run(  # noqa: S603 # nosec B603 - our own module, no shell; words go by pipe
            [sys.executable, "-m", module],
            input=words,
            capture_output=True,
            cwd=ROOT,
            env={name: os.environ[name] for name in PASSED_ON if name in os.environ},
            timeout=PRINT_SECONDS,
            check=False,
        )
    except (OSError, subprocess.SubprocessError) as error:
        log_fault(error)
        raise CannotPrintNow from error


def _refusal(reason: str) -> Exception:
    missing = NO_LETTER.search(reason)
    if missing is None:
        return RuntimeError("the paper's template did not compile")
    return CannotBePrinted(f"We cannot print “{missing[1]}”. Write that word another way.")


def _clean(value: object) -> object:
    """Leave out, at any depth, the characters that cannot or should not be printed."""
    if isinstance(value, dict):
        return {key: _clean(held) for key, held in value.items()}
    if isinstance(value, list | tuple):
        return [_clean(held) for held in value]
    text = str(value).replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    return "".join(
        letter
        for letter in unicodedata.normalize("NFC", text)
        if letter in JOINERS or unicodedata.category(letter) not in UNPRINTABLE
    )
