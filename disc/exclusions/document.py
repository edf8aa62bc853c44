"""The paper of a notice or a warning: what a person is given, and how it becomes a PDF."""

import dataclasses
import json
import os
import re
import subprocess  # nosec B404 - one fixed command, our own module
import sys
import unicodedata
from pathlib import Path
from threading import BoundedSemaphore
from typing import Any, Literal, cast

from disc.core.database import in_write_transaction
from disc.core.errors import DiscError
from disc.core.logs import log_fault, note
from disc.exclusions.errors import CannotPrintNow

HERE = Path(__file__).parent
TEMPLATE = HERE / "notice.typ"

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

_printers = BoundedSemaphore(MOST_AT_ONCE)

NO_LETTER = re.compile(r'the text `"(.+?)"`')

YOUR_RIGHTS = (
    "Ask for a copy of what we hold about you. We answer within one month.",
    "Ask us to correct it, to delete it, or to stop our use of it.",
    "Complain to us. We reply within 30 days to say that we have your complaint.",
)
HELD = (
    "Your name and date of birth, if we know them, and pictures of you from shop cameras.",
    "A short description of you, such as age, build, height, hair, clothing and tattoos.",
    "How you work, and what staff must know to stay safe or to help you.",
    "Reports of what happened, such as those in this notice.",
    "This notice: why and when the Board decided, and how you got it.",
)
SEEN_BY = (
    "The manager and the Board of the scheme.",
    (
        "Members of the scheme near where it happened. They see your picture, your name if we "
        "know it, your description, and the last day of this notice. They do not see the reports."
    ),
    "The police, but only the reports and pictures that we share with them.",
)
KEPT_FOR = "We delete this notice 12 months after it ends, or sooner if we delete your record."
REGULATOR = (
    "Information Commissioner's Office\n"
    "Wycliffe House, Water Lane, Wilmslow, Cheshire SK9 5AF\n"
    "Telephone 0303 123 1113, website ico.org.uk"
)


class CannotBePrinted(DiscError):
    """The words hold a character that no font here can draw: leaving it out would change them."""

    code = "cannot-be-printed"
    status = 422
    sentence = "This notice has a letter that we cannot print. Write that word another way."


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class NoticeIncident:
    """One incident that a notice relies on; `date` is written as it shall be read."""

    date: str
    premises: str
    what: str


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class NoticeText:
    """All the words of one notice, ready to print; dates are written as they shall be read.

    A warning withdraws nothing: its `starts` and `ends` say how long it stays on record. The
    required particulars follow domain rules for a fair notice: evidenced, limited in time and
    place, open to appeal; `held` to `regulator` are the privacy information that a person is due
    (UK GDPR, Article 14).
    """

    kind: Literal["exclusion", "warning"]
    scheme: str
    controller: str
    reference: str
    person: str
    issued: str
    starts: str
    ends: str
    reasons: tuple[str, ...]
    incidents: tuple[NoticeIncident, ...]
    premises: tuple[str, ...]
    appeal_to: str
    appeal_by: str
    held: tuple[str, ...]
    seen_by: tuple[str, ...]
    kept_for: str
    decided_by: str = "a member of the Board of the scheme"
    rights: tuple[str, ...] = YOUR_RIGHTS
    regulator: str = REGULATOR


def render_notice(notice: NoticeText) -> bytes:
    """Render a notice as an accessible A4 PDF (PDF/UA-1); the same words give the same bytes.

    Takes about 15 ms, and 70 ms at a process's first: typst is for the job worker alone. Every
    word travels as data, so that none is ever read as markup. Raises CannotBePrinted.
    """
    return _render(notice, "pdf")[0]


def render_pages(notice: NoticeText, pixels_per_inch: int = 96) -> list[bytes]:
    """Render a notice's pages as PNG pictures, for a preview beside the form."""
    return _render(notice, "png", pixels_per_inch)


def print_apart(notice: NoticeText) -> bytes:
    """Render a notice in a process of its own, so that the server never loads the library.

    Takes about half a second, at most PRINT_SECONDS. Raises CannotBePrinted, CannotPrintNow, and
    RuntimeError inside a write transaction, which must not yield.
    """
    if in_write_transaction():
        raise RuntimeError("a paper made inside a write transaction would freeze the server")
    if not _printers.acquire(timeout=PRINT_SECONDS):
        raise CannotPrintNow
    try:
        made = _run(json.dumps(dataclasses.asdict(notice)).encode())
    finally:
        _printers.release()
    if made.returncode == UNPRINTABLE_STATUS:
        raise CannotBePrinted(made.stdout.decode())
    if made.returncode != 0 or not made.stdout.startswith(b"%PDF-"):
        note("paper not made", status=made.returncode)
        raise CannotPrintNow
    return made.stdout


def _run(words: bytes) -> subprocess.CompletedProcess[bytes]:
    try:
        return subprocess.run(  # noqa: S603 # nosec B603 - our own module, no shell; words go by pipe
            [sys.executable, "-m", __name__],
            input=words,
            capture_output=True,
            cwd=HERE.parents[1],
            env={name: os.environ[name] for name in PASSED_ON if name in os.environ},
            timeout=PRINT_SECONDS,
            check=False,
        )
    except (OSError, subprocess.SubprocessError) as error:
        log_fault(error)
        raise CannotPrintNow from error


def main() -> int:
    """Read a notice as JSON on standard input and write its PDF to standard output."""
    words: dict[str, Any] = json.load(sys.stdin.buffer)
    incidents = tuple(NoticeIncident(**one) for one in words.pop("incidents"))
    try:
        answer, status = render_notice(NoticeText(**words, incidents=incidents)), 0
    except CannotBePrinted as refusal:
        answer, status = refusal.sentence.encode(), UNPRINTABLE_STATUS
    sys.stdout.buffer.write(answer)
    return status


def _render(notice: NoticeText, form: Literal["pdf", "png"], ppi: int | None = None) -> list[bytes]:
    import typst

    words = json.dumps(_clean(dataclasses.asdict(notice)))
    try:
        made = typst.compile(
            str(TEMPLATE),
            root=str(HERE),
            format=form,
            ppi=ppi,
            sys_inputs={"notice": words},
            pdf_standards="ua-1" if form == "pdf" else [],
        )
    except typst.TypstError as error:
        raise _refusal(str(error)) from error
    pages = cast("bytes | list[bytes]", made)  # one page of PNG comes bare, several in a list
    return pages if isinstance(pages, list) else [pages]


def _refusal(reason: str) -> Exception:
    missing = NO_LETTER.search(reason)
    if missing is None:
        return RuntimeError("the notice's template did not compile")
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


if __name__ == "__main__":
    sys.exit(main())
