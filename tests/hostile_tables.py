"""Tables as strangers and tired people write them: in any encoding, with any cell."""

import csv
import io

from hypothesis import strategies as st

from disc.access.actor import Actor
from disc.core.errors import DiscError
from disc.core.sheets import FORMULA, meant_cell
from disc.importing import checking
from disc.importing.checking import Checked, Fate
from disc.importing.columns import COLUMNS, Kind

GOOD = (
    *("31/12/2025 14:30", "1/2/26", "2026-05-04T09:00", "5.30 pm", "Shop theft", "ASB", "robbery"),
    *(
        "Corner Foods",
        "corner  foods",
        "Market Books",
        "Quayside",
        "£1,234.50",
        "12",
        "yes",
        "no",
        "",
    ),
    *("Ran off", "ann@example.org", "Ann O\u2019Oak", "Member", "Administrator"),
)
HOSTILE = (
    *('=HYPERLINK("http://x","y")', "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "'=1", "'\t'=1", "＝1"),  # noqa: RUF001 - wide
    *(
        "<script>alert(1)</script>",
        "a\nb",
        "a\r\nb",
        'say "no"',
        "a,b;c\td",
        "\0",
        "\x1b[31m",
        "\ufeff",
    ),
    *(
        "99/99/9999",
        "00/00/0000",
        "29/02/2025",
        "31/12/9999 99:99",
        "1e999",
        "NaN",
        "-0",
        "£",
        "1,2,3",
    ),
    *(
        "٣١/١٢/٢٠٢٥",
        "²",
        "\u202eevil",
        "\U0001f600",
        "x" * 10_000,
        "x" * 10_001,
        "é" * 300,
        "sep=;",
    ),
    *(
        "../../etc/passwd",
        "%s%n{0}",
        "a@b",
        "a" * 300 + "@example.org",
        "\u2028",
        "'" * 40,
        "0" * 5000,
    ),
)
NAMES = tuple(name for kind in Kind for one in COLUMNS[kind] for name in (one.name, *one.names))
ENCODINGS = ("utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-8", "utf-8-sig", "cp1252", "utf-16-be")
"""The last without its mark, as nobody can read it."""

cells = st.one_of(
    st.sampled_from(GOOD), st.sampled_from(GOOD), st.sampled_from(HOSTILE), st.text(max_size=30)
)


@st.composite
def written(draw: st.DrawFn, kind: Kind) -> bytes:
    """Draw a file of a kind: most have the columns that are needed."""
    wanted = [one for one in COLUMNS[kind] if one.needed or draw(st.booleans())]
    head = [draw(st.sampled_from((one.name, *one.names))) for one in wanted]
    if not draw(st.integers(0, 9)):
        head += draw(st.lists(st.one_of(st.sampled_from(NAMES), cells), max_size=4))
    head = draw(st.permutations(head))
    rows = draw(st.lists(st.lists(cells, max_size=len(head) + 2), max_size=8))
    text = io.StringIO(newline="")
    writer = csv.writer(
        text,
        delimiter=draw(st.sampled_from(",;\t")),
        quoting=draw(st.sampled_from((csv.QUOTE_MINIMAL, csv.QUOTE_ALL))),
        lineterminator=draw(st.sampled_from(("\n", "\r\n", "\r"))),
    )
    writer.writerows([head, *rows])
    before = draw(st.sampled_from(("", "", "", "sep=;\r\n", "\n\n")))
    return (before + text.getvalue()).encode(draw(st.sampled_from(ENCODINGS)), errors="replace")


@st.composite
def files(draw: st.DrawFn, kind: Kind) -> bytes:
    """Draw what may be brought as a file: a table, one that was damaged, or any bytes."""
    way = draw(st.integers(0, 9))
    if way == 0:
        return draw(st.binary(max_size=400))
    data = bytearray(draw(written(kind)))
    if way <= 3 and data:
        for at, byte in draw(
            st.lists(st.tuples(st.integers(0, 2**20), st.integers(0, 255)), max_size=6)
        ):
            data[at % len(data)] = byte
        if draw(st.booleans()):
            data = data[: draw(st.integers(0, len(data)))]
    return bytes(data)


def is_read(actor: Actor, kind: Kind, data: bytes) -> bool:
    """Check a file: say whether it was read, and fail for all but lines and refusals."""
    try:
        read = checking.parse(kind, data)
    except DiscError:
        return False
    checked = checking.check(actor, kind, *read)
    _says_all(checked)
    _holds_no_formula(checked)
    return True


def _says_all(checked: Checked) -> None:
    assert len(checked.lines) == len(checked.table.rows)
    for line in checked.lines:
        refused = line.fate is Fate.REFUSED
        assert refused == bool(line.judged.problems)
        assert refused == (line.judged.what is None) or refused  # one that came twice keeps both
        assert all(one.column and one.why.endswith(".") for one in line.judged.problems)


def _holds_no_formula(checked: Checked) -> None:
    """Fail if a spreadsheet would run a cell of the file to mend, or if it says something else."""
    sheet = checking.refused_sheet(checked).decode("utf-8-sig")
    back = list(csv.reader(io.StringIO(sheet, newline="")))
    assert not any(cell.startswith(FORMULA) for row in back for cell in row)
    refused = checked.of(Fate.REFUSED)
    assert len(back) == len(refused) + 1
    for row, one in zip(back[1:], refused, strict=True):
        assert row[0] == str(one.row.number)
        said = [meant_cell(cell) for cell in row[2:]]
        assert said[: len(one.row.cells)] == list(one.row.cells)
