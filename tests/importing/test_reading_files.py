"""A file from any spreadsheet is read as it is meant, or refused with a sentence."""

import csv
import io
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from disc.core.database import db
from disc.core.sheets import FORMULA, meant_cell, plain_cell, write_sheet
from disc.importing import checking, rules
from disc.importing.checking import Checked, Fate
from disc.importing.columns import COLUMNS, Kind
from disc.importing.columns import example as example_of
from disc.importing.errors import BadFile, FileTooLarge
from disc.importing.rules import Unclear
from tests.hostile_tables import files, is_read
from tests.importing.bringing import HEAD, days_ago, line
from tests.world import World

NOW = datetime(2026, 5, 20, 12, 0, tzinfo=UTC)


def read(world: World, data: bytes | str, kind: Kind = Kind.INCIDENTS) -> Checked:
    raw = data.encode() if isinstance(data, str) else data
    db.session.rollback()
    return checking.check(world.here.actor("administrator"), kind, *checking.read(kind, raw))


def why(checked: Checked) -> dict[int, list[tuple[str, str]]]:
    return {
        one.row.number: [(problem.column, problem.why) for problem in one.problems]
        for one in checked.of(Fate.REFUSED)
    }


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_every_encoding_separator_and_line_ending_reads_the_same(
    world: World, encoding: str, separator: str, ending: str
) -> None:
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=separator, lineterminator=ending)
    words = 'Said "no, never; £5"\nand\tran\u2019s café'
    writer.writerow(["Date", "Kind", "Premises", "Words", "Value"])
    writer.writerow([days_ago(9), "Theft", "Corner Foods", words, "£1,050"])
    data = text.getvalue().encode(encoding)
    (one,) = read(world, data).of(Fate.GOOD)
    assert one.what is not None
    assert one.row.number == 2
    assert one.what.past.new.words == words  # type: ignore[union-attr] # of this kind of file
    assert one.what.past.new.value_pence == 105_000  # type: ignore[union-attr] # as above


def test_utf_16_with_the_other_order_of_bytes_is_read(world: World) -> None:
    data = b"\xfe\xff" + (HEAD + line()).encode("utf-16-be")
    assert len(read(world, data).of(Fate.GOOD)) == 1


def test_a_line_that_names_the_separator_is_obeyed_and_counted(world: World) -> None:
    data = "sep=;\r\nDate;Kind;Premises\r\nnever;Theft;Corner Foods\r\n"
    assert why(read(world, data)) == {
        3: [("Date", "We do not understand this day. Write it as 31/12/2025 14:30.")]
    }


def test_lines_are_counted_as_spreadsheets_do(world: World) -> None:
    data = 'Date,Kind,Premises,Words\n\n1/1/1,Theft,Corner Foods,"a\nb\nc"\n,,,\nx,,,\n'
    assert sorted(why(read(world, data))) == [3, 5]


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "no lines"),
        (b"Date,Kind,Premises\n", "no lines"),
        (b"PK\x03\x04rest", "workbook"),
        (b"\xd0\xcf\x11\xe0rest", "workbook"),
        (b"\x89PNG\r\n\x1a\n\0\0", "CSV UTF-8"),
        (b"Date,Kind\n1,2\n", "must name these columns: Premises"),
        (b"Date,When,Kind,Premises\n1,2,3,4\n", "mean the same"),
        (b'Date,Kind,Premises\n"1,2,3\n', "line 2. Look for a quotation mark"),
        (b"Date,Kind,Premises\n" + b"1,2,3\n" * 5_001, "more than 5,000 lines"),
        (b"Date,Kind,Premises\n" + b"x," * 61 + b"x\n", "Line 2 has more than 60 columns"),
        (b"Date,Kind,Premises\n" + b"x" * 140_000 + b",2,3\n", "a very long text"),
        (b"\xff\xfeD", "CSV UTF-8"),
        (b"Date,Kind,Premises\n\x81,2,3\n", "CSV UTF-8"),
    ],
)
def test_what_is_no_table_is_refused_with_a_sentence(
    world: World, data: bytes, sentence: str
) -> None:
    with pytest.raises(BadFile, match=sentence):
        read(world, data)


def test_a_file_above_the_limit_is_refused_unread(world: World) -> None:
    with pytest.raises(FileTooLarge):
        read(world, bytes(5 * 1024 * 1024 + 1))


@pytest.mark.parametrize(
    ("day", "time", "meant"),
    [
        ("04/05/2026", "", "2026-05-04 12:00"),
        ("4/5/26 9:05", "", "2026-05-04 09:05"),
        ("04-05-2026", "21:30", "2026-05-04 21:30"),
        ("4.5.2026 9.30pm", "", "2026-05-04 21:30"),
        ("04/05/2026, 12:15 am", "", "2026-05-04 00:15"),
        ("2026-05-04", "5 pm", "2026-05-04 17:00"),
        ("2026-05-04T23:59:58", "", "2026-05-04 23:59"),
        ("2026-05-04 08:00:00.000", "", "2026-05-04 08:00"),
    ],
)
def test_days_are_read_with_the_day_first_or_as_iso(day: str, time: str, meant: str) -> None:
    assert f"{rules.moment(day, time, NOW):%Y-%m-%d %H:%M}" == meant


