"""The paper of a notice or a warning: what a person is given, and how it becomes a PDF."""

import dataclasses
import json
import sys
from pathlib import Path
from typing import Any, Literal

from disc.core import papers

HERE = Path(__file__).parent
TEMPLATE = HERE / "notice.typ"

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
    """Render a notice as an accessible A4 PDF; the same words give the same bytes.

    Typst is for the job worker and the printing process alone. Raises CannotBePrinted.
    """
    return papers.compiled(TEMPLATE, dataclasses.asdict(notice), "pdf")[0]


def render_pages(notice: NoticeText, pixels_per_inch: int = 96) -> list[bytes]:
    """Render a notice's pages as PNG pictures, for a preview beside the form."""
    return papers.compiled(TEMPLATE, dataclasses.asdict(notice), "png", pixels_per_inch)


def print_apart(notice: NoticeText) -> bytes:
    """Render a notice in a process of its own. Raises what ``papers.print_apart`` raises."""
    return papers.print_apart(__name__, json.dumps(dataclasses.asdict(notice)).encode())


def _made(words: dict[str, Any]) -> bytes:
    incidents = tuple(NoticeIncident(**one) for one in words.pop("incidents"))
    return render_notice(NoticeText(**words, incidents=incidents))


if __name__ == "__main__":
    sys.exit(papers.answer(_made))
