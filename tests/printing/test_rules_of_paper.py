"""How long a copy lives, who is left out, and in which words that is said."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest

from disc.printing.rules import (
    LeftOut,
    Stands,
    erasure_day,
    in_words,
    is_open,
    last_day,
    number_of,
    stands,
    why_left_out,
)

TODAY = date(2026, 5, 4)
DAY = timedelta(days=1)


def test_a_copy_ends_before_the_first_of_its_people_leaves_and_after_28_days_at_most() -> None:
    assert last_day(TODAY, []) == date(2026, 6, 1)
    assert last_day(TODAY, [date(2026, 8, 1)]) == date(2026, 6, 1)
    assert last_day(TODAY, [date(2026, 8, 1), date(2026, 5, 20)]) == date(2026, 5, 19)
    assert last_day(TODAY, [TODAY + DAY]) == TODAY


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({}, None),
        ({"shown": False, "needs_care": True}, LeftOut.NOT_SHOWN),
        ({"needs_care": True}, LeftOut.CARE),
        ({"shown_to_all": False}, LeftOut.FEW),
        ({"pictures": 0}, LeftOut.NO_PICTURE),
    ],
)
def test_who_may_not_be_printed(said: dict[str, bool], why: LeftOut | None) -> None:
    plain = {"shown": True, "needs_care": False, "shown_to_all": True, "pictures": 1}
    assert why_left_out(**{**plain, **said}) is why  # type: ignore[arg-type]


def test_left_out_people_are_counted_and_not_named() -> None:
    assert in_words(Counter({LeftOut.CARE: 2, LeftOut.FEW: 1})) == [
        "2 people are left out, because they are under 18 or vulnerable.",
        "1 person is left out, because not every member may see this person.",
    ]


def test_where_a_copy_stands() -> None:
    def on(today: date, *, destroyed: bool = False, called_back: bool = False) -> Stands:
        return stands(destroyed=destroyed, destroy_by=TODAY, called_back=called_back, today=today)

    assert on(TODAY) is Stands.OUT
    assert on(TODAY, called_back=True) is Stands.CALLED_BACK
    assert on(TODAY + DAY, called_back=True) is Stands.OVERDUE
    assert on(TODAY + DAY, destroyed=True) is Stands.DESTROYED


def test_a_copy_has_a_number_ten_minutes_and_a_year_in_the_register() -> None:
    assert number_of("G-4KX2M7", 2, 3) == "G-4KX2M7, copy 2 of 3"
    at = datetime(2026, 5, 4, 12, tzinfo=UTC)
    assert is_open(at, at + timedelta(minutes=10))
    assert not is_open(at, at + timedelta(minutes=10, seconds=1))
    assert erasure_day(TODAY) == date(2027, 5, 4)