@pytest.mark.parametrize(
    ("day", "time", "sentence"),
    [
        ("", "", "missing"),
        ("05/20/2026", "", "no such day"),
        ("45231", "", "do not understand this day"),
        ("yesterday", "", "do not understand this day"),
        ("04/05/2026 25:00", "", "no such day or time"),
        ("04/05/2026 13 pm", "", "no such time"),
        ("04/05/2026 noon", "", "do not understand this time"),
        ("04/05/2026 10:00", "11:00", "twice"),
        ("04/05/1066", "", "before 1990"),
        ("21/05/2026", "", "future"),
        ("\u0660\u0664/\u0660\u0665/2026", "", "do not understand this day"),
    ],
)
def test_a_day_that_is_none_says_why(day: str, time: str, sentence: str) -> None:
    with pytest.raises(Unclear, match=sentence):
        rules.moment(day, time, NOW)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("", None), ("£1,234.50", 123_450), ("GBP 12", 1_200), ("£ 0.5", 50), ("1000", 100_000)],
)
def test_money_is_read_in_pounds(typed: str, meant: int | None) -> None:
    assert rules.money(typed) == meant


@pytest.mark.parametrize(
    "typed", ["12,50", "1.234,50", "-3", "€5", "1e3", "NaN", "9" * 40, "1.234"]
)
def test_money_that_could_mean_another_amount_is_refused(typed: str) -> None:
    with pytest.raises(Unclear, match="in pounds"):
        rules.money(typed)


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("Shoplifting", ("shop-theft", False)),
        ("ROBBERY", ("shop-theft", True)),
        ("anti-social behaviour", ("antisocial", False)),
        ("Common Assault", ("violence", True)),
        ("shop-theft", ("shop-theft", False)),
    ],
)
def test_kinds_are_known_by_what_the_field_calls_them(word: str, meant: tuple[str, bool]) -> None:
    assert rules.kind(word) == meant


def test_every_wrong_cell_of_a_line_is_told_with_its_column(world: World) -> None:
    head = "Date,Kind,Premises,Area,Words,Goods,Value,Weapon,Reporter\n"
    rows = [
        f"never,arson?,Nowhere,,{'x' * 10_001},{'y' * 301},lots,perhaps,nobody\n",
        f"{days_ago(2)},theft,Corner Foods,Market,,,,,who@example.org\n",
        f"{days_ago(2)},theft,,,,,,,,over\n",
    ]
    found = why(read(world, head + "".join(rows)))
    columns = [column for column, _ in found[2]]
    assert set(columns) == {
        *("Date", "Kind", "Premises", "Words", "Goods", "Value", "Weapon", "Reporter")
    }
    assert found[3] == [
        ("Premises", "This shop is not in that Area."),
        (
            "Reporter",
            "No member has this e-mail address. Leave it empty, or add the member first.",
        ),
    ]
    assert [column for column, _ in found[4]] == ["Line", "Premises"]
    assert all(len(sentence) < 250 for _, sentence in found[2])


def test_a_report_past_its_day_of_erasure_says_when_that_was(world: World) -> None:
    ((problem,),) = why(read(world, HEAD + line(365 * 9))).values()
    assert problem[0] == "Date"
    assert problem[1].startswith("This scheme keeps reports for ")


def test_another_schemes_member_is_no_reporter(world: World) -> None:
    text = HEAD + f"{days_ago(2)},theft,Corner Foods,,,,{world.there.emails['member']}\n"
    assert [column for column, _ in why(read(world, text))[2]] == ["Reporter"]


def test_ten_thousand_letters_are_kept_whole(world: World) -> None:
    (one,) = read(world, HEAD + line(words="é" * 10_000)).of(Fate.GOOD)
    assert one.what is not None
    assert one.what.past.new.words == "é" * 10_000  # type: ignore[union-attr] # as above


def test_columns_that_say_nothing_to_us_are_named(world: World) -> None:
    text = "Date,Kind,Premises,Ethnicity,Weather\n" + f"{days_ago(2)},theft,Corner Foods,a,b\n"
    assert read(world, text).unknown == ("Ethnicity", "Weather")


@pytest.mark.parametrize("kind", Kind)
def test_the_example_can_be_brought_once_its_shop_is_ours(world: World, kind: Kind) -> None:
    checked = read(world, write_sheet(example_of(kind)), kind)
    problems = {column for some in why(checked).values() for column, _ in some}
    assert problems <= {"Date"}  # whose day passes by
    assert len(checked.lines) == 1
    assert checked.unknown == ()


def test_no_two_columns_share_a_name() -> None:
    for columns in COLUMNS.values():
        names = [name.casefold() for one in columns for name in (one.name, *one.names)]
        assert len(names) == len(set(names))


@given(st.text(st.sampled_from("'=+-@\t\r ab")))
@example("'=1")
@example("'\t'=1")
def test_no_cell_is_a_formula_and_each_says_what_it_said(text: str) -> None:
    said = meant_cell(text)
    assert not plain_cell(text).startswith(FORMULA)
    assert meant_cell(plain_cell(said)) == said


def test_the_file_to_mend_is_read_as_the_first_one_was(world: World) -> None:
    head = "Date,Kind,Premises,Words\n"
    cells = ('=HYPERLINK("http://x")', "+44", "-1", "@SUM(1)", "<script>alert(1)</script>")
    rows = "".join(f"never,theft,Corner Foods,{csv_cell(cell)}\n" for cell in cells)
    sheet = checking.refused_sheet(read(world, head + rows))
    table = list(csv.reader(io.StringIO(sheet.decode("utf-8-sig"), newline="")))
    assert not any(cell.startswith(FORMULA) for row in table for cell in row)
    again = read(world, sheet)
    assert [one.row.cells[-1] for one in again.of(Fate.REFUSED)] == list(cells)
    assert again.unknown == ("Line", "Why not")


def csv_cell(text: str) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="").writerow([text])
    return out.getvalue()


@pytest.mark.parametrize("kind", Kind)
def test_any_file_becomes_lines_and_refusals(world: World, kind: Kind) -> None:
    actor = world.here.actor("administrator")

    @settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
    @given(files(kind))
    def each(data: bytes) -> None:
        is_read(actor, kind, data)
        db.session.rollback()

    each()
