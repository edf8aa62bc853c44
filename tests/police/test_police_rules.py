"""Pure rules of sharing with the police."""

import pytest

from disc.police.rules import crime_number_problem, needs_attendance


@pytest.mark.parametrize("harm", ["violence", "weapon", "injured"])
def test_any_harm_asks_the_police_to_attend(harm: str) -> None:
    told = {"violence": False, "weapon": False, "injured": False} | {harm: True}
    assert needs_attendance(**told)


def test_theft_without_harm_does_not_ask_the_police_to_attend() -> None:
    assert not needs_attendance(violence=False, weapon=False, injured=False)


@pytest.mark.parametrize("number", ["", "47/12345/26", "CAD-1234", "4726012345", "a" * 30])
def test_numbers_that_forces_write_are_taken(number: str) -> None:
    assert crime_number_problem(number) is None


@pytest.mark.parametrize(
    "number", ["abc", "a" * 31, "47 12345", "<b>4726</b>", "4726\n", "\uff14\uff17\uff12\uff16"]
)
def test_what_is_no_crime_number_is_refused_with_a_sentence(number: str) -> None:
    assert "4 to 30" in (crime_number_problem(number) or "")
