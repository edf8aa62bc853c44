"""What the pages on security name is there: each test, each file, each sum."""

import re
from collections import Counter
from itertools import product
from pathlib import Path

import pytest

from config import ROOT

PAGES = sorted(ROOT.glob("docs/**/*.md"))
NAMED = re.compile(r"`(?:tests/)?([\w/]*\.py)?::(test_\w+)")
ROW = re.compile(r"^\| (\d+\.\d+\.\d+) \| ([12]) \| (.+?) \| (.+?) \| (.+) \|$", re.MULTILINE)
FILE = re.compile(r"`([\w./]+\.(?:py|html|txt|json|toml))`")
SUM = re.compile(r"^\| (Level 1|Level 2|Both) \|(.+)\|$", re.MULTILINE)
UNMET = re.compile(r"^- \*\*(\d+\.\d+\.\d+)\*\* \(level", re.MULTILINE)
STANDS = {"met", "met †", "n. a.", "**not met**"}
ASVS = ROOT / "docs" / "security" / "asvs.md"


def rows() -> list[tuple[str, str, str, str, str]]:
    return ROW.findall(ASVS.read_text())


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_test_that_a_page_names_is_there(page: Path) -> None:
    file = ""
    for named, test in NAMED.findall(page.read_text()):
        file = named or file
        source = ROOT / "tests" / file
        assert source.is_file(), (file, test)
        assert f"def {test}(" in source.read_text(), (file, test)


def test_every_line_of_the_standard_says_how_it_stands() -> None:
    found = rows()
    assert len({number for number, *_rest in found}) == len(found) == 253
    for number, _level, _asked, stands, told in found:
        assert stands in STANDS, number
        for file in FILE.findall(told):
            places = (ROOT / "disc" / file, ROOT / file.removeprefix("../"))
            assert any(place.exists() for place in places), (number, file)


def test_what_is_not_met_is_listed_first_and_the_sums_are_right() -> None:
    found = rows()
    assert UNMET.findall(ASVS.read_text()) == [row[0] for row in found if row[3] == "**not met**"]
    counts = Counter((f"Level {level}", stands) for _n, level, _a, stands, _t in found)
    for level, stands in product(("Level 1", "Level 2"), STANDS):
        counts["Both", stands] += counts[level, stands]
    told = {what: list(map(int, cells.split("|"))) for what, cells in SUM.findall(ASVS.read_text())}
    for what in ("Level 1", "Level 2", "Both"):
        met, partly, not_applicable, unmet = (
            counts[what, stands] for stands in ("met", "met †", "n. a.", "**not met**")
        )
        both = met + partly
        assert told[what] == [both, partly, not_applicable, unmet, both + not_applicable + unmet]
