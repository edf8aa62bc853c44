"""Marks, grades and days, without a database."""

from datetime import date
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from disc.core.clock import add_months
from disc.incidents import marks
from disc.intelligence import rules
from disc.intelligence.rules import Assessment, AssociationKind, Grading, Handling, Source

DAYS = st.dates(date(2026, 1, 1), date(2036, 1, 1))


@pytest.mark.parametrize(
    "typed", ["ab12cde", " AB12 CDE ", "A B 1 2 C D E", "ab12-cde", "AB12.CDE", "ab\t12\u00a0cde"]
)
def test_a_mark_is_kept_in_capital_letters_without_spaces(typed: str) -> None:
    assert marks.normal_mark(typed) == "AB12CDE"


@pytest.mark.parametrize(
    "mark",
    [
        "AB12CDE",
        "A1BCD",
        "A123BCD",
        "ABC1D",
        "ABC123D",
        "AB1234",
        "1234AB",
        "AIZ1234",
        "1A",
        "Q123ABC",
        "101D202",
        "09999",
    ],
)
def test_marks_of_the_united_kingdom_need_no_warning(mark: str) -> None:
    assert marks.mark_problem(mark) is None
    assert marks.mark_warning(mark) is None


@pytest.mark.parametrize("mark", ["WOBAB123", "1ABC234", "AA123BC", "ABCDEFG", "12345678"])
def test_other_marks_are_taken_with_a_warning(mark: str) -> None:
    assert marks.mark_problem(mark) is None
    assert marks.mark_warning(mark) == marks.NOT_UK


@pytest.mark.parametrize("mark", ["", "AB12/CDE", "A" * 13, "<B>"])
def test_what_is_no_mark_anywhere_is_refused_with_a_sentence(mark: str) -> None:
    assert (marks.mark_problem(mark) or "").endswith(".")


@given(DAYS, st.sampled_from(rules.MONTHS), DAYS, DAYS)
def test_no_link_outlives_a_record_that_it_connects(
    today: date, months: int, one: date, other: date
) -> None:
    expires_on, erase_on = rules.days(today, months, one, other)
    assert expires_on <= erase_on <= min(one, other)
    assert expires_on <= add_months(today, months)


def test_a_link_holds_for_a_year_and_is_erased_three_months_later() -> None:
    today, far = date(2026, 1, 10), date(2030, 1, 1)
    assert rules.days(today, rules.USUAL_MONTHS, far) == (date(2027, 1, 10), date(2027, 4, 10))


def test_handling_c_needs_its_conditions_and_p_none() -> None:
    conditions = Grading(Source.RELIABLE, Assessment.DIRECTLY, Handling.CONDITIONS)
    assert rules.grading_problem(conditions) == "Type the conditions."
    permitted = Grading(Source.RELIABLE, Assessment.DIRECTLY, Handling.PERMITTED)
    assert rules.grading_problem(permitted) is None
    assert permitted.code == "1 A P"


def test_members_are_told_of_sound_company_alone() -> None:
    told = {
        (kind, source, assessment, handling)
        for kind, source, assessment, handling in product(
            AssociationKind, Source, Assessment, Handling
        )
        if rules.is_told_to_members(kind, Grading(source, assessment, handling, "x"))
    }
    assert told == set(
        product(
            [AssociationKind.SEEN_TOGETHER],
            [Source.RELIABLE, Source.UNTESTED],
            [Assessment.DIRECTLY, Assessment.CORROBORATED, Assessment.INDIRECTLY],
            [Handling.PERMITTED],
        )
    )
    assert not rules.is_told_to_members(AssociationKind.SEEN_TOGETHER, None)
