"""Pure rules of sharing with the police."""

import pytest

from disc.police.rules import crime_number_problem


@pytest.mark.parametrize("number", ["", "47/12345/26", "CAD-1234", "4726012345", "a" * 30])
def test_numbers_that_forces_write_are_taken(number: str) -> None:
    assert crime_number_problem(number) is None


@pytest.mark.parametrize(
    "number", ["abc", "a" * 31, "47 12345", "<b>4726</b>", "4726\n", "\uff14\uff17\uff12\uff16"]
)
def test_what_is_no_crime_number_is_refused_with_a_sentence(number: str) -> None:
    assert "4 to 30" in (crime_number_problem(number) or "")
